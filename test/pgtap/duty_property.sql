-- Random walks: inserts, updates, deletes, upserts, merges, changes of keys and
-- partitions, truncation, subtransactions that are rolled back; and meanwhile triggers
-- and functions of the user's change the same table again. At any point the ledger
-- has what the rows that are there say: by an oracle in plain SQL over the table,
-- and by a second table with the same rows that is bound at the end and backfilled.
-- STATUTE_WALKS in the environment sets how many walks (4).
\set ON_ERROR_STOP on
\set walks 4
\getenv walks STATUTE_WALKS
SET search_path = public, statute;
SET client_min_messages = warning;
SET timezone = 'America/New_York';

SELECT define_regulation('X', 'x', 'x', '[2000-01-01,)');
SELECT define_clause('X-1', 'X', '1', 'x');
SELECT define_rule('reply', 'X-1', 'deadline', 'reply', '{"start": "timestamptz", "done": "timestamptz", "stop": "timestamptz", "go": "timestamptz", "n": "integer"}',
	'{"limit": "7 workdays", "pauses": [["stop", "go"]]}', applies => 'n <> 13');
SELECT define_rule('report', 'X-1', 'fixed_date', 'report', '{"due": "date", "done": "date"}');
SELECT define_rule('short', 'X-1', 'check', 'short', '{"n": "integer"}', must => 'n <= 50');
SELECT define_rule('other', 'X-1', 'workflow', 'another one', '{"state": "text", "reporter": "text", "verifier": "text"}',
	'{"moves": {"a": ["a", "b"], "b": ["a", "b"]}, "separate": ["reporter", "verifier"]}');
SELECT define_rule('once', 'X-1', 'once', 'once', '{"topic": "text", "at": "date"}', '{"key": ["topic"]}');
SELECT define_rule('apart', 'X-1', 'no_overlap', 'apart', '{"during": "daterange", "topic": "text"}', '{"key": ["topic"]}');
SELECT define_rule('year', 'X-1', 'quota', 'year', '{"at": "date"}', '{"quota": "at most 2 per year"}');
SELECT define_rule('window', 'X-1', 'quota', 'window', '{"at": "date"}', '{"quota": "at most 2 per 30 days"}');
SELECT define_rule('days', 'X-1', 'quota', 'days', '{"at": "date"}', '{"quota": "at most 2 days per quarter"}');
SELECT define_rule('less', 'X-1', 'relative_cap', 'less', '{"at": "date"}', '{"quota": "at most 100% of previous year"}');

