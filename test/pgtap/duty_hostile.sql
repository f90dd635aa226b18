-- Nothing that a hostile role prepares runs as the owner of the ledger or of a
-- table that is not its own, and nobody is kept from his work by it.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
CREATE ROLE hostile_owner; -- of the tables that others work on
CREATE ROLE hostile_app;
CREATE ROLE mallory_hostile;
GRANT CREATE ON SCHEMA public TO hostile_owner, mallory_hostile;
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO mallory_hostile', current_database()) \gexec

-- what a statement comes to for somebody who is logged in: its SQLSTATE, or its result
CREATE FUNCTION as_user(who name, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', who);
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
SELECT define_rule('LATE', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('SHORT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10');
SELECT define_rule('ONCE', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}');
SELECT define_rule('TWO', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 per year"}');

CREATE TABLE work (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text);
ALTER TABLE work OWNER TO hostile_owner;
GRANT INSERT, UPDATE, DELETE, TRUNCATE ON work TO hostile_app;
CREATE TABLE other (LIKE work INCLUDING ALL);
ALTER TABLE other OWNER TO hostile_owner;

-- A trap counts its calls by whom it runs as, also in what is rolled back.
SET SESSION AUTHORIZATION mallory_hostile;
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE SEQUENCE evil.as_postgres;
CREATE SEQUENCE evil.as_hostile_owner;
CREATE SEQUENCE evil.as_hostile_app;
CREATE SEQUENCE evil.as_mallory_hostile;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.spring() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	PERFORM nextval('evil.as_' || current_user);
END $$;
RESET SESSION AUTHORIZATION;
-- operators and functions that come before those of PostgreSQL where this schema comes first
SET SESSION AUTHORIZATION mallory_hostile;
CREATE SCHEMA path;
GRANT USAGE ON SCHEMA path TO PUBLIC;
DO $do$
DECLARE
	l text;
	op text;
BEGIN
	FOREACH l IN ARRAY '{text,name,int4,int8,oid,bool,timestamptz,date,interval,jsonb}'::text[] LOOP
		FOREACH op IN ARRAY '{=,<>,<,>,<=,>=}'::text[] LOOP
			EXECUTE format('CREATE FUNCTION path.%I(pg_catalog.%s, pg_catalog.%2$s) RETURNS pg_catalog.bool LANGUAGE plpgsql AS
				''BEGIN PERFORM evil.spring(); RETURN $1 OPERATOR(pg_catalog.%s) $2; END''', 'f' || op, l, op);
			EXECUTE format('CREATE OPERATOR path.%s (LEFTARG = pg_catalog.%s, RIGHTARG = pg_catalog.%2$s, FUNCTION = path.%I)', op, l, 'f' || op);
		END LOOP;
	END LOOP;
END $do$;
CREATE FUNCTION path.now() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN PERFORM evil.spring(); RETURN pg_catalog.now(); END';
CREATE FUNCTION path.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN PERFORM evil.spring(); RETURN pg_catalog.now(); END';
CREATE FUNCTION path.upper_inf(tstzmultirange) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM evil.spring(); RETURN true; END';
CREATE DOMAIN path.text AS pg_catalog.text;
RESET SESSION AUTHORIZATION;

-- did one go off? It is set again
CREATE FUNCTION sprung(who text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	result boolean;
BEGIN
	EXECUTE format('SELECT is_called FROM evil.%I', 'as_' || who) INTO result;
	PERFORM setval(format('evil.%I', 'as_' || who), 1, false);
	RETURN result;
END $$;

-- Names that ours could be mistaken for --------------------------------------------------

SET SESSION AUTHORIZATION hostile_owner;
SELECT bind('LATE', 'work', '{"start": "got", "done": "done"}') AS late, bind('SHORT', 'work', '{"n": "n"}'),
	bind('ONCE', 'work', '{"topic": "topic"}'), bind('TWO', 'work', '{"at": "got"}', 'topic') AS two \gset
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION mallory_hostile;
CREATE FUNCTION evil.check_text(v text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring(); RETURN true; END$$;
-- what a function of mallory's leaves behind in the temporary schema of the session that calls it
CREATE FUNCTION evil.litter() RETURNS void SECURITY DEFINER LANGUAGE plpgsql AS $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY '{text,int8,int4,bool,timestamptz,date,jsonb,name,interval,regclass,timelimit,quota}'::text[] LOOP
		EXECUTE format('CREATE DOMAIN pg_temp.%I AS pg_catalog.text CHECK (evil.check_text(VALUE::pg_catalog.text))', t);
	END LOOP;
	FOREACH t IN ARRAY '{new_rows,old_rows,judged,touched,facts,wanted,affected,binding,obligation,violation,occurrence,occurrence_party,rule,place,pg_class,pg_trigger,work}'::text[] LOOP
		EXECUTE format('CREATE TEMP TABLE %I (id pg_catalog.int4, key pg_catalog.text, gone pg_catalog.bool, party pg_catalog.text)', t);
		EXECUTE format('GRANT ALL ON pg_temp.%I TO PUBLIC', t);
		EXECUTE format('CREATE FUNCTION pg_temp.%I(anyelement) RETURNS pg_catalog.bool LANGUAGE plpgsql AS ''BEGIN PERFORM evil.spring(); RETURN true; END''', t);
	END LOOP;
	CREATE FUNCTION pg_temp.now() RETURNS pg_catalog.timestamptz LANGUAGE plpgsql AS 'BEGIN PERFORM evil.spring(); RETURN NULL; END';
END $$;
RESET SESSION AUTHORIZATION;

SELECT evil.litter();
SET search_path = pg_temp, path, public, pg_catalog;
SET SESSION AUTHORIZATION hostile_app;
INSERT INTO public.work VALUES (1, '2022-03-01 09:00+08', NULL, 50, 'a'), (2, '2022-03-02 09:00+08', NULL, 5, 'a'), (3, '2022-03-03 09:00+08', NULL, 5, 'a');
UPDATE public.work SET done = '2022-03-09 09:00+08';
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION hostile_owner;
SELECT statute.backfill_preview(b.binding) FROM statute.binding_list b;
CALL statute.backfill(:late, 2);
RESET SESSION AUTHORIZATION;
CALL statute.backfill(:two, 2);
SELECT statute.recompute_apply('a notice');
SELECT statute.disable_binding(b.binding), statute.enable_binding(b.binding) FROM statute.binding_list b;
SELECT pg_catalog.count(*) FROM statute.due_list;
SELECT pg_catalog.count(*) FROM statute.late_list;
SELECT pg_catalog.count(*) FROM statute.violation_list;
SELECT pg_catalog.count(*) FROM statute.quota_status;
ALTER TABLE public.work ADD extra pg_catalog.int4;
CREATE FUNCTION public.unrelated() RETURNS pg_catalog.int4 LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION public.unrelated();
-- temporary names last, for a while
SET search_path = pg_catalog, statute, pg_temp;
CREATE TABLE public.seen AS
	SELECT (SELECT array_agg(o.row_key || ' ' || o.state ORDER BY o.row_key) FROM statute.obligation o) AS duties,
		(SELECT array_agg(concat_ws(' ', b.rule, v.row_key, v.what, v.state) ORDER BY b.rule, v.row_key)
			FROM statute.violation v JOIN statute.binding b ON b.id = v.binding) AS violations;
SET search_path = pg_temp, path, public, pg_catalog;
SET SESSION AUTHORIZATION hostile_app;
DELETE FROM public.work;
INSERT INTO public.work (id, got) VALUES (4, '2022-03-01');
TRUNCATE public.work;
RESET SESSION AUTHORIZATION;
\c -

SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(66);
SELECT is((SELECT duties FROM seen), '{"1 done","2 done","3 done"}', 'among temporary objects of the same names, with mallory''s schema first, duties are kept');
SELECT is((SELECT violations FROM seen),
	'{"LATE 1 late corrected","LATE 2 late corrected","LATE 3 late corrected","ONCE 2 repeated open","ONCE 3 repeated open",
	"SHORT 1 does not hold: n <= 10 open","TWO 3 over \"at most 2 per year\" open"}',
	'and violations found, as ever');
SELECT results_eq('SELECT row_key, state FROM obligation ORDER BY id', $$VALUES ('1', 'cancelled'), ('2', 'cancelled'), ('3', 'cancelled'), ('4', 'cancelled')$$,
	'and what is deleted or truncated is gone');
SELECT ok(NOT sprung('postgres'), 'none of these runs as a superuser');
SELECT ok(NOT sprung('hostile_owner'), 'nor as the owner of the table');
SELECT ok(NOT sprung('hostile_app'), 'nor as who changes its rows');

-- Settings ---------------------------------------------------------------------------

-- An expression that changes the search path, so that what comes after it means
-- operators and functions of mallory's.
SET SESSION AUTHORIZATION mallory_hostile;
-- says that it is stable, so that it can be bound
CREATE FUNCTION evil.turn(v anyelement) RETURNS anyelement STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('search_path', 'path, pg_catalog', false);
	PERFORM set_config('statute.calendar', 'ISO', false);
	RETURN v;
END $$;
CREATE TABLE evil.own (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text);
SELECT bind('LATE', 'evil.own', '{"start": "evil.turn(got)", "done": "evil.turn(done)"}', 'evil.turn(topic)') AS late,
	bind('SHORT', 'evil.own', '{"n": "evil.turn(n)"}'),
	bind('ONCE', 'evil.own', '{"topic": "evil.turn(topic)"}'),
	bind('TWO', 'evil.own', '{"at": "evil.turn(got)"}', 'evil.turn(topic)') AS two \gset
SELECT set_config('search_path', 'public, statute', false);
RESET SESSION AUTHORIZATION;

SET SESSION AUTHORIZATION mallory_hostile;
INSERT INTO evil.own VALUES (1, '2022-03-01', NULL, 50, 'x'), (2, '2022-03-01', NULL, 5, 'x');
SELECT current_setting('search_path') AS path_after_insert \gset
SELECT set_config('search_path', 'public, statute', false);
UPDATE evil.own SET n = 70 OPERATOR(pg_catalog.-) n, done = '2022-03-02';
SELECT set_config('search_path', 'public, statute', false);
DELETE FROM evil.own WHERE id OPERATOR(pg_catalog.=) 1;
SELECT set_config('search_path', 'public, statute', false);
TRUNCATE evil.own;
SELECT set_config('search_path', 'public, statute', false);
INSERT INTO evil.own SELECT g, '2022-03-01', NULL, g, 'y' FROM pg_catalog.generate_series(1, 200) g; -- too many for a plan that is kept
SELECT set_config('search_path', 'public, statute', false);
RESET SESSION AUTHORIZATION;
SELECT is(:'path_after_insert'::text, 'public, statute', 'an expression does not change the search path of the session');
SELECT ok(NOT sprung('postgres'), 'nor of what is then written with the rights of the ledger''s owner');

-- the same by a superuser who settles the table's backlog
SELECT set_config('search_path', 'public, statute', false);
CALL backfill(:late, 150);
SELECT current_setting('search_path') AS path_after_backfill \gset
SELECT set_config('search_path', 'public, statute', false);
SELECT backfill_preview(:two);
SELECT current_setting('search_path') AS path_after_preview \gset
SELECT set_config('search_path', 'public, statute', false);
SELECT recompute_preview();
SELECT recompute_apply('a notice');
SELECT current_setting('search_path') AS path_after_recompute, current_setting('statute.calendar', true) AS calendar_after \gset
SELECT set_config('search_path', 'public, statute', false);
SELECT is(:'path_after_backfill'::text, 'public, statute', 'nor does backfill()');
SELECT is(:'path_after_preview'::text, 'public, statute', 'nor backfill_preview()');
SELECT is(:'path_after_recompute'::text, 'public, statute', 'nor recompute_preview() and recompute_apply()');
SELECT isnt(:'calendar_after'::text, 'ISO', 'nor any other setting');
SELECT ok(NOT sprung('postgres'), 'and nothing of it runs as a superuser');

-- the same in the cast of a key to text
SET SESSION AUTHORIZATION mallory_hostile;
CREATE TYPE evil.mood AS ENUM ('a', 'b');
CREATE FUNCTION evil.mood_text(m evil.mood) RETURNS text STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('search_path', 'path, pg_catalog', false);
	RETURN m::pg_catalog.varchar;
END $$;
CREATE CAST (evil.mood AS text) WITH FUNCTION evil.mood_text(evil.mood);
CREATE TABLE evil.moods (mood evil.mood PRIMARY KEY, n integer, topic text);
SELECT bind('SHORT', 'evil.moods', '{"n": "n"}'), bind('ONCE', 'evil.moods', '{"topic": "topic"}');
SELECT set_config('search_path', 'public, statute', false);
INSERT INTO evil.moods VALUES ('a', 50, 'x'), ('b', 50, 'x');
SELECT set_config('search_path', 'public, statute', false);
UPDATE evil.moods SET n = 3;
SELECT set_config('search_path', 'public, statute', false);
DELETE FROM evil.moods;
SELECT set_config('search_path', 'public, statute', false);
RESET SESSION AUTHORIZATION;
SELECT ok(NOT sprung('postgres'), 'nor does the cast of a key');

-- Who changes rows has settings of his own, that make literals and comparisons mean something else.
SELECT define_rule('DIGITS', 'C', 'check', 'x', '{"topic": "text"}', '{}', must := 'topic ~ ''^\d+$''');
SELECT define_rule('KNOWN', 'C', 'check', 'x', '{"topic": "text", "n": "integer"}', '{}', must := '(topic = NULL) IS NULL AND n::text::money > ''1.5''');
SET SESSION AUTHORIZATION hostile_owner;
CREATE TABLE public.lines (id integer PRIMARY KEY, topic text, n integer, got timestamptz);
GRANT INSERT, UPDATE ON public.lines TO hostile_app;
SELECT bind('DIGITS', 'public.lines', '{"topic": "topic"}'), bind('KNOWN', 'public.lines', '{"topic": "topic", "n": "n"}'),
	bind('SHORT', 'public.lines', '{"n": "length(regexp_replace(topic, ''\\d'', '''', ''g''))"}'), bind('LATE', 'public.lines', '{"start": "got"}');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION hostile_app;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET transform_null_equals = on;
SET quote_all_identifiers = on;
SET array_nulls = off;
SET xmloption = document;
SET default_transaction_isolation = 'repeatable read';
INSERT INTO public.lines VALUES (1, '12', 2, '2022-03-01'), (2, 'ddddddddddddddd', 2, '2022-03-01');
RESET ALL;
RESET SESSION AUTHORIZATION;
SET search_path = public, statute;
SET client_min_messages = error;
SELECT is((SELECT array_agg(concat_ws(' ', b.rule, v.row_key) ORDER BY b.rule, v.row_key) FROM violation v JOIN binding b ON b.id = v.binding WHERE b.table_name = 'public.lines'),
	'{"DIGITS 2","LATE 1","LATE 2","SHORT 2"}', 'settings of who changes rows make no difference to how they are judged');
SELECT is_empty('SELECT f.message FROM binding_failure f JOIN binding b ON b.id = f.binding WHERE b.table_name = ''public.lines''', 'and do not stop it');

-- Literals ------------------------------------------------------------------------------

-- A literal of a composite type is read when its expression is parsed, domains and all.
SET SESSION AUTHORIZATION mallory_hostile;
CREATE FUNCTION evil.check_value(v text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM evil.spring(); RETURN true; END$$;
CREATE DOMAIN evil.checked AS text CHECK (evil.check_value(VALUE));
CREATE TYPE evil.pair AS (v evil.checked);
CREATE TABLE evil.literal (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer);
RESET SESSION AUTHORIZATION;
\set literal '''length((''''(x)''''::evil.pair).v)'''
\set literal_time '''coalesce(got, ((''''(x)''''::evil.pair).v::text)::timestamptz)'''

SELECT is(as_user('mallory_hostile', format('SELECT bind(''SHORT'', ''other'', jsonb_build_object(''n'', %L))', :literal)), '42501',
	'who does not own a table cannot bind a rule to it');
SELECT as_user('mallory_hostile', format('SELECT statute._check_expressions(''SHORT'', ''other'', jsonb_build_object(''n'', %L), NULL)', :literal));
SELECT as_user('mallory_hostile', format('SELECT statute._expression_type(''other'', %L, ''n'', ''integer'')', :literal));
SELECT as_user('mallory_hostile', format('SELECT statute._check_new_binding(''SHORT'', ''other'', jsonb_build_object(''n'', %L), NULL, ''record'', ''CN'')', :literal));
SELECT as_user('mallory_hostile', format('SELECT statute._insert_binding(''SHORT'', ''other'', jsonb_build_object(''n'', %L), NULL, ''record'', ''CN'')', :literal));
SELECT as_user('mallory_hostile', format($$SELECT statute._instant(('other', 'deadline', 1, '(,)', '{}', NULL, NULL, '{"start": "timestamptz"}',
	jsonb_build_object('start', %L), NULL, 'CN', 'Asia/Shanghai', 'CN')::statute._bound_rule, 'start', false)$$, :literal_time));
SELECT ok(NOT sprung('hostile_owner'), 'and what its expression says never runs as the owner of the table');

SELECT is(as_user('mallory_hostile', format('SELECT bind(''SHORT'', ''evil.literal'', jsonb_build_object(''n'', %L)) > 0', :literal)), 'true',
	'such a literal can be bound to one''s own table');
SELECT is(as_user('mallory_hostile', format('SELECT bind(''LATE'', ''evil.literal'', jsonb_build_object(''start'', %L, ''done'', ''done'')) > 0', :literal_time)), 'true',
	'and a time that depends on one');
GRANT USAGE ON SCHEMA evil TO hostile_owner;
ALTER TABLE evil.literal OWNER TO hostile_owner;
ALTER TABLE evil.literal ADD x integer;
SELECT as_user('hostile_app', 'SELECT * FROM binding_list');
GRANT INSERT ON evil.literal TO hostile_app;
SELECT is(as_user('hostile_app', 'INSERT INTO evil.literal VALUES (1, ''2022-03-01'')'), 'done', 'a table with such a binding is given to somebody else: rows are entered');
SELECT ok(NOT sprung('hostile_owner'), 'but the literal never runs with the rights of the new owner, who has not agreed');
SELECT is(as_user('postgres', $$SELECT recompute_apply('a notice')$$) ~ '^(55000|0)$', true, 'nor in recompute_apply()');
ALTER TABLE evil.literal OWNER TO postgres;
ALTER TABLE evil.literal ADD y integer;
DROP TABLE evil.moods;
DROP TYPE evil.mood CASCADE;
SELECT as_user('hostile_app', 'INSERT INTO evil.literal VALUES (2, ''2022-03-01'')');
SELECT ok(NOT sprung('hostile_owner') AND NOT sprung('postgres'), 'nor where a superuser takes the table over, and drops and alters what he likes');
DROP TABLE evil.literal;

-- Deputies ------------------------------------------------------------------------------

-- What mallory wrote and somebody with more rights runs has mallory's rights.
TRUNCATE work;
INSERT INTO work (id, got, done) VALUES (11, now(), NULL), (12, now(), now());
SELECT max(id) FILTER (WHERE row_key = '11') AS open_one, max(id) FILTER (WHERE row_key = '12') AS done_one FROM obligation \gset
SET SESSION AUTHORIZATION mallory_hostile;
CREATE FUNCTION evil.meddle(open_one bigint, done_one bigint) RETURNS integer SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	BEGIN PERFORM statute.pause(open_one, 'a reason', 'a basis'); EXCEPTION WHEN OTHERS THEN NULL; END;
	BEGIN PERFORM statute.verify(done_one, 'mallory'); EXCEPTION WHEN OTHERS THEN NULL; END;
	BEGIN PERFORM statute.close(done_one); EXCEPTION WHEN OTHERS THEN NULL; END;
	BEGIN PERFORM statute.extend(open_one, '10 days', 'a reason', 'a basis', 'mallory'); EXCEPTION WHEN OTHERS THEN NULL; END;
	RETURN 1;
END $$;
SELECT format('CREATE FUNCTION evil.meddle(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS ''BEGIN RETURN evil.meddle(%s, %s); END''', :open_one, :done_one) \gexec
CREATE TABLE evil.watched (i integer PRIMARY KEY);
CREATE INDEX ON evil.watched (evil.meddle(i));
INSERT INTO evil.watched VALUES (1);
SELECT bind('SHORT', 'evil.watched', '{"n": "evil.meddle(i)"}') AS watched \gset
RESET SESSION AUTHORIZATION;
CREATE FUNCTION as_it_was(doing text) RETURNS text LANGUAGE sql AS $$
	SELECT is_empty('SELECT what, actor FROM obligation_event e JOIN obligation o ON o.id = e.obligation WHERE o.row_key IN (''11'', ''12'')', $1)
$$;
ANALYZE evil.watched;
SELECT as_it_was('a superuser''s ANALYZE of mallory''s index does not change the duties of others');
DELETE FROM obligation_event;
REINDEX TABLE evil.watched;
SELECT as_it_was('nor REINDEX');
DELETE FROM obligation_event;
CALL backfill(:watched);
SELECT as_it_was('nor backfill() of mallory''s table');
DELETE FROM obligation_event;
SELECT evil.meddle(:open_one, :done_one);
SELECT as_it_was('nor a function with mallory''s rights that he calls');
DELETE FROM obligation_event;
SET SESSION AUTHORIZATION hostile_owner;
SELECT evil.meddle(:open_one, :done_one);
RESET SESSION AUTHORIZATION;
SELECT as_it_was('nor one that the owner of the table calls');
DELETE FROM obligation_event;
SET SESSION AUTHORIZATION mallory_hostile;
SELECT evil.meddle(:open_one, :done_one);
RESET SESSION AUTHORIZATION;
SELECT as_it_was('nor mallory alone');

-- A function of the owner's lets others do what he may.
SET SESSION AUTHORIZATION hostile_owner;
CREATE FUNCTION public.owners_close(id bigint) RETURNS void SECURITY DEFINER LANGUAGE sql AS 'SELECT statute.close(id)';
RESET SESSION AUTHORIZATION;
CREATE ROLE hostile_clerk;
SELECT is(as_user('hostile_clerk', format('SELECT statute.close(%s)', :done_one)), '42501', 'a role without rights on the table may not close its duties');
SELECT is(as_user('hostile_clerk', format('SELECT public.owners_close(%s)', :done_one)), 'done', 'but a function of the table''s owner may do it for him');

-- Internal functions ------------------------------------------------------------------

SELECT id AS late FROM binding WHERE rule = 'LATE' AND relation = 'work'::regclass \gset
CREATE TABLE before AS SELECT * FROM obligation;
CREATE TABLE found_before AS SELECT count(*) FROM violation;
CREATE TABLE bindings_before AS SELECT * FROM binding;
CREATE FUNCTION denied(statement text) RETURNS text LANGUAGE sql AS $$
	SELECT is(as_user('mallory_hostile', statement), '42501', 'denied: ' || statement)
$$;
SELECT denied(format(s, :late)) FROM unnest(ARRAY[
	'SELECT statute._judge_gone(%s)', 'SELECT statute._judge_open(%s, ''x'')', 'SELECT statute._preview_open(%s)',
	'SELECT statute._change_binding(%s, ''unbind'')', 'SELECT statute._change_binding(%s, ''disable'')', 'SELECT statute._update_binding(%s, ''unbind'')',
	'SELECT statute._end_binding(%s, ''x'')', 'SELECT statute.unbind(%s)', 'SELECT statute.disable_binding(%s)', 'SELECT statute.enable_binding(%s)',
	'CALL statute.backfill(%s)', 'SELECT statute.backfill_preview(%s)', 'SELECT statute.recompute_preview(%s)', 'SELECT statute.recompute_apply(''x'', %s)']) s;
SELECT denied(s) FROM unnest(ARRAY['SELECT statute.purge(now())', 'SELECT statute.define_place(''X'', ''x'')',
	'SELECT statute._change_obligation(NULL, ''x'', ''x'', ''x'', ''x'')',
	'SELECT statute._insert_binding(''SHORT'', ''public.other'', ''{"n": "n"}'', NULL, ''record'', ''CN'')',
	'CREATE TRIGGER x AFTER INSERT ON evil.watched FOR EACH STATEMENT EXECUTE FUNCTION statute._bindings_changed()']) s;
SELECT as_user('mallory_hostile', 'SELECT statute._end_bindings_of_dropped()');
SELECT results_eq('SELECT * FROM obligation ORDER BY id', 'SELECT * FROM before ORDER BY id', 'and no obligation has changed');
SELECT results_eq('SELECT * FROM binding ORDER BY id', 'SELECT * FROM bindings_before ORDER BY id', 'and no binding');

-- The trigger, put on a table of one's own under names of ours: nothing is bound to it.
SET SESSION AUTHORIZATION mallory_hostile;
CREATE TABLE evil.forged (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text);
CREATE TRIGGER statute_insert AFTER INSERT ON evil.forged REFERENCING NEW TABLE AS judged FOR EACH STATEMENT EXECUTE FUNCTION statute.enforce();
CREATE TRIGGER statute_delete AFTER UPDATE ON evil.forged REFERENCING OLD TABLE AS facts NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION statute.enforce('work', '1');
CREATE TRIGGER statute_truncate AFTER TRUNCATE ON evil.forged FOR EACH STATEMENT EXECUTE FUNCTION statute.enforce();
INSERT INTO evil.forged VALUES (11, '2022-03-01', '2022-03-02', 50, 'x');
UPDATE evil.forged SET n = 60;
TRUNCATE evil.forged;
CREATE TABLE evil.wrong (id integer PRIMARY KEY);
RESET SESSION AUTHORIZATION;
SELECT results_eq('SELECT * FROM obligation ORDER BY id', 'SELECT * FROM before ORDER BY id', 'the trigger on a table that is not bound does nothing');
SELECT is((SELECT count(*) FROM violation), (SELECT * FROM found_before), 'and finds nothing');
CREATE FUNCTION wrong_trigger(event text, rest text, change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER x %s ON evil.wrong %s EXECUTE FUNCTION statute.enforce()', event, rest);
	EXECUTE change;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate;
END $$;
SELECT is(wrong_trigger(event, rest, change), '39P01', format('%s %s, it is refused', event, rest)) FROM (VALUES
	('AFTER INSERT', 'FOR EACH STATEMENT', 'INSERT INTO evil.wrong VALUES (1)'),
	('AFTER INSERT', 'FOR EACH ROW', 'INSERT INTO evil.wrong VALUES (1)'),
	('BEFORE INSERT', 'FOR EACH STATEMENT', 'INSERT INTO evil.wrong VALUES (1)'),
	('AFTER UPDATE', 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT', 'UPDATE evil.wrong SET id = 1'),
	('AFTER DELETE', 'FOR EACH STATEMENT', 'DELETE FROM evil.wrong')) x (event, rest, change);
SELECT throws_ok('SELECT statute.enforce()', '39P01', NULL, 'nor is it a function to call');

-- Nobody is kept from his work ----------------------------------------------------------

-- evil.forged has triggers that no binding needs, and this has a binding that does not work.
SET SESSION AUTHORIZATION mallory_hostile;
CREATE FUNCTION evil.gone(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE TABLE evil.broken (id integer PRIMARY KEY, n integer);
SELECT bind('SHORT', 'evil.broken', '{"n": "evil.gone(n)"}');
RESET SESSION AUTHORIZATION;
-- refused, or not
SELECT as_user('mallory_hostile', 'ALTER FUNCTION evil.gone(integer) RENAME TO went');
SELECT is(as_user('hostile_owner', 'ALTER TABLE work ADD more integer'), 'done', 'stray triggers of others do not stop an ALTER TABLE');
CREATE FUNCTION own_objects() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1';
	DROP FUNCTION public.mine();
	CREATE TYPE public.mine AS ENUM ('a');
	DROP TYPE public.mine;
END $$;
SELECT is(as_user('hostile_owner', 'SELECT own_objects()'), 'done', 'nor do their broken bindings stop a DROP');

-- An error of the ledger itself -----------------------------------------------------------

-- A trigger that a DBA made: the statement fails, and within it nothing stays open.
-- open_many() once left its subtransaction behind, and the block undid that one.
CREATE TABLE many (id integer PRIMARY KEY, got timestamptz, done timestamptz);
SELECT bind('LATE', 'many', '{"start": "got", "done": "done"}');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the ledger is closed' USING ERRCODE = 'P0007'; END $$;
CREATE TRIGGER refuse AFTER INSERT ON statute.obligation FOR EACH STATEMENT EXECUTE FUNCTION refuse();
CREATE FUNCTION insert_many() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		INSERT INTO many SELECT g, '2022-03-01', NULL FROM generate_series(1, 500) g;
	EXCEPTION WHEN SQLSTATE 'P0007' THEN
		CREATE TEMPORARY TABLE undone ON COMMIT DROP AS SELECT count(*) AS rows FROM many;
	END;
	RETURN (SELECT rows FROM undone) || ' rows, ' || (SELECT count(*) FROM many) || ' after';
END $$;
SELECT is(insert_many(), '0 rows, 0 after', 'what fails in the ledger undoes the whole statement');
DROP TRIGGER refuse ON statute.obligation;
INSERT INTO many SELECT g, '2022-03-01', NULL FROM generate_series(1, 500) g;
SELECT is((SELECT count(*) FROM obligation_list o WHERE o.relation = 'many'::regclass), 500::bigint, 'and the next one works');

SELECT ok(NOT sprung('postgres') AND NOT sprung('hostile_owner'), 'and nothing of mallory''s was run');
SELECT * FROM finish();
