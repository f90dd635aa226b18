-- The ledger knows rows by the text of their primary key: of any type, alone and
-- with others, under any settings of the session, and back.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(58);

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'R', 'art. 1', 'words');
SELECT define_calendar('EVERY', 'every day', weekend => '{}', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('EVERY', 'infinity', 'house rule');
SELECT define_rule('short', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 days"}');
CREATE TYPE color AS ENUM ('red', 'blue');
CREATE DOMAIN moment_of AS timestamptz;
CREATE DOMAIN amount AS integer;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE kind_of_key (type text PRIMARY KEY, one text, other text);
INSERT INTO kind_of_key VALUES ('integer', '1', '-2'), ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'),
	('text', E'it''s "a", \\ [b]\n', ''), ('timestamptz', '2022-03-01 09:00:00.123456+08', 'infinity'),
	('timestamp', '2022-03-01 09:00:00.5', '0044-03-15 12:00:00 BC'), ('date', '2022-03-04', '-infinity'), ('bytea', '\x00ff5c27', '\x'),
		('numeric', '1.50', 'NaN'), ('float8', '0.1', '1e300'), ('boolean', 'true', 'false'),
	('interval', '1 year 2 mons -3 days 04:05:06.7', '@ 5 mins'), ('char(5)', 'ab', 'c'), ('daterange', '[2022-03-01,2022-03-04)', 'empty'),
		('integer[]', '{1,NULL,3}', '{}'), ('text[]', '{"a,b",NULL,"it''s"}', '{}'),
	('public.amount', '7', '8'), ('public.color', 'blue', 'red'), ('inet', '10.0.0.1/8', '::1'),
		('time with time zone', '09:00:00+08', '23:59:59-05'), ('name', 'x y', 'z'), ('"char"', 'a', 'b'),
	('jsonb', '{"a": [1, "x"]}', '1'), ('bit(3)', '101', '010'), ('varchar', '100%', '%s $1 {0}'), ('public.citext', 'B', 'a');
CREATE TABLE keys (type text, setting text, row_key text, rule text);
CREATE FUNCTION settings(n integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('datestyle', (ARRAY['ISO, MDY', 'German', 'SQL, DMY', 'Postgres, MDY'])[n], false),
		set_config('timezone', (ARRAY['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'])[n], false),
		set_config('bytea_output', (ARRAY['hex', 'escape', 'hex', 'escape'])[n], false),
			set_config('intervalstyle', (ARRAY['postgres', 'iso_8601', 'sql_standard', 'postgres_verbose'])[n], false),
		set_config('extra_float_digits', (ARRAY['1', '-15', '0', '3'])[n], false),
			set_config('search_path', (ARRAY['public, statute', 'statute, public', 'pg_catalog, public, statute', 'public, statute'])[n], false);
END $$;
-- each type alone and with another, under one setting after the other, in two calendars with zones of their own
CREATE FUNCTION try(type text, one text, other text, composite boolean) RETURNS SETOF text LANGUAGE plpgsql SET search_path = public, statute AS $$
DECLARE
	b integer[];
	name text := type || CASE WHEN composite THEN ' and text' ELSE '' END;
	problem text;
BEGIN
	EXECUTE format('CREATE TABLE public.keyed (id %s, part text DEFAULT %L, at timestamptz, done timestamptz, PRIMARY KEY (id%s))', type, '"x"',
		CASE WHEN composite THEN ', part' ELSE '' END);
	b := ARRAY[statute.bind('short', 'public.keyed', '{"start": "at", "done": "done"}', calendar => 'EVERY'),
		statute.bind('moment', 'public.keyed', '{"start": "at", "done": "done"}', calendar => 'CN')];
	FOR n IN 1 .. 4 BY 1 + composite::integer LOOP
		PERFORM settings(n);
		EXECUTE format('INSERT INTO public.keyed (id, at) VALUES ((%L::text)::%s, ''2022-03-01 09:00+08''), ((%L::text)::%2$s, ''2022-03-01 09:00+08'')',
			one, type, other);
		INSERT INTO keys SELECT name, n, o.row_key, k.rule FROM statute.obligation o JOIN statute.binding k ON k.id = o.binding
			WHERE o.binding = ANY (b) AND o.state = 'open';
		PERFORM settings(1 + n % 4);
		UPDATE public.keyed SET done = '2022-03-02 09:00+08';
		IF (SELECT count(*) FROM statute.obligation o WHERE o.binding = ANY (b) AND o.state = 'done') <> 4 THEN
			RETURN NEXT format('%s, setting %s: UPDATE lost a row', name, n);
		END IF;
		CALL statute.backfill(b[1], NULL);
		CALL statute.backfill(b[2], NULL);
		PERFORM settings(1 + (n + 1) % 4);
		UPDATE public.keyed SET done = NULL;
		PERFORM statute.recompute_apply('x', b[1]), statute.recompute_apply('x', b[2]);
		IF (SELECT count(*) FROM statute.obligation o WHERE o.binding = ANY (b) AND o.state = 'open') <> 4 THEN
			RETURN NEXT format('%s, setting %s: backfill or recompute lost a row', name, n);
		END IF;
		CASE n WHEN 1 THEN TRUNCATE public.keyed;
			WHEN 2 THEN PERFORM set_config('session_replication_role', 'replica', false); DELETE FROM public.keyed; PERFORM set_config('session_replication_role', 'origin', false);
				CALL statute.backfill(b[1], NULL); CALL statute.backfill(b[2], NULL);
			ELSE DELETE FROM public.keyed; END CASE;
		IF EXISTS (SELECT FROM statute.obligation o WHERE o.binding = ANY (b) AND o.state <> 'cancelled') THEN
			RETURN NEXT format('%s, setting %s: a row that is gone is not found gone', name, n);
		END IF;
	END LOOP;
	PERFORM settings(1);
	DROP TABLE public.keyed;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
	RETURN NEXT format('%s: %s', name, problem);
END $$;SELECT define_rule('moment', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT is_empty(format('SELECT try(%L, %L, %L, %L)', type, one, other, composite), type || CASE WHEN composite THEN ', of two columns' ELSE '' END)
	FROM kind_of_key, unnest('{false,true}'::boolean[]) composite ORDER BY type COLLATE "C", composite;
SELECT is_empty('SELECT type, array_agg(DISTINCT row_key) FROM keys GROUP BY type HAVING count(DISTINCT row_key) <> 2 OR count(*) NOT IN (8, 16)',
	'a key is one text, whatever the settings');

CREATE FUNCTION refusal(type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE public.keyed (id %s PRIMARY KEY, at timestamptz)', type);
	PERFORM statute.bind('short', 'public.keyed', '{"start": "at"}');
	RETURN 'bound';
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT is(refusal(t), '42809 table "public.keyed" cannot be bound: its primary key has a type whose text depends on the time zone', 'refused: ' || t)
	FROM unnest('{tstzrange,timestamptz[],tstzmultirange,public.moment_of}'::text[]) t;

-- In batches, in the order of the key, whatever that is
CREATE FUNCTION judged() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT count(*) || ' of ' || (SELECT count(*) FROM batched) || ', ' || count(DISTINCT o.row_key) FROM statute.obligation o
		JOIN statute.binding b ON b.id = o.binding
		WHERE b.relation = 'batched'::regclass AND o.state = 'open');
END $$;
DROP TABLE IF EXISTS keyed;
CREATE TABLE batched (k citext PRIMARY KEY, at timestamptz);
INSERT INTO batched SELECT k, '2022-03-01' FROM unnest('{a,B,c,D,e,F,g}'::citext[]) k;
SELECT bind('short', 'batched', '{"start": "at"}') AS b \gset
CALL backfill(:b, 2);
SELECT is(judged(), '7 of 7, 7', 'letters of either case');
DROP TABLE batched;
CREATE TABLE batched (k text COLLATE "POSIX", n numeric, d timestamptz, at timestamptz, PRIMARY KEY (d, k, n));
INSERT INTO batched SELECT chr(40 + (g * 37) % 80), g % 3, timestamptz '2022-03-01' - g % 4 * interval '1 day', '2022-03-01' FROM generate_series(1, 60) g;
SELECT bind('short', 'batched', '{"start": "at"}') AS b \gset
CALL backfill(:b, 7);
SELECT is(judged(), '60 of 60, 60', 'three columns');
SET datestyle = 'German';
SET timezone = 'Asia/Kathmandu';
CALL backfill(:b, 1);
SELECT is(judged(), '60 of 60, 60', 'again, under other settings');
SELECT * FROM finish();
