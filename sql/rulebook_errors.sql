-- The rulebook: what is refused when a rule is defined, and what may be in its expressions.
SET search_path = public, statute;
SET client_min_messages = notice;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Shanghai';

-- without what the pack ships
ALTER TABLE regulation_cn NO INHERIT regulation;
ALTER TABLE clause_cn NO INHERIT clause;
ALTER TABLE reading_cn NO INHERIT reading;
ALTER TABLE rule_cn NO INHERIT rule;

SELECT define_regulation('YN2022', '云南省推进作风革命加强机关效能建设的若干规定（试行）', '中共云南省委、云南省人民政府', '[2022-02-16,)') \gset
SELECT define_clause('YN2022-9a', 'YN2022', '第九条', '有时限要求的，按照要求落实反馈') \gset
SELECT define_reading('YN2022-9e.interval', 'YN2022-9a', 'How often is "定期"?', 'statute.quota') \gset
SELECT define_rule('k1', 'YN2022-9a', 'fixed_date', 'the day that the instruction gives', '{"due": "date", "done": "timestamptz"}') \gset

-- mistakes, each its own error
SELECT define_rule('k1', 'YN2022-9a', 'check', 'twice', '{}', must => 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('', 'YN2022-9a', 'check', 'no code', '{}', must => 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'nowhere', 'check', 'no clause', '{}', must => 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', NULL, '{}', must => 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'wish', 'x', '{}', must => 'true');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{}', must => 'true', modality => 'perhaps');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{}', must => 'true', effective => 'empty');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '["n"]', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"Mixed": "integer"}', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"user": "text"}', must => 'user = ''x''');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"end": "date"}', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "whole"}', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "anyelement"}', must => 'n IS NULL');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "void"}', must => 'n IS NULL');
CREATE TEMP TABLE mine (x integer);
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "mine"}', must => '(n).x > 1');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "pg_temp.mine[]"}', must => '(n[1]).x > 1');
DROP TABLE mine;
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": 5}', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{}', '{"limit": "7 days"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "integer"}', '{"limit": "7 days"}');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{}', '[]', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "colour": "red"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "soon"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": ["7 days"]}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": {"reading": "nothing"}}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": {"reading": "YN2022-9e.interval"}}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "calendar": "MOON"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "convention": "MOON"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "pauses": "lunch"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "pauses": [["start", "lunch"]]}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date", "p": "timestamptz"}', '{"limit": "7 days", "pauses": [["p", null]]}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date", "p": "date", "q": "date"}', '{"limit": "7 days", "pauses": [["p", "q"]]}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date", "urgent": "boolean"}', '{"limit": "7 days"}');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days"}', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'fixed_date', 'x', '{"done": "date"}');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', applies => 'n > 1');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": "b"}}');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"]}, "begins": {"a": 1}}');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": [1, null, {}]}}');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"]}, "begins": ["nowhere"]}');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"]}, "separate": ["handler"]}');
SELECT define_rule('x', 'YN2022-9a', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"]}, "separate": [null]}');
SELECT define_rule('x', 'YN2022-9a', 'once', 'x', '{"n": "integer"}', '{"key": []}');
SELECT define_rule('x', 'YN2022-9a', 'once', 'x', '{"n": "integer"}', '{"key": [null]}');
SELECT define_rule('x', 'YN2022-9a', 'once', 'x', '{"n": "integer"}', '{"key": ["n", "n"]}');
SELECT define_rule('x', 'YN2022-9a', 'once', 'x', '{"n": "integer"}', '{"key": {"n": 1}}');
SELECT define_rule('x', 'YN2022-9a', 'once', 'x', '{"n": "integer"}', '{"key": ["m"]}');
SELECT define_rule('x', 'YN2022-9a', 'no_overlap', 'x', '{"during": "daterange", "n": "integer"}', '{"key": ["n"], "place": "town"}');
SELECT define_rule('x', 'YN2022-9a', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 100% of previous year"}');
SELECT define_rule('x', 'YN2022-9a', 'relative_cap', 'x', '{"at": "date"}', '{"quota": "at most 2 per year"}');
SELECT define_rule('x', 'YN2022-9a', 'recurring', 'x', '{}', '{"quota": "at most 100% of previous year"}');
SELECT define_rule('x', 'YN2022-9a', 'recurring', 'x', '{}', '{"quota": "at least 2 per month"}');
SELECT define_rule('x', 'YN2022-9a', 'recurring', 'x', '{}', '{"quota": "at least 1 days per month"}');
SELECT define_rule('x', 'YN2022-9a', 'fixed_date', 'x', '{}', '{"due": "2022-12-31"}', effective => '[-infinity,2022-12-31]');

-- named values: a reading, a name of its own, and used
SELECT define_reading('most', 'YN2022-9a', 'How many?', 'integer', '7') \gset
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"most": 7}', must => 'n <= most');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"most": {"value": 7}}', must => 'n <= most');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"most": {"reading": "nothing"}}', must => 'n <= most');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"Most": {"reading": "most"}}', must => 'n <= Most');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"user": {"reading": "most"}}', must => 'n <= user');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"n": {"reading": "most"}}', must => 'n <= 7');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"at": {"reading": "most"}}', must => 'n <= at');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"maximum": {"reading": "most"}}', must => 'n <= maximum');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"most": {"reading": "most"}}', must => 'n <= 7');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"t": "text"}', '{"most": {"reading": "most"}}', must => 't <= most');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', '{"most": {"reading": "most"}}', must => 'n <= most + other');
SELECT define_rule('x', 'YN2022-9a', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "most": {"reading": "most"}}', applies => 'most');

-- expressions: what may be in them
CREATE FUNCTION try_must(must text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, public, statute AS $$
BEGIN
	PERFORM define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer", "m": "integer", "t": "text", "ok": "boolean", "at": "timestamptz", "day": "date",
		"allowed": "statute.timelimit", "worked": "statute.workday", "tags": "text[]", "owner": "text", "ends": "date"}', must => try_must.must);
	DELETE FROM rule WHERE code = 'x';
	RETURN 'fine';
EXCEPTION WHEN OTHERS THEN
	RETURN format('%s %s', sqlstate, sqlerrm);
END $$;
SELECT count(*), count(*) FILTER (WHERE try_must(must) = 'fine') AS fine FROM unnest(ARRAY[
	'n > 1', 'N > 1', 'ok', 'NOT ok OR n IS NULL', 'n BETWEEN 1 AND m', 'coalesce(n, m) IN (1, 2)', 'CASE WHEN ok THEN n > 1 ELSE m > 1 END',
	'''lead'' = ANY (tags)', 'cardinality(tags) >= 2', 't ~ ''^[0-9]+$''', 't COLLATE "C" < ''b''', 'at::date = day', 'extract(hour FROM at AT TIME ZONE ''Asia/Shanghai'') < 17',
	'owner <> ''''', 'ends >= day', 'n > 1 -- a remark', 'n > /* a remark */ 1', E'n > 1\n\tAND m > 1', 't = '') -- ''', 't <> $$;$$',
	-- types, functions and operators of the extension need no schema
	'allowed < ''3 days''::timelimit', 'allowed <= ''15个工作日''', 'worked > day', 'worked + 3 > ''2022-03-01''', 'is_workday(day, ''CN'')',
	'workdays_between(day, ends, ''CN'') <= 7', 'due_date(day, allowed, ''CN'') >= ends', 'statute.is_workday(day, ''CN'')', 'pg_catalog.lower(t) = t', 'n OPERATOR(pg_catalog.>) 1'
]) must;

