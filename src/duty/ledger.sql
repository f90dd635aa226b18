
-- The ledger: bindings, and what they found in the rows of the bound tables.
-- Application roles have no rights on these tables: the triggers on their own
-- tables write here for them (src/duty/enforce.c).

CREATE TABLE statute.binding (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	rule text NOT NULL,
	relation regclass,
	table_name text NOT NULL,
	roles jsonb NOT NULL,
	subject text,
	action text NOT NULL CHECK (action IN ('record', 'warn', 'reject')),
	calendar text NOT NULL,
	owner name NOT NULL,
	key_types text NOT NULL,
	date_roles text[] NOT NULL,
	enabled boolean NOT NULL DEFAULT true,
	bound_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	unbound_at timestamptz,
	CHECK ((relation IS NULL) = (unbound_at IS NOT NULL))
);
COMMENT ON TABLE statute.binding IS 'rules attached to tables';
COMMENT ON COLUMN statute.binding.id IS 'what bind() returned';
COMMENT ON COLUMN statute.binding.rule IS 'the code of the rule';
COMMENT ON COLUMN statute.binding.enabled IS 'are rows judged by it';
COMMENT ON COLUMN statute.binding.bound_at IS 'when it was bound';
COMMENT ON COLUMN statute.binding.unbound_at IS 'when it was unbound, or the table was dropped';
COMMENT ON COLUMN statute.binding.relation IS 'the table; null once it is unbound or dropped';
COMMENT ON COLUMN statute.binding.table_name IS 'the name of the table when it was bound, or unbound';
COMMENT ON COLUMN statute.binding.roles IS 'for each role of the rule an SQL expression over the columns of the table';
COMMENT ON COLUMN statute.binding.subject IS 'an SQL expression for whom the duty falls on';
COMMENT ON COLUMN statute.binding.action IS 'what a breach does: it is recorded, or a warning is given besides, or the statement is rejected';
COMMENT ON COLUMN statute.binding.calendar IS 'the calendar whose days and time zone count, whatever the session''s are';
COMMENT ON COLUMN statute.binding.owner IS 'who bound the rule and owned the table; its expressions run with the rights of this role where no row is being changed';
COMMENT ON COLUMN statute.binding.date_roles IS 'the roles whose expressions are dates: such a value is a whole day, also where the rule has an instant';
COMMENT ON COLUMN statute.binding.key_types IS 'the types of the primary key, by whose values the ledger knows the rows';
CREATE UNIQUE INDEX binding_relation ON statute.binding (relation, rule);

CREATE TABLE statute.binding_event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	binding integer NOT NULL,
	happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	what text NOT NULL,
	actor text NOT NULL
);
COMMENT ON TABLE statute.binding_event IS 'each change of a binding after it was made; rows are only added';
COMMENT ON COLUMN statute.binding_event.binding IS 'the binding that changed';
COMMENT ON COLUMN statute.binding_event.happened_at IS 'when';
COMMENT ON COLUMN statute.binding_event.what IS 'enable, disable, unbind, the new action, or the roles that it had before';
COMMENT ON COLUMN statute.binding_event.actor IS 'the role of the session that made the change';
CREATE INDEX binding_event_binding ON statute.binding_event (binding, id);

CREATE TABLE statute.binding_failure (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	binding integer NOT NULL,
	happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	sqlstate text NOT NULL,
	message text NOT NULL
);
COMMENT ON TABLE statute.binding_failure IS 'statements whose rows could not be judged; backfill() judges them later';
COMMENT ON COLUMN statute.binding_failure.binding IS 'the binding whose expression failed';
COMMENT ON COLUMN statute.binding_failure.happened_at IS 'when';
COMMENT ON COLUMN statute.binding_failure.sqlstate IS 'the code of the error';
COMMENT ON COLUMN statute.binding_failure.message IS 'the error that an expression of the binding raised';
CREATE INDEX binding_failure_binding ON statute.binding_failure (binding);

CREATE TABLE statute.backfill_progress (
	binding integer PRIMARY KEY,
	after text NOT NULL
);
COMMENT ON TABLE statute.backfill_progress IS 'how far each backfill() that is not done has come';
COMMENT ON COLUMN statute.backfill_progress.after IS 'the key of the last row that was judged';

