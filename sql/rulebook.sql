-- The rulebook: article 9 of YN2022 as rules, versions and readings. What is refused is in rulebook_errors.sql.
SET search_path = public, statute;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Shanghai';
-- \gset instead of a semicolon: done, and nothing printed

-- without what the pack ships
ALTER TABLE regulation_cn NO INHERIT regulation;
ALTER TABLE clause_cn NO INHERIT clause;
ALTER TABLE reading_cn NO INHERIT reading;
ALTER TABLE rule_cn NO INHERIT rule;
-- a regulation and its words
SELECT define_regulation('YN2022', '云南省推进作风革命加强机关效能建设的若干规定（试行）', '中共云南省委、云南省人民政府',
	'[2022-02-16,)', issued => '2022-02-16', source => '云南日报');
SELECT define_clause('YN2022-9a', 'YN2022', '第九条', '有时限要求的，按照要求落实反馈') \gset
SELECT define_clause('YN2022-9b', 'YN2022', '第九条', '没有时限要求的，7个工作日内落实反馈') \gset
SELECT define_clause('YN2022-9c', 'YN2022', '第九条', '特殊情况不超过15个工作日') \gset
SELECT define_clause('YN2022-9d', 'YN2022', '第九条', '紧急情况随到随办，及时反馈', 'partly', '"及时" has no number') \gset
SELECT define_clause('YN2022-9e', 'YN2022', '第九条', '情况复杂，在规定时限内未办结的，定期报告进展情况', 'partly', '"定期" has no number') \gset
SELECT define_clause('YN2022-26e', 'YN2022', '第二十六条', '坚持领导机关和领导干部带头', 'no', 'no measure', 'leaders go first') \gset
SELECT code, article, quote, enforceable, why_not FROM clause ORDER BY code;

-- its time limits: one rule, with the default, the maximum and what is urgent
SELECT define_rule('YN2022-9.feedback', 'YN2022-9b', 'deadline', 'instructions: feedback in time',
	'{"start": "timestamptz", "done": "timestamptz", "own_limit": "statute.timelimit", "urgent": "boolean", "kind": "text"}',
	'{"limit": "7个工作日", "maximum": "15 workdays", "urgent": "immediate", "calendar": "CN"}',
	applies => 'kind IN (''批办性'', ''指导性'')') \gset
SELECT code, version, clause, kind, applies, must, modality, effective, defined_by = session_user AS mine FROM rule;
SELECT rule_params('YN2022-9.feedback', '2022-06-30');

-- the limit on the instrument itself, else urgent, else the maximum of an extension, else the default
SELECT own_limit, urgent, extended, resolve_limit(rule_params('YN2022-9.feedback', '2022-06-30'), own_limit::timelimit, urgent, extended)
FROM (VALUES ('3 days', true, true), (NULL, true, true), (NULL, false, true), (NULL, NULL, NULL)) v (own_limit, urgent, extended);
SELECT resolve_limit('{"limit": "7 workdays"}', urgent => true), resolve_limit('{"limit": "7 workdays"}', extended => true),
	resolve_limit('{}') IS NULL AS none, resolve_limit(NULL, '3 days') AS own_needs_no_rule, resolve_limit(NULL) IS NULL AS unknown;
SELECT event, due_date(event, resolve_limit(rule_params('YN2022-9.feedback', event)), 'CN') AS due
FROM unnest('{2022-04-21,2022-09-29}'::date[]) event;

-- amended on 1 July: June's obligations stay under version 1
SELECT amend_rule('YN2022-9.feedback', '2022-07-01', params => '{"limit": "5 workdays", "maximum": "10 workdays", "urgent": "1 hour", "calendar": "CN"}');
SELECT version, effective, params FROM rule ORDER BY version;
SELECT event, rule_version('YN2022-9.feedback', event), resolve_limit(rule_params('YN2022-9.feedback', event)) AS "default",
	resolve_limit(rule_params('YN2022-9.feedback', event), extended => true) AS extended
FROM unnest('{2022-02-15,2022-02-16,2022-06-30,2022-07-01,2022-12-31}'::date[]) event;
SELECT amend_rule('YN2022-9.feedback', '2022-09-01', applies => '', modality => 'in principle', title => 'feedback') \gset
SELECT version, title, applies, modality, effective FROM rule ORDER BY version;
SELECT retire_rule('YN2022-9.feedback', '2022-12-31');
SELECT rule_version('YN2022-9.feedback', '2022-12-31'), rule_version('YN2022-9.feedback', '2023-01-01') AS retired,
	rule_params('YN2022-9.feedback', '2023-01-01') AS no_params, rule_version('nothing', '2022-12-31') AS unknown;

