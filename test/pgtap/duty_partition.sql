-- Bound partitioned tables: rows come through the root and straight into a
-- partition, partitions come and go.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(67);

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2022-01-01,)');
SELECT define_clause('C', 'R', '1', 'words');
SELECT define_rule('LATE', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('SHORT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10');
SELECT define_rule('ONCE', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}');
SELECT define_rule('MOVES', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"new": ["seen"]}, "begins": ["new"]}');
SELECT define_rule('STRICT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 1000');

-- Three levels: by year, one year by region, with a default for each, columns
-- in other orders, dropped ones and ones that only a partition has had.
CREATE TABLE visit (year integer, region text, id integer, got timestamptz, done timestamptz, n integer, topic text, state text DEFAULT 'new', PRIMARY KEY (id, year, region))
	PARTITION BY RANGE (year);
CREATE TABLE visit_2021 (topic text, junk bytea, n integer, done timestamptz, id integer NOT NULL, state text, more text, got timestamptz, region text NOT NULL, year integer NOT NULL);
ALTER TABLE visit_2021 DROP COLUMN junk, DROP COLUMN more;
ALTER TABLE visit ATTACH PARTITION visit_2021 FOR VALUES FROM (2021) TO (2022);
CREATE TABLE visit_2022 PARTITION OF visit FOR VALUES FROM (2022) TO (2023) PARTITION BY LIST (region);
CREATE TABLE visit_2022_north PARTITION OF visit_2022 FOR VALUES IN ('north');
CREATE TABLE visit_2022_rest PARTITION OF visit_2022 DEFAULT;
CREATE TABLE visit_rest PARTITION OF visit DEFAULT;
SELECT bind('LATE', 'visit', '{"start": "got", "done": "done"}', 'topic') AS late, bind('SHORT', 'visit', '{"n": "n"}') AS short,
	bind('ONCE', 'visit', '{"topic": "topic"}') AS once, bind('MOVES', 'visit', '{"state": "state"}') AS moves,
	bind('STRICT', 'visit', '{"n": "n"}', action := 'reject') AS strict \gset

-- tables of the tree whose triggers are not the four of ours, enabled
CREATE FUNCTION not_enforced(root regclass) RETURNS SETOF regclass LANGUAGE sql AS $$
	SELECT t.relid FROM pg_partition_tree(root) t
	WHERE (SELECT array_agg(tgname || tgenabled::text ORDER BY tgname) FROM pg_trigger WHERE tgrelid = t.relid AND tgfoid = 'statute.enforce'::regproc)
		IS DISTINCT FROM '{statute_deleteO,statute_insertO,statute_truncateO,statute_updateO}'
$$;
-- ours on tables that are no part of the tree
CREATE FUNCTION stray_triggers(root regclass) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', tgrelid::regclass, tgname) FROM pg_trigger
	WHERE tgfoid = 'statute.enforce'::regproc AND tgrelid NOT IN (SELECT relid FROM pg_partition_tree(root))
$$;
-- what is on record of a row by its id: duty and open violations; of a key that changed, by the last one
CREATE FUNCTION record(id integer) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ',
		(SELECT string_agg(o.row_key || ' ' || o.state, ', ' ORDER BY o.id) FROM statute.obligation o WHERE o.row_key::jsonb ->> 0 = $1::text),
		(SELECT string_agg(b.rule, ' ' ORDER BY b.rule COLLATE "C") FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
			WHERE v.row_key::jsonb ->> 0 = $1::text AND v.state = 'open'))