CREATE TABLE statute.obligation (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	binding integer NOT NULL,
	rule_version integer NOT NULL,
	state text NOT NULL CHECK (state IN ('open', 'paused', 'done', 'verified', 'closed', 'cancelled')),
	row_key text NOT NULL,
	subject text,
	opened_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	due_at timestamptz NOT NULL,
	done_at timestamptz,
	due_on date NOT NULL,
	provisional boolean NOT NULL,
	allowed statute.timelimit,
	extended_to statute.timelimit,
	calendar_revision bigint NOT NULL,
	convention text,
	inputs bigint NOT NULL,
	row_pauses tstzmultirange NOT NULL,
	pauses tstzmultirange NOT NULL DEFAULT '{}',
	paused_at timestamptz,
	next_step_at timestamptz,
	period daterange
);
COMMENT ON TABLE statute.obligation IS 'the duties that rows created, with what each due date was computed from';
COMMENT ON COLUMN statute.obligation.binding IS 'the rule and the table that it comes from';
COMMENT ON COLUMN statute.obligation.rule_version IS 'the version of the rule that was in force at the event';
COMMENT ON COLUMN statute.obligation.state IS 'open, paused, done, verified, closed or cancelled';
COMMENT ON COLUMN statute.obligation.subject IS 'whom it falls on';
COMMENT ON COLUMN statute.obligation.done_at IS 'when it was done, as the row says';
COMMENT ON COLUMN statute.obligation.convention IS 'how the days were counted';
COMMENT ON COLUMN statute.obligation.row_key IS 'the primary key of the row: its value, or a JSON array of several';
COMMENT ON COLUMN statute.obligation.opened_at IS 'when the event happened';
COMMENT ON COLUMN statute.obligation.recorded_at IS 'when the database learned of it';
COMMENT ON COLUMN statute.obligation.due_at IS 'what is done later is late; infinity while the clock stands';
COMMENT ON COLUMN statute.obligation.due_on IS 'the last day, in the time zone of the calendar';
COMMENT ON COLUMN statute.obligation.provisional IS 'the due date lies beyond the announced working days';
COMMENT ON COLUMN statute.obligation.allowed IS 'the time limit; null where the row gives the due date';
COMMENT ON COLUMN statute.obligation.extended_to IS 'the longer time limit that was granted';
COMMENT ON COLUMN statute.obligation.calendar_revision IS 'the state of the calendar that the due date was computed from';
COMMENT ON COLUMN statute.obligation.row_pauses IS 'when the clock stopped, as the row says';
COMMENT ON COLUMN statute.obligation.pauses IS 'when the clock stopped, as pause() and resume() recorded';
COMMENT ON COLUMN statute.obligation.paused_at IS 'since when it stands, as pause() recorded';
COMMENT ON COLUMN statute.obligation.inputs IS 'a hash of what in the row the due date rests on: while it stays, only recompute_apply() moves the date';
COMMENT ON COLUMN statute.obligation.period IS 'of a recurring duty, the period that it is for';
COMMENT ON COLUMN statute.obligation.next_step_at IS 'when the sweep is to look at it; -infinity when its next step is not planned yet';

-- A row has one obligation of a binding that is not cancelled: found by each
-- statement that changes the row. Of a recurring duty it has one for each period.
CREATE UNIQUE INDEX obligation_row ON statute.obligation (binding, row_key) WHERE state <> 'cancelled' AND period IS NULL;
CREATE UNIQUE INDEX obligation_period ON statute.obligation (binding, row_key, period) WHERE period IS NOT NULL;
-- due_list, late_list: what is open, however much is settled
CREATE INDEX obligation_due ON statute.obligation (due_at) WHERE state IN ('open', 'paused');
-- sweep(): what is to be done now, however much is open
CREATE INDEX obligation_next ON statute.obligation (next_step_at, id) WHERE state = 'open' AND next_step_at IS NOT NULL;

