-- An agency with calendars of its own, and a schema that comes before ours in
-- every dump. 2022-02-19 is a Saturday that only OFFICE works on.

SELECT statute.define_convention('OURS', 'ours', 'our bylaws', base := 'CN', closing := '17:00', receipt_cutoff := '16:00');
SELECT statute.define_calendar('OFFICE', 'an office', 'CN', convention := 'OURS');
SELECT statute.define_calendar('BRANCH', 'its branch', 'OFFICE');
SELECT statute.define_calendar('GULF', 'elsewhere', weekend := '{5,6}', time_zone := 'Asia/Dubai', convention := 'PLAIN');
SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'snow', 'a notice', '2022-02-17');
SELECT statute.set_calendar_day('OFFICE', '2022-02-19', true, 'inventory', 'a notice');
SELECT statute.set_calendar_day('BRANCH', '2022-02-21', false, 'moving', NULL);
SELECT statute.set_calendar_day('GULF', '2022-02-22', false, 'x', 'y');
SELECT statute.unset_calendar_day('GULF', '2022-02-22');
SELECT statute.announce_calendar('CN', '2027-12-28', 'next year''s notice', '2026-11-04');
SELECT statute.announce_calendar('GULF', '2022-12-31', NULL);
SELECT statute.set_default_calendar('OFFICE');
CREATE SCHEMA aaa;
CREATE TABLE aaa.visit (
	id integer PRIMARY KEY,
	day statute.workday NOT NULL DEFAULT statute.add_workdays('2022-02-17', 1),
	away statute.workdayrange,
	stays statute.workdaymultirange,
	allowed statute.timelimit NOT NULL DEFAULT '7 workdays',
	CHECK (day OPERATOR(statute.>=) '2022-02-19'::statute.workday),
	EXCLUDE USING gist (away WITH &&)
);
INSERT INTO aaa.visit
	SELECT n, statute.add_workdays('2022-02-18', n), CASE WHEN n % 3 = 0 THEN statute.workdayrange(
			statute.add_workdays('2022-02-18', n)::statute.workday, statute.add_workdays('2022-02-18', n + 2)::statute.workday) END,
		CASE WHEN n % 5 = 0 THEN '{[2022-02-19,2022-02-21],[2022-03-01,2022-03-02)}'::statute.workdaymultirange END,
		CASE n % 4 WHEN 0 THEN 'immediate' WHEN 1 THEN '三个月' WHEN 2 THEN '30 minutes' ELSE '7个工作日' END::statute.timelimit
	FROM generate_series(1, 300) n;
CREATE INDEX ON aaa.visit (day);
CREATE INDEX ON aaa.visit USING hash (day);
CREATE INDEX ON aaa.visit USING brin (day);
CREATE INDEX ON aaa.visit USING brin (day statute.workday_minmax_multi_ops);
CREATE UNIQUE INDEX ON aaa.visit (allowed, day DESC) INCLUDE (id) WHERE day OPERATOR(statute.>) '2022-02-19'::statute.workday;
CREATE INDEX ON aaa.visit USING hash (allowed);
CREATE INDEX ON aaa.visit USING spgist (away);
CREATE TABLE aaa.part (day statute.workday) PARTITION BY RANGE (day);
CREATE TABLE aaa.part_1 PARTITION OF aaa.part FOR VALUES FROM (MINVALUE) TO ('2022-02-19');
CREATE TABLE aaa.part_2 PARTITION OF aaa.part FOR VALUES FROM ('2022-02-19') TO (MAXVALUE);
INSERT INTO aaa.part SELECT day FROM aaa.visit;
CREATE DOMAIN aaa.short AS statute.timelimit CHECK (VALUE OPERATOR(statute.<=) '10 workdays'::statute.timelimit);
CREATE TYPE aaa.pair AS (day statute.workday, allowed aaa.short);
CREATE TABLE aaa.pairs (pairs aaa.pair[]);
INSERT INTO aaa.pairs VALUES (ARRAY[('2022-02-19', '3 workdays')]::aaa.pair[]);
CREATE VIEW aaa.due AS SELECT id, day OPERATOR(statute.+) 3 AS later, day OPERATOR(statute.-) '2022-02-19'::statute.workday AS n,
	statute.due_date(day, '7 workdays', 'BRANCH') AS due FROM aaa.visit;