$$;
CREATE FUNCTION fault(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT is_empty($$SELECT not_enforced('visit')$$, 'every table of the tree has its triggers');

-- Rows -----------------------------------------------------------------------------------

INSERT INTO visit VALUES (2022, 'north', 1, '2022-03-01', NULL, 50, 'a');
SELECT is(record(1), '["1", "2022", "north"] open; LATE SHORT', 'through the root');
INSERT INTO visit_2022 VALUES (2022, 'south', 2, '2022-03-01', NULL, 50, 'a');
SELECT is(record(2), '["2", "2022", "south"] open; LATE ONCE SHORT', 'into a table between');
INSERT INTO visit_2022_north VALUES (2022, 'north', 3, '2022-03-01', '2022-03-02', 5, 'a', 'odd');
SELECT is(record(3), '["3", "2022", "north"] done; MOVES ONCE', 'into a partition');
INSERT INTO visit_2021 (year, region, id, got, n, topic, state) VALUES (2021, 'north', 4, '2022-03-01', 50, 'b', 'new');
SELECT is(record(4), '["4", "2021", "north"] open; LATE SHORT', 'into one with its columns in another order');
INSERT INTO visit VALUES (2021, 'west', 5, '2022-03-01', NULL, 50, 'b', 'new'), (2030, 'west', 6, '2022-03-01', '2022-03-02', 50, 'c', 'new'), (2022, 'west', 7, '2022-03-01', NULL, 5, 'd', 'new');
SELECT is(record(5), '["5", "2021", "west"] open; LATE ONCE SHORT', 'several into several');
SELECT is(record(6), '["6", "2030", "west"] done; SHORT', 'into the default');
SELECT is(record(7), '["7", "2022", "west"] open; LATE', 'and into that below');
COPY visit FROM stdin;
2021	east	8	2022-03-01	\N	50	e	new
\.
COPY visit_2021 (topic, n, id, state, got, region, year) FROM stdin;
f	50	9	new	2022-03-01	east	2021
\.
SELECT is(record(8), '["8", "2021", "east"] open; LATE SHORT', 'COPY');
SELECT is(record(9), '["9", "2021", "east"] open; LATE SHORT', 'COPY into a partition');
SELECT is(fault(format('INSERT INTO %s (year, region, id, n) VALUES (%s, ''x'', 99, 5000)', t, y)), format('ST003 row ["99", "%s", "x"] of table "%s" breaks rule "STRICT"', y, t), 'rejected: ' || t)
FROM (VALUES ('visit', 2022), ('visit_2022', 2022), ('visit_2022_rest', 2022), ('visit_2021', 2021), ('visit_rest', 1990)) x (t, y);

UPDATE visit SET n = 5, done = '2022-03-02', state = 'seen' WHERE id = 4;
SELECT is(record(4), '["4", "2021", "north"] done', 'changed through the root');
UPDATE visit_2021 SET n = 50, state = 'gone' WHERE id = 4;
SELECT is(record(4), '["4", "2021", "north"] done; MOVES SHORT', 'and in the partition');
UPDATE visit SET region = 'north' WHERE id = 2;
SELECT is(record(2), '["2", "2022", "south"] cancelled, ["2", "2022", "north"] open; LATE ONCE SHORT', 'moved to another partition: as its key changes, another row');
UPDATE visit SET year = 2021 WHERE id = 1;
SELECT is(record(1), '["1", "2022", "north"] cancelled, ["1", "2021", "north"] open; LATE ONCE SHORT', 'moved between levels; now it is the later one on its topic');
UPDATE visit_2022 SET region = 'else' WHERE id = 7;
SELECT is(record(7), '["7", "2022", "west"] cancelled, ["7", "2022", "else"] open; LATE', 'below a table between');
INSERT INTO visit VALUES (2021, 'west', 5, '2022-03-01', NULL, 5, 'b', 'new') ON CONFLICT (id, year, region) DO UPDATE SET n = excluded.n, done = '2022-03-03';
SELECT is(record(5), '["5", "2021", "west"] done; ONCE', 'ON CONFLICT');
MERGE INTO visit v USING (VALUES (2021, 'west', 5), (2021, 'west', 10)) s (year, region, id) ON v.id = s.id AND v.year = s.year AND v.region = s.region
	WHEN MATCHED THEN UPDATE SET n = 50
	WHEN NOT MATCHED THEN INSERT (year, region, id, got, n) VALUES (s.year, s.region, s.id, '2022-03-01', 50);
SELECT is(record(5), '["5", "2021", "west"] done; ONCE SHORT', 'MERGE');
SELECT is(record(10), '["10", "2021", "west"] open; LATE SHORT', 'MERGE of a new one');
DELETE FROM visit WHERE id = 10;
DELETE FROM visit_2021 WHERE id = 9;
SELECT is(record(9) || '|' || record(10), '["9", "2021", "east"] cancelled|["10", "2021", "west"] cancelled', 'deleted');

-- a key that stays while the row moves
CREATE TABLE moved (id integer, n integer, PRIMARY KEY (id, n)) PARTITION BY LIST (n);
CREATE TABLE moved_1 PARTITION OF moved FOR VALUES IN (1, 50);
CREATE TABLE moved_2 PARTITION OF moved DEFAULT;
SELECT bind('SHORT', 'moved', '{"n": "n"}') AS moved \gset
INSERT INTO moved VALUES (901, 1), (902, 2);
UPDATE moved SET n = n + 49;
SELECT is((SELECT array_agg(row_key ORDER BY row_key) FROM violation WHERE binding = :moved), '{"[\"901\", \"50\"]","[\"902\", \"51\"]"}', 'rows that stay and rows that move, in one statement');
DROP TABLE moved;

-- TRUNCATE
TRUNCATE visit_2022_north;
SELECT is(record(2), '["2", "2022", "south"] cancelled, ["2", "2022", "north"] cancelled', 'TRUNCATE of a partition');
SELECT is(record(7), '["7", "2022", "west"] cancelled, ["7", "2022", "else"] open; LATE', 'leaves others alone');
SELECT is(record(4), '["4", "2021", "north"] done; MOVES SHORT', 'also in other branches');

-- Partitions that come ------------------------------------------------------------------------

CREATE TABLE visit_2023 PARTITION OF visit FOR VALUES FROM (2023) TO (2024);
INSERT INTO visit_2023 VALUES (2023, 'north', 20, '2022-03-01', NULL, 50, 'x', 'new');
SELECT is(record(20), '["20", "2023", "north"] open; LATE SHORT', 'CREATE TABLE PARTITION OF');
CREATE TABLE visit_2022_south PARTITION OF visit_2022 FOR VALUES IN ('south');
INSERT INTO visit_2022_south VALUES (2022, 'south', 21, '2022-03-01', NULL, 50, 'y', 'new');
SELECT is(record(21), '["21", "2022", "south"] open; LATE SHORT', 'two levels down');
CREATE TABLE visit_2024 (state text, gone text, topic text, n integer, done timestamptz, got timestamptz, id integer NOT NULL, region text NOT NULL, year integer NOT NULL);
ALTER TABLE visit_2024 DROP COLUMN gone;
INSERT INTO visit_2024 VALUES ('new', 'z', 50, NULL, '2022-03-01', 22, 'north', 2024);
ALTER TABLE visit ATTACH PARTITION visit_2024 FOR VALUES FROM (2024) TO (2025);
INSERT INTO visit_2024 VALUES ('new', 'z', 50, NULL, '2022-03-01', 23, 'north', 2024);
SELECT is(record(23), '["23", "2024", "north"] open; LATE SHORT', 'ATTACH PARTITION');
SELECT is(record(22), '', 'what was in it is judged');
CALL backfill(:late);
CALL backfill(:short, 2);
SELECT is(record(22), '["22", "2024", "north"] open; LATE SHORT', 'by backfill()');
CREATE TABLE tree (LIKE visit) PARTITION BY LIST (region);
CREATE TABLE tree_north PARTITION OF tree FOR VALUES IN ('north');
ALTER TABLE visit ATTACH PARTITION tree FOR VALUES FROM (2025) TO (2026);
INSERT INTO tree_north (year, region, id, got, n) VALUES (2025, 'north', 24, '2022-03-01', 50);
SELECT is(record(24), '["24", "2025", "north"] open; LATE SHORT', 'ATTACH of a tree');
CREATE SCHEMA more CREATE TABLE visit_2026 PARTITION OF public.visit FOR VALUES FROM (2026) TO (2027);
INSERT INTO more.visit_2026 (year, region, id, got, n) VALUES (2026, 'north', 25, '2022-03-01', 50);
SELECT is(record(25), '["25", "2026", "north"] open; LATE SHORT', 'CREATE SCHEMA with a partition in it');
SELECT is_empty($$SELECT not_enforced('visit')$$, 'every table of the tree has its triggers');

CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
SELECT isnt(fault('CREATE FOREIGN TABLE far PARTITION OF visit FOR VALUES FROM (2027) TO (2028) SERVER nowhere'), 'none', 'a foreign partition is refused');
CREATE TABLE unlogged_part (LIKE visit);
ALTER TABLE unlogged_part SET UNLOGGED;
SELECT fault('ALTER TABLE visit ATTACH PARTITION unlogged_part FOR VALUES FROM (2027) TO (2028)');
SELECT is(fault('SELECT bind(''SHORT'', ''visit_2021'', ''{"n": "n"}'')'), '42809 table "public.visit_2021" cannot be bound: it is a partition; bind the table that it is part of, public.visit',
	'a partition is not bound by itself');
CREATE TABLE bound_alone (LIKE visit INCLUDING ALL);
SELECT bind('SHORT', 'bound_alone', '{"n": "n"}') AS alone \gset
SELECT matches(fault('ALTER TABLE visit ATTACH PARTITION bound_alone FOR VALUES FROM (2040) TO (2041)'), '^2BP01 .*it is a partition', 'nor does a bound table become one');
SELECT is_empty($$SELECT not_enforced('bound_alone')$$, 'and it stays as it was');
DROP TABLE bound_alone;

-- What is done to one partition is followed or refused as for the root.
SELECT is(fault(s), 'none', s) FROM unnest(ARRAY['ALTER TABLE visit_2021 ADD CHECK (n < 100000)', 'ALTER TABLE visit_2021 RENAME TO visit_old', 'ALTER TABLE visit_old RENAME TO visit_2021',
	'ALTER TABLE visit ADD COLUMN more text', 'ALTER TABLE visit DROP COLUMN more', 'CREATE INDEX ON visit (topic)']) s;
SELECT matches(fault(s), '^(2BP01|55000) ', 'refused: ' || s) FROM unnest(ARRAY['ALTER TABLE visit RENAME COLUMN n TO m', 'ALTER TABLE visit DROP COLUMN n', 'ALTER TABLE visit ALTER COLUMN got TYPE text',
	'DROP TRIGGER statute_insert ON visit_2021', 'DROP TRIGGER statute_update ON visit', 'ALTER TABLE visit_2021 DISABLE TRIGGER statute_insert', 'ALTER TABLE visit_2021 DISABLE TRIGGER USER',
	'ALTER TRIGGER statute_delete ON visit_2021 RENAME TO x', 'ALTER TABLE visit DROP CONSTRAINT visit_pkey']) s;
SELECT is_empty($$SELECT not_enforced('visit')$$, 'and every table of the tree still has its triggers');

-- Partitions that go ----------------------------------------------------------------------

ALTER TABLE visit DETACH PARTITION visit_2024;
SELECT is_empty($$SELECT stray_triggers('visit')$$, 'DETACH PARTITION: nothing is left behind');
INSERT INTO visit_2024 (year, region, id, got, n) VALUES (2024, 'north', 30, '2022-03-01', 5000);
SELECT is(record(30), '', 'its new rows are not judged');
CALL backfill(:late);
CALL backfill(:short);
SELECT is(record(23), '["23", "2024", "north"] cancelled', 'those that went with it are gone, as backfill() finds');
ALTER TABLE visit DETACH PARTITION tree;
SELECT is_empty($$SELECT stray_triggers('visit')$$, 'DETACH of a tree');
DROP TABLE tree, visit_2024;
ALTER TABLE visit DETACH PARTITION visit_rest; -- a default stands in the way of the next
INSERT INTO visit_2021 (year, region, id, got, n) VALUES (2021, 'north', 31, '2022-03-01', 50);
ALTER TABLE visit DETACH PARTITION visit_2023 CONCURRENTLY;
SELECT is_empty($$SELECT stray_triggers('visit')$$, 'DETACH PARTITION CONCURRENTLY');
SELECT lives_ok('INSERT INTO visit_2023 (year, region, id, got, n) VALUES (2023, ''north'', 32, ''2022-03-01'', 50); UPDATE visit_2023 SET n = 5; DELETE FROM visit_2023 WHERE id = 32; TRUNCATE visit_2023',
	'after which it works on its own');
SELECT is(record(32), '', 'unjudged');
DROP TABLE more.visit_2026;
INSERT INTO visit VALUES (2021, 'north', 33, '2022-03-01', NULL, 50, 'w', 'new');
SELECT is(record(33), '["33", "2021", "north"] open; LATE SHORT', 'after a partition was dropped the others go on');
CALL backfill(:late);
SELECT is(record(25), '["25", "2026", "north"] cancelled; SHORT', 'and its rows are gone');
TRUNCATE visit;
SELECT is((SELECT array_agg(DISTINCT state) FROM obligation WHERE binding = :late), '{cancelled}', 'TRUNCATE of the root');
SELECT unbind(id) FROM binding WHERE relation = 'visit'::regclass;
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgfoid = 'statute.enforce'::regproc), 0::bigint, 'after unbind() no trigger is left anywhere');
SELECT * FROM finish();