CREATE TABLE statute.obligation_event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	obligation bigint NOT NULL,
	happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	what text NOT NULL,
	state_before text NOT NULL,
	state_after text NOT NULL,
	due_before timestamptz NOT NULL,
	due_after timestamptz NOT NULL,
	done_before timestamptz,
	done_after timestamptz,
	actor text NOT NULL,
	reason text,
	basis text
);
COMMENT ON TABLE statute.obligation_event IS 'each change of an obligation after it was opened; rows are only added';
COMMENT ON COLUMN statute.obligation_event.obligation IS 'the obligation that changed';
COMMENT ON COLUMN statute.obligation_event.happened_at IS 'when the ledger was changed';
COMMENT ON COLUMN statute.obligation_event.what IS 'what happened';
COMMENT ON COLUMN statute.obligation_event.state_before IS 'its state before';
COMMENT ON COLUMN statute.obligation_event.state_after IS 'its state after';
COMMENT ON COLUMN statute.obligation_event.due_before IS 'when it was due before';
COMMENT ON COLUMN statute.obligation_event.due_after IS 'when it is due after';
COMMENT ON COLUMN statute.obligation_event.done_before IS 'when it was done, as known before';
COMMENT ON COLUMN statute.obligation_event.done_after IS 'when it was done, as known after';
COMMENT ON COLUMN statute.obligation_event.reason IS 'why, as it was recorded';
COMMENT ON COLUMN statute.obligation_event.actor IS 'the role of the session that made the change, or who was named';
COMMENT ON COLUMN statute.obligation_event.basis IS 'the legal basis, where one was needed';
CREATE INDEX obligation_event_obligation ON statute.obligation_event (obligation, id);

