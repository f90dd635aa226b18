-- Rights: what a role needs so that its changes are judged (none on the ledger),
-- as whom expressions run, who may do what to duties, row-level security, a
-- table that gets another owner, and expressions that fail.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(133);

SELECT format('CREATE ROLE rights_%s', r)
FROM unnest('{owner,insert,update,delete,reader,clerk,member,outsider,a,b,auditor,heir}'::text[]) r \gexec
CREATE ROLE rights_shy NOINHERIT;
ALTER ROLE rights_auditor BYPASSRLS;
GRANT CREATE ON SCHEMA public TO rights_owner, rights_heir;
GRANT rights_owner TO rights_member, rights_shy;

-- what a statement comes to for somebody who is logged in, and took on a role: its SQLSTATE, or its result
CREATE FUNCTION as_user(who name, statement text, role name DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I; SET LOCAL ROLE %s', who, role);
	IF statement ~* '^(SELECT|WITH)' THEN
		EXECUTE statement INTO result;
	ELSE
		EXECUTE statement;
	END IF;
	SET LOCAL SESSION AUTHORIZATION DEFAULT;
	RETURN coalesce(nullif(result, ''), 'done');
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2022-01-01,)');
SELECT define_clause('C', 'R', '1', 'words');
SELECT define_rule('LATE', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays", "maximum": "15 workdays"}');
SELECT define_rule('SHORT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10');
SELECT define_rule('EVEN', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n % 2 = 0');
SELECT define_rule('ONCE', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}');
SELECT define_rule('TWO', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 per year"}');
SELECT define_rule('MOVES', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"new": ["seen"]}, "begins": ["new"]}');

-- duties and violations of a table: rule, row, state
CREATE FUNCTION duties(relation regclass) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(concat_ws(' ', o.row_key, o.state, to_char(o.due_on, 'MM-DD')) ORDER BY o.id)
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
	WHERE b.relation = $1
$$;
CREATE FUNCTION violations(relation regclass) RETURNS text[] LANGUAGE sql STABLE AS $$
	SELECT array_agg(concat_ws(' ', b.rule, v.row_key, v.state) ORDER BY b.rule, v.row_key)
	FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
	WHERE b.relation = $1
$$;

-- Who changes rows needs no rights but those on the table -----------------------------

SET SESSION AUTHORIZATION rights_owner;
CREATE TABLE work (id integer PRIMARY KEY, got timestamptz, done date, n integer, topic text, state text DEFAULT 'new');
SELECT bind('LATE', 'work', '{"start": "got", "done": "done"}') AS late, bind('SHORT', 'work', '{"n": "n"}') AS short, bind('ONCE', 'work', '{"topic": "topic"}') AS once,
	bind('TWO', 'work', '{"at": "got"}', 'topic') AS two, bind('MOVES', 'work', '{"state": "state"}') AS moves \gset
GRANT INSERT ON work TO rights_insert;
GRANT UPDATE (done, state) ON work TO rights_update;
GRANT DELETE ON work TO rights_delete;
GRANT SELECT ON work TO rights_reader;
GRANT SELECT, UPDATE ON work TO rights_clerk;
RESET SESSION AUTHORIZATION;

-- seven working days after Tuesday, 1 March 2022, is Thursday, the 10th
SET SESSION AUTHORIZATION rights_insert;
INSERT INTO work VALUES (1, '2022-03-01 09:00+08', NULL, 50, 'a'), (2, '2022-03-02 09:00+08', NULL, 5, 'a');
COPY work FROM stdin;
3	2022-03-03 09:00+08	\N	5	a	odd
\.
RESET SESSION AUTHORIZATION;
SELECT is(duties('work'), '{1 open 03-10,2 open 03-11,3 open 03-14}', 'a role that may only insert: duties are opened');
SELECT is(violations('work'), '{LATE 1 open,LATE 2 open,LATE 3 open,MOVES 3 open,ONCE 2 open,ONCE 3 open,SHORT 1 open,TWO 3 open}', 'and violations found, across rows too');
SELECT is(as_user('rights_insert', 'SELECT count(*) FROM work'), '42501', 'although it reads not even the table');

SELECT is(as_user('rights_update', 'UPDATE work SET done = ''2022-03-11'', state = ''seen'''), 'done', 'a role that may only change two columns changes them');
SELECT is(duties('work'), '{1 done 03-10,2 done 03-11,3 done 03-14}', 'duties are done');
SELECT is(violations('work'), '{LATE 1 open,LATE 2 corrected,LATE 3 corrected,MOVES 3 open,MOVES 3 open,ONCE 2 open,ONCE 3 open,SHORT 1 open,TWO 3 open}',
	'what was done in time is corrected, and a move that is not allowed found');
SELECT is(as_user('rights_update', 'UPDATE work SET n = 1'), '42501', 'it may not change another column');

SELECT is(as_user('rights_delete', 'DELETE FROM work'), 'done', 'a role that may only delete deletes');
SELECT is(duties('work'), '{1 cancelled 03-10,2 cancelled 03-11,3 cancelled 03-14}', 'duties are cancelled');
SELECT is(violations('work'), '{LATE 1 corrected,LATE 2 corrected,LATE 3 corrected,MOVES 3 open,MOVES 3 open,ONCE 2 corrected,ONCE 3 corrected,SHORT 1 corrected,TWO 3 corrected}',
	'violations are put right, but for the moves, which did happen');
SELECT is((SELECT array_agg(DISTINCT actor || ': ' || what ORDER BY actor || ': ' || what) FROM obligation_event),
	'{"rights_delete: row gone","rights_update: done"}', 'and the history tells who did it');

-- The ledger ---------------------------------------------------------------------------

SELECT is_empty($$
	SELECT r.rolname, t, p
	FROM pg_roles r, unnest('{obligation,obligation_event,violation,occurrence,occurrence_party,binding_failure,backfill_progress,archived_obligation}'::text[]) t,
		unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p
	WHERE r.rolname LIKE 'rights_%' AND has_any_column_privilege(r.oid, 'statute.' || t, p)$$, 'nobody reads or writes the ledger');
SELECT is_empty($$
	SELECT r.rolname, c.oid::regclass, p
	FROM pg_roles r, pg_class c, unnest('{INSERT,UPDATE,DELETE,TRUNCATE,TRIGGER,REFERENCES}'::text[]) p
	WHERE r.rolname LIKE 'rights_%' AND c.relnamespace = 'statute'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege(r.oid, c.oid, p)$$,
	'nor changes any table or view of ours');
SELECT is_empty($$
	SELECT r.rolname, c.oid::regclass
	FROM pg_roles r, pg_class c
	WHERE r.rolname LIKE 'rights_%' AND c.relnamespace = 'statute'::regnamespace AND c.relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')$$,
	'nor has a number of a sequence');
SELECT is(as_user('rights_owner', 'DELETE FROM statute.' || t), '42501', format('the owner of a bound table does not delete from %s', t))
FROM unnest('{binding,obligation,obligation_event,violation}'::text[]) t;
SELECT is(as_user('rights_owner', 'SELECT count(*) FROM statute.' || t), '42501', format('nor does he read %s', t)) FROM unnest('{obligation,violation,binding_failure}'::text[]) t;

INSERT INTO work VALUES (4, '2022-03-01 09:00+08', NULL, 50, 'b');
CREATE FUNCTION seen(who name) RETURNS text LANGUAGE sql AS $$
	SELECT as_user(who, 'SELECT concat_ws('' '', (SELECT count(*) FROM statute.due_list), (SELECT count(*) FROM statute.late_list),
		(SELECT count(*) FROM statute.violation_list WHERE state = ''open''), (SELECT count(*) FROM statute.history_list),
		(SELECT count(*) FROM statute.quota_status WHERE subject = ''b''))')
$$;
SELECT is(seen(who), wanted, format('%s sees in the views what belongs to tables that it may read', who))
FROM (VALUES ('rights_owner'::name, '1 1 4 6 1'), ('rights_member', '1 1 4 6 1'), ('rights_reader', '1 1 4 6 1'), ('rights_clerk', '1 1 4 6 1'),
	('rights_insert', '0 0 0 0 0'), ('rights_update', '0 0 0 0 0'), ('rights_delete', '0 0 0 0 0'), ('rights_shy', '0 0 0 0 0'), ('rights_outsider', '0 0 0 0 0')) x (who, wanted);
SELECT max(id) AS duty FROM obligation \gset
SELECT is(as_user(who, format('SELECT state FROM statute.status_at(%s, now())', :duty)), wanted, format('and so it is with the past: %s', who))
FROM (VALUES ('rights_reader'::name, 'open'), ('rights_owner', 'open'), ('rights_insert', 'done'), ('rights_outsider', 'done')) x (who, wanted);

-- What is done to duties ------------------------------------------------------------------

INSERT INTO work VALUES (5, now(), NULL, 5, 'c');
SELECT max(id) AS duty FROM obligation \gset
SELECT is(as_user(who, format('SELECT pause(%s, ''a reason'', ''a basis'')', :duty)), '42501', format('%s may not pause a duty', who))
FROM unnest('{rights_reader,rights_insert,rights_update,rights_delete,rights_outsider,rights_shy}'::name[]) who;
SELECT is(as_user('rights_clerk', format('SELECT pause(%s, ''a reason'', ''a basis'')', :duty)), 'done', 'who may update the table may pause');
SELECT is(as_user('rights_reader', format('SELECT resume(%s)', :duty)), '42501', 'who may not does not resume');
SELECT is(as_user('rights_member', format('SELECT resume(%s)', :duty)), 'done', 'a member of the owner does');
SELECT is(as_user('rights_shy', format('SELECT pause(%s, ''a reason'', ''a basis'')', :duty), 'rights_owner'), 'done', 'one that does not inherit does, once it took on the role');
SELECT is(as_user('rights_owner', format('SELECT resume(%s)', :duty)), 'done', 'the owner does');
CREATE FUNCTION extend_call(duty bigint) RETURNS text LANGUAGE sql AS $$SELECT format('SELECT extend(%s, ''10 workdays'', ''a reason'', ''a basis'', ''the head'') > now()', duty)$$;
SELECT is(as_user(who, extend_call(:duty)), '42501', format('%s may not extend: that takes a grant', who)) FROM unnest('{rights_owner,rights_clerk,rights_outsider}'::name[]) who;
GRANT EXECUTE ON FUNCTION extend(bigint, timelimit, text, text, text), excuse(bigint, text, text, text) TO rights_clerk, rights_outsider;
SELECT is(as_user('rights_outsider', extend_call(:duty)), '42501', 'and the right to update the table besides');
SELECT is(as_user('rights_clerk', extend_call(:duty)), 'true', 'with both it is extended');
SELECT max(v.id) AS found FROM violation v WHERE v.binding = :short AND v.state = 'open' \gset
SELECT is(as_user('rights_owner', format('SELECT excuse(%s, ''a reason'', ''a basis'', ''the head'')', :found)), '42501', 'nor is a breach excused without a grant');
SELECT is(as_user('rights_outsider', format('SELECT excuse(%s, ''a reason'', ''a basis'', ''the head'')', :found)), '42501', 'nor without rights on the table');
SELECT is(as_user('rights_clerk', format('SELECT excuse(%s, ''a reason'', ''a basis'', ''the head'')', :found)), 'done', 'with both it is excused');
UPDATE work SET done = current_date WHERE id = 5;
SELECT is(as_user('rights_reader', format('SELECT verify(%s, ''somebody'')', :duty)), '42501', 'verify() takes the same rights');
SELECT is(as_user('rights_clerk', format('SELECT verify(%s, ''somebody'')', :duty)), 'done', 'and with them it is verified');
SELECT is(as_user('rights_reader', format('SELECT close(%s)', :duty)), '42501', 'so does close()');
SELECT is(as_user('rights_clerk', format('SELECT close(%s)', :duty)), 'done', 'and with them it is closed');
SELECT is((SELECT array_agg(actor ORDER BY id) FROM obligation_event WHERE obligation = :duty AND what <> 'done'),
	'{rights_clerk,rights_member,rights_owner,rights_owner,"the head",somebody,rights_clerk}', 'the history tells who');
SELECT is(as_user('rights_clerk', 'SELECT close(1000000)'), '42704', 'what does not exist is said to be so');

-- As whom expressions run ---------------------------------------------------------------


SELECT format('CREATE SEQUENCE run_as_%s', r), format('GRANT USAGE ON SEQUENCE run_as_%s TO PUBLIC', r)
FROM unnest('{postgres,rights_owner,rights_insert,rights_clerk,rights_delete,rights_member,rights_heir}'::text[]) r \gexec
CREATE FUNCTION ran_as() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s regclass;
	called boolean;
	result text := '';
BEGIN
	FOR s IN SELECT c.oid FROM pg_class c WHERE c.relname LIKE 'run\_as\_%' ORDER BY c.relname LOOP
		EXECUTE format('SELECT is_called FROM %s', s) INTO called;
		result := concat_ws(' ', nullif(result, ''), CASE WHEN called THEN substr(s::text, 8) END);
		PERFORM setval(s, 1, false);
	END LOOP;
	RETURN result;
END $$;
SET SESSION AUTHORIZATION rights_owner;
CREATE FUNCTION noted(v anyelement) RETURNS anyelement STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('public.run_as_' || current_user);
	RETURN v;
END $$;
CREATE TABLE noted_work (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text);
GRANT INSERT ON noted_work TO rights_insert;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON noted_work TO rights_clerk;
SELECT bind('LATE', 'noted_work', '{"start": "public.noted(got)", "done": "done"}', 'public.noted(topic)') AS late,
	bind('SHORT', 'noted_work', '{"n": "public.noted(n)"}') AS short, bind('ONCE', 'noted_work', '{"topic": "public.noted(topic)"}') AS once \gset
RESET SESSION AUTHORIZATION;
SELECT ran_as();
SELECT as_user('rights_insert', 'INSERT INTO noted_work VALUES (1, ''2022-03-01'', NULL, 50, ''a'')');
SELECT is(ran_as(), 'rights_insert', 'in the trigger an expression runs as who inserts');
SELECT as_user('rights_clerk', 'UPDATE noted_work SET n = 5');
SELECT is(ran_as(), 'rights_clerk', 'as who updates');
SELECT as_user('rights_clerk', 'INSERT INTO noted_work VALUES (1, ''2022-03-01'', NULL, 50, ''a'') ON CONFLICT (id) DO UPDATE SET n = 6');
SELECT is(ran_as(), 'rights_clerk', 'as who does both');
SELECT as_user('rights_clerk', 'WITH i AS (INSERT INTO noted_work VALUES (2, ''2022-03-01'', NULL, 50, ''b'')), d AS (DELETE FROM noted_work) SELECT 1');
SELECT is(ran_as(), 'rights_clerk', 'also in parts of one statement, whose rows are read again');
SELECT as_user('rights_clerk', 'TRUNCATE noted_work');
SELECT is(ran_as(), '', 'of rows that are gone nothing is asked');
INSERT INTO noted_work SELECT g, '2022-03-01', NULL, g, g FROM generate_series(1, 5) g;
SELECT is(ran_as(), 'postgres', 'also a superuser runs them as himself where he changes rows');
CALL backfill(:late, 2);
SELECT is(ran_as(), 'rights_owner', 'but not in backfill(): there they run as the owner');
CALL backfill(:once, NULL);
SELECT is(ran_as(), 'rights_owner', 'in one transaction, too');
SELECT backfill_preview(:short);
SELECT is(ran_as(), 'rights_owner', 'in backfill_preview()');
SELECT recompute_preview(:late);
SELECT is(ran_as(), 'rights_owner', 'in recompute_preview()');
SELECT recompute_apply('a notice', :late);
SELECT is(ran_as(), 'rights_owner', 'and recompute_apply()');
SELECT as_user('rights_member', format('SELECT backfill_preview(%s)', :short));
SELECT is(ran_as(), 'rights_owner', 'for a member of the owner, too');
SELECT is(as_user(who, format('SELECT backfill_preview(%s)', :short)), '42501', format('%s may not look for what would be found', who))
FROM unnest('{rights_reader,rights_clerk,rights_insert,rights_shy}'::name[]) who;
REVOKE EXECUTE ON FUNCTION noted(anyelement) FROM PUBLIC;
SELECT is(as_user('rights_insert', 'INSERT INTO noted_work VALUES (10, ''2022-03-01'', NULL, 50, ''x'')'), 'done', 'who may not run a function of an expression still enters his rows');
SELECT is((SELECT array_agg(f.binding || ' ' || f.sqlstate ORDER BY f.id) FROM binding_failure f),
	ARRAY[:late || ' 42501', :short || ' 42501', :once || ' 42501'], 'and that they were not judged is on record');
GRANT EXECUTE ON FUNCTION noted(anyelement) TO PUBLIC;
CALL backfill(:late);
SELECT is((SELECT count(*) FROM obligation WHERE binding = :late AND row_key = '10'), 1::bigint, 'until the table''s backlog is settled');

-- Row-level security --------------------------------------------------------------------

SET SESSION AUTHORIZATION rights_owner;
CREATE TABLE cases (id integer PRIMARY KEY, tenant name DEFAULT current_user, got timestamptz, done timestamptz, n integer, topic text);
ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON cases USING (tenant = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON cases TO rights_a, rights_b, rights_auditor;
SELECT bind('LATE', 'cases', '{"start": "got", "done": "done"}', 'tenant') AS late, bind('ONCE', 'cases', '{"topic": "topic"}') AS once \gset
RESET SESSION AUTHORIZATION;
SELECT as_user('rights_a', 'INSERT INTO cases (id, got, n, topic) VALUES (1, ''2022-03-01'', 50, ''x''), (2, ''2022-03-01'', 50, ''y'')');
SELECT as_user('rights_b', 'INSERT INTO cases (id, got, n, topic) VALUES (3, now(), 5, ''x'')');
SELECT is((SELECT array_agg(row_key || ' ' || subject ORDER BY row_key) FROM obligation WHERE binding = :late), '{"1 rights_a","2 rights_a","3 rights_b"}',
	'under row-level security every row is judged');
SELECT is((SELECT array_agg(row_key || ' ' || detail) FROM violation WHERE binding = :once), '{"3 the same as row 1: [\"x\"]"}', 'and compared with rows that one does not see');
SELECT as_user('rights_b', 'UPDATE cases SET done = now()');
SELECT is((SELECT array_agg(row_key || ' ' || state ORDER BY row_key) FROM obligation WHERE binding = :late), '{"1 open","2 open","3 done"}', 'what one does not see is left alone');
SELECT as_user('rights_a', 'DELETE FROM cases WHERE topic = ''x''');
SELECT is((SELECT array_agg(row_key || ' ' || state ORDER BY row_key) FROM obligation WHERE binding = :late), '{"1 cancelled","2 open","3 done"}', 'also by DELETE');
SELECT is(as_user(who, 'SELECT count(*) FROM late_list WHERE relation = ''cases''::regclass'), wanted, format('%s sees %s of the late cases', who, wanted))
FROM (VALUES ('rights_a'::name, '0'), ('rights_b', '0'), ('rights_owner', '1'), ('rights_auditor', '1')) x (who, wanted);
SELECT id AS of_a FROM obligation WHERE binding = :late AND row_key = '2' \gset
SELECT is(as_user('rights_b', format('SELECT pause(%s, ''a reason'', ''a basis'', ''2022-03-02'')', :of_a)), '42501', 'a duty of a row that policies hide is not paused');

SET SESSION AUTHORIZATION rights_owner;
SELECT bind('SHORT', 'cases', '{"n": "n"}') AS short \gset
CALL backfill(:short);
CALL backfill(:late);
RESET SESSION AUTHORIZATION;
SELECT is(violations('cases') @> '{SHORT 2 open}', true, 'the owner''s backfill() judges the rows of all');
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION rights_owner;
SELECT bind('EVEN', 'cases', '{"n": "n"}') AS even \gset
SELECT set_config('tests.preview', (SELECT string_agg(concat_ws(' ', rule, what, violations), ',') FROM backfill_preview(:even)), false);
CALL backfill(:late);
CALL backfill(:even);
RESET SESSION AUTHORIZATION;
SELECT is((SELECT array_agg(row_key || ' ' || state ORDER BY row_key) FROM obligation WHERE binding = :late), '{"1 cancelled","2 open","3 done"}',
	'also where policies bind the owner: backfill() cancels nothing that they hide');
SELECT is((SELECT array_agg(row_key) FROM violation WHERE binding = :even), '{3}', 'and judges it');
SELECT is(current_setting('tests.preview', true), 'EVEN does not hold: n % 2 = 0 1', 'as backfill_preview() says');
SELECT is(as_user('rights_owner', 'SELECT count(*) FROM late_list WHERE relation = ''cases''::regclass'), '0', 'but the views show him nothing');
SELECT set_calendar_day('CN', '2022-03-10', false, 'snow', 'a notice');
SELECT is(recompute_apply('a notice', :late), 1::bigint, 'and recompute_apply() moves what they hide');
SELECT is((SELECT due_on FROM obligation WHERE binding = :late AND row_key = '2'), '2022-03-11', 'by a day');
SELECT as_user('rights_b', 'UPDATE cases SET n = 50');
SELECT is(violations('cases') @> '{SHORT 3 open}', true, 'the triggers go on');

-- Another owner ----------------------------------------------------------------------------

GRANT rights_heir TO rights_owner;
ALTER TABLE noted_work OWNER TO rights_heir;
REVOKE rights_heir FROM rights_owner;
SELECT ran_as();
SELECT is(as_user('rights_insert', 'INSERT INTO noted_work VALUES (20, ''2022-03-01'', NULL, 50, ''z'')'), 'done', 'a table has another owner: rows are entered');
SELECT is((SELECT state FROM obligation WHERE row_key = '20'), 'open', 'and judged');
SELECT is(ran_as(), 'rights_insert', 'as before');
SELECT id AS late FROM binding WHERE rule = 'LATE' AND relation = 'noted_work'::regclass \gset
SELECT is(as_user(who, format('SELECT backfill_preview(%s)', :late)), wanted, format('the backlog waits: %s for %s', wanted, who))
FROM (VALUES ('rights_heir'::name, '55000'), ('postgres', '55000'), ('rights_owner', '42501')) x (who, wanted);
SELECT is(as_user('postgres', format('SELECT recompute_apply(''a notice'', %s)', :late)), '55000', 'and so does recompute_apply() of it');
SELECT is(as_user(who, format('SELECT %s(%s)', f, :late)), '42501', format('%s does not call %s()', who, f))
FROM unnest('{rights_owner,rights_clerk}'::name[]) who, unnest('{disable_binding,enable_binding,unbind}'::text[]) f;
SELECT is(as_user('rights_heir', format('SELECT enable_binding(%s)', :late)), 'done', 'the new owner agrees');
SELECT is(ran_as(), '', 'up to then nothing ran with his rights');
SELECT is(as_user('rights_heir', format('SELECT count(*) FROM backfill_preview(%s)', :late)), '0', 'and can look: all of it is on record');
SELECT is(ran_as(), 'rights_heir', 'with his rights from now on');

-- Expressions that fail ------------------------------------------------------------------

CREATE TABLE risky (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text);
SELECT bind('SHORT', 'risky', '{"n": "12 / n"}') AS short, bind('LATE', 'risky', '{"start": "got + interval ''1 day'' * (n / n)", "done": "done"}') AS late,
	bind('ONCE', 'risky', '{"topic": "(1 / n)::text || topic"}') AS once, bind('EVEN', 'risky', '{"n": "n"}') AS even \gset
CREATE FUNCTION failures() RETURNS text[] LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM statute.binding_failure f RETURNING f.*)
	SELECT array_agg(concat_ws(' ', b.rule, f.sqlstate, f.message) ORDER BY b.rule) FROM gone f JOIN statute.binding b ON b.id = f.binding
$$;
SELECT failures();
SELECT lives_ok('INSERT INTO risky VALUES (1, ''2022-03-01 09:00+08'', NULL, 1, ''new''), (2, ''2022-03-01 09:00+08'', NULL, 0, ''new'')', 'expressions fail, the statement does not');
SELECT is(failures(), '{"LATE 22012 division by zero","ONCE 22012 division by zero","SHORT 22012 division by zero"}', 'each failure is on record');
SELECT is(violations('risky'), '{EVEN 1 open}', 'the other rule has judged the rows');
SELECT is((SELECT count(*) FROM obligation WHERE binding = :late) + (SELECT count(*) FROM occurrence WHERE binding = :once), 0::bigint,
	'and of those that could not nothing is half written');
SELECT lives_ok('UPDATE risky SET n = 2', 'the row is put right');
SELECT is(failures(), NULL, 'and does not fail any more');
SELECT is(duties('risky'), '{1 open 03-14,2 open 03-14}', 'it is judged');
CREATE TABLE ledger_before AS SELECT o.* FROM obligation o WHERE o.binding = :late;
SELECT lives_ok('UPDATE risky SET n = 0, done = ''2022-03-02''', 'it is made wrong again');
SELECT is(failures(), '{"LATE 22012 division by zero","ONCE 22012 division by zero","SHORT 22012 division by zero"}', 'which is on record');
SELECT results_eq(format('SELECT * FROM obligation WHERE binding = %s ORDER BY id', :late), 'SELECT * FROM ledger_before ORDER BY id', 'the ledger has what was last known');
SELECT throws_ok(format('CALL backfill(%s, NULL)', :late), '22012', 'rule "LATE" cannot judge the rows of table "risky": division by zero', 'backfill() says why it cannot judge');
SELECT throws_ok(format('SELECT backfill_preview(%s)', :short), '22012', 'rule "SHORT" cannot judge the rows of table "risky": division by zero', 'backfill_preview() too');
SELECT results_eq(format('SELECT * FROM obligation WHERE binding = %s ORDER BY id', :late), 'SELECT * FROM ledger_before ORDER BY id', 'and nothing is written');
SELECT lives_ok('DELETE FROM risky WHERE id = 1', 'a row that cannot be judged can be deleted');
SELECT is(duties('risky'), '{1 cancelled 03-14,2 open 03-14}', 'and is gone');

-- one table's failure is not the failure of others
SELECT unset_calendar_day('CN', '2022-03-10');
UPDATE risky SET done = NULL, n = 1;
SET session_replication_role = replica;
UPDATE risky SET n = 0;
RESET session_replication_role;
CREATE TABLE sound (id integer PRIMARY KEY, got timestamptz, done timestamptz);
SELECT bind('LATE', 'sound', '{"start": "got", "done": "done"}') AS sound \gset
INSERT INTO sound VALUES (1, '2022-03-02 09:00+08');
SELECT set_calendar_day('CN', '2022-03-10', false, 'snow', 'a notice');
SELECT lives_ok('SELECT recompute_apply(''a notice'')', 'a binding that cannot judge does not stop the recomputation of others');
SELECT is(duties('sound'), '{1 open 03-14}', 'whose due dates are moved');

CREATE TABLE strict (id integer PRIMARY KEY, n integer);
SELECT bind('SHORT', 'strict', '{"n": "12 / n"}', action := 'reject');
SELECT throws_ok('INSERT INTO strict VALUES (1, 12), (2, 0)', '22012', 'rule "SHORT" cannot judge the rows of table "strict": division by zero',
	'where a breach is rejected, so is a row that cannot be judged');
SELECT throws_ok('INSERT INTO strict VALUES (1, 1)', 'ST003', 'row 1 of table "strict" breaks rule "SHORT"', 'and a breach');
SELECT is((SELECT count(*) FROM strict), 0::bigint, 'nothing of either is stored');
SELECT is(failures(), NULL, 'nor on record');
SELECT * FROM finish();
