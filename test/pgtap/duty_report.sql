-- The views for reports: what they show of a small agency, against SQL over its
-- own tables; a comment on every column; and who sees what.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT plan(56);

-- only what is defined here
ALTER TABLE regulation_cn NO INHERIT regulation;
ALTER TABLE clause_cn NO INHERIT clause;
ALTER TABLE reading_cn NO INHERIT reading;
ALTER TABLE rule_cn NO INHERIT rule;
SELECT define_regulation('R', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C' || n, 'R', 'art. ' || n, 'words ' || n, CASE n WHEN 3 THEN 'no' WHEN 4 THEN 'partly' ELSE 'yes' END,
	CASE WHEN n IN (3, 4) THEN 'why not' END)
	FROM generate_series(1, 9) n;
SELECT define_calendar('EVERY', 'every day', weekend => '{}', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('EVERY', 'infinity', 'house rule');
SELECT define_rule('quick', 'C1', 'deadline', 'quickly', '{"start": "timestamptz", "done": "timestamptz"}',
	'{"limit": "100 minutes", "maximum": "200 minutes", "calendar": "EVERY"}');
SELECT define_rule('feedback', 'C2', 'deadline', 'in time', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('by', 'C4', 'fixed_date', 'by a day', '{"due": "timestamptz", "done": "timestamptz"}', modality => 'in principle');
SELECT define_rule('small', 'C5', 'check', 'not too many', '{"n": "integer", "at": "timestamptz"}', must => 'n < 10', modality => 'as far as possible');
SELECT define_rule('twice', 'C6', 'quota', 'twice a year', '{"at": "date"}', '{"quota": "at least 2 per year"}');
SELECT define_rule('thrice', 'C6', 'quota', 'thrice a month', '{"at": "date"}', '{"quota": "at most 3 per month"}');
SELECT define_rule('window', 'C6', 'quota', 'days', '{"at": "date"}', '{"quota": "at most 1 days per 7 days"}');
SELECT define_rule('less', 'C6', 'relative_cap', 'not more', '{"at": "date"}', '{"quota": "at most 100% of previous year"}');

-- One transaction, so that now is one instant
BEGIN;
CREATE TABLE matter (id integer PRIMARY KEY, at timestamptz, done timestamptz, n integer, who text);
SELECT bind('quick', 'matter', '{"start": "at", "done": "done"}', 'who') AS quick \gset
SELECT bind('by', 'matter', '{"due": "at + interval ''30 minutes''", "done": "done"}', 'who') AS by \gset
SELECT bind('small', 'matter', '{"n": "n", "at": "at"}', 'who') AS small \gset
INSERT INTO matter VALUES
	(1, now(), NULL, 1, 'a'), (2, now() - interval '50 minutes', NULL, 1, 'a'), (3, now() - interval '80 minutes', NULL, 20, 'b'),
		(4, now() - interval '100 minutes', NULL, 1, 'b'),
	(5, now() - interval '120 minutes', NULL, 1, NULL), (6, now() - interval '10 days', now() - interval '9 days', 1, 'c'),
		(7, now() - interval '10 days', now() - interval '10 days' + interval '100 minutes', 30, 'c'),
	(8, now() - interval '50 minutes', NULL, 1, 'd'), (9, now() - interval '50 minutes', NULL, 1, 'd'), (10, now(), NULL, 1, 'e');
SELECT extend(o.id, '200 minutes', 'why', 'law', 'chief') FROM obligation o WHERE o.binding = :quick AND o.row_key = '8';
SELECT pause(o.id, 'why', 'law', now() - interval '30 minutes') FROM obligation o WHERE o.binding = :quick AND o.row_key = '9';
DELETE FROM matter WHERE id = 10;

SELECT results_eq($$SELECT row_key::integer, subject, opened_at, due_at, state, light, used, allowed::text, extended FROM due_list
	WHERE rule = 'quick' ORDER BY 1$$,
	$$SELECT id, who, at, CASE id WHEN 9 THEN 'infinity' WHEN 8 THEN at + interval '200 minutes' ELSE at + interval '100 minutes' END, CASE id WHEN 9 THEN 'paused' ELSE 'open' END,
		CASE WHEN id = 5 THEN 'red' WHEN id IN (3, 4) THEN 'yellow' ELSE 'green' END,
		CASE id WHEN 9 THEN 0.20 WHEN 8 THEN 0.25 ELSE round(extract(epoch FROM now() - at) / 6000, 2) END,
			CASE id WHEN 8 THEN '200 minutes' ELSE '100 minutes' END, id = 8
	FROM matter WHERE done IS NULL ORDER BY id$$, 'due_list: what is not done, with its light and how much of its time is used');
SELECT results_eq($$SELECT DISTINCT binding, rule, rule_version, title, clause, regulation, article, quote, relation, table_name, calendar,
	convention, provisional FROM due_list WHERE rule = 'quick'$$,
	format($$VALUES (%s, 'quick', 1, 'quickly', 'C1', 'R', 'art. 1', 'words 1', 'matter'::regclass, 'public.matter', 'EVERY', 'PLAIN', false)$$,
		:quick), 'with rule, article, table and calendar');
SELECT results_eq($$SELECT row_key::integer, used, light FROM due_list WHERE rule = 'by' AND row_key IN ('1', '2') ORDER BY 1$$,
	$$VALUES (1, 0.00, 'green'), (2, 1.00, 'red')$$, 'of a fixed date');
SELECT is((SELECT count(*) FROM due_list WHERE calendar_revision IS DISTINCT FROM current_revision(calendar)), 0::bigint, 'with the state of the calendar');
SELECT results_eq($$SELECT rule, row_key::integer, subject, done_at, state, late_by FROM late_list ORDER BY 1, 2$$,
	$$SELECT 'by', id, who, done, CASE WHEN done IS NULL THEN 'open' ELSE 'done' END, coalesce(done, now()) - at - interval '30 minutes' FROM matter WHERE coalesce(done, now()) > at + interval '30 minutes'
	UNION ALL SELECT 'quick', id, who, done, CASE WHEN done IS NULL THEN 'open' ELSE 'done' END, coalesce(done, now()) - at - interval '100 minutes'
		FROM matter WHERE coalesce(done, now()) > at + interval '100 minutes' AND id < 8
	ORDER BY 1, 2$$, 'late_list: what is late and what was done late, and by how much');
SELECT is((SELECT workdays_late FROM late_list WHERE rule = 'quick' AND row_key = '6'),
	(SELECT (done AT TIME ZONE 'UTC')::date - ((at + interval '100 minutes' - interval '1 microsecond') AT TIME ZONE 'UTC')::date FROM matter
	WHERE id = 6), 'in working days, which all days are');
SELECT results_eq($$SELECT rule, row_key::integer, subject, happened_at, what, state, title, modality, article, quote, time_zone FROM violation_list
	WHERE what <> 'late' ORDER BY 2$$,
	$$SELECT 'small', id, who, at, 'does not hold: n < 10', 'open', 'not too many', 'as far as possible', 'art. 5', 'words 5', 'Asia/Shanghai'
		FROM matter WHERE n >= 10 ORDER BY id$$, 'violation_list: facts, with article');
SELECT results_eq($$SELECT rule, row_key::integer, happened_at FROM violation_list WHERE what = 'late' AND state = 'open' ORDER BY 1, 2$$,
	'SELECT rule, row_key::integer, due_at FROM late_list ORDER BY 1, 2', 'and what is late, when it became so');
UPDATE matter SET n = 2 WHERE id = 3;
SELECT excuse(violation, 'flood', 'law', 'chief') FROM violation_list WHERE row_key = '7' AND rule = 'small';
SELECT results_eq($$SELECT row_key, state, CASE WHEN settled_by = session_user THEN 'me' ELSE settled_by END, reason, settled_at >= recorded_at
	FROM violation_list WHERE rule = 'small' ORDER BY 1$$, $$VALUES ('3', 'corrected', 'me', 'put right', true),
	('7', 'excused', 'chief', 'flood (law)', true)$$, 'and how it was settled');
SELECT results_eq($$SELECT row_key, what, state_before, state_after, due_before, due_after, reason, basis FROM history_list WHERE rule = 'quick'
	ORDER BY row_key::integer$$,
	$$SELECT row_key, what, before, after, due, later, reason, basis FROM (VALUES ('8', 'extended', 'open', 'open', now() + interval '50 minutes', now() + interval '150 minutes', 'why', 'law'),
		('9', 'paused', 'open', 'paused', now() + interval '50 minutes', 'infinity', 'why', 'law'),
			('10', 'row gone', 'open', 'cancelled', now() + interval '100 minutes', now() + interval '100 minutes', NULL, NULL)) h
		(row_key, what, before, after, due, later, reason, basis)$$, 'history_list: each change');

CREATE TABLE letter (id integer PRIMARY KEY, at date, done date);
SELECT bind('feedback', 'letter', '{"start": "at", "done": "done"}') AS feedback \gset
INSERT INTO letter VALUES (1, '2022-03-01', '2022-03-15'), (2, '2022-03-01', '2022-03-10'), (3, '2022-03-01', '2022-03-13'), (4, '2022-03-01', 'infinity');
SELECT results_eq($$SELECT row_key, due_on, late_by, workdays_late FROM late_list WHERE rule = 'feedback' ORDER BY 1$$,
	$$VALUES ('1', '2022-03-10'::date, '5 days'::interval, 3), ('3', '2022-03-10', '3 days', 1), ('4', '2022-03-10', NULL, NULL)$$,
		'of dates: days, and working days');

CREATE TABLE visit (id integer PRIMARY KEY, at date, who text);
SELECT bind(r, 'visit', '{"at": "at"}', 'who') FROM unnest('{twice,thrice,window,less}'::text[]) r;
INSERT INTO visit SELECT row_number() OVER (), day, who FROM (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date) t (today), LATERAL (
	VALUES (today, 'a'), (today, 'b'), (today, 'b'), (today, 'b'), (today, 'b'), (today - 3, 'b'), ((today - interval '1 year')::date, 'b'),
		((today - interval '1 year')::date, 'b'),
		((today - interval '3 years')::date, 'c'), (today - 6, 'd'), (today - 7, 'd'), (today, NULL)) v (day, who);
CREATE VIEW counted AS SELECT w.who, count(*) FILTER (WHERE date_trunc('year', at) = date_trunc('year', today)) AS year,
	count(*) FILTER (WHERE date_trunc('month', at) = date_trunc('month', today)) AS month,
		count(DISTINCT at) FILTER (WHERE at BETWEEN today - 6 AND today) AS days,
			count(*) FILTER (WHERE date_trunc('year', at) = date_trunc('year', today - interval '1 year')) AS before
	FROM visit w, (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date) t (today) GROUP BY 1;
SELECT results_eq($$SELECT subject, counted::bigint, required, shortfall, period FROM quota_status WHERE rule = 'twice' ORDER BY 1$$,
	$$SELECT who, year, 2, greatest(2 - year, 0)::integer, daterange(date_trunc('year', now() AT TIME ZONE 'Asia/Shanghai')::date,
		(date_trunc('year', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 year')::date) FROM counted ORDER BY 1$$,
	'quota_status: how many there are this year, of those there must be');
SELECT results_eq($$SELECT subject, counted::bigint, required, pace FROM quota_status WHERE rule = 'thrice' ORDER BY 1$$,
	$$SELECT who, month, 3, CASE WHEN month > 3 THEN 'missed' ELSE 'on track' END FROM counted ORDER BY 1$$, 'this month, of those there may be');
SELECT results_eq($$SELECT subject, counted::bigint, required FROM quota_status WHERE rule = 'window' ORDER BY 1$$,
	'SELECT who, days, 1 FROM counted ORDER BY 1', 'in the window that ends today');
SELECT results_eq($$SELECT subject, counted::bigint, required::bigint, pace FROM quota_status WHERE rule = 'less' AND subject IN ('a', 'b') ORDER BY 1$$,
	$$SELECT who, year, nullif(before, 0), CASE WHEN before > 0 THEN CASE WHEN year > before THEN 'missed' ELSE 'met' END END FROM counted
		WHERE who IN ('a', 'b') ORDER BY 1$$, 'and this year, of those of the last');
SELECT is((SELECT count(*) FROM quota_status q CROSS JOIN LATERAL quota_pace(q.counted, q.quota, q.period, (now() AT TIME ZONE 'Asia/Shanghai')::date, 'CN') p
	WHERE q.rule <> 'less' AND (q.pace, q.workdays_left, q.last_day) IS DISTINCT FROM (p.pace, p.workdays_left, p.last_day)), 0::bigint,
		'with the pace that quota_pace() tells');
COMMIT;

-- Rules and bindings --------------------------------------------------------------------------------------

SELECT define_reading('open', 'C7', 'how often?', 'statute.quota');
SELECT define_rule('waiting', 'C7', 'quota', 'x', '{"at": "date"}', '{"quota": {"reading": "open"}}');
SELECT define_rule('future', 'C8', 'check', 'x', '{"n": "integer"}', must => 'n > 0', effective => '[9000-01-01,)');
SELECT define_rule('unbound', 'C8', 'check', 'x', '{"n": "integer"}', must => 'n > 0');
SELECT define_rule('gone', 'C8', 'check', 'x', '{"n": "integer"}', must => 'n > 0');
SELECT define_rule('dropped', 'C8', 'check', 'x', '{"n": "integer"}', must => 'n > 0');
SELECT bind('waiting', 'visit', '{"at": "at"}') AS waiting \gset
SELECT bind('future', 'matter', '{"n": "n"}') AS future \gset
SELECT bind('gone', 'matter', '{"n": "n"}', action => 'warn') AS gone \gset
SELECT bind('unbound', 'visit', '{"n": "id"}') AS unbound \gset
CREATE TABLE short_lived (id integer PRIMARY KEY);
SELECT bind('dropped', 'short_lived', '{"n": "id"}', action => 'reject') AS dropped \gset
SELECT unbind(:gone), disable_binding(:unbound);
DROP TABLE short_lived;
SELECT results_eq($$SELECT clause, rule, status, tables, readings, why_not FROM rule_status ORDER BY clause, rule$$,
	$$VALUES ('C1', 'quick', 'enforced', '{matter}'::regclass[], NULL::text[], NULL), ('C2', 'feedback', 'enforced', '{letter}', NULL, NULL), ('C3', NULL, 'not enforceable', NULL, NULL, 'why not'),
		('C4', 'by', 'enforced', '{matter}', NULL, 'why not'), ('C5', 'small', 'enforced', '{matter}', NULL, NULL),
			('C6', 'less', 'enforced', '{visit}', NULL, NULL), ('C6', 'thrice', 'enforced', '{visit}', NULL, NULL),
		('C6', 'twice', 'enforced', '{visit}', NULL, NULL), ('C6', 'window', 'enforced', '{visit}', NULL, NULL),
			('C7', 'waiting', 'waits for a reading', '{visit}', '{open}', NULL), ('C8', 'dropped', 'not bound', NULL, NULL, NULL),
		('C8', 'future', 'not in force', '{matter}', NULL, NULL), ('C8', 'gone', 'not bound', NULL, NULL, NULL), ('C8', 'unbound', 'not bound', NULL, NULL, NULL), ('C9', NULL, 'no rule', NULL, NULL, NULL)$$, 'rule_status: every clause');
SELECT results_eq($$SELECT rule, title, clause, relation, table_name, action, state, unbound_at IS NOT NULL FROM binding_list WHERE clause >= 'C7'
	ORDER BY rule$$,
	$$VALUES ('dropped', 'x', 'C8', NULL::regclass, 'public.short_lived', 'reject', 'ended', true), ('future', 'x', 'C8', 'matter', 'public.matter', 'record', 'off', false), ('gone', 'x', 'C8', NULL, 'public.matter', 'warn', 'ended', true),
		('unbound', 'x', 'C8', 'visit', 'public.visit', 'record', 'disabled', false), ('waiting', 'x', 'C7', 'visit', 'public.visit', 'record', 'off', false)$$, 'binding_list: every binding, with what it does today');
SELECT results_eq($$SELECT rule, roles, subject, calendar, state FROM binding_list WHERE rule IN ('quick', 'small') ORDER BY 1$$,
	$$VALUES ('quick', '{"start": "at", "done": "done"}'::jsonb, 'who', 'EVERY', 'enabled'),
		('small', '{"n": "n", "at": "at"}', 'who', 'CN', 'enabled')$$, 'and with its expressions');
SELECT set_reading('open', 'at least 1 per month', 'because', 'somebody', '2022-01-01');
SELECT is((SELECT status FROM rule_status WHERE rule = 'waiting') || ', ' || (SELECT state FROM binding_list WHERE rule = 'waiting'),
	'enforced, enabled', 'a reading that is decided puts it in force');

-- Comments -------------------------------------------------------------------------------------------------

CREATE VIEW views AS SELECT c.oid::regclass AS view FROM pg_class c WHERE c.relnamespace = 'statute'::regnamespace AND c.relkind = 'v' AND c.relname !~ '^_';
SELECT bag_has('SELECT view::text FROM views', $$SELECT unnest('{due_list,late_list,violation_list,history_list,quota_status,rule_status,binding_list}'::text[])$$,
	'the views for reports');
SELECT is_empty($$SELECT view, a.attname FROM views JOIN pg_attribute a ON a.attrelid = view WHERE a.attnum > 0 AND coalesce(col_description(view, a.attnum), '') = ''
	AND view::text ~ '^(due|late|violation|history|binding)_list$|^(quota|rule)_status$'$$, 'every column has a comment');
SELECT is_empty($$SELECT view FROM views WHERE coalesce(obj_description(view), '') = ''$$, 'and every view');

-- Who sees what ----------------------------------------------------------------------------------------------

CREATE ROLE report_owner;
CREATE ROLE report_member IN ROLE report_owner;
CREATE ROLE report_reader;
CREATE ROLE report_stranger;
CREATE ROLE report_writer;
CREATE ROLE report_column;
CREATE ROLE report_bypass BYPASSRLS;
CREATE TABLE secret (id integer PRIMARY KEY, at timestamptz, done timestamptz, n integer, who text);
ALTER TABLE secret OWNER TO report_owner;
SELECT bind('quick', 'secret', '{"start": "at", "done": "done"}', 'who') AS b1, bind('small', 'secret', '{"n": "n", "at": "at"}', 'who') AS b2;
SELECT bind('twice', 'secret', '{"at": "at"}', 'who');
INSERT INTO secret VALUES (1, '2022-03-01', NULL, 50, 'hidden');
UPDATE secret SET at = at + interval '1 minute';
GRANT SELECT ON secret TO report_reader, report_bypass;
GRANT INSERT, UPDATE, DELETE ON secret TO report_writer;
GRANT SELECT (id, who) ON secret TO report_column;
CREATE FUNCTION as_role(role name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	PERFORM set_config('role', role, true);
	EXECUTE statement INTO result;
	PERFORM set_config('role', 'none', true);
	RETURN coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
-- the rows of each view that are about the table
CREATE FUNCTION seen(role name) RETURNS text LANGUAGE sql AS $$
	SELECT as_role(role, $q$SELECT concat_ws(' ', (SELECT count(*) FROM statute.due_list WHERE table_name = 'public.secret'),
		(SELECT count(*) FROM statute.late_list WHERE table_name = 'public.secret'),
		(SELECT count(*) FROM statute.violation_list WHERE table_name = 'public.secret'),
			(SELECT count(*) FROM statute.history_list WHERE table_name = 'public.secret'),
			(SELECT count(*) FROM statute.quota_status WHERE table_name = 'public.secret'))$q$)
$$;
SELECT is(seen(r), '1 1 2 1 1', r || ' sees all') FROM unnest(ARRAY['report_owner', 'report_member', 'report_reader', 'report_bypass', session_user]) r;
SELECT is(seen(r), '0 0 0 0 0', r || ' sees nothing') FROM unnest('{report_stranger,report_writer,report_column}'::text[]) r;
SELECT is(as_role(r, 'SELECT count(*) FROM statute.due_list WHERE table_name = ''public.matter'''), '0', r || ' sees nothing of another table')
	FROM unnest('{report_owner,report_reader}'::text[]) r;
SELECT is(as_role('report_stranger', 'SELECT count(*) FROM statute.rule_status') || ' '
	|| as_role('report_stranger', 'SELECT count(*) FROM statute.binding_list'), (SELECT count(*) FROM rule_status) || ' '
	|| (SELECT count(*) FROM binding_list), 'rules and bindings are for all');
SELECT is(as_role(r, format('SELECT state FROM statute.status_at(%s, now() + interval ''1 hour'')', o.id)), w, 'status_at: ' || r || ' ' || w)
	FROM obligation o JOIN binding b ON b.id = o.binding, (VALUES ('report_reader', 'open'), ('report_owner', 'open'), ('report_stranger', 'null'),
		('report_column', 'null')) v (r, w) WHERE b.relation = 'secret'::regclass;
SELECT is_empty($$SELECT t FROM unnest('{obligation,obligation_event,violation,occurrence,occurrence_party,binding_failure,archived_obligation}'::text[]) t
	WHERE as_role('report_owner', format('SELECT count(*) FROM statute.%I', t)) <> '42501'$$, 'nobody reads the ledger itself');
CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$BEGIN RAISE EXCEPTION 'leaked %', $1; END$$;
GRANT EXECUTE ON FUNCTION leak(text) TO PUBLIC;
SELECT is(as_role('report_stranger', format('SELECT count(*) FROM statute.%I WHERE public.leak(%I)', v, c)), '0', 'nor by a function that tells: ' || v)
	FROM (VALUES ('due_list', 'row_key'), ('late_list', 'subject'), ('violation_list', 'detail'), ('history_list', 'row_key'),
		('quota_status', 'subject')) x (v, c);
SELECT is(as_role('report_reader', 'SELECT count(*) FROM statute.violation_list WHERE public.leak(detail)'), 'P0001', 'which would tell');

ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON secret USING (who = current_user);
SELECT is(seen(r), '1 1 2 1 1', 'row-level security: ' || r || ' sees all')
	FROM unnest(ARRAY['report_owner', 'report_member', 'report_bypass', session_user]) r;
SELECT is(seen(r), '0 0 0 0 0', 'row-level security: ' || r || ' sees nothing') FROM unnest('{report_reader,report_stranger}'::text[]) r;
ALTER TABLE secret FORCE ROW LEVEL SECURITY;
SELECT is(seen('report_owner') || ', ' || seen('report_bypass'), '0 0 0 0 0, 1 1 2 1 1', 'and with it forced the owner does not either');
SELECT id AS own FROM binding WHERE rule = 'quick' AND relation = 'secret'::regclass \gset
SET ROLE report_owner;
CALL statute.backfill(:own, NULL);
RESET ROLE;
SELECT is(seen('report_bypass'), '1 1 2 1 1', 'whose backfill finds the rows all the same');
ALTER TABLE secret NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON secret FROM report_reader;
SELECT is(seen('report_reader'), '0 0 0 0 0', 'what is revoked is gone at once');
SELECT unbind(id) FROM binding WHERE relation = 'secret'::regclass;
SELECT is(seen('report_owner') || ', ' || seen('report_member') || ', ' || seen('report_bypass'), '0 0 2 2 0, 0 0 2 2 0, 0 0 0 0 0',
	'of a binding that has ended its owner sees what is left');
DROP TABLE secret;
SELECT is(seen('report_owner') || ', ' || seen('report_stranger'), '0 0 2 2 0, 0 0 0 0 0', 'also when the table is gone');
DROP OWNED BY report_owner, report_member, report_reader, report_stranger, report_writer, report_column, report_bypass;
DROP ROLE report_owner, report_member, report_reader, report_stranger, report_writer, report_column, report_bypass;
SELECT * FROM finish();