CREATE TABLE act (id integer, part integer, who text, got timestamptz, done timestamptz, stop timestamptz, go timestamptz, due date, handed date,
	n integer, state text, reporter text, verifier text, topic text, days daterange, at date, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
CREATE TABLE act1 PARTITION OF act FOR VALUES IN (1);
CREATE TABLE act2 PARTITION OF act FOR VALUES IN (2, 3);
CREATE TABLE twin (LIKE act INCLUDING ALL);

CREATE FUNCTION bind_all(relation regclass) RETURNS void LANGUAGE sql AS $$
	SELECT bind('reply', relation, '{"start": "got", "done": "done", "stop": "stop", "go": "go", "n": "coalesce(n, 0)"}', 'who', calendar => 'CN'),
		bind('report', relation, '{"due": "due", "done": "handed"}', 'who', calendar => 'CN'),
		bind('short', relation, '{"n": "n"}', 'who', calendar => 'CN'),
		bind('other', relation, '{"state": "state", "reporter": "reporter", "verifier": "verifier"}', 'who', calendar => 'CN'),
		bind('once', relation, '{"topic": "topic", "at": "coalesce(at, ''2022-01-01'')"}', 'who', calendar => 'CN'),
		bind('apart', relation, '{"during": "days", "topic": "topic"}', 'who', calendar => 'CN'),
		bind('year', relation, '{"at": "at"}', 'who', calendar => 'CN'),
		bind('window', relation, '{"at": "at"}', 'who', calendar => 'CN'),
		bind('days', relation, '{"at": "at"}', 'who', calendar => 'CN'),
		bind('less', relation, '{"at": "at"}', 'who', calendar => 'CN')
$$;

-- What the ledger has -------------------------------------------------------------

CREATE FUNCTION ledger(relation regclass) RETURNS TABLE (line text) LANGUAGE sql AS $$
	SELECT concat_ws(' ', b.rule, o.row_key, o.subject, o.state, CASE b.rule WHEN 'reply' THEN o.opened_at END, 'done', o.done_at, 'due', o.due_at, o.due_on, o.row_pauses, o.pauses, o.allowed)
	FROM obligation o JOIN binding b ON b.id = o.binding
	WHERE b.relation = $1 AND o.state <> 'cancelled'
	UNION ALL
	SELECT concat_ws(' ', b.rule, v.row_key, v.what)
	FROM violation v JOIN binding b ON b.id = v.binding
	WHERE b.relation = $1 AND v.state = 'open'
$$;

-- What it should have ----------------------------------------------------------------

CREATE VIEW worded AS
	SELECT format('["%s", "%s"]', id, part) AS key, tstzmultirange(CASE WHEN stop < coalesce(go, 'infinity') THEN tstzrange(stop, go) ELSE 'empty' END) AS pauses, act.*
	FROM act;
CREATE VIEW expected AS
	SELECT concat_ws(' ', 'reply', key, who, CASE WHEN done IS NOT NULL THEN 'done' WHEN upper_inf(pauses) THEN 'paused' ELSE 'open' END, got, 'done', done, 'due', d.due_at,
			((d.due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date, pauses, '{}', '7 workdays') AS line
	FROM worded, deadline(got, '7 workdays', 'CN', '', pauses) d (due_at) WHERE got IS NOT NULL AND n IS DISTINCT FROM 13
	UNION ALL
	SELECT concat_ws(' ', 'reply', key, 'late')
	FROM worded WHERE n IS DISTINCT FROM 13 AND coalesce(done, now()) > deadline(got, '7 workdays', 'CN', '', pauses)
	UNION ALL
	SELECT concat_ws(' ', 'report', key, who, CASE WHEN handed IS NOT NULL THEN 'done' ELSE 'open' END,
			'done', (handed + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', 'due', (due + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', due, '{}', '{}')
	FROM worded WHERE due IS NOT NULL
	UNION ALL
	SELECT concat_ws(' ', 'report', key, 'late') FROM worded WHERE coalesce(handed, current_date) > due
	UNION ALL
	SELECT concat_ws(' ', 'short', key, 'does not hold: n <= 50') FROM worded WHERE n > 50
	UNION ALL
	SELECT concat_ws(' ', 'other', key, 'reporter and verifier are the same') FROM worded WHERE reporter = verifier
	UNION ALL
	SELECT concat_ws(' ', 'once', key, 'repeated') FROM worded w
	WHERE EXISTS (SELECT FROM worded x WHERE x.topic = w.topic AND (coalesce(x.at, '2022-01-01'), x.key) < (coalesce(w.at, '2022-01-01'), w.key))
	UNION ALL
	SELECT concat_ws(' ', 'apart', key, 'overlaps') FROM worded w
	WHERE EXISTS (SELECT FROM worded x WHERE x.topic = w.topic AND x.days && w.days AND (lower(x.days), x.key) < (lower(w.days), w.key))
	UNION ALL
	SELECT concat_ws(' ', 'year', key, 'over "at most 2 per year"') FROM worded w
	WHERE 2 <= (SELECT count(*) FROM worded x WHERE coalesce(x.who, '') = coalesce(w.who, '')
		AND x.at >= date_trunc('year', w.at) AND (x.at, x.key) < (w.at, w.key))
	UNION ALL
	SELECT concat_ws(' ', 'window', key, 'over "at most 2 per 30 days"') FROM worded w
	WHERE 2 <= (SELECT count(*) FROM worded x WHERE coalesce(x.who, '') = coalesce(w.who, '')
		AND x.at > w.at - 30 AND (x.at, x.key) < (w.at, w.key))
	UNION ALL
	SELECT concat_ws(' ', 'days', key, 'over "at most 2 days per quarter"') FROM worded w
	WHERE 2 <= (SELECT count(DISTINCT x.at) FROM worded x WHERE coalesce(x.who, '') = coalesce(w.who, '')
		AND x.at >= date_trunc('quarter', w.at) AND x.at < w.at)
	UNION ALL
	SELECT concat_ws(' ', 'less', key, 'over "at most 100% of previous year"')
	FROM worded w, LATERAL (SELECT count(*) FILTER (WHERE extract(year FROM x.at) = extract(year FROM w.at) AND (x.at, x.key) <= (w.at, w.key)) AS n,
			count(*) FILTER (WHERE extract(year FROM x.at) = extract(year FROM w.at) - 1) AS before
		FROM worded x WHERE coalesce(x.who, '') = coalesce(w.who, '')) y
	WHERE y.before > 0 AND y.n > y.before;

-- The history of each obligation is a chain that ends where the obligation is.
CREATE VIEW broken_chain AS
	SELECT format('event %s of obligation %s of row %s', e.id, o.id, o.row_key)
	FROM (
		SELECT e.*, lag(e.state_after) OVER w AS state_was, lag(e.due_after) OVER w AS due_was, lead(e.id) OVER w IS NULL AS last
		FROM obligation_event e WINDOW w AS (PARTITION BY e.obligation ORDER BY e.id)
	) e LEFT JOIN obligation o ON o.id = e.obligation
	WHERE e.state_was <> e.state_before OR e.due_was <> e.due_before OR o.id IS NULL OR (e.last AND (e.state_after, e.due_after) <> (o.state, o.due_at))
	UNION ALL
	SELECT format('cancelled obligation %s of row %s has no history', o.id, o.row_key)
	FROM obligation o WHERE o.state = 'cancelled' AND o.id NOT IN (SELECT e.obligation FROM obligation_event e WHERE e.state_after = 'cancelled');

CREATE FUNCTION faults() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT 'missing: ' || m FROM (SELECT line FROM expected EXCEPT ALL SELECT line FROM ledger('act')) m (m)
	UNION ALL
	SELECT 'too much: ' || m FROM (SELECT line FROM ledger('act') EXCEPT ALL SELECT line FROM expected) m (m)
	UNION ALL
	SELECT 'not judged: ' || f.message FROM binding_failure f
$$;

-- The walk ------------------------------------------------------------------------------

CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT choices[1 + floor(random() * cardinality(choices))::integer]
$$;

CREATE FUNCTION a_value(name text) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN random() < 0.15 AND name NOT IN ('id', 'part', 'state') THEN 'NULL' ELSE CASE name
		WHEN 'id' THEN (1 + floor(random() * 9)::integer)::text
		WHEN 'part' THEN (1 + floor(random() * 3)::integer)::text
		WHEN 'who' THEN quote_literal(pick('x', 'y'))
		WHEN 'n' THEN pick('1', '13', '40', '60', '70')
		WHEN 'state' THEN quote_literal(pick('a', 'b'))
		WHEN 'topic' THEN quote_literal(pick('roads', 'rivers'))
		WHEN 'days' THEN format('daterange(date ''2022-03-01'' + %s, date ''2022-03-01'' + %s)', floor(random() * 5), 5 + floor(random() * 5))
		WHEN 'due' THEN pick('date ''2022-03-10''', 'date ''2022-05-01''', 'date ''2099-01-01''')
		WHEN 'handed' THEN format('date ''2022-03-01'' + %s', floor(random() * 90))
		WHEN 'at' THEN format('date ''%s-01-01'' + %s', pick('2021', '2022', '2022'), pick('3', '4', '20', '32', '33', '34', '60', '100'))
		ELSE CASE WHEN name IN ('reporter', 'verifier') THEN quote_literal(pick('p', 'q'))
			ELSE format('timestamptz ''2022-03-01 09:00+08'' + interval ''%s hours''', floor(random() * 400)) END END END
$$;

CREATE FUNCTION a_row() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT '(' || string_agg(a_value(a.attname), ', ' ORDER BY a.attnum) || ')'
	FROM (SELECT attname::text, attnum FROM pg_attribute WHERE attrelid = 'act'::regclass AND attnum > 0 AND random() >= 0) a
$$;

CREATE FUNCTION some_rows() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT string_agg(a_row(), ', ') FROM generate_series(1, 1 + floor(random() * 3)::integer)
$$;

CREATE FUNCTION a_condition() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT pick('id = ' || a_value('id'), 'part = ' || a_value('part'), 'id % 2 = 0', 'id < 4', 'who = ''x''', 'n > 20', 'topic = ''roads''', 'true', 'false',
		format('(id, part) = (%s, %s)', a_value('id'), a_value('part')))
$$;

CREATE FUNCTION changes() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT string_agg(format('%s = %s', c, a_value(c)), ', ')
	FROM (SELECT c FROM unnest('{who,got,done,stop,go,due,handed,n,state,reporter,verifier,topic,days,at}'::text[]) c ORDER BY random() LIMIT 1 + floor(random() * 4)::integer) c
$$;

CREATE FUNCTION a_statement() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	kind integer := floor(random() * 20);
BEGIN
	RETURN CASE
		WHEN kind < 4 THEN format('INSERT INTO act VALUES %s ON CONFLICT DO NOTHING', some_rows())
		WHEN kind < 6 THEN format('INSERT INTO act VALUES %s ON CONFLICT (id, part) DO UPDATE SET %s', a_row(), changes())
		WHEN kind < 10 THEN format('UPDATE act SET %s WHERE %s', changes(), a_condition())
		WHEN kind < 11 THEN format('UPDATE act SET n = meddle(n) WHERE %s', a_condition())
		WHEN kind < 12 THEN format('DELETE FROM act WHERE %s', pick('id = ' || a_value('id'), 'id < 3', 'n > 50', a_condition()))
		WHEN kind < 13 THEN format('UPDATE act SET part = %s, %s WHERE %s', a_value('part'), changes(), a_condition())
		WHEN kind < 14 THEN format('UPDATE act SET id = %s WHERE %s', pick('id + 1', '10 - id', a_value('id')), a_condition())
		WHEN kind < 16 THEN format('MERGE INTO act USING (SELECT * FROM (VALUES %s) v (id, part, who, got, done, stop, go, due, handed, n, state, reporter, verifier, topic, days, at)) s
			ON act.id = s.id AND act.part = s.part WHEN MATCHED AND act.n > 45 THEN DELETE WHEN MATCHED THEN UPDATE SET %s
			WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.part, s.who, s.got::timestamptz, s.done::timestamptz, s.stop::timestamptz, s.go::timestamptz, s.due::date, s.handed::date,
				s.n::integer, s.state, s.reporter, s.verifier, s.topic, s.days::daterange, s.at::date)', a_row(), changes())
		WHEN kind < 17 THEN format('WITH gone AS (DELETE FROM act WHERE %s RETURNING *) INSERT INTO act
			SELECT id, part, %s, got, done, stop, go, due, handed, n, state, reporter, verifier, topic, days, at FROM gone%s',
			a_condition(), a_value('who'), pick('', ' LIMIT 1'))
		WHEN kind < 18 THEN format('UPDATE %s SET %s WHERE %s', pick('act1', 'act2'), changes(), a_condition())
		WHEN kind < 19 THEN format('DELETE FROM act1 WHERE %s', a_condition())
		ELSE pick('TRUNCATE act2', format('UPDATE act SET done = got WHERE %s', a_condition()), format('UPDATE act SET n = n WHERE %s', a_condition()))
	END;
END
$$;

-- What the user's own triggers and functions do: every now and then, anything
CREATE TABLE mood (nested double precision);
INSERT INTO mood VALUES (0);
CREATE TABLE depth (n integer);
INSERT INTO depth VALUES (0);

CREATE FUNCTION nested() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	IF random() < (SELECT nested FROM mood) AND (SELECT n FROM depth) < 2 THEN
		UPDATE depth SET n = n + 1;
		statement := a_statement();
		IF statement NOT LIKE 'TRUNCATE%' THEN
			INSERT INTO step (statement) VALUES ('  nested: ' || statement);
			EXECUTE statement;
		END IF;
		UPDATE depth SET n = n - 1;
	END IF;
END
$$;
CREATE FUNCTION meddle(n integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nested();
	RETURN n + 1;
END
$$;
CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nested();
	RETURN NULL;
END
$$;
CREATE TRIGGER a_row AFTER INSERT OR UPDATE OR DELETE ON act FOR EACH ROW EXECUTE FUNCTION on_change();
CREATE TRIGGER a_statement AFTER INSERT OR UPDATE OR DELETE ON act FOR EACH STATEMENT EXECUTE FUNCTION on_change();
CREATE TRIGGER z_statement AFTER INSERT OR UPDATE OR DELETE ON act FOR EACH STATEMENT EXECUTE FUNCTION on_change();

CREATE TABLE step (n integer GENERATED ALWAYS AS IDENTITY, seed integer, statement text, failed text);
CREATE TABLE fault (seed integer, step integer, fault text);

-- Several statements in a subtransaction, which is rolled back at will
CREATE FUNCTION take_step(s integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOR i IN 1 .. 1 + floor(random() * 3)::integer LOOP
		statement := a_statement();
		INSERT INTO step (seed, statement) VALUES (s, statement);
		EXECUTE statement;
	END LOOP;
	IF random() < 0.15 THEN
		RAISE EXCEPTION 'changed my mind';
	END IF;
EXCEPTION
	-- unique keys, rows that a trigger has changed before the statement could, and partitions that they went to
	WHEN raise_exception OR unique_violation OR triggered_data_change_violation OR serialization_failure OR cardinality_violation THEN
		INSERT INTO step (seed, statement, failed) VALUES (s, statement, SQLERRM);
END
$$;

CREATE PROCEDURE walk(seed integer, steps integer, nested double precision) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setseed(seed / 1000.0);
	UPDATE mood SET nested = walk.nested;
	FOR i IN 1 .. steps LOOP
		PERFORM take_step(seed);
		IF random() < 0.5 THEN
			COMMIT;
		END IF;
		IF i % 5 = 0 THEN
			INSERT INTO fault SELECT seed, i, f FROM faults() f;
			EXIT WHEN FOUND;
		END IF;
	END LOOP;
END
$$;

SELECT bind_all('act');
SELECT format('CALL walk(%s, 40, %s)', w, CASE w % 3 WHEN 0 THEN 0 ELSE 0.06 * (w % 3) END) FROM generate_series(1, :walks) w \gexec

SELECT plan(7);
SELECT is_empty('SELECT * FROM fault', 'the ledger has what the rows say');
SELECT is_empty('SELECT * FROM broken_chain', 'and a history that leads there');
SELECT cmp_ok((SELECT count(*) FROM step WHERE failed IS NULL), '>', 30 * :walks::bigint, 'in many steps');
SELECT cmp_ok((SELECT count(*) FROM step WHERE statement LIKE '  nested%'), '>', 5 * :walks::bigint, 'with many in between');

-- rows of all kinds at the end, whatever the walk left
UPDATE mood SET nested = 0;
INSERT INTO act SELECT 100 + i % 40, 1 + i % 3, (ARRAY['x', 'y', 'z'])[1 + i % 3], '2022-03-01 09:00+08'::timestamptz + i * interval '7 hours',
	CASE i % 3 WHEN 1 THEN '2022-03-20 09:00+08'::timestamptz END, CASE i % 5 WHEN 0 THEN '2022-03-04 09:00+08'::timestamptz END, CASE i % 10 WHEN 0 THEN '2022-03-05 09:00+08'::timestamptz END,
	date '2022-03-10' + i, CASE i % 4 WHEN 0 THEN date '2022-03-20' END, i, 'a', 'p', (ARRAY['p', 'q'])[1 + i % 2], 't' || i % 25, daterange(date '2022-03-01' + i, date '2022-03-03' + i),
	date '2021-12-01' + i * 3
FROM generate_series(1, 60) i ON CONFLICT DO NOTHING;
INSERT INTO twin SELECT * FROM act;
SELECT bind_all('twin');
SELECT format('CALL backfill(%s, 7)', id) FROM binding WHERE relation = 'twin'::regclass ORDER BY id \gexec
SELECT is_empty('SELECT * FROM faults()', 'many rows at once');
SELECT bag_eq('SELECT * FROM ledger(''twin'')', 'SELECT * FROM ledger(''act'')', 'what was there before is judged alike');
SELECT bag_eq('SELECT b.rule, o.row_key, o.subject, o.on_day, o.party, o.quota, o.during, o.happened_at FROM occurrence o JOIN binding b ON b.id = o.binding WHERE b.relation = ''twin''::regclass',
	'SELECT b.rule, o.row_key, o.subject, o.on_day, o.party, o.quota, o.during, o.happened_at FROM occurrence o JOIN binding b ON b.id = o.binding WHERE b.relation = ''act''::regclass',
	'and so is what counts together');
SELECT * FROM finish();
