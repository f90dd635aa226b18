-- Properties of the rulebook: versions and readings against plain tables of
-- days, each kind against its list of roles and parameters, what can never hold,
-- the lint, and rights. STATUTE_CASES in the environment sets how many random
-- sequences (one for each 2500).
\set ON_ERROR_STOP on
\set cases 100000
\getenv cases STATUTE_CASES
SET search_path = public, statute;
SET client_min_messages = warning;
SELECT setseed(0.2022);
SELECT plan(53);
-- only what is defined here; what the pack ships is in rulebook_cn.sql
ALTER TABLE regulation_cn NO INHERIT regulation;
ALTER TABLE clause_cn NO INHERIT clause;
ALTER TABLE reading_cn NO INHERIT reading;
ALTER TABLE rule_cn NO INHERIT rule;

-- what a statement comes to: its SQLSTATE, or its result
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2022-01-01,2026-01-01)');
SELECT define_clause('C', 'R', '1', 'words');

-- Versions: amend and retire at random; plain says of each day which version it has --------------

CREATE TABLE plain (code text, day date, version integer, value text, PRIMARY KEY (code, day));
CREATE TABLE done (code text, call text, wanted text, got text);
CREATE FUNCTION play(code text, steps integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	range daterange := (ARRAY['[2022-02-01,2022-12-01)', '[2022-02-01,)', '(,2022-12-01)', '(,)', '[2022-03-01,2022-03-03)'])[1 + floor(random() * 5)];
	latest integer := 1;
	d date;
	call text;
	wanted text;
	got text;
	n text;
BEGIN
	PERFORM statute.define_rule(code, 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "1000 days"}', effective => range);
	INSERT INTO plain SELECT play.code, g::date, 1, '1000 days' FROM generate_series(timestamp '2022-01-01', '2023-01-31', '1 day') g WHERE range @> g::date;
	FOR i IN 1 .. steps LOOP
		-- mostly in what is left of the latest version
		SELECT coalesce(min(p.day), '2022-01-05') + (random() * random() * 200)::integer - 3 INTO d FROM plain p WHERE p.code = play.code AND p.version = latest;
		d := CASE WHEN random() < 0.2 THEN date '2021-12-01' + (random() * 400)::integer ELSE d END;
		CONTINUE WHEN d < '2022-01-02' OR d > '2023-01-15'; -- the plain table does not reach further
		IF random() < 0.8 THEN
			n := format('%s days', i + 1);
			call := format('SELECT statute.amend_rule(%L, %L, params => %L)', code, d, jsonb_build_object('limit', n));
			-- also on the first day of the latest version, which then was never in force
			IF EXISTS (SELECT FROM plain p WHERE p.code = play.code AND p.day = d AND p.version = latest) THEN
				latest := latest + 1;
				UPDATE plain p SET version = latest, value = n WHERE p.code = play.code AND p.day >= d AND p.version = latest - 1;
				wanted := latest;
			ELSE
				wanted := 'refused';
			END IF;
		ELSE
			call := format('SELECT statute.retire_rule(%L, %L)', code, d);
			IF EXISTS (SELECT FROM plain p WHERE p.code = play.code AND p.day IN (d, d + 1) AND p.version = latest) THEN
				DELETE FROM plain p WHERE p.code = play.code AND p.day > d;
				wanted := '';
			ELSE
				wanted := 'refused';
			END IF;
		END IF;
		got := outcome(call);
		INSERT INTO done VALUES (code, call, wanted, CASE WHEN got IN ('22023', '42P17') THEN 'refused' ELSE got END);
	END LOOP;
END $$;
DO $$BEGIN PERFORM play('v' || i, 12) FROM generate_series(1, 40) i; END$$;
SELECT play('w' || i, 12) FROM generate_series(41, :cases / 2500) i;

SELECT is_empty('SELECT * FROM done WHERE got IS DISTINCT FROM wanted', 'amend_rule and retire_rule: done or refused as a plain table says');
SELECT cmp_ok((SELECT count(*) FILTER (WHERE wanted ~ '^\d') FROM done), '>', 100::bigint, 'many versions were made');
SELECT cmp_ok((SELECT least(count(*) FILTER (WHERE wanted = ''), count(*) FILTER (WHERE wanted = 'refused')) FROM done), '>', 20::bigint, 'many rules retired, and many calls refused');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT code FROM done) c CROSS JOIN generate_series(timestamp '2022-01-01', '2023-01-31', '1 day') g
	LEFT JOIN plain p ON p.code = c.code AND p.day = g::date
	WHERE rule_version(c.code, g::date) IS DISTINCT FROM p.version OR rule_params(c.code, g::date) ->> 'limit' IS DISTINCT FROM p.value), 0::bigint,
	'rule_version and rule_params: of each day, as the plain table says');
