-- The tables of an agency as it might have them. It knows nothing of pg_statute.
CREATE SCHEMA oa;
COMMENT ON SCHEMA oa IS 'office automation of a province: what its offices write down of their work';

CREATE TABLE oa.area (
	code text PRIMARY KEY,
	name text NOT NULL,
	tier text NOT NULL,
	belongs_to text REFERENCES oa.area
);

CREATE TABLE oa.office (
	office text PRIMARY KEY,
	tier text NOT NULL,
	area text NOT NULL REFERENCES oa.area,
	reports_to text REFERENCES oa.office
);

CREATE TABLE oa.duty_roster (
	office text REFERENCES oa.office,
	position text,
	holder text NOT NULL,
	b_role text,
	PRIMARY KEY (office, position)
);
COMMENT ON COLUMN oa.duty_roster.b_role IS 'who stands in: the B of A and B roles';

CREATE TABLE oa.leave_slip (
	who text,
	from_day date,
	to_day date,
	PRIMARY KEY (who, from_day)
);

CREATE TABLE oa.official (
	official text PRIMARY KEY,
	tier text NOT NULL,
	office text NOT NULL REFERENCES oa.office,
	first_hand boolean NOT NULL,
	took_office date NOT NULL,
	left_office date
);

CREATE TABLE oa.instruction (
	no integer PRIMARY KEY,
	office text NOT NULL,
	sort text NOT NULL,
	came timestamp NOT NULL,
	answer_by date,
	pressing boolean NOT NULL,
	special boolean NOT NULL,
	answered timestamp
);

CREATE TABLE oa.approval (
	no integer PRIMARY KEY,
	office text NOT NULL,
	item text NOT NULL,
	filed timestamp NOT NULL,
	decided timestamp
);

CREATE TABLE oa.project (
	no integer PRIMARY KEY,
	class text NOT NULL,
	area text NOT NULL REFERENCES oa.area,
	office text NOT NULL,
	is_major boolean NOT NULL,
	on_provincial_list boolean NOT NULL,
	schedule text,
	run_by text,
	sector_head text,
	coordinator text,
	signed date,
	started date,
	application timestamp NOT NULL,
	to_state timestamp,
	from_state timestamp,
	accepted timestamp,
	met_on date
);
COMMENT ON COLUMN oa.project.to_state IS 'when it went to an authority of the State, whose approval takes no time of the province';
COMMENT ON COLUMN oa.project.met_on IS 'the last coordination meeting of the vice-governor';

CREATE TABLE oa.stage (
	project integer NOT NULL REFERENCES oa.project,
	n integer NOT NULL,
	office text NOT NULL,
	person text,
	planned_end date,
	project_end date NOT NULL,
	finished date,
	PRIMARY KEY (project, n)
);

CREATE TABLE oa.livelihood_task (
	no integer PRIMARY KEY,
	office text,
	person text,
	finish_by date,
	standard text,
	status text NOT NULL,
	status_since timestamp NOT NULL
);

CREATE TABLE oa.document (
	no integer PRIMARY KEY,
	office text NOT NULL,
	issued date NOT NULL,
	sort text NOT NULL,
	pages integer NOT NULL,
	words integer NOT NULL,
	copied numeric NOT NULL,
	in_plan boolean NOT NULL,
	extra boolean NOT NULL,
	rush boolean NOT NULL,
	rush_reason text,
	accompanies boolean NOT NULL,
	asked_for boolean NOT NULL,
	key_document boolean NOT NULL,
	effect_reported date
);

CREATE TABLE oa.meeting (
	no integer PRIMARY KEY,
	office text NOT NULL,
	held timestamp NOT NULL,
	length integer NOT NULL,
	medium text NOT NULL,
	whole_province boolean NOT NULL,
	in_plan boolean NOT NULL,
	extra boolean NOT NULL,
	about text
);

CREATE TABLE oa.data_request (
	no integer PRIMARY KEY,
	asked_by text NOT NULL,
	asked_of text NOT NULL,
	figure text NOT NULL,
	month text NOT NULL,
	sent timestamp NOT NULL
);

CREATE TABLE oa.research_trip (
	no integer PRIMARY KEY,
	team text NOT NULL,
	area text NOT NULL REFERENCES oa.area,
	theme text NOT NULL,
	from_day date NOT NULL,
	to_day date NOT NULL,
	filed timestamp
);

CREATE TABLE oa.field_day (
	no integer PRIMARY KEY,
	official text NOT NULL,
	tier text NOT NULL,
	day date NOT NULL
);
COMMENT ON TABLE oa.field_day IS 'days of research at the grassroots';

CREATE TABLE oa.on_site_day (LIKE oa.field_day INCLUDING INDEXES);
CREATE TABLE oa.policy_talk (LIKE oa.field_day INCLUDING INDEXES);

CREATE TABLE oa.investment_trip (
	no integer PRIMARY KEY,
	official text NOT NULL,
	first_hand boolean NOT NULL,
	day date NOT NULL
);

CREATE TABLE oa.reception (
	no integer PRIMARY KEY,
	official text,
	tier text NOT NULL,
	office text NOT NULL,
	came timestamp NOT NULL,
	received timestamp
);
COMMENT ON COLUMN oa.reception.official IS 'the leader who received the visitor; a township has none of its own here';

CREATE TABLE oa.inspection (
	no integer PRIMARY KEY,
	office text NOT NULL,
	tier text NOT NULL,
	of_what text NOT NULL,
	of_tier text NOT NULL,
	area text NOT NULL REFERENCES oa.area,
	begins timestamp NOT NULL,
	in_plan boolean NOT NULL,
	approved timestamp,
	filed timestamp,
	status text NOT NULL,
	status_since timestamp NOT NULL
);

CREATE TABLE oa.ceremony (
	no integer PRIMARY KEY,
	area text NOT NULL REFERENCES oa.area,
	day date NOT NULL
);
COMMENT ON TABLE oa.ceremony IS 'collective ceremonies that start major projects';

CREATE TABLE oa.emergency (
	no integer PRIMARY KEY,
	office text NOT NULL,
	grave boolean NOT NULL,
	known timestamp NOT NULL,
	phoned timestamp,
	wrote timestamp
);

CREATE TABLE oa.monthly_review (
	office text PRIMARY KEY REFERENCES oa.office,
	since date NOT NULL,
	reviewed date
);
COMMENT ON TABLE oa.monthly_review IS 'who watches the numbers of documents and meetings, and when last';
