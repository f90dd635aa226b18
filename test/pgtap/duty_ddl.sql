-- What can be bound and what cannot, and what happens to bound tables: followed,
-- or refused with a clear error, and never a trigger that fails each statement.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(213);

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2022-01-01,)');
SELECT define_clause('C', 'R', '1', 'words');
SELECT define_rule('LATE', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz", "urgent": "boolean"}', '{"limit": "7 workdays", "urgent": "immediate"}');
SELECT define_rule('SHORT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10');
SELECT define_rule('EVEN', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n % 2 = 0');
SELECT define_rule('ONCE', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}');
SELECT define_rule('SOFT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10', modality := 'in principle');
SELECT define_rule('HINT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10', modality := 'as far as possible');
SELECT define_rule('FIXED', 'C', 'fixed_date', 'x', '{"due": "date", "done": "timestamptz"}', '{}');

-- what a statement comes to: its SQLSTATE and message
CREATE FUNCTION fault(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
-- bindings and triggers of ours that there are
CREATE FUNCTION state_of_things() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', (SELECT count(*) FROM statute.binding WHERE relation IS NOT NULL), (SELECT count(*) FROM pg_trigger WHERE tgfoid = 'statute.enforce'::regproc))
$$;
-- does a table have the four triggers, enabled, and nothing else of ours?
CREATE FUNCTION is_enforced(relation regclass) RETURNS boolean LANGUAGE sql AS $$
	SELECT coalesce(array_agg(tgname || tgenabled::text ORDER BY tgname) = '{statute_deleteO,statute_insertO,statute_truncateO,statute_updateO}', false)
	FROM pg_trigger WHERE tgrelid = $1 AND tgfoid = 'statute.enforce'::regproc
$$;

-- What cannot be bound --------------------------------------------------------------------

CREATE TABLE plain (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text, urgent boolean, day date, doc json);
CREATE VIEW a_view AS SELECT * FROM plain;
CREATE MATERIALIZED VIEW a_matview AS SELECT * FROM plain;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE a_foreign (id integer, n integer) SERVER nowhere;
CREATE TEMP TABLE a_temp (id integer PRIMARY KEY, n integer);
CREATE UNLOGGED TABLE an_unlogged (id integer PRIMARY KEY, n integer);
CREATE TABLE no_key (id integer NOT NULL UNIQUE, n integer);
CREATE TABLE late_key (id integer PRIMARY KEY DEFERRABLE, n integer);
CREATE TABLE parts (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE a_part PARTITION OF parts FOR VALUES FROM (1) TO (100);
CREATE TABLE a_parent (id integer PRIMARY KEY, n integer);
CREATE TABLE a_child (PRIMARY KEY (id)) INHERITS (a_parent);
CREATE TABLE foreign_parts (id integer, n integer) PARTITION BY RANGE (id);
CREATE FOREIGN TABLE foreign_part PARTITION OF foreign_parts FOR VALUES FROM (1) TO (100) SERVER nowhere;
CREATE SEQUENCE a_sequence;
CREATE TYPE a_type AS (id integer, n integer);
SELECT state_of_things() AS before \gset
SELECT is(fault(format('SELECT bind(''SHORT'', %L, ''{"n": "n"}'')', t)), '42809 table "' || coalesce(said, 'public.' || t) || '" cannot be bound: ' || why, 'not bound: ' || t) FROM (VALUES
	('a_view', NULL, 'it is a view; bind the table below it'),
	('a_matview', NULL, 'it is a materialized view; bind the tables below it'),
	('a_foreign', NULL, 'it is a foreign table, whose changes elsewhere fire no trigger here'),
	('a_temp', 'a_temp', 'it is a temporary table'),
	('an_unlogged', NULL, 'it is unlogged: a crash would empty it and not the ledger'),
	('no_key', NULL, 'it has no primary key, by which the ledger could know its rows'),
	('a_part', NULL, 'it is a partition; bind the table that it is part of, public.parts'),
	('a_parent', NULL, 'it inherits from a table or is inherited from, so that no key tells all its rows apart'),
	('a_child', NULL, 'it inherits from a table or is inherited from, so that no key tells all its rows apart'),
	('foreign_parts', NULL, 'a partition of it is a foreign table, whose changes elsewhere fire no trigger here'),
	('a_sequence', NULL, 'it is no table'),
	('plain_pkey', NULL, 'it is no table'),
	('a_type', NULL, 'it is no table'),
	('pg_class', 'pg_class', 'schema "pg_catalog" is not the agency''s own'),
	('information_schema.sql_features', 'information_schema.sql_features', 'schema "information_schema" is not the agency''s own'),
	('statute.obligation', 'statute.obligation', 'schema "statute" is not the agency''s own'),
	('statute.calendar_day', 'statute.calendar_day', 'schema "statute" is not the agency''s own')) x (t, said, why);
SELECT matches(fault('SELECT bind(''SHORT'', ''late_key'', ''{"n": "n"}'')'), '^42809 table ".*late_key" cannot be bound: .*deferr', 'not bound: a table whose key can be there twice for a while');
SELECT is(state_of_things(), :'before'::text, 'and nothing is half done');

-- What a call of bind() can get wrong --------------------------------------------------------

SELECT matches(fault(format('SELECT bind(%s)', call)), concat('^', state, ' .*', said), format('refused: bind(%s)', call)) FROM (VALUES
	('NULL, ''plain'', ''{"n": "n"}''', '22004', 'needs a rule, a table'),
	('''SHORT'', NULL, ''{"n": "n"}''', '22004', 'needs a rule, a table'),
	('''SHORT'', ''plain'', ''{"n": "n"}'', NULL, NULL', '22004', 'needs a rule, a table'),
	('''NOSUCH'', ''plain'', ''{"n": "n"}''', '42704', 'rule "NOSUCH" does not exist'),
	('''SHORT'', ''nosuch'', ''{"n": "n"}''', '42P01', 'relation "nosuch" does not exist'),
	('''SHORT'', ''plain'', NULL', '22023', 'roles must be an object'),
	('''SHORT'', ''plain'', ''[]''', '22023', 'roles must be an object'),
	('''SHORT'', ''plain'', ''"n"''', '22023', 'roles must be an object'),
	('''SHORT'', ''plain'', ''{}''', '22023', 'the role "n" is missing'),
	('''SHORT'', ''plain'', ''{"n": null}''', '22023', 'the expression of "n" is no text: null'),
	('''SHORT'', ''plain'', ''{"n": 5}''', '22023', 'the expression of "n" is no text: 5'),
	('''SHORT'', ''plain'', ''{"n": "n", "m": "n"}''', '22023', '"m" is not a role of the rule'),
	('''LATE'', ''plain'', ''{"done": "done"}''', '22023', 'the role "start" is missing'),
	('''SHORT'', ''plain'', ''{"n": ""}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "nosuch"}''', '42703', 'column "nosuch" does not exist'),
	('''SHORT'', ''plain'', ''{"n": "plain.n"}''', '42P01', ''),
	('''SHORT'', ''plain'', ''{"n": "other.n"}''', '42P01', ''),
	('''SHORT'', ''plain'', ''{"n": "topic"}''', '42804', 'role "n" has type integer, and its expression text'),
	('''SHORT'', ''plain'', ''{"n": "doc"}''', '42804', 'json'),
	('''SHORT'', ''plain'', ''{"n": "n +"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n, n"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n) + (n"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n; DROP TABLE plain"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n AS x"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n FROM plain"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "n /* "}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "''''n"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "*"}''', '42601', ''),
	('''SHORT'', ''plain'', ''{"n": "(SELECT 1)"}''', '0A000', 'subquer'),
	('''SHORT'', ''plain'', ''{"n": "CASE WHEN EXISTS (SELECT FROM plain) THEN 1 END"}''', '0A000', 'subquer'),
	('''SHORT'', ''plain'', ''{"n": "max(n)"}''', '42803', 'aggregate'),
	('''SHORT'', ''plain'', ''{"n": "rank() OVER ()"}''', '42P20', 'window'),
	('''SHORT'', ''plain'', ''{"n": "generate_series(1, 2)"}''', '0A000', 'set-returning'),
	('''SHORT'', ''plain'', ''{"n": "$1"}''', '42P02', 'parameter'),
	('''SHORT'', ''plain'', ''{"n": "(random() * 5)::integer"}''', '42P17', 'volatile'),
	('''SHORT'', ''plain'', ''{"n": "nextval(''''a_sequence'''')::integer"}''', '42P01', ''),
	('''LATE'', ''plain'', ''{"start": "clock_timestamp()", "done": "done"}''', '42P17', 'volatile'),
	('''SHORT'', ''plain'', ''{"n": "length(plain::text)"}''', '42703', ''),
	('''SHORT'', ''plain'', ''{"n": "(plain).n"}''', '42703', ''),
	('''SHORT'', ''plain'', ''{"n": "tableoid::integer"}''', '0A000', 'system columns'),
	('''SHORT'', ''plain'', ''{"n": "length(ctid::text)"}''', '42P10', 'system column'),
	('''SHORT'', ''plain'', ''{"n": "nosuch(n)"}''', '42883', 'nosuch'),
	('''SHORT'', ''plain'', ''{"n": "n::nosuch"}''', '42704', 'nosuch'),
	('''SHORT'', ''plain'', ''{"n": "n"}'', ''nosuch''', '42703', 'column "nosuch" does not exist'),
	('''SHORT'', ''plain'', ''{"n": "n"}'', ''random()::text''', '42P17', 'volatile'),
	('''SHORT'', ''plain'', ''{"n": "n"}'', ''id'', ''shout''', '22023', 'there is no action "shout"'),
	('''LATE'', ''plain'', ''{"start": "got", "done": "done"}'', NULL, ''reject''', '22023', 'a deadline cannot reject'),
	('''FIXED'', ''plain'', ''{"due": "day", "done": "done"}'', NULL, ''reject''', '22023', 'cannot reject'),
	('''SOFT'', ''plain'', ''{"n": "n"}'', NULL, ''reject''', '22023', 'in principle'),
	('''HINT'', ''plain'', ''{"n": "n"}'', NULL, ''reject''', '22023', 'as far as possible'),
	('''SHORT'', ''plain'', ''{"n": "n"}'', NULL, ''record'', ''NOSUCH''', '42704', 'calendar "NOSUCH"')) x (call, state, said);
SELECT is(state_of_things(), :'before'::text, 'and nothing is half done');
SELECT lives_ok($$SELECT bind('SHORT', 'plain', '{"n": "n -- a remark"}')$$, 'an expression may end in a remark');
SELECT matches(fault('SELECT bind(''SHORT'', ''plain'', ''{"n": "n"}'')'), '^42710 rule "SHORT" is bound to table ".*plain" already', 'but a rule is not bound twice to one table');
SELECT is(fault(format('SELECT %s(1000000)', f)), '42704 binding 1000000 does not exist, or no longer', f || '() of what does not exist') FROM unnest('{unbind,enable_binding,disable_binding,backfill_preview}'::text[]) f;
SELECT ok(is_enforced('plain'), 'a bound table has its triggers');
SELECT bind('EVEN', 'plain', '{"n": "n"}') AS even, (SELECT max(binding) FROM binding_list WHERE rule = 'SHORT') AS short \gset
SELECT ok(is_enforced('plain'), 'once for all its rules');
SELECT unbind(:even);
SELECT ok(is_enforced('plain'), 'until the last of them');
SELECT unbind(:short);
SELECT is(state_of_things(), '0 0', 'is taken off');
SELECT is(fault(format('SELECT unbind(%s)', :short)), format('42704 binding %s does not exist, or no longer', :short), 'which is done once');

-- A day is not before an act of the same day --------------------------------------------------

SELECT define_rule('GATE', 'C', 'check', 'x', '{"approved_at": "timestamptz", "filed_at": "timestamptz", "at": "timestamptz", "on_site": "date"}', '{}',
	must := 'coalesce(least(approved_at, filed_at) <= at, false) AND (on_site IS NULL OR on_site >= ''2020-01-01'')', applies := 'at IS NOT NULL');
CREATE TABLE gate (id integer PRIMARY KEY, seen timestamptz, entered timestamp, begins date, ends date);
SELECT is(fault(format('SELECT bind(''GATE'', ''gate'', %L)', roles)), said, format('bind(%s): %s', roles, said)) FROM (VALUES
	('{"approved_at": "seen", "filed_at": "NULL", "at": "begins", "on_site": "ends"}', '42804 rule "GATE" compares "at", which is given as a day, with "approved_at", which is given as an instant'),
	('{"approved_at": "ends", "filed_at": "entered", "at": "begins", "on_site": "ends"}', '42804 rule "GATE" compares "at", which is given as a day, with "filed_at", which is given as an instant'),
	('{"approved_at": "begins", "filed_at": "seen", "at": "begins + time ''00:00''", "on_site": "ends"}', '42804 rule "GATE" compares "approved_at", which is given as a day, with "at", which is given as an instant')) x (roles, said);
SELECT bind('GATE', 'gate', '{"approved_at": "seen", "filed_at": "entered", "at": "begins::timestamp", "on_site": "begins"}') AS gate \gset
SELECT pass('a role that is not compared with them may be a day');
SELECT set_roles(:gate, '{"approved_at": "(seen)::date", "filed_at": " null ", "at": "begins", "on_site": "ends"}', NULL);
INSERT INTO gate VALUES (10001, '2022-05-06 10:00 +08', NULL, '2022-05-06'), (10002, '2022-05-07 00:00 +08', NULL, '2022-05-06'), (10003, '2022-05-06 23:59 +08', NULL, '2022-05-06');
SELECT is((SELECT array_agg(row_key) FROM violation WHERE binding = :gate), '{10002}', 'an act of the same day is in time, by the days of the calendar''s zone');
SELECT matches(fault(format('SELECT set_roles(%s, ''{"approved_at": "seen", "filed_at": "NULL", "at": "begins", "on_site": "ends"}'', NULL)', :gate)), '^42804 rule "GATE" compares "at"', 'nor by other roles');
SELECT define_rule('LOOSE', 'C', 'check', 'x', '{"a": "timestamptz", "b": "timestamptz"}', '{}', must := '(a IS NULL) = (b IS NULL) AND a::date <= b::date AND extract(year FROM a) = extract(year FROM b) AND (a > ''2020-01-01'') = (b > ''2020-01-01'')');
SELECT bind('LOOSE', 'gate', '{"a": "seen", "b": "begins"}') AS loose \gset
SELECT pass('what a test, a cast or a function makes of them may be compared');
SELECT unbind(:gate), unbind(:loose);

-- A calendar that a reading decides ------------------------------------------------------------

SELECT define_reading('C-calendar', 'C', 'Whose holidays?', 'text', 'CN', 'g', 'd');
SELECT define_rule('LEFT', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays", "calendar": {"reading": "C-calendar"}}');
CREATE TABLE decided (id integer PRIMARY KEY, got timestamptz, done timestamptz);
SELECT is(fault($$SELECT bind('LEFT', 'decided', '{"start": "got", "done": "done"}')$$), '55000 rule "LEFT" leaves its calendar to reading "C-calendar", which is open', 'while the reading is open, a binding has to name a calendar');
SELECT set_reading('C-calendar', 'ISO', 'g', 'd', '2000-01-01');
SELECT bind('LEFT', 'decided', '{"start": "got", "done": "done"}') AS decided \gset
SELECT is((SELECT calendar FROM binding_list WHERE binding = :decided), 'ISO', 'afterwards it is the one that was decided');
SELECT unbind(binding_of('LEFT', 'decided'));

-- a trigger of somebody else's that has the name of ours
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER statute_insert AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION nothing();
SELECT isnt(fault('SELECT bind(''SHORT'', ''plain'', ''{"n": "n"}'')'), 'none', 'a trigger with the name of ours is in the way: refused');
SELECT is(state_of_things(), '0 0', 'with nothing half done');
DROP TRIGGER statute_insert ON plain;

-- What is done to a bound table ------------------------------------------------------------------

CREATE SCHEMA shelf;
CREATE TYPE shelf.color AS ENUM ('red', 'green');
CREATE DOMAIN shelf.amount AS integer;
CREATE FUNCTION shelf.doubled(v integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 2 * v';
CREATE FUNCTION shelf.same(v timestamptz) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS 'SELECT v';
CREATE TABLE shelf.book (
	id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer, topic text, color shelf.color, amount shelf.amount, spare text);
SELECT bind('LATE', 'shelf.book', '{"start": "shelf.same(got)", "done": "done"}', 'color::text') AS late, bind('SHORT', 'shelf.book', '{"n": "shelf.doubled(n) / 2"}') AS short,
	bind('EVEN', 'shelf.book', '{"n": "amount"}') AS even, bind('ONCE', 'shelf.book', '{"topic": "topic"}') AS once \gset
-- one more row, which must be judged by all four: a duty, n too large, odd, the topic again
CREATE SEQUENCE rows;
INSERT INTO shelf.book VALUES (nextval('rows'), '2022-03-01', NULL, 50, 'a', 'red', 3);
CREATE FUNCTION judged(relation text DEFAULT 'shelf.book') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	k text := nextval('public.rows');
	result text;
BEGIN
	EXECUTE format('INSERT INTO %s (%I, got, n, topic, color, amount) VALUES (%s, ''2022-03-01'', 50, ''a'', ''red'', 3)', relation,
		(SELECT attname FROM pg_attribute WHERE attrelid = relation::regclass AND attnum = 1), k);
	SELECT string_agg(b.rule, ' ' ORDER BY b.rule COLLATE "C") INTO result
	FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
	WHERE v.row_key = k AND v.state = 'open';
	RETURN result;
END $$;
SELECT is(judged(), 'EVEN LATE ONCE SHORT', 'a bound table is judged by its four rules');

-- followed: fit FOLLOWED, and judged as ever afterwards
CREATE FUNCTION followed(statement text, relation text DEFAULT 'shelf.book') RETURNS text LANGUAGE sql AS $$
	SELECT is(concat_ws('; ', fault(statement), judged(relation), CASE WHEN is_enforced(relation::regclass) THEN 'enforced' END), 'none; EVEN LATE ONCE SHORT; enforced', 'followed: ' || statement)
$$;
CREATE FUNCTION refused(statement text, said text DEFAULT '^(2BP01|55000) ') RETURNS SETOF text LANGUAGE sql AS $$
	SELECT matches(fault(statement), said, 'refused: ' || statement)
	UNION ALL
	SELECT is(concat_ws('; ', judged(), CASE WHEN is_enforced('shelf.book') THEN 'enforced' END), 'EVEN LATE ONCE SHORT; enforced', '        and all is as before')
$$;
SELECT followed(s) FROM unnest(ARRAY[
	'ALTER TABLE shelf.book ADD COLUMN extra integer NOT NULL DEFAULT 5',
	'ALTER TABLE shelf.book DROP COLUMN spare',
	'ALTER TABLE shelf.book ALTER COLUMN extra TYPE bigint',
	'ALTER TABLE shelf.book RENAME COLUMN extra TO more',
	'CREATE INDEX ON shelf.book (topic)',
	'ALTER TABLE shelf.book ADD CHECK (n < 1000)',
	'ALTER TABLE shelf.book ADD CONSTRAINT self FOREIGN KEY (id) REFERENCES shelf.book',
	'ALTER TABLE shelf.book ALTER COLUMN n SET STATISTICS 10',
	'ALTER TABLE shelf.book ALTER COLUMN n SET DEFAULT 5',
	'ALTER TABLE shelf.book ALTER COLUMN n TYPE smallint',
	'ALTER TABLE shelf.book ALTER COLUMN n TYPE integer',
	'ALTER TABLE shelf.book ALTER COLUMN topic TYPE varchar(100)',
	'ALTER TABLE shelf.book SET (fillfactor = 90)',
	'ALTER TABLE shelf.book REPLICA IDENTITY FULL',
	'ALTER TABLE shelf.book ENABLE ROW LEVEL SECURITY',
	'ALTER INDEX shelf.book_pkey RENAME TO book_key',
	'ALTER TABLE shelf.book RENAME COLUMN id TO number',
	'ALTER TABLE shelf.book RENAME COLUMN number TO id',
	'ALTER TYPE shelf.color ADD VALUE ''blue''',
	'COMMENT ON TABLE shelf.book IS ''x''',
	'CREATE TABLE shelf.like_it (LIKE shelf.book INCLUDING ALL)',
	'CREATE VIEW shelf.seen AS SELECT * FROM shelf.book',
	'DROP VIEW shelf.seen',
	'CREATE TRIGGER other AFTER INSERT ON shelf.book FOR EACH ROW EXECUTE FUNCTION nothing()',
	'ALTER TABLE shelf.book DISABLE TRIGGER other',
	'ALTER TRIGGER other ON shelf.book RENAME TO another',
	'DROP TRIGGER another ON shelf.book',
	'DROP FUNCTION nothing()',
	'CREATE RULE nothing AS ON DELETE TO shelf.book DO ALSO NOTHING']) s;
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'shelf.like_it'::regclass), 0::bigint, 'a table like it is not bound');
SELECT followed('ALTER TABLE shelf.book RENAME TO tome', 'shelf.tome');
SELECT followed('ALTER TABLE shelf.tome SET SCHEMA public', 'public.tome');
SELECT followed('ALTER TABLE public.tome RENAME TO "a ""strange"" name"', 'public."a ""strange"" name"');
SELECT followed('ALTER TABLE public."a ""strange"" name" RENAME TO book', 'public.book');
SELECT followed('ALTER TABLE public.book SET SCHEMA shelf');
SELECT is((SELECT count(*) FROM obligation WHERE binding = :late), (SELECT count(*) FROM shelf.book), 'each row that was entered meanwhile has its duty');
CALL backfill(:late);
SELECT is((SELECT count(*) FROM obligation WHERE binding = :late AND state = 'open'), (SELECT count(*) FROM shelf.book), 'and keeps it');

SELECT refused(s, '^2BP01 rule "[A-Z]+" is bound to table ".*book", which would no longer fit: ') FROM unnest(ARRAY[
	'ALTER TABLE shelf.book RENAME COLUMN got TO received',
	'ALTER TABLE shelf.book DROP COLUMN got',
	'ALTER TABLE shelf.book DROP COLUMN topic CASCADE',
	'ALTER TABLE shelf.book ALTER COLUMN amount TYPE text',
	'ALTER TABLE shelf.book ALTER COLUMN done TYPE date',
	'ALTER TABLE shelf.book ALTER COLUMN got TYPE text',
	'ALTER TABLE shelf.book ALTER COLUMN id TYPE bigint',
	'ALTER TABLE shelf.book DROP CONSTRAINT book_key CASCADE',
	'ALTER TABLE shelf.book DROP CONSTRAINT self, DROP CONSTRAINT book_key, ADD PRIMARY KEY (id, n)',
	'ALTER TABLE shelf.book DROP COLUMN id CASCADE',
	'ALTER TABLE shelf.book DROP CONSTRAINT self, SET UNLOGGED',
	'DROP TYPE shelf.color CASCADE',
	'DROP DOMAIN shelf.amount CASCADE',
	'ALTER TABLE shelf.book INHERIT shelf.like_it']) s;
SELECT refused(s) FROM unnest(ARRAY[
	'ALTER TABLE shelf.like_it INHERIT shelf.book',
	'CREATE TABLE shelf.kid () INHERITS (shelf.book)',
	'DROP TRIGGER statute_insert ON shelf.book',
	'ALTER TRIGGER statute_insert ON shelf.book RENAME TO mine',
	'ALTER TABLE shelf.book DISABLE TRIGGER statute_insert',
	'ALTER TABLE shelf.book DISABLE TRIGGER USER',
	'ALTER TABLE shelf.book DISABLE TRIGGER ALL',
	'ALTER TABLE shelf.book ENABLE REPLICA TRIGGER statute_update',
	'DROP FUNCTION statute.enforce() CASCADE']) s;

-- What an expression names is renamed: followed or refused, or the other rules go on.
CREATE FUNCTION goes_on(statement text) RETURNS text LANGUAGE sql AS $$
	SELECT matches(concat_ws('; ', fault(statement), judged()), '^(2BP01 .*; EVEN LATE ONCE SHORT|none; EVEN( LATE)? ONCE( SHORT)?)$', 'rows are entered and judged after: ' || statement)
$$;
SELECT goes_on(s) FROM unnest(ARRAY[
	'ALTER FUNCTION shelf.doubled(integer) RENAME TO twice',
	'ALTER FUNCTION shelf.same(timestamptz) RENAME TO equal',
	'CREATE SCHEMA shelf2',
	'CREATE OR REPLACE FUNCTION shelf.doubled(v integer) RETURNS integer VOLATILE LANGUAGE sql AS ''SELECT 2 * v''']) s;
SELECT goes_on('DROP FUNCTION shelf.doubled(integer)');
SELECT fault('CREATE FUNCTION shelf.doubled(v integer) RETURNS integer IMMUTABLE LANGUAGE sql AS ''SELECT 2 * v''');
SELECT fault('ALTER FUNCTION shelf.twice(integer) RENAME TO doubled'), fault('ALTER FUNCTION shelf.equal(timestamptz) RENAME TO same');
SELECT fault('CREATE OR REPLACE FUNCTION shelf.doubled(v integer) RETURNS integer IMMUTABLE LANGUAGE sql AS ''SELECT 2 * v''');
SELECT is(judged(), 'EVEN LATE ONCE SHORT', 'with its old name all is as before');
SELECT is(fault('CREATE FUNCTION unrelated() RETURNS integer LANGUAGE sql AS ''SELECT 1'''), 'none', 'what is unrelated');
SELECT is(fault('DROP FUNCTION unrelated()'), 'none', 'comes and goes');

-- Triggers are switched off for a load, as pg_restore --disable-triggers does.
SET check_function_bodies = off;
SELECT lives_ok('ALTER TABLE shelf.book DISABLE TRIGGER ALL', 'a load disables triggers');
SELECT lives_ok('ALTER TABLE shelf.book ENABLE TRIGGER ALL', 'and enables them');
RESET check_function_bodies;
SELECT ok(is_enforced('shelf.book'), 'which is then as before');

-- The calendar of a binding ----------------------------------------------------------------------

SELECT define_calendar('OWN', 'our own', 'CN');
CREATE TABLE dated (id integer PRIMARY KEY, got timestamptz, done timestamptz, n integer);
SELECT bind('LATE', 'dated', '{"start": "got", "done": "done"}', calendar := 'OWN') AS own, bind('SHORT', 'dated', '{"n": "n"}') AS other \gset
SELECT isnt(fault('SELECT drop_calendar(''OWN'')'), 'none', 'a calendar that a binding uses is not dropped');
SET session_replication_role = replica;
DELETE FROM ONLY calendar WHERE code = 'OWN';
RESET session_replication_role;
SELECT is(fault('INSERT INTO dated VALUES (1, ''2022-03-01'', NULL, 50)'), 'none', 'without it rows are entered');
SELECT is((SELECT count(*) FROM violation WHERE binding = :other), 1::bigint, 'and other rules judge');
SELECT unbind(:own), unbind(:other);

-- The end ----------------------------------------------------------------------------------------

SELECT is(fault('TRUNCATE shelf.book'), 'none', 'a bound table is emptied');
SELECT is((SELECT array_agg(DISTINCT state) FROM obligation WHERE binding = :late), '{cancelled}', 'its duties are cancelled');
SELECT is((SELECT array_agg(DISTINCT reason) FROM obligation_event e JOIN obligation o ON o.id = e.obligation WHERE o.binding = :late), '{"table truncated"}', 'on record');
INSERT INTO shelf.book (id, got, n) VALUES (1000, '2022-03-01', 50);
SELECT lives_ok('DROP TABLE shelf.book', 'a bound table can be dropped');
SELECT results_eq(format('SELECT state FROM binding_list WHERE binding IN (%s, %s)', :late, :short), '{ended,ended}'::text[], 'its bindings end');
SELECT is((SELECT state FROM obligation WHERE binding = :late AND row_key = '1000'), 'cancelled', 'its duties are cancelled');
SELECT is((SELECT reason FROM obligation_event e JOIN obligation o ON o.id = e.obligation WHERE o.row_key = '1000'), 'table dropped', 'on record');
SELECT is((SELECT table_name FROM binding_list WHERE binding = :late), 'shelf.book', 'under its last name');
SELECT lives_ok('DROP FUNCTION shelf.doubled(integer)', 'what its expressions needed can be dropped then');

CREATE TABLE shelf.last (id integer PRIMARY KEY, got timestamptz, n integer);
SELECT bind('SHORT', 'shelf.last', '{"n": "n"}') AS last \gset
BEGIN;
DROP SCHEMA shelf CASCADE;
ROLLBACK;
INSERT INTO shelf.last VALUES (1, '2022-03-01', 50);
SELECT is((SELECT count(*) FROM violation_list WHERE binding = :last), 1::bigint, 'a schema that was not dropped after all');
SELECT lives_ok('DROP SCHEMA shelf CASCADE', 'and one that was');
SELECT is((SELECT state FROM binding_list WHERE binding = :last), 'ended', 'ends the bindings of its tables');
CREATE ROLE ddl_owner;
CREATE SCHEMA AUTHORIZATION ddl_owner;
SET SESSION AUTHORIZATION ddl_owner;
CREATE TABLE ddl_owner.owned (id integer PRIMARY KEY, n integer);
SELECT bind('SHORT', 'ddl_owner.owned', '{"n": "n"}') AS owned \gset
RESET SESSION AUTHORIZATION;
REASSIGN OWNED BY ddl_owner TO postgres;
INSERT INTO ddl_owner.owned VALUES (1, 50);
SELECT is((SELECT count(*) FROM violation_list WHERE binding = :owned), 1::bigint, 'REASSIGN OWNED leaves a table bound');
ALTER TABLE ddl_owner.owned OWNER TO ddl_owner;
SELECT lives_ok('DROP OWNED BY ddl_owner CASCADE', 'DROP OWNED');
DROP ROLE ddl_owner;
SELECT is((SELECT state FROM binding_list WHERE binding = :owned), 'ended', 'ends bindings');
SELECT is(state_of_things(), '0 0', 'nothing is bound any more');

CREATE TABLE kept (id integer PRIMARY KEY, n integer);
SELECT bind('SHORT', 'kept', '{"n": "n"}') AS kept \gset
INSERT INTO kept VALUES (1, 50);
SELECT throws_ok('DROP EXTENSION pg_statute', '2BP01', NULL, 'the extension is not dropped by mistake while tables are bound');
SELECT lives_ok('DROP EXTENSION pg_statute CASCADE', 'it can be dropped with all that depends on it');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'kept'::regclass), 0::bigint, 'no trigger is left behind');
SELECT lives_ok('INSERT INTO kept VALUES (2, 50); UPDATE kept SET n = 5; DELETE FROM kept WHERE id = 1', 'the table works without it');
SELECT lives_ok('CREATE EXTENSION pg_statute_cn CASCADE', 'it is made again');
SELECT define_regulation('R', 'a regulation', 'an issuer', '[2022-01-01,)');
SELECT define_clause('C', 'R', '1', 'words');
SELECT define_rule('SHORT', 'C', 'check', 'x', '{"n": "integer"}', '{}', must := 'n <= 10');
SELECT bind('SHORT', 'kept', '{"n": "n"}') AS kept \gset
INSERT INTO kept VALUES (3, 50);
SELECT is((SELECT array_agg(row_key) FROM violation WHERE binding = :kept), '{3}', 'in the same session tables are bound and judged as before');
SELECT * FROM finish();
