-- Bound tables of that agency: ordinary, partitioned with a composite key, and
-- one that comes after ours in every dump; a ledger with everything in it.

SET client_min_messages = error;
SELECT statute.define_rule('REPLY', 'BYLAWS-1', 'deadline', 'reply', '{"start": "timestamptz", "done": "timestamptz", "urgent": "boolean"}',
	'{"limit": "7 workdays", "maximum": "15 workdays", "urgent": "1 day", "calendar": "OFFICE"}');
SELECT statute.define_rule('PAGES', 'BYLAWS-3', 'check', 'pages', '{"pages": "integer"}', must := 'pages <= 10');
SELECT statute.define_rule('TOPIC', 'BYLAWS-3', 'once', 'topic', '{"topic": "text"}', '{"key": ["topic"]}');
SELECT statute.define_rule('MANY', 'BYLAWS-3', 'quota', 'many', '{"at": "timestamptz"}', '{"quota": "at most 2 per year"}');
SELECT statute.define_rule('STAYS', 'BYLAWS-3', 'no_overlap', 'stays', '{"during": "daterange", "topic": "text", "place": "text"}', '{"key": ["topic"], "place": "place"}');
SELECT statute.define_rule('MOVES', 'BYLAWS-3', 'workflow', 'moves', '{"state": "text"}', '{"moves": {"new": ["seen"]}, "begins": ["new"]}');
SELECT statute.define_place('53', 'a province'), statute.define_place('5301', 'its city', '53');