CREATE TABLE statute.violation (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	binding integer NOT NULL,
	rule_version integer NOT NULL,
	row_key text,
	period daterange,
	subject text,
	happened_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	what text NOT NULL,
	detail text,
	lasting boolean NOT NULL,
	state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'corrected', 'excused')),
	settled_at timestamptz,
	settled_by text,
	reason text,
	CHECK (num_nonnulls(row_key, period) = 1)
);
COMMENT ON TABLE statute.violation IS 'facts that break a rule; a row that is put right corrects its violation, and nothing is deleted';
COMMENT ON COLUMN statute.violation.binding IS 'the rule and the table';
COMMENT ON COLUMN statute.violation.rule_version IS 'the version of the rule that was in force at the event';
COMMENT ON COLUMN statute.violation.row_key IS 'the primary key of the row: its value, or a JSON array of several';
COMMENT ON COLUMN statute.violation.period IS 'or the period in which the subject had too few of them';
COMMENT ON COLUMN statute.violation.subject IS 'whom it falls on';
COMMENT ON COLUMN statute.violation.happened_at IS 'when it happened, as the row says, or else when it was found';
COMMENT ON COLUMN statute.violation.recorded_at IS 'when the database found it';
COMMENT ON COLUMN statute.violation.state IS 'open, corrected or excused';
COMMENT ON COLUMN statute.violation.settled_at IS 'when it was corrected or excused';
COMMENT ON COLUMN statute.violation.settled_by IS 'who corrected or excused it';
COMMENT ON COLUMN statute.violation.what IS 'what was found: the same words for the same fact';
COMMENT ON COLUMN statute.violation.detail IS 'the values that it was found in';
COMMENT ON COLUMN statute.violation.lasting IS 'an event, such as a forbidden move, that a later change of the row does not undo';
COMMENT ON COLUMN statute.violation.reason IS 'how it was corrected, or why it was excused';
-- Each fact of a row is on record once, unless it was put right in between; an
-- event as often as it happened.
CREATE UNIQUE INDEX violation_row ON statute.violation (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting;
CREATE UNIQUE INDEX violation_period ON statute.violation (binding, subject, period) WHERE state <> 'corrected' AND row_key IS NULL;
-- violation_list by time
CREATE INDEX violation_happened ON statute.violation (happened_at);

-- What rules that look at several rows need to know of each, so that they are
-- judged without a look at the table: the role that changes one row may not be
-- allowed to see the others.
CREATE TABLE statute.occurrence (
	binding integer NOT NULL,
	row_key text NOT NULL,
	rule_version integer NOT NULL,
	subject text,
	happened_at timestamptz NOT NULL,
	on_day date NOT NULL,
	party text NOT NULL,
	quota statute.quota,
	during tstzrange,
	place text,
	dated boolean NOT NULL,
	PRIMARY KEY (binding, row_key)
);
COMMENT ON TABLE statute.occurrence IS 'the rows that rules of kind once, no_overlap, quota and relative_cap count or compare';
COMMENT ON COLUMN statute.occurrence.binding IS 'the rule and the table';
COMMENT ON COLUMN statute.occurrence.row_key IS 'the primary key of the row';
COMMENT ON COLUMN statute.occurrence.rule_version IS 'the version of the rule that was in force at the event';
COMMENT ON COLUMN statute.occurrence.subject IS 'whom it falls on';
COMMENT ON COLUMN statute.occurrence.happened_at IS 'when it happened';
COMMENT ON COLUMN statute.occurrence.on_day IS 'its day, in the time zone of the calendar';
COMMENT ON COLUMN statute.occurrence.during IS 'the time that must not overlap';
COMMENT ON COLUMN statute.occurrence.place IS 'the place, which may be in another';
COMMENT ON COLUMN statute.occurrence.party IS 'rows with the same party are judged together: a subject, or the key of the rule';
COMMENT ON COLUMN statute.occurrence.dated IS 'does the row say when it happened, or is that when it was first seen';
COMMENT ON COLUMN statute.occurrence.quota IS 'the quota in force at the event';
CREATE INDEX occurrence_by_party ON statute.occurrence (binding, party, on_day);

CREATE TABLE statute.occurrence_party (
	binding integer NOT NULL,
	party text NOT NULL,
	PRIMARY KEY (binding, party)
);
COMMENT ON TABLE statute.occurrence_party IS 'a row to lock for each party, so that two sessions cannot both use up the same quota';

CREATE TABLE statute.recurrence (
	binding integer NOT NULL,
	row_key text NOT NULL,
	subject text,
	since date NOT NULL,
	dated boolean NOT NULL,
	until date,
	applies datemultirange NOT NULL,
	versions integer[] NOT NULL,
	done_at timestamptz,
	done_seen timestamptz,
	unsettled boolean NOT NULL,
	opened_through date,
	next_open_at timestamptz DEFAULT '-infinity',
	PRIMARY KEY (binding, row_key)
);
COMMENT ON TABLE statute.recurrence IS 'what rows say of recurring duties, whose obligations are opened period by period';
COMMENT ON COLUMN statute.recurrence.binding IS 'the rule and the table';
COMMENT ON COLUMN statute.recurrence.row_key IS 'the primary key of the row';
COMMENT ON COLUMN statute.recurrence.subject IS 'whom it falls on';
COMMENT ON COLUMN statute.recurrence.since IS 'the day on which it begins';
COMMENT ON COLUMN statute.recurrence.dated IS 'does the row say on which day it begins, or is that when it was first seen';
COMMENT ON COLUMN statute.recurrence.until IS 'the day on which it ends; null while it goes on';
COMMENT ON COLUMN statute.recurrence.applies IS 'the days on which a version of the rule is in force that covers the row';
COMMENT ON COLUMN statute.recurrence.versions IS 'the versions of the rule that cover the row';
COMMENT ON COLUMN statute.recurrence.done_at IS 'when it was last done, as the row says';
COMMENT ON COLUMN statute.recurrence.done_seen IS 'what done_at was when it was last counted for a period';
COMMENT ON COLUMN statute.recurrence.unsettled IS 'the row changed, and the obligations do not follow it yet';
COMMENT ON COLUMN statute.recurrence.opened_through IS 'periods that began by this day have been opened';
COMMENT ON COLUMN statute.recurrence.next_open_at IS 'when the sweep is to look at it: the beginning of the next period, or -infinity; null where none is to come';
-- sweep(): what begins
CREATE INDEX recurrence_next ON statute.recurrence (next_open_at, binding, row_key) WHERE next_open_at IS NOT NULL;

CREATE TABLE statute.rejudgement (
	binding integer PRIMARY KEY,
	next_try_at timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE statute.rejudgement IS 'recurring duties whose rule changed while they ran: the sweep has their rows judged by it';
COMMENT ON COLUMN statute.rejudgement.binding IS 'the binding';
COMMENT ON COLUMN statute.rejudgement.next_try_at IS 'when the sweep is to do so; -infinity for at once';

CREATE TABLE statute.place (
	code text PRIMARY KEY CHECK (code <> ''),
	title text NOT NULL,
	parent text
);
COMMENT ON TABLE statute.place IS 'places of which one contains others, such as a province its prefectures';
COMMENT ON COLUMN statute.place.code IS 'as rows name it';
COMMENT ON COLUMN statute.place.title IS 'its name';
COMMENT ON COLUMN statute.place.parent IS 'the place that it is in';

CREATE TABLE statute.archived_obligation (
	id bigint PRIMARY KEY,
	archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	binding integer NOT NULL,
	row_key text NOT NULL,
	state text NOT NULL,
	inputs bigint NOT NULL,
	obligation jsonb NOT NULL,
	history jsonb NOT NULL,
	notices jsonb NOT NULL
);
-- A row whose duty is archived does not get it again.
CREATE INDEX archived_obligation_row ON statute.archived_obligation (binding, row_key);
COMMENT ON TABLE statute.archived_obligation IS 'obligations that purge() took out of the ledger, each with its history and its notices';
COMMENT ON COLUMN statute.archived_obligation.obligation IS 'the row of obligation as it was';
COMMENT ON COLUMN statute.archived_obligation.history IS 'its rows of obligation_event, in order';
COMMENT ON COLUMN statute.archived_obligation.notices IS 'its rows of notice, in order';

GRANT SELECT ON statute.binding, statute.place TO PUBLIC;
-- The owner of the database can dump it.
GRANT SELECT ON statute.binding_event, statute.binding_failure, statute.backfill_progress, statute.obligation, statute.obligation_event, statute.violation,
	statute.occurrence, statute.occurrence_party, statute.recurrence, statute.rejudgement, statute.archived_obligation TO pg_database_owner;
GRANT SELECT ON SEQUENCE statute.binding_id_seq, statute.binding_event_id_seq, statute.binding_failure_id_seq, statute.obligation_id_seq, statute.obligation_event_id_seq,
	statute.violation_id_seq TO pg_database_owner;

SELECT pg_extension_config_dump('statute.binding', '');
SELECT pg_extension_config_dump('statute.binding_id_seq', '');
SELECT pg_extension_config_dump('statute.binding_event', '');
SELECT pg_extension_config_dump('statute.binding_event_id_seq', '');
SELECT pg_extension_config_dump('statute.binding_failure', '');
SELECT pg_extension_config_dump('statute.binding_failure_id_seq', '');
SELECT pg_extension_config_dump('statute.backfill_progress', '');
SELECT pg_extension_config_dump('statute.obligation', '');
SELECT pg_extension_config_dump('statute.obligation_id_seq', '');
SELECT pg_extension_config_dump('statute.obligation_event', '');
SELECT pg_extension_config_dump('statute.obligation_event_id_seq', '');
SELECT pg_extension_config_dump('statute.violation', '');
SELECT pg_extension_config_dump('statute.violation_id_seq', '');
SELECT pg_extension_config_dump('statute.occurrence', '');
SELECT pg_extension_config_dump('statute.occurrence_party', '');
SELECT pg_extension_config_dump('statute.recurrence', '');
SELECT pg_extension_config_dump('statute.rejudgement', '');
SELECT pg_extension_config_dump('statute.place', '');
SELECT pg_extension_config_dump('statute.archived_obligation', '');

-- What the rows of a bound table say, in the words of the rule: the columns of
-- the queries of src/duty/row_query.sql, which src/duty/enforce.c hands on.

CREATE TYPE statute._judged_duty AS (
	key text, subject text, version integer, opened_at timestamptz, done_at timestamptz, due_at timestamptz, due_on date,
	provisional boolean, allowed statute.timelimit, revision bigint, convention text, pauses tstzmultirange, inputs bigint);
COMMENT ON TYPE statute._judged_duty IS 'internal: what a row says of a deadline; opened_at is null where the duty has no event';

CREATE TYPE statute._judged_occurrence AS (
	key text, subject text, version integer, happened_at timestamptz, on_day date, party text,
	quota statute.quota, during tstzrange, place text);
COMMENT ON TYPE statute._judged_occurrence IS 'internal: what a row says that is judged together with others';

CREATE TYPE statute._judged_fact AS (
	key text, subject text, version integer, happened_at timestamptz, what text, detail text, lasting boolean);
COMMENT ON TYPE statute._judged_fact IS 'internal: a fact of a row that breaks a rule; what is null where nothing does';

CREATE TYPE statute._touched AS (key text, gone boolean);
COMMENT ON TYPE statute._touched IS 'internal: a row that was changed; is it gone';

CREATE TYPE statute._affected AS (party text, on_day date, during tstzrange);
COMMENT ON TYPE statute._affected IS 'internal: where rows that are judged together have changed';

CREATE TYPE statute._judged_recurrence AS (
	key text, subject text, since date, until date, done_at timestamptz, applies datemultirange, versions integer[]);
COMMENT ON TYPE statute._judged_recurrence IS 'internal: what a row says of a recurring duty; since is null where it does not say';