-- and what may not
SELECT must, try_must(must) FROM unnest(ARRAY[
	'n > (SELECT 1)', 'EXISTS (SELECT FROM pg_class)', 'n = ANY (VALUES (1))', 'n = ANY (TABLE pg_class)', 'WITH x AS (SELECT 1) SELECT true',
	'n > 1) FROM pg_class --', 'n > 1) FROM pg_class WHERE (true', 'n > 1) UNION SELECT (true', 'n > 1), (n > 2', 'n > 1) ORDER BY (1', 'n > 1) WINDOW w AS (',
	'n > 1); DROP TABLE statute.rule; SELECT (true', 'n > 1;', 'n > 1) --', '(n > 1', 'n > 1 AND', 'n > 1, m > 1', 'n > 1 FOR UPDATE', 'DISTINCT true',
	'count(*) > 1', 'sum(n) OVER (ORDER BY m) > 1', 'generate_series(1, n) > 1', 'unnest(tags) = t', 'grouping(n) = 1',
	'n > $1', 'n > $12', 'random() < 0.5', 'clock_timestamp() > at', 'nextval(''statute.calendar_version_seq'') > n', 'set_config(''statute.calendar'', ''CN'', false) = t',
	'pg_read_file(t) = t', 'query_to_xml(''SELECT 1'', true, true, '''') IS NULL', 'define_calendar(''X'', ''x'') IS NULL',
	'public.n > 1', 'n.n > 1', '"N" > 1', 'ctid IS NULL', 'tableoid = 1', 'xmin IS NULL', '*', 'n.*', 'rule.* IS NULL', '(n).*', 'x', 'end > day',
	'n', '''x''', 'n = t', 'nothing(n)', 'n::nothing > 1', 'n OPERATOR(public.===) 1', 't COLLATE "nothing" = ''x''', 'n = DEFAULT', 'n > 1 / 0'
]) WITH ORDINALITY e (must, i) ORDER BY i;
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', must => 'm > 1');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{}', must => 'm > 1');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', must => 'n > random()');
\echo :LAST_ERROR_SQLSTATE
-- which of the two expressions it is
DO $$BEGIN
	PERFORM define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', applies => 'n', must => 'n > 1');
EXCEPTION WHEN datatype_mismatch THEN
	RAISE NOTICE '%', sqlerrm;
END$$;
DO $$
DECLARE
	context text;
BEGIN
	PERFORM define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', applies => 'm', must => 'n > 1');
EXCEPTION WHEN undefined_column THEN
	GET STACKED DIAGNOSTICS context = pg_exception_context;
	RAISE NOTICE '%', split_part(context, E'\n', 1);
END$$;

-- code of others, which planning and linting would run with the rights of whoever does it
CREATE FUNCTION public.f(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE NOTICE 'run as %', current_user; RETURN true; END$$;
CREATE FUNCTION public.same(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT public.f(1)';
CREATE OPERATOR public.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = public.same);
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', must => 'public.f(1) AND n > 1');
\echo :LAST_ERROR_SQLSTATE
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', applies => 'n > 1 OR public.f(n)', must => 'true');
SELECT define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer"}', must => '1 OPERATOR(public.===) n');
DROP OPERATOR public.=== (integer, integer);
DROP FUNCTION public.same(integer, integer), public.f(integer);
SELECT count(*) - 1 AS nothing_half_written FROM rule;

DROP FUNCTION try_must(text);
DELETE FROM ONLY rule;
DELETE FROM ONLY reading;
DELETE FROM ONLY clause;
DELETE FROM ONLY regulation;
ALTER TABLE regulation_cn INHERIT regulation;
ALTER TABLE clause_cn INHERIT clause;
ALTER TABLE reading_cn INHERIT reading;
ALTER TABLE rule_cn INHERIT rule;