CREATE ROLE dump_clerk;
GRANT USAGE, CREATE ON SCHEMA aaa TO dump_clerk;
CREATE SCHEMA zzz;
CREATE FUNCTION aaa.sheets(pages integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT (pages + 1) / 2';
CREATE TABLE aaa.letter (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, got timestamptz, done date, urgent boolean, pages integer, topic text,
	color text, days daterange, place text, state text DEFAULT 'new');
CREATE TABLE aaa.check_up (region text, at timestamptz, n integer, topic text, PRIMARY KEY (n, region, at)) PARTITION BY LIST (region);
CREATE TABLE aaa.check_up_1 PARTITION OF aaa.check_up FOR VALUES IN ('1') PARTITION BY RANGE (n);
CREATE TABLE aaa.check_up_1_1 PARTITION OF aaa.check_up_1 FOR VALUES FROM (1) TO (100);
CREATE TABLE aaa.check_up_2 (topic text, gone text, n integer NOT NULL, at timestamptz NOT NULL, region text NOT NULL);
ALTER TABLE aaa.check_up_2 DROP COLUMN gone;
ALTER TABLE aaa.check_up ATTACH PARTITION aaa.check_up_2 DEFAULT;
CREATE TABLE zzz.note (id uuid PRIMARY KEY, "select" integer, "new_rows" text);

SELECT statute.bind('REPLY', 'aaa.letter', '{"start": "got", "done": "done", "urgent": "urgent"}', 'topic');
SELECT statute.bind('PAGES', 'aaa.letter', '{"pages": "aaa.sheets(pages)"}', 'topic', 'warn');
SELECT statute.bind('TOPIC', 'aaa.letter', '{"topic": "topic"}');
SELECT statute.bind('MANY', 'aaa.letter', '{"at": "got"}', 'topic', calendar := 'GULF');
SELECT statute.bind('STAYS', 'aaa.letter', '{"during": "days", "topic": "topic", "place": "place"}');
SELECT statute.bind('MOVES', 'aaa.letter', '{"state": "state"}');
SELECT statute.bind('REPLY', 'aaa.check_up', '{"start": "at"}', 'topic');
SELECT statute.bind('PAGES', 'aaa.check_up', '{"pages": "n"}', action := 'reject');
SELECT statute.bind('PAGES', 'zzz.note', '{"pages": "\"select\""}', '"new_rows"');
ALTER TABLE aaa.letter OWNER TO dump_clerk;
SELECT statute.enable_binding(b.id) FROM statute.binding b WHERE b.relation = 'aaa.letter'::regclass;

INSERT INTO aaa.letter (got, done, urgent, pages, topic, days, place, state) VALUES
	('2022-03-01 09:00+08', NULL, false, 5, 'a', '[2022-03-01,2022-03-05]', '53', 'new'),
	('2022-03-02 09:00+08', '2022-03-20', true, 50, 'a', '[2022-03-05,2022-03-08]', '5301', 'odd'),
	('2022-03-03 09:00+08', '2022-03-05', NULL, 7, 'a', NULL, NULL, 'new'),
	(now(), NULL, false, 7, 'b', NULL, NULL, 'new'), (now(), NULL, false, 7, E'tab\t, \\ and "', NULL, NULL, 'new'),
	('2022-03-04 09:00+08', '2022-03-05', false, 7, 'c', NULL, NULL, 'new'), ('2022-03-04 09:00+08', '2022-03-05', false, 7, 'd', NULL, NULL, 'new');
INSERT INTO aaa.check_up VALUES ('1', '2022-03-01 09:00+08', 5, 'x'), ('2', '2022-03-02 09:00+08', 6, 'y');
INSERT INTO zzz.note SELECT md5(g::text)::uuid, 5 * g, 'n' || g FROM generate_series(1, 4) g;
SELECT statute.pause(1, 'a reason', E'a basis with \\ and\nlines', '2022-03-03 10:00+08');
SELECT statute.pause(4, 'a reason', 'a basis');
SELECT statute.resume(4);
SELECT statute.extend(5, '12 workdays', 'a reason', 'a basis', 'the head');
SELECT statute.verify(3, 'the head'), statute.close(6), statute.verify(7, 'the head');
SELECT statute.excuse(v.id, 'a reason', 'a basis', 'the head') FROM statute.violation v WHERE v.what = 'repeated' LIMIT 1;
UPDATE aaa.letter SET state = 'elsewhere', done = '2022-03-07' WHERE id = 3;
DELETE FROM aaa.letter WHERE id = 7;
SELECT statute.purge(clock_timestamp()) FROM statute.obligation LIMIT 1;
UPDATE zzz.note SET "select" = 1 WHERE "new_rows" = 'n4';
-- one that was taken off, one that is disabled, one whose table is gone, one that fails, one whose backlog is half settled
SELECT statute.bind('TOPIC', 'zzz.note', '{"topic": "\"new_rows\""}');
SELECT statute.unbind(b.id) FROM statute.binding b WHERE b.relation = 'zzz.note'::regclass AND b.rule = 'TOPIC';
CREATE TABLE zzz.gone (id integer PRIMARY KEY);
SELECT statute.bind('PAGES', 'zzz.gone', '{"pages": "id"}');
INSERT INTO zzz.gone VALUES (50);
DROP TABLE zzz.gone;
SELECT statute.bind('TOPIC', 'zzz.note', '{"topic": "\"new_rows\""}');
SELECT statute.disable_binding(b.id) FROM statute.binding b WHERE b.relation = 'zzz.note'::regclass AND b.rule = 'TOPIC';
SELECT statute.bind('MANY', 'zzz.note', '{"at": "''2022-03-01''::timestamptz + interval ''1 day'' / \"select\""}');
INSERT INTO zzz.note VALUES (md5('x')::uuid, 0, 'fails');
UPDATE zzz.note SET "select" = 2 WHERE "select" = 0;
INSERT INTO statute.backfill_progress SELECT b.id, md5('1')::uuid::text FROM statute.binding b WHERE b.relation = 'zzz.note'::regclass AND b.rule = 'PAGES';
-- a ladder of a rule, and one of a binding; notices in each state, and a step that fails
SELECT statute.define_ladder('CARDS', 'cards'), statute.define_ladder('OWN', E'of its own\t\\');
SELECT statute.define_step('CARDS', 1, '80%', 'yellow', 'handler', E'{title} of {subject}\nby {due_on}'), statute.define_step('CARDS', 2, 'due', 'red', 'leader', 'due'),
	statute.define_step('CARDS', 3, '1 workday', 'red', 'superior', '{days_late} days late, {article}'), statute.define_step('OWN', 7, '1 month', 'red', 'superior', '{row}');
SELECT statute.set_ladder('CARDS', 'REPLY'), statute.set_ladder('OWN', statute.binding_of('REPLY', 'aaa.check_up'));
SELECT statute.set_contact('a2', 'handler', 'Li', 'Wang'), statute.set_contact('a2', 'handler', 'Ma', NULL, '[2022-03-11,2022-03-12)'), statute.set_contact('top', 'principal', 'Zhao');
SELECT statute.set_absence('Li', '[2022-03-01,2022-04-01)'), statute.set_superior('a2', 'top'), statute.set_superior('x', 'top');
INSERT INTO aaa.letter (got, urgent, pages, topic) VALUES ('2022-03-01 09:00+08', false, 5, 'a2'), ('2022-03-02 09:00+08', false, 5, 'a2');
CALL statute.sweep('2022-03-31 09:00+08');
SELECT statute.take_notices(1, '1 microsecond', 1);
SELECT statute.take_notices(1, '100 years', 1);
SELECT statute.take_notices(2, '100 years');
SELECT statute.confirm_notice(2);
-- and one that was delivered and archived
INSERT INTO aaa.letter (id, got, urgent, pages, topic) OVERRIDING SYSTEM VALUE VALUES (100, '2022-03-01 09:00+08', false, 5, E'a3\t\\');
CALL statute.sweep('2022-03-31 09:00+08');
UPDATE statute.notice n SET state = 'confirmed' FROM statute.obligation o WHERE o.id = n.obligation AND o.row_key = '100';
DELETE FROM aaa.letter WHERE id = 100;
SELECT statute.purge(clock_timestamp());
INSERT INTO statute.sweep_failure (obligation, sqlstate, message) VALUES (1, '22000', E'a message with \\ and\nlines');
INSERT INTO statute.sweep_run (started_at, as_of, looked_at, fired) VALUES ('2022-04-01 09:00+08', '2022-04-01 09:00+08', 7, 5);
