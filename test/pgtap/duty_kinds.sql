-- Every kind of rule under every kind of statement, against an oracle in plain
-- SQL that knows only the rows as they are now. What each kind decides, case by
-- case, is in duty_cases.sql.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT setseed(0.2022);
SELECT plan(48);

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'R', 'art. 1', 'words');

-- All kinds that look at rows as they are, on one table -------------------------------------------

SELECT define_rule('feedback', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('by', 'C', 'fixed_date', 'x', '{"due": "date", "done": "timestamptz"}');
SELECT define_rule('small', 'C', 'check', 'x', '{"n": "integer"}', must => 'n <= 100', applies => 'n <> 500');
SELECT define_rule('once', 'C', 'once', 'x', '{"topic": "text", "at": "timestamptz"}', '{"key": ["topic"]}');
SELECT define_rule('apart', 'C', 'no_overlap', 'x', '{"who": "text", "during": "daterange"}', '{"key": ["who"]}');
SELECT define_rule('few', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 per quarter"}');
SELECT define_rule('window', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 1 per 10 days"}');
SELECT define_rule('days', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 days per month"}');
SELECT define_rule('less', 'C', 'relative_cap', 'x', '{"at": "timestamptz"}', '{"quota": "at most 100% of previous year"}');
SELECT define_rule('often', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at least 1 per month"}');

CREATE TABLE team (name text PRIMARY KEY);
CREATE TABLE task (
	id integer PRIMARY KEY, parent integer REFERENCES task ON DELETE CASCADE, who text REFERENCES team ON DELETE CASCADE ON UPDATE CASCADE,
	helper text REFERENCES team ON DELETE SET NULL ON UPDATE CASCADE, got timestamptz NOT NULL, done timestamptz, due date, n integer, topic text,
		during daterange);
SELECT bind('feedback', 'task', '{"start": "got", "done": "done"}', 'who');
SELECT bind('by', 'task', '{"due": "due", "done": "done"}', 'who');
SELECT bind('small', 'task', '{"n": "n"}', 'who');
SELECT bind('once', 'task', '{"topic": "coalesce(helper, ''nobody'') || '' '' || topic", "at": "got"}', 'who');
SELECT bind('apart', 'task', '{"who": "who", "during": "during"}', 'who');
SELECT bind(r, 'task', '{"at": "got"}', 'who') FROM unnest('{few,window,days,less,often}'::text[]) r;

-- The oracle: working days by counting them one by one, windows by joins
CREATE FUNCTION plain_workday(d date) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT c.is_workday FROM statute.calendar_day c WHERE c.calendar = 'CN' AND c.day = d), extract(isodow FROM d) < 6)
$$;
CREATE TABLE workdays AS SELECT d::date AS day, row_number() OVER (ORDER BY d) AS n
	FROM generate_series(timestamp '2020-01-01', '2023-12-31', '1 day') d WHERE plain_workday(d::date);
ALTER TABLE workdays ADD PRIMARY KEY (day), ADD UNIQUE (n);
CREATE VIEW local AS SELECT t.*, (t.got AT TIME ZONE 'Asia/Shanghai')::date AS day, t.id::text AS key,
	coalesce(t.helper, 'nobody') || ' ' || t.topic AS subject_matter FROM task t;
CREATE VIEW wanted_duty AS
	SELECT 'feedback' AS rule, key, ((w.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS due_at, done, who
	FROM local l JOIN workdays w ON w.n = (SELECT o.n FROM workdays o WHERE o.day <= l.day ORDER BY o.day DESC LIMIT 1) + 7
	UNION ALL
	SELECT 'by', key, (due + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', done, who FROM local WHERE due IS NOT NULL;
CREATE VIEW wanted_fact AS
	SELECT rule, key, 'late' AS what FROM wanted_duty WHERE coalesce(done, now()) > due_at
	UNION ALL SELECT 'small', key, 'does not hold: n <= 100' FROM local WHERE n > 100 AND n <> 500
	UNION ALL SELECT 'once', key, 'repeated' FROM (
		SELECT key, row_number() OVER (PARTITION BY subject_matter ORDER BY got, key) AS n FROM local WHERE topic IS NOT NULL) o WHERE n > 1
	UNION ALL SELECT 'apart', key, 'overlaps' FROM local l WHERE EXISTS (
		SELECT FROM local o WHERE o.who = l.who AND o.during && l.during
			AND (coalesce(lower(o.during), '-infinity'), o.key) < (coalesce(lower(l.during), '-infinity'), l.key))
	UNION ALL SELECT 'few', key, 'over "at most 2 per quarter"' FROM (
		SELECT key, row_number() OVER (PARTITION BY who, date_trunc('quarter', day) ORDER BY day, got, key) AS n FROM local) o WHERE n > 2
	UNION ALL SELECT 'window', key, 'over "at most 1 per 10 days"' FROM local l WHERE EXISTS (
		SELECT FROM local o WHERE o.who IS NOT DISTINCT FROM l.who AND o.day BETWEEN l.day - 9 AND l.day AND (o.day, o.got, o.key) < (l.day, l.got, l.key))
	UNION ALL SELECT 'days', key, 'over "at most 2 days per month"' FROM (
		SELECT key, dense_rank() OVER (PARTITION BY who, date_trunc('month', day) ORDER BY day) AS n FROM local) o WHERE n > 2
	UNION ALL SELECT 'less', key, 'over "at most 100% of previous year"' FROM (
		SELECT l.key, row_number() OVER (PARTITION BY l.who, date_trunc('year', l.day) ORDER BY l.day, l.got, l.key) AS n,
			(SELECT count(*) FROM local b WHERE b.who IS NOT DISTINCT FROM l.who
				AND date_trunc('year', b.day) = date_trunc('year', l.day) - interval '1 year') AS base
		FROM local l) o WHERE n > base AND base > 0;

CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('duty %s: wanted %s, got %s', coalesce(w.rule, g.rule), w::text, g::text)
	FROM (SELECT *, CASE WHEN done IS NULL THEN 'open' ELSE 'done' END AS state FROM wanted_duty) w FULL JOIN (
		SELECT b.rule, o.row_key, o.due_at, o.done_at, o.subject, o.state, o.due_on FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
		WHERE b.relation = 'task'::regclass AND o.state <> 'cancelled') g ON g.rule = w.rule AND g.row_key = w.key
	WHERE (w.due_at, w.done, w.who, w.state) IS DISTINCT FROM (g.due_at, g.done_at, g.subject, g.state)
		OR w.rule IS NULL OR g.rule IS NULL OR g.due_on <> (g.due_at AT TIME ZONE 'Asia/Shanghai')::date - 1
	UNION ALL
	SELECT format('fact %s: wanted %s, got %s', coalesce(w.rule, g.rule), w::text, g::text)
	FROM wanted_fact w FULL JOIN (
		SELECT b.rule, v.row_key, v.what FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
		WHERE b.relation = 'task'::regclass AND v.state = 'open') g ON (g.rule, g.row_key, g.what) = (w.rule, w.key, w.what)
	WHERE w.rule IS NULL OR g.rule IS NULL
	UNION ALL
	SELECT format('occurrence %s %s', coalesce(w.rule, g.rule), coalesce(w.key, g.row_key))
	FROM (SELECT r AS rule, key, day FROM local, unnest('{few,window,days,less,often}'::text[]) r
			UNION ALL SELECT 'once', key, day FROM local WHERE topic IS NOT NULL
			UNION ALL SELECT 'apart', key, lower(during) FROM local WHERE during IS NOT NULL AND who IS NOT NULL) w
		FULL JOIN (SELECT b.rule, o.row_key, o.on_day FROM statute.occurrence o JOIN statute.binding b ON b.id = o.binding
			WHERE b.relation = 'task'::regclass) g
			ON (g.rule, g.row_key) = (w.rule, w.key)
	WHERE w.rule IS NULL OR g.rule IS NULL OR w.day <> g.on_day
	UNION ALL
	SELECT f.message FROM statute.binding_failure f
$$;
CREATE TABLE broken (rule text PRIMARY KEY);
CREATE FUNCTION settled(what text) RETURNS SETOF text LANGUAGE sql AS $$
	INSERT INTO broken SELECT DISTINCT rule FROM wanted_fact ON CONFLICT DO NOTHING;
	SELECT is_empty('SELECT differences()', what);
$$;
CREATE FUNCTION facts(rule text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.row_key, ' ' ORDER BY v.row_key) FROM statute.violation v JOIN statute.binding b ON b.id = v.binding WHERE b.rule = $1
		AND v.state = 'open' AND b.relation IS NOT NULL
$$;

-- Every statement that changes rows ---------------------------------------------------------------

INSERT INTO team VALUES ('a'), ('b'), ('c'), ('d');
INSERT INTO task VALUES (1, NULL, 'a', 'b', '2022-03-01 09:00+08', NULL, '2022-03-31', 5, 'roads', '[2022-03-01,2022-03-04)');
SELECT settled('INSERT of one row');
SELECT results_eq($$SELECT b.rule, o.due_at, o.state FROM obligation o JOIN binding b ON b.id = o.binding ORDER BY 1$$,
	$$VALUES ('by', '2022-04-01 00:00+08'::timestamptz, 'open'), ('feedback', '2022-03-11 00:00+08', 'open')$$, 'two duties, due as counted by hand');
INSERT INTO task VALUES
	(2, 1, 'a', 'b', '2022-03-05 23:59:59+08', '2022-03-06 08:00+08', NULL, 101, 'roads', '[2022-03-03,2022-03-06)'),
	(3, 1, 'a', NULL, '2022-03-11 00:00+08', '2022-03-22 00:00+08', '2022-03-21', 100, 'roads', '[2022-03-06,2022-03-08)'),
	(4, 2, 'b', 'a', '2021-12-31 23:59+08', NULL, NULL, NULL, NULL, NULL),
	(5, 2, NULL, NULL, '2022-01-01 00:00+08', '2022-01-14 00:00:00.000001+08', NULL, 500, 'schools', '[2022-03-01,2022-04-01)'),
	(10, NULL, 'b', 'a', '2022-03-31 12:00+08', NULL, '2022-03-01', -5, 'schools', '[2022-03-31,2022-04-02)');
SELECT settled('INSERT of several rows');
SELECT is(facts('feedback'), '1 10 4 5', 'late: what is not done, and what was done a microsecond after the last day');
SELECT is(facts('by') || ', ' || facts('small') || ', ' || facts('once') || ', ' || facts('apart') || ', ' || facts('few') || ', ' || facts('window'),
	'1 10, 2, 2, 2, 3, 2 3', 'and the facts that these rows were made for');
INSERT INTO task SELECT g, NULL, 'c', 'd', timestamptz '2022-05-01 12:00+08' + g * interval '5 days', NULL, NULL, g, 'topic ' || g % 3,
	daterange(date '2022-05-01' + g, date '2022-05-01' + g + 2)
	FROM generate_series(20, 29) g;
SELECT settled('INSERT ... SELECT');
COPY task (id, who, got, n, topic) FROM STDIN;
30	d	2021-02-01 12:00:00+08	7	copied
31	d	2022-02-01 12:00:00+08	300	copied
32	d	2022-02-02 12:00:00+08	8	\N
\.
SELECT settled('COPY');
SELECT is(facts('less'), '32', 'one in the year before allows one');
UPDATE task SET done = got + interval '3 days', n = n - 1 WHERE id IN (1, 2, 4);
SELECT settled('UPDATE of some rows');
UPDATE task SET who = 'b' WHERE who = 'a';
SELECT settled('UPDATE of the subject');
UPDATE task SET got = got - interval '20 days', during = daterange(lower(during) - 1, upper(during) + 1);
SELECT settled('UPDATE of all times');
UPDATE task SET done = NULL WHERE id IN (1, 2);
SELECT settled('UPDATE that withdraws what was done');
UPDATE task SET topic = topic;
SELECT settled('UPDATE that changes nothing');
INSERT INTO task (id, who, got, n, topic) VALUES (1, 'c', '2022-06-01 09:00+08', 700, 'conflict'), (50, 'c', '2022-06-02 09:00+08', 700, 'conflict')
	ON CONFLICT (id) DO UPDATE SET who = excluded.who, got = excluded.got, n = excluded.n;
SELECT settled('INSERT ... ON CONFLICT DO UPDATE, a row of each');
INSERT INTO task (id, got) VALUES (1, '2022-01-01') ON CONFLICT DO NOTHING;
SELECT settled('INSERT ... ON CONFLICT DO NOTHING');
MERGE INTO task t USING (VALUES (1, 'delete'), (2, 'update'), (51, 'insert'), (10, 'nothing')) s (id, what) ON s.id = t.id
	WHEN MATCHED AND s.what = 'delete' THEN DELETE
	WHEN MATCHED AND s.what = 'update' THEN UPDATE SET n = 900, got = '2022-03-15 12:00+08', parent = NULL
	WHEN MATCHED THEN DO NOTHING
	WHEN NOT MATCHED THEN INSERT (id, who, got, n) VALUES (s.id, 'd', '2022-03-16 12:00+08', 901);
SELECT settled('MERGE that inserts, updates and deletes');
SELECT is((SELECT count(*) FROM task WHERE id IN (1, 3)), 0::bigint, 'and what pointed at the deleted row went with it');
MERGE INTO task t USING (VALUES (2, 2), (52, 2)) s (id, new_id) ON s.id = t.id
	WHEN MATCHED THEN DELETE
	WHEN NOT MATCHED THEN INSERT (id, who, got, n) VALUES (s.new_id, 'c', '2022-03-17 12:00+08', 902);
SELECT settled('MERGE that deletes a key and inserts it again');
WITH d AS (DELETE FROM task WHERE id IN (20, 21) RETURNING *)
	INSERT INTO task SELECT id, parent, 'a', helper, got + interval '1 day', done, due, 950, topic, during FROM d;
SELECT settled('WITH ... DELETE and INSERT of the same keys');
WITH d AS (DELETE FROM task WHERE id IN (22, 23) RETURNING *)
	INSERT INTO task SELECT id, parent, 'a', helper, got + interval '1 day', done, due, 951, topic, during FROM d LIMIT 1;
SELECT settled('WITH ... DELETE that is not read to its end');
WITH u AS (UPDATE task SET n = 1000 WHERE id = 24 RETURNING id), i AS (INSERT INTO task (id, who, got, n) SELECT id + 100, 'c', '2022-07-01 12:00+08', 1 FROM u)
	DELETE FROM task WHERE id = 25;
SELECT settled('WITH ... UPDATE, INSERT and DELETE in one statement');
UPDATE task SET id = id + 1000 WHERE id = 26;
SELECT settled('UPDATE of a key');
UPDATE task SET id = -id WHERE who = 'c';
SELECT settled('UPDATE of many keys');
UPDATE task SET id = -2700 WHERE id = -27;
UPDATE task SET id = -27, n = 1500 WHERE id = -28;
UPDATE task SET id = -28 WHERE id = -2700;
SELECT settled('two keys that are swapped');
DELETE FROM task WHERE id IN (30, -29);
SELECT settled('DELETE');
INSERT INTO task (id, parent, who, got, n) VALUES (60, NULL, 'a', '2022-08-01 12:00+08', 1);
INSERT INTO task (id, parent, who, got, n) SELECT g, g - 1, 'a', timestamptz '2022-08-01 12:00+08' + g * interval '1 hour', g FROM generate_series(61, 68) g;
SELECT settled('a chain of rows');
DELETE FROM task WHERE id = 60;
SELECT settled('ON DELETE CASCADE through the chain');
SELECT is((SELECT count(*) FROM task WHERE id BETWEEN 60 AND 68), 0::bigint, 'of which nothing is left');
UPDATE team SET name = 'e' WHERE name = 'd';
SELECT settled('ON UPDATE CASCADE from another table');
INSERT INTO team VALUES ('f');
UPDATE task SET helper = 'f', topic = 'the same' WHERE id IN (10, 31, 32, 51);
SELECT settled('the same topic for different helpers');
DELETE FROM team WHERE name = 'f';
SELECT settled('ON DELETE SET NULL from another table');
SELECT cmp_ok((SELECT count(*) FROM task WHERE helper IS NULL AND topic = 'the same'), '=', 4::bigint, 'and it did');
DELETE FROM team WHERE name = 'e';
SELECT settled('ON DELETE CASCADE from another table');
BEGIN;
UPDATE task SET n = 12345, got = '2022-10-10';
SAVEPOINT s;
DELETE FROM task;
ROLLBACK TO s;
SELECT settled('ROLLBACK TO a savepoint');
ROLLBACK;
SELECT settled('ROLLBACK');
DO $$BEGIN UPDATE task SET n = 1; DELETE FROM task WHERE who = 'b'; INSERT INTO task (id, who, got, n) VALUES (70, 'b', '2022-01-05',
	200); UPDATE task SET n = 300 WHERE id = 70; END$$;
SELECT settled('several statements in one transaction');
PREPARE again AS INSERT INTO task (id, who, got, n) VALUES ($1, 'a', '2022-09-01', $1);
EXECUTE again (80); EXECUTE again (181); EXECUTE again (82); EXECUTE again (183); EXECUTE again (84); EXECUTE again (185); EXECUTE again (86);
SELECT settled('a prepared statement, again and again');
INSERT INTO team SELECT 'bulk ' || g FROM generate_series(0, 6) g;
INSERT INTO task (id, who, got, n) SELECT g, 'bulk ' || g % 7, timestamptz '2021-06-01' + g % 251 * interval '45 hours', g % 150
	FROM generate_series(2000, 2250) g;
SELECT settled('many rows at once');
UPDATE task SET got = got + interval '11 hours', n = n + 1 WHERE id BETWEEN 2000 AND 2150;
SELECT settled('an update of many rows');
DELETE FROM task WHERE id BETWEEN 2100 AND 2220;
SELECT settled('a deletion of many rows');
SELECT cmp_ok((SELECT count(*) FROM wanted_fact), '>', 100::bigint, 'much was wrong');
SELECT set_eq('SELECT rule FROM broken', $$SELECT unnest('{feedback,by,small,once,apart,few,window,days,less}'::text[])$$,
	'and each rule was broken in between');

-- Statements at random
CREATE FUNCTION random_values() RETURNS text LANGUAGE sql AS $$
	SELECT format('%L, %L, %L, %s, %L, %L, %L',
		(ARRAY['a', 'b', 'c', NULL])[1 + floor(random() * 4)], (ARRAY['a', 'b', NULL])[1 + floor(random() * 3)],
		timestamptz '2020-12-01 00:00+08' + floor(random() * 80) * interval '9 days 3 hours', (random() * 200)::integer,
		(ARRAY['x', 'y', NULL])[1 + floor(random() * 3)],
		daterange(date '2022-01-01' + (random() * 30)::integer, date '2022-02-03' + (random() * 5)::integer),
		CASE WHEN random() < 0.5 THEN timestamptz '2021-01-01 00:00+08' + floor(random() * 800) * interval '1 day' END)
$$;
CREATE FUNCTION random_statement() RETURNS text LANGUAGE sql AS $$
	SELECT CASE floor(random() * 7)
		WHEN 0 THEN format('DELETE FROM task WHERE id %% 7 = %s', floor(random() * 7))
		WHEN 1 THEN format('UPDATE task SET (who, helper, got, n, topic, during, done) = (%s) WHERE id %% 5 = %s', random_values(), floor(random() * 5))
		WHEN 2 THEN format('UPDATE task SET got = got + interval ''%s days'' WHERE id %% 3 = %s', (random() * 400 - 200)::integer, floor(random() * 3))
		WHEN 3 THEN format('UPDATE task SET id = id + %s WHERE id < 30', 100 + (random() * 50)::integer)
		ELSE (SELECT 'INSERT INTO task (id, who, helper, got, n, topic, during, done) VALUES '
			|| string_agg(format('(%s, %s)', 1 + (random() * 50)::integer + g * 51, random_values()), ', ')
			|| ' ON CONFLICT (id) DO UPDATE SET who = excluded.who, got = excluded.got, topic = excluded.topic, during = excluded.during, done = excluded.done'
			FROM generate_series(0, (random() * 3)::integer) g) END
$$;
CREATE TABLE played (n integer, statement text, difference text);
DO $$
DECLARE
	statement text;
BEGIN
	DELETE FROM task WHERE id > 300 OR id < 0;
	FOR i IN 1 .. 120 LOOP
		statement := random_statement();
		BEGIN
			EXECUTE statement;
		EXCEPTION WHEN unique_violation THEN
			statement := NULL;
		END;
		INSERT INTO played SELECT i, statement, d FROM differences() d LIMIT 1;
		EXIT WHEN FOUND;
	END LOOP;
END$$;
SELECT is_empty('SELECT * FROM played', 'the ledger follows statements at random');
SELECT cmp_ok((SELECT count(*) FROM task), '>', 20::bigint, 'over some rows');
TRUNCATE task CASCADE;
SELECT settled('TRUNCATE');
SELECT is_empty($$SELECT o.* FROM obligation o WHERE state <> 'cancelled'$$, 'leaves no obligation that is not cancelled');
SELECT is((SELECT count(*) FROM obligation o WHERE NOT EXISTS (SELECT FROM obligation_event e WHERE e.obligation = o.id
	AND e.state_after = 'cancelled')), 0::bigint,
	'and each cancellation is on record');
SELECT is((SELECT array_agg(DISTINCT e.reason) FROM obligation_event e WHERE e.what = 'row gone'
	AND e.happened_at >= (SELECT max(e.happened_at) - interval '0.001 ms' FROM obligation_event e)),
	'{table truncated}', 'with the reason');

SELECT * FROM finish();