-- a day that is in no version to be ended
SELECT amend_rule('YN2022-9.feedback', '2022-08-15', title => 'within what was amended already');
\echo :LAST_ERROR_SQLSTATE
SELECT amend_rule('YN2022-9.feedback', '2023-01-01', title => 'after its end');
SELECT amend_rule('YN2022-9.feedback', '2023-06-01', title => 'long after its end');
SELECT amend_rule('YN2022-9.feedback', NULL, title => 'at no time');
SELECT amend_rule('YN2022-9.feedback', 'infinity');
SELECT amend_rule('nothing', '2022-08-15');
\echo :LAST_ERROR_SQLSTATE
SELECT retire_rule('YN2022-9.feedback', '2023-01-01');
SELECT retire_rule('nothing', '2022-12-31');
SELECT amend_rule('YN2022-9.feedback', '2022-10-01', params => '{"limit": "soon"}');
SELECT amend_rule('YN2022-9.feedback', '2022-10-01', roles => '{"due": "date"}');
SELECT amend_rule('YN2022-9.feedback', '2022-10-01', applies => 'kind = 5');
SELECT amend_rule('YN2022-9.feedback', '2022-10-01', modality => 'perhaps');
SELECT version, effective FROM rule ORDER BY version; -- nothing of it is done

-- amended on the first day of a version, which was then never in force; not before it
SELECT define_rule('slip', 'YN2022-9b', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days"}') \gset
SELECT amend_rule('slip', '2022-02-15', params => '{"limit": "8 days"}');
SELECT amend_rule('slip', '2022-02-16', params => '{"limit": "9 days"}');
SELECT version, effective, params FROM rule WHERE code = 'slip' ORDER BY version;
SELECT rule_version('slip', '2022-02-16'), rule_params('slip', '2022-02-16');
SELECT retire_rule('slip', '2022-02-15') \gset
SELECT version, effective, rule_version('slip', '2022-02-16') AS retired FROM rule WHERE code = 'slip' ORDER BY version;
DELETE FROM rule WHERE code = 'slip';

-- "regularly" is open: the rule is off until somebody decides, and can be opened again
SELECT define_reading('YN2022-9e.interval', 'YN2022-9e', 'How often is "定期"?', 'statute.quota', 'at least 1 per month', 'usual practice', '省委办公厅') \gset
SELECT define_rule('YN2022-9.progress', 'YN2022-9e', 'recurring', 'progress of what is late',
	'{"since": "date", "until": "date"}', '{"quota": {"reading": "YN2022-9e.interval"}, "due": "5 workdays", "calendar": "CN"}', modality => 'in principle') \gset
SELECT rule_version('YN2022-9.progress', '2022-03-15'), rule_params('YN2022-9.progress', '2022-03-15') AS off;
SELECT code, problem, detail FROM check_rulebook('2022-08-01') WHERE problem = 'open reading';
SELECT set_reading('YN2022-9e.interval', '每月至少1次', '复函', '省委办公厅', '2022-03-01');
SELECT reading_value('YN2022-9e.interval', day), rule_params('YN2022-9.progress', day)
FROM unnest('{2022-02-28,2022-03-01}'::date[]) day;
SELECT set_reading('YN2022-9e.interval', 'at least 1 per quarter', 'a second letter', '省委办公厅', '2022-05-01') \gset
SELECT set_reading('YN2022-9e.interval', 'at least 1 per week', 'a correction', '省委办公厅', '2022-03-01') \gset
SELECT set_reading('YN2022-9e.interval', NULL, 'withdrawn', '省委办公厅', '2022-07-01') \gset
SELECT day, reading_value('YN2022-9e.interval', day), rule_params('YN2022-9.progress', day) ->> 'quota' AS quota
FROM unnest('{2022-02-28,2022-03-01,2022-04-30,2022-05-01,2022-06-30,2022-07-01}'::date[]) day;
SELECT effective_from, value, ground, decided_by, recorded_by = session_user AS mine FROM reading_decision ORDER BY recorded_at;
SELECT count(*) AS open_again FROM check_rulebook('2022-08-01') WHERE problem = 'open reading';
-- a value that the expressions name, under a name of the rule's own
SELECT define_reading('YN2022-9a.most', 'YN2022-9a', 'How many at once?', 'timelimit[]', '{1日}', 'a guess', '省委办公厅') \gset
SELECT define_rule('named', 'YN2022-9a', 'check', 'named', '{"allowed": "timelimit"}', '{"known": {"reading": "YN2022-9a.most"}}', must => 'allowed = ANY (KNOWN)');
SELECT params, must FROM rule WHERE code = 'named';
SELECT code, problem, detail FROM check_rulebook('2022-08-01') WHERE code = 'named';
SELECT set_reading('YN2022-9a.most', '{1日,七个工作日}', 'x', 'y', '2022-03-01');
SELECT day, rule_params('named', day) FROM unnest('{2022-02-28,2022-03-01}'::date[]) day;
SELECT set_reading('YN2022-9a.most', '{soon}', 'x', 'y', '2022-03-01');
SELECT define_reading('YN2022-9a.most', 'YN2022-9a', 'How many at once?', 'integer');
\echo :LAST_ERROR_SQLSTATE
SELECT amend_rule('named', '2022-07-01', params => '{}', must => 'allowed IS NOT NULL');
SELECT day, rule_params('named', day) FROM unnest('{2022-06-30,2022-07-01}'::date[]) day;
DELETE FROM rule WHERE code = 'named';
DELETE FROM reading_decision WHERE reading = 'YN2022-9a.most';
DELETE FROM reading WHERE code = 'YN2022-9a.most';

SELECT set_reading('YN2022-9e.interval', 'often', 'x', 'y', '2022-08-01');
\echo :LAST_ERROR_SQLSTATE
SELECT set_reading('YN2022-9e.interval', 'at least 1 per month', '', 'y');
\echo :LAST_ERROR_SQLSTATE
SELECT set_reading('YN2022-9e.interval', 'at least 1 per month', 'x', NULL);
SELECT set_reading('nothing', '1', 'x', 'y');
\echo :LAST_ERROR_SQLSTATE
SELECT define_reading('x', 'nowhere', 'x', 'integer');
SELECT define_reading('x', 'YN2022-9e', 'x', 'nothing');
SELECT define_reading('x', 'YN2022-9e', 'x', 'anyelement');
SELECT define_reading('x', 'YN2022-9e', 'x', 'pg_temp.nothing');
SELECT define_reading('x', 'YN2022-9e', 'x', 'integer', 'often');
\echo :LAST_ERROR_SQLSTATE
SELECT define_clause('x', 'nowhere', '1', 'x');
\echo :LAST_ERROR_SQLSTATE
-- a type of the extension needs no schema; with decisions or rules it stays
SELECT define_reading('y', 'YN2022-9e', 'how long?', 'timelimit', '三个月') \gset
SELECT code, type, proposed FROM reading WHERE code = 'y';
SELECT define_reading('y', 'YN2022-9e', 'how many?', 'integer') \gset
SELECT set_reading('y', '+007', 'x', 'y', '2022-03-01') \gset
SELECT reading_value('y', '2022-03-01');
SELECT define_reading('y', 'YN2022-9e', 'how long?', 'timelimit');
\echo :LAST_ERROR_SQLSTATE
SELECT define_reading('YN2022-9e.interval', 'YN2022-9e', 'How often?', 'integer');
\echo :LAST_ERROR_SQLSTATE
SELECT define_reading('y', 'YN2022-9e', 'how many times?', 'int') \gset
SELECT code, question, type FROM reading ORDER BY code;
-- a value of the type that no rule with this reading can have
SELECT set_reading('YN2022-9e.interval', 'at least 30 days per year', 'x', 'y', '2022-08-01');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS nothing_half_written FROM clause, reading WHERE 'x' IN (clause.code, reading.code);

-- one rule of each kind
SELECT define_rule('k1', 'YN2022-9a', 'fixed_date', 'the day that the instruction gives', '{"due": "date", "done": "timestamptz"}') \gset
SELECT define_rule('k2', 'YN2022-9a', 'fixed_date', 'a day for all', '{}', '{"due": "2022-12-31"}') \gset
SELECT define_rule('k3', 'YN2022-9a', 'check', 'has its limits', '{"at": "date", "kind": "text", "allowed": "statute.timelimit"}',
	applies => 'kind = ''批办性''', must => 'allowed <= ''15 workdays''', modality => 'as far as possible') \gset
SELECT define_rule('k4', 'YN2022-9a', 'workflow', 'registered, handled, closed', '{"state": "text", "handler": "text", "verifier": "text"}',
	'{"moves": {"registered": ["handled"], "handled": ["registered", "closed"]}, "begins": ["registered"], "separate": ["handler", "verifier"]}') \gset
SELECT define_rule('k5', 'YN2022-9a', 'once', 'one answer each', '{"at": "date", "instruction": "bigint"}', '{"key": ["instruction"]}') \gset
SELECT define_rule('k6', 'YN2022-9a', 'no_overlap', 'one visit at a time', '{"during": "daterange", "town": "text", "team": "integer"}', '{"key": ["town"], "place": "town"}') \gset
SELECT define_rule('k7', 'YN2022-9a', 'quota', 'once a quarter', '{"at": "date"}', '{"quota": "每季度至少1次"}') \gset
SELECT define_rule('k8', 'YN2022-9a', 'relative_cap', 'no more than last year', '{"at": "timestamptz"}', '{"quota": "at most 100% of previous year"}') \gset
SELECT define_rule('k9', 'YN2022-9a', 'deadline', 'stops while the sender is asked', '{"start": "date", "asked": "timestamptz", "told": "timestamptz"}',
	'{"limit": "7 workdays", "pauses": [["asked", "told"]], "convention": "CN"}') \gset
SELECT define_rule('k10', 'YN2022-9a', 'workflow', 'a state called reading', '{"state": "text"}', '{"moves": {"registered": ["reading"], "reading": ["done"]}, "begins": ["registered"]}') \gset
SELECT define_rule('k11', 'YN2022-9a', 'fixed_date', 'a day that does not move on', '{}', '{"due": "tomorrow"}') \gset
SELECT define_rule('k12', 'YN2022-9a', 'check', 'types without schema', '{"a": "timelimit", "b": "workday[]", "c": "timestamp with time zone", "d": "int4"}', applies => '', must => 'a > ''3 days''') \gset
SELECT count(DISTINCT kind) AS kinds, count(rule_version(code, '2022-02-16')) AS rules FROM rule WHERE code ~ '^k';
SELECT code, rule_params(code, '2022-03-01') FROM unnest('{k3,k7,k10}'::text[]) code; -- without parameters it is on
SELECT rule_params('k11', '2022-03-01') ->> 'due' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AS a_day;
SELECT roles, applies IS NULL AS of_all FROM rule WHERE code = 'k12';
SELECT * FROM check_rulebook('2022-06-30') WHERE code ~ '^k';

-- What somebody has planted is not called: plain names are those of PostgreSQL
-- and of the extension, whatever the search path.
CREATE SCHEMA planted;
CREATE FUNCTION planted.trap() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RAISE EXCEPTION 'planted'; END$$;
CREATE FUNCTION planted.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()::text';
CREATE FUNCTION planted.is_workday(date, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()';
CREATE FUNCTION planted.int4gt(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()';
CREATE OPERATOR planted.> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = planted.int4gt);
CREATE FUNCTION planted.longer(statute.timelimit, statute.timelimit) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()';
CREATE OPERATOR planted.> (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = planted.longer);
CREATE FUNCTION planted.like_no_other(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()';
CREATE FUNCTION pg_temp.like_no_other(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()';
CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT planted.trap()::text';
CREATE TEMP TABLE rule (code text);
CREATE TEMP TABLE clause (code text);
SELECT 2 OPERATOR(planted.>) 1; -- the trap works
SELECT statute.define_rule('x', 'YN2022-9a', 'check', 'x', '{"n": "integer", "t": "text", "allowed": "statute.timelimit"}',
	must => 'lower(t) = lower(''A'') AND n > 1 AND 2 > 1 AND allowed > ''3 days'' AND ''4 days''::timelimit > ''3 days'' AND (is_workday(''2022-02-18'', ''CN'') OR n > 1)') \gset
SET search_path = pg_temp, planted, public, pg_catalog, statute;
SELECT amend_rule('x', '2022-03-01', title => 'y') \gset
SELECT * FROM check_rulebook('2022-06-30') WHERE code = 'x';
SELECT rule_version('x', '2022-03-01'), resolve_limit('{"limit": "3 days"}');
SELECT amend_rule('x', '2022-04-01', must => 'like_no_other(1)');
DROP TABLE pg_temp.rule, pg_temp.clause;
SET search_path = public, statute;
DROP SCHEMA planted CASCADE;
DELETE FROM rule WHERE code = 'x';

-- What a pack ships is in tables that inherit, and not to be changed.
CREATE TABLE regulation_pack () INHERITS (regulation);
CREATE TABLE clause_pack () INHERITS (clause);
CREATE TABLE reading_pack () INHERITS (reading);
CREATE TABLE rule_pack () INHERITS (rule);
INSERT INTO regulation_pack (code, title, issuer, effective) VALUES ('P', 'shipped', 'an issuer', '[2022-01-01,)');
INSERT INTO clause_pack VALUES ('P-1', 'P', '1', 'shipped words', NULL, 'yes', NULL);
INSERT INTO reading_pack VALUES ('P-1.n', 'P-1', 'how many?', 'integer');
INSERT INTO rule_pack (code, version, clause, kind, title, roles, params, must, modality, effective)
VALUES ('P-1', 1, 'P-1', 'check', 'shipped', '{"n": "integer"}', '{}', 'n > 1', 'must', '[2022-01-01,)');
SELECT define_regulation('P', 'mine', 'me', '[2022-01-01,)');
\echo :LAST_ERROR_SQLSTATE
SELECT define_clause('P-1', 'P', '1', 'my words');
SELECT define_reading('P-1.n', 'P-1', 'what?', 'text');
SELECT define_rule('P-1', 'P-1', 'check', 'mine', '{"n": "integer"}', must => 'n > 2');
SELECT amend_rule('P-1', '2022-07-01', must => 'n > 2');
\echo :LAST_ERROR_SQLSTATE
SELECT retire_rule('P-1', '2022-06-30');
SELECT rule_version('P-1', '2022-07-01'), rule_version('P-1', '2021-12-31') AS before_it;
-- to decide what it leaves open, and to make rules of its clauses, is one's own
SELECT set_reading('P-1.n', '5', 'our bylaws', 'we', '2022-01-01') \gset
SELECT define_rule('P-1.own', 'P-1', 'check', 'mine', '{"n": "integer"}', must => 'n > 2') \gset
SELECT reading_value('P-1.n', '2022-01-01'), (SELECT effective FROM ONLY rule WHERE code = 'P-1.own');
DELETE FROM ONLY rule WHERE code = 'P-1.own';
DELETE FROM ONLY reading_decision WHERE reading = 'P-1.n';
DROP TABLE regulation_pack, clause_pack, reading_pack, rule_pack;

-- contradictions and gaps
SELECT define_rule('l1', 'YN2022-9b', 'deadline', 'x', '{"start": "timestamptz", "told": "timestamptz"}',
	'{"limit": "20 workdays", "maximum": "15 workdays", "pauses": [["start", "told"]], "calendar": "DALI"}', effective => '[2021-01-01,2023-01-01)') \gset
SELECT define_rule('l2', 'YN2022-9b', 'check', 'x', '{"n": "integer", "t": "text"}', applies => 't = ''a'' AND t = ''b''', must => 'n <= 1000 AND n > 1000') \gset
SELECT define_rule('l3', 'YN2022-9b', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"], "c": ["d"]}, "begins": ["a"]}') \gset
INSERT INTO rule SELECT code, 2, clause, kind, title, roles, params, applies, must, modality, '[2022-06-01,)' FROM rule WHERE code = 'l3';
INSERT INTO rule SELECT 'l4', 1, 'gone', kind, title, roles, params, NULL, 'true', modality, effective FROM rule WHERE code = 'l2';
SELECT * FROM check_rulebook('2022-06-30') WHERE code ~ '^l';

-- what was well made and is so no more does not keep the lint from the rest
SELECT define_rule('m1', 'YN2022-9b', 'check', 'x', '{"c": "text"}', must => 'c = ''red''') \gset
SELECT define_calendar('SHOP', 'a shop', time_zone => 'UTC', convention => 'PLAIN') \gset
SELECT define_rule('m2', 'YN2022-9b', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "calendar": "SHOP"}') \gset
SELECT define_rule('m3', 'YN2022-9b', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days"}', effective => '[-infinity,2022-12-31]');
INSERT INTO rule SELECT 'm4', 1, clause, kind, title, '{}', '[]', NULL, 'true', modality, effective FROM rule WHERE code = 'm1';
UPDATE ONLY rule SET roles = '{"c": "public.gone"}' WHERE code = 'm1';
SELECT drop_calendar('SHOP') \gset
SELECT * FROM check_rulebook('2022-06-30') WHERE code ~ '^m' OR code = 'l4';

-- an own rule and a shipped one of one code and version
CREATE TABLE rule_pack () INHERITS (rule);
INSERT INTO rule_pack SELECT * FROM ONLY rule WHERE code = 'k5';
SELECT * FROM check_rulebook('2022-06-30') WHERE code = 'k5';
DROP TABLE rule_pack;

DELETE FROM ONLY rule;
DELETE FROM ONLY reading_decision;
DELETE FROM ONLY reading;
DELETE FROM ONLY clause;
DELETE FROM ONLY regulation;
SELECT * FROM check_rulebook();
ALTER TABLE regulation_cn INHERIT regulation;
ALTER TABLE clause_cn INHERIT clause;
ALTER TABLE reading_cn INHERIT reading;
ALTER TABLE rule_cn INHERIT rule;