CREATE MATERIALIZED VIEW aaa.kept AS SELECT id, statute.is_workday(day) AS worked, statute.is_workday(day, 'CN') AS cn FROM aaa.visit;
CREATE FUNCTION aaa.bump() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN NEW.day := statute.roll_workday(NEW.day, 'following'); RETURN NEW; END $$;
CREATE TRIGGER bump BEFORE INSERT ON aaa.visit FOR EACH ROW WHEN (NEW.day OPERATOR(statute.>) '2022-02-19'::statute.workday)
	EXECUTE FUNCTION aaa.bump();

-- Its rulebook: a rule in four versions, of which one was never in force, one that waits for a reading, and one
-- with a type of the agency's own, which was retired.
SELECT statute.define_regulation('BYLAWS', 'our bylaws', 'our office', '[2022-02-16,)', '第3号', '2022-02-10', 'the gazette');
SELECT statute.define_clause('BYLAWS-1', 'BYLAWS', '第一条', '没有时限要求的，7个工作日内落实反馈', summary := 'feedback');
SELECT statute.define_clause('BYLAWS-2', 'BYLAWS', '第二条', '定期报告进展情况', 'partly', 'how often is not said');
SELECT statute.define_clause('BYLAWS-3', 'BYLAWS', '第三条', E'a quote\nwith \\ and \t in it', 'no', 'x');
SELECT statute.define_reading('BYLAWS-2.interval', 'BYLAWS-2', 'how often?', 'statute.quota', '每月至少1次', 'usual', 'the head');
SELECT statute.define_reading('BYLAWS-2.due', 'BYLAWS-2', 'until when?', 'statute.timelimit', decider := 'the head');
SELECT statute.set_reading('BYLAWS-2.due', '5 workdays', 'a letter', 'the head', '2022-03-01');
SELECT statute.set_reading('BYLAWS-2.due', '3个工作日', 'another', 'the head', '2022-03-01');
SELECT statute.set_reading('BYLAWS-2.due', NULL, 'withdrawn', 'the head', '2022-09-01');
SELECT statute.define_rule('FEEDBACK', 'BYLAWS-1', 'deadline', 'feedback',
	'{"start": "timestamptz", "done": "timestamptz", "own_limit": "statute.timelimit", "urgent": "boolean", "kind": "text"}',
	'{"limit": "7个工作日", "maximum": "15 workdays", "urgent": "immediate", "calendar": "OFFICE", "convention": "OURS"}', 'kind <> ''private''');
SELECT statute.amend_rule('FEEDBACK', '2022-07-01', roles := '{"start": "timestamptz", "kind": "text"}', params := '{"limit": "5 workdays", "calendar": "BRANCH"}');
SELECT statute.amend_rule('FEEDBACK', '2023-01-01', applies := '', modality := 'as far as possible');
SELECT statute.amend_rule('FEEDBACK', '2023-01-01', modality := 'in principle');
SELECT statute.define_rule('PROGRESS', 'BYLAWS-2', 'recurring', 'progress', '{"since": "date"}', '{"quota": {"reading": "BYLAWS-2.interval"}, "due": {"reading": "BYLAWS-2.due"}}');
SELECT statute.define_rule('SHORT', 'BYLAWS-2', 'check', 'short', '{"allowed": "timelimit", "since": "workday", "day": "workday"}',
	must := 'allowed <= ''10 workdays'' AND day < since', effective := '[2022-03-01,2022-12-31]');
SELECT statute.retire_rule('SHORT', '2022-10-31');