SELECT is_empty($$SELECT code FROM (SELECT code, effective, lag(effective) OVER (PARTITION BY code ORDER BY version) AS before FROM rule WHERE NOT isempty(effective)) r
	WHERE NOT before -|- effective$$, 'each version begins where the one before ends, but for those that were never in force');
SELECT cmp_ok((SELECT count(*) FROM rule WHERE isempty(effective)), '>', 5::bigint, 'some were amended or retired before they were in force');
SELECT is_empty($$SELECT code FROM rule GROUP BY code HAVING max(version) <> count(*) OR min(version) <> 1$$, 'versions are numbered from 1 without gaps');
SELECT is_empty($$SELECT * FROM check_rulebook('2022-12-31')$$, 'and the lint finds nothing in what the functions have made');
DELETE FROM rule;

-- Readings: decisions at random days in random order ----------------------------------------------

CREATE TABLE said (reading text, day date, value text, PRIMARY KEY (reading, day)); -- the last word on each day
CREATE FUNCTION decide(code text, n integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	d date;
	v text;
BEGIN
	PERFORM statute.define_reading(code, 'C', 'how long?', 'statute.timelimit', '1 day', 'a guess', 'somebody');
	PERFORM statute.define_rule(code, 'C', 'deadline', 'x', '{"start": "date"}', jsonb_build_object('limit', jsonb_build_object('reading', code), 'maximum', '15 workdays'));
	FOR i IN 1 .. n LOOP
		d := date '2022-01-01' + (random() * 60)::integer;
		v := CASE WHEN random() < 0.7 THEN format('%s days', i + 1) END;
		PERFORM statute.set_reading(code, v, 'because', 'somebody', d);
		INSERT INTO said VALUES (code, d, v) ON CONFLICT (reading, day) DO UPDATE SET value = excluded.value;
	END LOOP;
END $$;
SELECT decide('q' || i, i % 20) FROM generate_series(1, greatest(40, :cases / 2500)) i;

-- walking from day to day
CREATE FUNCTION walk(code text) RETURNS TABLE (day date, value text) LANGUAGE plpgsql AS $$
DECLARE
	word record;
BEGIN
	FOR i IN -5 .. 70 LOOP
		day := date '2022-01-01' + i;
		SELECT s.value INTO word FROM said s WHERE s.reading = code AND s.day = walk.day;
		IF FOUND THEN
			value := word.value;
		END IF;
		RETURN NEXT;
	END LOOP;
END $$;
CREATE TABLE walked AS SELECT d.code, w.* FROM reading d, walk(d.code) w;
SELECT is_empty('SELECT * FROM walked w WHERE reading_value(w.code, w.day) IS DISTINCT FROM w.value',
	'reading_value: of each day the answer from the nearest day before, the last recorded of those from one day');
SELECT is_empty('SELECT * FROM walked w WHERE rule_params(w.code, w.day) IS DISTINCT FROM CASE WHEN w.day >= ''2022-01-01'' AND w.value IS NOT NULL
	THEN jsonb_build_object(''limit'', w.value, ''maximum'', ''15 workdays'') END', 'rule_params: with that answer, and null while it is open');
SELECT cmp_ok((SELECT count(*) FROM walked WHERE value IS NULL), '>', 500::bigint, 'often it is open');
SELECT is((SELECT count(*) FROM reading_decision), (SELECT sum(substr(code, 2)::integer % 20) FROM reading)::bigint, 'every decision stays on record');
BEGIN;
SELECT set_reading('q1', '99 days', 'because', 'somebody');
SELECT is((SELECT effective_from FROM reading_decision WHERE value = '99 days'), current_date, 'a decision counts from today where no day is given');
SELECT is(reading_value('q1'), '99 days', 'and reading_value answers for today');
COMMIT;
SELECT is((SELECT count(*) FROM reading WHERE proposed <> '1 day'), 0::bigint, 'what is proposed decides nothing and stays');
DELETE FROM reading_decision;
DELETE FROM reading;
DELETE FROM rule;

-- Kinds: what _rule_kinds() lists is taken, and nothing else ---------------------------------------

CREATE TABLE base (kind text PRIMARY KEY, roles jsonb, params jsonb, must text);
INSERT INTO base VALUES
	('deadline', '{"start": "date"}', '{"limit": "7 days", "urgent": "immediate"}', NULL),
	('fixed_date', '{}', '{"due": "2022-12-31"}', NULL),
	('recurring', '{}', '{"quota": "at least 1 per quarter"}', NULL),
	('check', '{}', '{}', 'true'),
	('workflow', '{"state": "text"}', '{"moves": {"a": ["b"]}}', NULL),
	('once', '{"n": "integer"}', '{"key": ["n"]}', NULL),
	('no_overlap', '{"during": "daterange", "n": "integer"}', '{"key": ["n"]}', NULL),
	('quota', '{"at": "date"}', '{"quota": "at least 1 per quarter"}', NULL),
	('relative_cap', '{"at": "date"}', '{"quota": "at most 100% of previous year"}', NULL);
CREATE FUNCTION define(kind text, roles jsonb, params jsonb, must text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM statute.define_rule('x', 'C', kind, 'x', roles, params, must => must);
	DELETE FROM statute.rule WHERE code = 'x';
	RETURN 'fine';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
CREATE FUNCTION define_named(kind text, roles jsonb, params jsonb, name text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM statute.define_rule('x', 'C', kind, 'x', roles, params || jsonb_build_object(name, '{"reading": "truth"}'::jsonb), name,
		CASE WHEN kind = 'check' THEN 'true' END);
	PERFORM 1 / (SELECT count(*) FROM statute.rule r WHERE r.code = 'x' AND r.params -> name = '{"reading": "truth"}' AND statute.rule_params('x') IS NULL);
	DELETE FROM statute.rule WHERE code = 'x';
	RETURN 'fine';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
SELECT bag_eq('SELECT kind FROM base', 'SELECT DISTINCT kind FROM statute._rule_kinds()', 'every kind is tried');
SELECT is_empty($$SELECT kind FROM base WHERE define(kind, roles, params, must) <> 'fine'$$, 'the least that each kind needs is enough');
SELECT is_empty($$SELECT b.kind, k.name, t FROM base b JOIN statute._rule_kinds() k USING (kind) CROSS JOIN unnest(k.types) t
	WHERE k.part = 'role' AND define(b.kind, b.roles || jsonb_build_object(k.name, t), b.params, b.must) <> 'fine'$$, 'each role takes each of its types');
SELECT is_empty($$SELECT b.kind, k.name FROM base b JOIN statute._rule_kinds() k USING (kind)
	WHERE k.part = 'role' AND define(b.kind, b.roles || jsonb_build_object(k.name, 'inet'), b.params, b.must) <> '42P17'$$, 'and no other');
SELECT is_empty($$SELECT b.kind, k.name FROM base b JOIN statute._rule_kinds() k USING (kind)
	WHERE k.required AND define(b.kind, CASE k.part WHEN 'role' THEN b.roles - k.name ELSE b.roles END,
		CASE k.part WHEN 'param' THEN b.params - k.name ELSE b.params END, b.must) <> '42P17'$$, 'what a kind needs cannot be left out');
SELECT is_empty($$SELECT b.kind, o.name FROM base b, (SELECT DISTINCT name, types FROM statute._rule_kinds() WHERE part = 'param') o
	WHERE NOT EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.part = 'param' AND k.kind = b.kind AND k.name = o.name)
	AND define(b.kind, b.roles, b.params || jsonb_build_object(o.name, CASE WHEN o.types = '{jsonb}' THEN '[]'::jsonb ELSE '"CN"' END), b.must) <> '42P17'$$,
	'a parameter of another kind is refused');
SELECT is_empty($$SELECT b.kind, k.name, v FROM base b JOIN statute._rule_kinds() k USING (kind)
		CROSS JOIN unnest(ARRAY['null', '"no such value"', '{"reading": "none"}', '{"a": "b"}', '5']::jsonb[]) v
	WHERE k.part = 'param' AND k.types <> '{jsonb}' AND define(b.kind, b.roles, b.params || jsonb_build_object(k.name, v), b.must) <> '42P17'$$,
	'a parameter takes no value of another type');
SELECT is_empty($$SELECT kind FROM base WHERE kind <> 'check' AND define(kind, roles, params, 'true') <> '42P17'$$, 'only a check has what must hold');
SELECT define_reading('truth', 'C', 'is it so?', 'boolean', 'true');
SELECT is_empty($$SELECT kind FROM base WHERE define(kind, roles, params || '{"truth": {"reading": "truth"}}', must) <> '42P17'$$, 'a named value that no expression uses is refused');
SELECT is_empty($$SELECT b.kind, k.name FROM base b CROSS JOIN (SELECT DISTINCT name FROM statute._rule_kinds() WHERE part = 'param') k
	WHERE define_named(b.kind, b.roles, b.params - k.name, k.name) <> '42P17'
		-- a parameter of its own that is true or false takes the reading
		AND NOT EXISTS (SELECT FROM statute._rule_kinds() o WHERE o.kind = b.kind AND o.part = 'param' AND o.name = k.name AND o.types = '{boolean}')$$, 'and one with the name of any kind''s parameter');
SELECT is_empty($$SELECT b.kind, k.name FROM base b JOIN statute._rule_kinds() k USING (kind)
	WHERE k.part = 'role' AND define_named(b.kind, b.roles, b.params, k.name) <> '42P17'$$, 'or of a role that its kind knows');
SELECT is_empty($$SELECT kind, n FROM base, unnest('{truth,n2,_,owner,off}'::text[]) n WHERE define_named(kind, roles, params, n) <> 'fine'$$, 'rules of every kind have named values of other names');
SELECT is((SELECT count(*) FROM rule), 0::bigint, 'nothing was left behind');
DELETE FROM reading;

-- Time limits: the first in the order that has a value ----------------------------------------------

SELECT is_empty($$SELECT p, o, u, e
	FROM unnest(ARRAY['{"limit": "1 day"}', '{"limit": "1 day", "urgent": "2 days"}', '{"limit": "1 day", "maximum": "3 days"}',
			'{"limit": "1 day", "urgent": "2 days", "maximum": "3 days"}', '{}', NULL]::jsonb[]) p,
		unnest(ARRAY[NULL, '4 days']::timelimit[]) o, unnest(ARRAY[NULL, false, true]) u, unnest(ARRAY[NULL, false, true]) e
	WHERE resolve_limit(p, o, u, e) IS DISTINCT FROM (array_remove(ARRAY[o::text, CASE WHEN u THEN p ->> 'urgent' END, CASE WHEN e THEN p ->> 'maximum' END,
		p ->> 'limit'], NULL))[1]::timelimit$$, 'resolve_limit: its own, urgent, the maximum of an extension, the default');

-- What can never hold ------------------------------------------------------------------------------

CREATE TABLE claim (i serial, holds boolean, e text);
INSERT INTO claim (holds, e) SELECT false, unnest(ARRAY['false', 'null', 'NOT true', '1 = 2', 'n = NULL', 'n > 5 AND n < 3', 'n = 1 AND n = 2', 'n <= 1000 AND n > 1000',
	'n IS NULL AND n > 1', 'n IS NULL AND n IS NOT NULL', 't = ''a'' AND t = ''b''', 'ok AND NOT ok', 'ok IS NULL AND ok', 'ok IS NOT TRUE AND ok', 'n IN (1, 2) AND n = 3', 'n BETWEEN 5 AND 1',
	'n > m AND n <= m', 'n = m AND n <> m', 'NOT (n > 1 OR n <= 1)', '(n > 5 AND n < 3) OR (n > 9 AND n < 7)', '(n = 1 OR n = 2) AND (n = 3 OR n = 4)',
	'CASE WHEN true THEN false END', 'allowed > ''5 days'' AND allowed < ''3 days''', 'day > ''2022-01-01'' AND day < ''2021-01-01''',
	't = ''x'' AND n > 1 AND n < 1']);
INSERT INTO claim (holds, e) SELECT true, unnest(ARRAY['true', 'ok', 'NOT ok', 'ok IS NULL', 'ok IS NOT TRUE', 'n > 1', 'n > 1 AND n < 3', 'n >= 2 AND n <= 2', 'n IS NULL OR n > 1', 'n IS NULL AND m > 1',
	'NOT (n > 1)', 'n <> 1 AND n <> 2', 'n = m AND m = n', 'n > 1 OR NULL', 't = ''a'' OR t = ''b''', 't > ''a'' AND t < ''b''', 'n = ANY (ARRAY[1, 2]) AND n <> 1',
	'f = ''NaN'' AND f > 1', 'f > 1 AND f < 1.5', 'coalesce(n, 1) = 1 AND n IS NULL', '(n > 1) IS NULL', '(n > 1) IS NOT TRUE AND n IS NULL', 'n IS DISTINCT FROM 1 AND n IS NULL',
	'current_date < ''2000-01-01''', '1 = ANY (a) AND 2 = ANY (a)', 'a[1] = 1 AND a[2] = 2', 'j ->> ''a'' = ''x'' AND j ->> ''b'' = ''y''', 'row(n, m) > row(1, 2) AND n <= 1',
	'day > ''2022-01-01'' AND at < ''2021-01-01''', 'allowed >= ''3 days'' AND allowed <= ''3 days''', 'allowed > ''24 hours'' AND allowed <= ''1 day''', 'c = ''a'' AND c = ''a  ''',
	'NOT (n = 1 AND n = 2)', '(n > 5 AND n < 3) OR n = 4', 'CASE WHEN n IS NULL THEN true ELSE n > 1 END AND n IS NULL']);
SELECT define_rule('h' || i, 'C', 'check', 'x', '{"n": "integer", "m": "integer", "t": "text", "ok": "boolean", "f": "float8", "allowed": "statute.timelimit", "a": "integer[]",
	"day": "date", "at": "timestamptz", "j": "jsonb", "c": "character(3)"}', must => e) FROM claim;
SELECT bag_eq($$SELECT code, detail FROM check_rulebook() WHERE problem = 'can never hold'$$,
	$$SELECT 'h' || i AS code, 'No row can meet: ' || e AS detail FROM claim WHERE NOT holds$$, 'what can never hold is found, and what can hold is not');
SELECT is_empty($$SELECT * FROM check_rulebook() WHERE problem <> 'can never hold'$$, 'and nothing else is wrong with it');
DELETE FROM rule;

-- The lint, one case of each problem ----------------------------------------------------------------

SELECT define_calendar('SHOP', 'a shop', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('SHOP', 'infinity', 'house rule');
SELECT define_reading('decided', 'C', 'how long?', 'statute.timelimit');
SELECT define_reading('open', 'C', 'how often?', 'statute.quota', 'at least 1 per month');
SELECT set_reading('decided', '15 workdays', 'because', 'somebody', '2022-01-01');

SELECT define_rule('clean1', 'C', 'deadline', 'x', '{"start": "date", "urgent": "boolean", "asked": "timestamptz", "told": "timestamptz"}',
	'{"limit": {"reading": "decided"}, "maximum": "15 workdays", "urgent": "immediate", "pauses": [["asked", "told"]], "calendar": "CN"}', effective => '[2004-01-01,2026-01-01)');
SELECT define_rule('clean2', 'C', 'check', 'x', '{"n": "integer"}', applies => 'n > 1', must => 'n < 3');
SELECT amend_rule('clean2', '2022-07-01', must => 'n < 4');
SELECT retire_rule('clean2', '2022-12-31');
SELECT define_rule('clean3', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"], "b": ["a", "c"]}, "begins": ["a"]}');
SELECT define_rule('clean4', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"], "c": ["d"]}}');
SELECT define_rule('clean5', 'C', 'recurring', 'x', '{}', '{"quota": "at least 1 per quarter", "calendar": "SHOP"}', effective => '[1990-01-01,)');
SELECT define_rule('clean6', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": {"reading": "open"}}', effective => '[2022-01-01,2023-01-01)');
SELECT is_empty('SELECT * FROM check_rulebook()', 'a clean rulebook: no rows');

SELECT define_rule('max', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": {"reading": "decided"}, "maximum": "10 workdays", "calendar": "CN"}');
SELECT define_rule('never', 'C', 'check', 'x', '{"n": "integer"}', must => 'n = 1 AND n = 2');
SELECT define_rule('none', 'C', 'deadline', 'x', '{"start": "date", "n": "integer"}', '{"limit": "7 days", "calendar": "CN"}', applies => 'n = 1 AND n = 2');
SELECT define_rule('twice', 'C', 'check', 'x', '{"n": "integer"}', must => 'n > 1');
INSERT INTO rule SELECT code, 2, clause, kind, title, roles, params, applies, must, modality, '[2022-07-01,2022-08-01)' FROM rule WHERE code = 'twice';
SELECT define_rule('waits', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": {"reading": "open"}}', effective => '[2022-01-01,)');
SELECT define_rule('waits too', 'C', 'check', 'x', '{"t": "quota"}', '{"usual": {"reading": "open"}}', must => 't = usual', effective => '[2022-01-01,)');
SELECT define_clause('D', 'R', '2', 'other words');
SELECT define_rule('orphan', 'D', 'check', 'x', '{"n": "integer"}', must => 'n > 1');
DELETE FROM clause WHERE code = 'D';
SELECT define_rule('stuck', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"], "c": ["d"]}, "begins": ["a"]}');
SELECT define_rule('pause', 'C', 'deadline', 'x', '{"start": "timestamptz", "told": "timestamptz"}', '{"limit": "7 days", "pauses": [["start", "told"]], "calendar": "CN"}');
SELECT define_calendar('STALL', 'closed soon', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('STALL', 'infinity', 'house rule');
SELECT define_rule('stall', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "calendar": "STALL"}');
SELECT drop_calendar('STALL');
SELECT define_rule('years', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "calendar": "DALI"}', effective => '[2021-12-31,2023-01-02)');
CREATE TABLE wanted (code text, version integer, problem text, detail text);
INSERT INTO wanted VALUES
	('max', 1, 'default above maximum', 'The time limit 15 workdays is longer than the maximum 10 workdays.'),
	('never', 1, 'can never hold', 'No row can meet: n = 1 AND n = 2'),
	('none', 1, 'never applies', 'No row is subject to it: n = 1 AND n = 2'),
	('orphan', 1, 'clause missing', 'There is no clause "D".'),
	('pause', 1, 'pause begins at the start', 'The clock of start to told never runs.'),
	('stall', 1, 'no longer well made', 'calendar "STALL" does not exist'),
	('stuck', 1, 'state without a way in', 'No move leads to "c", and nothing begins there.'),
	('twice', 2, 'versions overlap', 'Versions 1 and 2 are both in force in [2022-07-01,2022-08-01).'),
	('waits', 1, 'open reading', 'quota waits for reading open: how often? Proposed: at least 1 per month.'),
	('waits too', 1, 'open reading', 'usual waits for reading open: how often? Proposed: at least 1 per month.'),
	('years', 1, 'calendar year not covered', 'Calendar "DALI" does not know the working days of 2021.'),
	('years', 1, 'calendar year not covered', 'Calendar "DALI" does not know the working days of 2023.');
SELECT results_eq('SELECT * FROM check_rulebook()', 'SELECT * FROM wanted ORDER BY 1, 2, 3, 4', 'one case of each problem is found, once and in order');
SELECT set_eq($$SELECT m[1] FROM pg_proc p, regexp_matches(p.prosrc, 'SELECT (?:[a-z]\.code, [a-z]\.version, )?''([a-z ]+)''[ ,]', 'g') m WHERE p.oid IN ('statute.check_rulebook'::regproc, 'statute._rule_contradictions'::regproc)$$,
	$$SELECT problem FROM wanted UNION ALL VALUES ('calendar missing')$$, 'no problem that the lint knows is left out, here or below');
SELECT results_eq($$SELECT code, detail FROM check_rulebook('2022-06-30') WHERE code ~ 'waits|years'$$, $$SELECT code, detail FROM wanted WHERE code ~ 'waits' OR detail ~ '2021'$$,
	'the lint judges a day: years through it, and what waits on it');
SELECT set_reading('open', 'at least 1 per week', 'because', 'somebody', '2022-01-01');
SELECT is_empty($$SELECT * FROM check_rulebook() WHERE code ~ 'waits'$$, 'an open reading that is decided is no problem any more');
SET statute.calendar = 'NOWHERE';
SELECT define_rule('usual', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days"}');
SELECT results_eq($$SELECT problem, detail FROM check_rulebook() WHERE code = 'usual'$$, $$VALUES ('calendar missing', 'There is no calendar "NOWHERE".')$$,
	'a rule without a calendar is judged with the usual one');
RESET statute.calendar;

-- What is broken later, and what of others must not run ----------------------------------------------

SELECT define_rule('broken', 'C', 'check', 'x', '{"n": "integer"}', must => 'n > 1');
UPDATE ONLY rule SET must = 'm > 1' WHERE code = 'broken';
SELECT is(outcome($$SELECT problem FROM check_rulebook('2022-06-30') WHERE code = 'broken'$$), 'no longer well made', 'an expression that is broken later is listed, too');
DELETE FROM rule WHERE code = 'broken';
CREATE FUNCTION trap(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE EXCEPTION 'sprung'; END$$;
CREATE DOMAIN trapped AS integer CHECK (trap(VALUE));
CREATE TYPE trapped_pair AS (x trapped, y integer);
CREATE FUNCTION takes(trapped) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION takes(trapped, trapped) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR ~@~ (LEFTARG = trapped, RIGHTARG = trapped, FUNCTION = takes);
SELECT is(outcome(format('SELECT define_rule(''d'', ''C'', ''check'', ''x'', ''{"n": "integer"}'', must => %L)', e)), '42P17', 'code of others does not run: ' || e)
FROM unnest(ARRAY['''{1}''::public.trapped[] IS NOT NULL', '''(1,2)''::public.trapped_pair IS NOT NULL', '1::public.trapped > n', 'public.trapped(''1'') > n',
	'public.takes(''1'')', '''1'' OPERATOR(public.~@~) ''2''', 'CAST(''1'' AS public.trapped) > n', 'statute._check_expression(''true'', '''', ''{}'', ''{}'')']) e;
SELECT is_empty($$SELECT * FROM rule WHERE code = 'd'$$, 'nor is such a rule defined');
SELECT define_reading('whole', 'C', 'what?', 'bpchar', 'abc');
SELECT is((SELECT proposed FROM reading WHERE code = 'whole'), 'abc', 'the canonical form of a text is the whole text');
DELETE FROM reading WHERE code = 'whole';

-- Rights ---------------------------------------------------------------------------------------------

CREATE ROLE rulebook_reader;
CREATE FUNCTION as_reader(statement text) RETURNS text LANGUAGE plpgsql SET role = rulebook_reader AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
CREATE TABLE reads (statement text);
INSERT INTO reads VALUES ('SELECT count(*) FROM statute.rule'), ('SELECT count(*) FROM statute.clause'), ('SELECT count(*) FROM statute.regulation'), ('SELECT count(*) FROM statute.reading'),
	('SELECT count(*) FROM statute.reading_decision'), ('SELECT count(*) FROM statute.check_rulebook()'), ($$SELECT statute.rule_version('twice', '2022-07-15')$$),
	($$SELECT statute.rule_params('max', '2022-07-15')$$), ($$SELECT statute.reading_value('decided', '2022-07-15')$$), ($$SELECT statute.resolve_limit('{"limit": "7 days"}')$$);
SELECT is_empty('SELECT statement, as_reader(statement) FROM reads WHERE as_reader(statement) IS DISTINCT FROM outcome(statement)', 'an unprivileged role reads everything');
CREATE TABLE writes (statement text);
INSERT INTO writes VALUES
	($$SELECT statute.define_regulation('X', 'x', 'x', '[2022-01-01,)')$$), ($$SELECT statute.define_regulation('R', 'x', 'x', '[2022-01-01,)')$$),
	($$SELECT statute.define_clause('X', 'R', '1', 'x')$$), ($$SELECT statute.define_clause('C', 'R', '1', 'x')$$),
	($$SELECT statute.define_reading('x', 'C', 'x', 'integer')$$), ($$SELECT statute.define_reading('open', 'C', 'x', 'statute.quota')$$),
	($$SELECT statute.set_reading('open', NULL, 'x', 'x')$$), ($$SELECT statute.define_rule('x', 'C', 'check', 'x', '{}', must => 'true')$$),
	($$SELECT statute.amend_rule('never', '2022-07-01', must => 'true')$$), ($$SELECT statute.retire_rule('never', '2022-07-01')$$), ($$SELECT statute._close_rule('never', '2022-07-01')$$);
INSERT INTO writes SELECT format('DELETE FROM statute.%I', t) FROM unnest('{regulation,clause,reading,reading_decision,rule}'::text[]) t;
INSERT INTO writes SELECT format('INSERT INTO statute.%I SELECT * FROM statute.%1$I', t) FROM unnest('{regulation,clause,reading,reading_decision,rule}'::text[]) t;
CREATE TABLE before AS SELECT (SELECT string_agg(r::text, ',' ORDER BY r) FROM rule r) AS rules, (SELECT string_agg(d::text, ',' ORDER BY d) FROM reading d) AS readings;
SELECT is_empty($$SELECT statement, as_reader(statement) FROM writes WHERE as_reader(statement) <> '42501'$$, 'and writes nothing, not even through the functions');
SELECT results_eq('SELECT * FROM before', 'SELECT (SELECT string_agg(r::text, '','' ORDER BY r) FROM rule r), (SELECT string_agg(d::text, '','' ORDER BY d) FROM reading d)', 'nothing has changed');
GRANT INSERT ON statute.reading_decision TO rulebook_reader;
SELECT as_reader($$SELECT statute.set_reading('open', 'at least 2 per week', 'because', 'the reader', '2022-06-01')$$);
SELECT is((SELECT d.value || ' by ' || d.recorded_by FROM reading_decision d WHERE d.reading = 'open' AND d.effective_from = '2022-06-01'), 'at least 2 per week by ' || session_user, 'the right to decide readings can be given');
SELECT is(as_reader($$SELECT statute.amend_rule('never', '2022-07-01', must => 'true')$$), '42501', 'and is no other');
DROP OWNED BY rulebook_reader;
DROP ROLE rulebook_reader;
SELECT * FROM finish();
