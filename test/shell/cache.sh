#!/bin/sh
# A cache never outlives its data: what one session sees of its own changes.
# What it sees of other sessions' is in test/isolation.
. "$ROOT/test/shell/lib.sh"

# 2022-02-17 is a Thursday and 2022-02-18 a Friday, both worked in CN;
# 2022-02-01 is a Tuesday, off in CN and worked in ISO.
prepare() {
	database "$1" pg_statute_cn
	run "$1" "
		CREATE FUNCTION public.off(day date) RETURNS void LANGUAGE sql
		AS \$\$SELECT statute.set_calendar_day('CN', day, false, 'snow', 'a notice')\$\$"
}

# Another session, for \! in a script.
PGDATABASE=cache
export PGDATABASE
cat >"$TMP/other" <<-'SH'
	for s; do set -- "$@" -c "$s"; shift; done
	exec "$PGBIN/psql" -XAtq "$@"
SH
OTHER=$TMP/other
export OTHER

prepare cache

answers cache <<'SQL'
\warn = t | at first the day is worked
SELECT statute.is_workday('2022-02-18');

BEGIN;
SELECT off('2022-02-18');
\warn = f | a change is seen by the next statement of its transaction
SELECT statute.is_workday('2022-02-18');
ROLLBACK;
\warn = t | ROLLBACK takes it back
SELECT statute.is_workday('2022-02-18');

BEGIN;
SELECT off('2022-02-18');
ROLLBACK;
\warn = t | also where nobody looked between
SELECT statute.is_workday('2022-02-18');

BEGIN;
SELECT off('2022-02-18');
\warn = f | seen again
SELECT statute.is_workday('2022-02-18');
\warn = ERROR: 22012 | and then an error
SELECT 1 / 0;
COMMIT;
\warn = t | an error takes it back
SELECT statute.is_workday('2022-02-18');

BEGIN;
SELECT off('2022-02-17');
SAVEPOINT a;
SELECT off('2022-02-18');
\warn = f f | two changes, one after a savepoint
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));
ROLLBACK TO a;
\warn = f t | ROLLBACK TO takes back the second one only
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));
SAVEPOINT b;
SELECT off('2022-02-18');
RELEASE b;
\warn = f f | RELEASE keeps
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));
ROLLBACK TO a;
\warn = f t | but not beyond the savepoint around it
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));
ROLLBACK;
\warn = t t | and nothing is left
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));

-- Once a later transaction of somebody else has completed, an aborted
-- subtransaction leaves no trace in the snapshots around it.
BEGIN;
SELECT pg_current_xact_id();
SAVEPOINT a;
SELECT off('2022-02-18');
\! sh "$OTHER" 'SELECT pg_current_xact_id()' >/dev/null
SELECT pg_current_snapshot() AS before \gset
\warn = f | seen in the subtransaction
SELECT statute.is_workday('2022-02-18');
ROLLBACK TO a;
\warn = t | the snapshot after ROLLBACK TO is like the one before
SELECT pg_current_snapshot()::text = :'before';
\warn = t | and yet the change is gone
SELECT statute.is_workday('2022-02-18');
SAVEPOINT c;
SELECT off('2022-02-18');
\warn = ERROR: P0001 | an error in a block that handles it
DO $$ BEGIN PERFORM statute.is_workday('2022-02-18'); RAISE EXCEPTION 'stop'; END $$;
ROLLBACK TO c;
\warn = t | gone again
SELECT statute.is_workday('2022-02-18');
COMMIT;

CREATE FUNCTION public.looks() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	d date := '2022-02-18';
	seen text := '';
BEGIN
	FOR i IN 1 .. 3 LOOP
		seen := seen || left(statute.is_workday(d)::text, 1);
		BEGIN
			PERFORM off(d);
			seen := seen || left(statute.is_workday(d)::text, 1);
			RAISE EXCEPTION 'stop';
		EXCEPTION WHEN raise_exception THEN
			NULL;
		END;
	END LOOP;
	RETURN seen;
END $$;
\warn = tftftf | blocks of PL/pgSQL that fail, around the same two calls
SELECT looks();

BEGIN;
\warn = t | a statement does not see what it changes itself
SELECT w FROM (SELECT off('2022-02-18'), statute.is_workday('2022-02-18') AS w) x;
\warn = f | the next one does
SELECT statute.is_workday('2022-02-18');
\warn = t | nor does a statement see what a part of it changes
WITH i AS (INSERT INTO statute.calendar_day VALUES ('CN', '2022-02-17', false, 'snow') RETURNING day)
SELECT statute.is_workday(day) FROM i;
\warn = f | the next one does so here
SELECT statute.is_workday('2022-02-17');
ROLLBACK;

-- Changes made without our functions
BEGIN;
INSERT INTO statute.calendar_day VALUES ('CN', '2022-02-18', false, 'snow');
\warn = f | INSERT
SELECT statute.is_workday('2022-02-18');
UPDATE statute.calendar_day SET is_workday = true WHERE day = '2022-02-18';
\warn = t | UPDATE
SELECT statute.is_workday('2022-02-18');
MERGE INTO statute.calendar_day d USING (VALUES (1)) v ON d.calendar = 'CN' AND d.day = '2022-02-18'
	WHEN MATCHED THEN UPDATE SET is_workday = false;
\warn = f | MERGE
SELECT statute.is_workday('2022-02-18');
DELETE FROM statute.calendar_day WHERE day = '2022-02-18';
\warn = t | DELETE
SELECT statute.is_workday('2022-02-18');
COPY statute.calendar_day (calendar, day, is_workday, name) FROM stdin WITH (DELIMITER ' ');
CN 2022-02-18 f snow
\.
\warn = f | COPY
SELECT statute.is_workday('2022-02-18');
UPDATE statute.calendar_day SET day = '2022-02-17' WHERE day = '2022-02-18';
\warn = f t | an UPDATE of the day
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), left(statute.is_workday('2022-02-18')::text, 1));
COMMIT;

BEGIN;
TRUNCATE ONLY statute.calendar_day;
\warn = t | TRUNCATE
SELECT statute.is_workday('2022-02-17');
ROLLBACK;
\warn = f | and its ROLLBACK
SELECT statute.is_workday('2022-02-17');
\warn = ERROR: 55000 | TRUNCATE of the shipped rows is refused
TRUNCATE statute.calendar_day;
\warn = f | and changes nothing
SELECT statute.is_workday('2022-02-17');
SELECT statute.current_revision() AS revision \gset
TRUNCATE ONLY statute.calendar_day;
\warn = t | TRUNCATE, committed
SELECT statute.is_workday('2022-02-17');
\warn = t | is a new revision, of a shipped calendar too
SELECT statute.current_revision() > :revision;

SET session_replication_role = replica;
INSERT INTO statute.calendar_day VALUES ('CN', '2022-02-18', false, 'snow');
\warn = f | rows that replication brings
SELECT statute.is_workday('2022-02-18');
DELETE FROM statute.calendar_day WHERE day = '2022-02-18';
\warn = t | or takes
SELECT statute.is_workday('2022-02-18');
INSERT INTO statute.calendar_default VALUES ('ISO');
\warn = ISO | the default
SELECT statute.current_calendar();
TRUNCATE ONLY statute.calendar_default;
\warn = CN | and back
SELECT statute.current_calendar();
RESET session_replication_role;

-- The other tables
BEGIN;
SELECT statute.define_convention('OURS', 'ours', 'our bylaws');
SELECT statute.define_calendar('OFFICE', 'an office', 'CN', convention := 'OURS');
\warn = 2022-02-19 | a convention: not rolled
SELECT statute.due_date('2022-02-17', '2 days', 'OFFICE');
SAVEPOINT a;
UPDATE ONLY statute.convention SET roll_forward = 'following';
\warn = 2022-02-21 | a convention that was changed
SELECT statute.due_date('2022-02-17', '2 days', 'OFFICE');
ROLLBACK TO a;
\warn = 2022-02-19 | and back
SELECT statute.due_date('2022-02-17', '2 days', 'OFFICE');
\warn = t | a day beyond what is announced
SELECT statute.is_provisional('2027-03-01');
SELECT statute.announce_calendar('CN', '2027-12-28', 'a notice');
\warn = f | announced
SELECT statute.is_provisional('2027-03-01');
ROLLBACK TO a;
\warn = t | and back
SELECT statute.is_provisional('2027-03-01');
SELECT statute.set_default_calendar('OFFICE');
\warn = OFFICE | the default calendar
SELECT statute.current_calendar();
ROLLBACK;
\warn = CN | and back
SELECT statute.current_calendar();
\warn = ERROR: 42704 | a calendar whose making was rolled back
SELECT statute.is_workday('2022-02-18', 'OFFICE');
\warn = ERROR: 42704 | a convention, too
SELECT statute.due_date('2022-02-17', '2 days', 'CN', 'OURS');

-- The session's setting
\warn = f | the default calendar is CN
SELECT statute.is_workday('2022-02-01');
SET statute.calendar = 'ISO';
\warn = t | SET
SELECT statute.is_workday('2022-02-01');
BEGIN;
SET LOCAL statute.calendar = 'CN';
\warn = f | SET LOCAL
SELECT statute.is_workday('2022-02-01');
SAVEPOINT a;
SET LOCAL statute.calendar = 'ISO';
\warn = t | SET LOCAL in a subtransaction
SELECT statute.is_workday('2022-02-01');
ROLLBACK TO a;
\warn = f | rolled back
SELECT statute.is_workday('2022-02-01');
COMMIT;
\warn = t | after COMMIT
SELECT statute.is_workday('2022-02-01');
DISCARD ALL;
\warn = f | after DISCARD ALL
SELECT statute.is_workday('2022-02-01');
\warn = f | the cache after DISCARD ALL
SELECT statute.is_workday('2022-02-01', 'CN');
CREATE FUNCTION public.iso_sql() RETURNS boolean LANGUAGE sql SET statute.calendar = 'ISO'
AS $$SELECT statute.is_workday('2022-02-01')$$;
CREATE FUNCTION public.iso_plpgsql() RETURNS boolean LANGUAGE plpgsql SET statute.calendar = 'ISO'
AS $$BEGIN RETURN statute.is_workday('2022-02-01'); END$$;
CREATE FUNCTION public.iso_fails() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		SET LOCAL statute.calendar = 'ISO';
		PERFORM statute.is_workday('2022-02-01');
		RAISE EXCEPTION 'stop';
	EXCEPTION WHEN raise_exception THEN
		RETURN statute.is_workday('2022-02-01');
	END;
END$$;
\warn = ftftff ftftff ftftff | functions with a setting of their own, among calls without
SELECT string_agg(translate(concat(statute.is_workday(d), iso_sql(), statute.is_workday(d), iso_plpgsql(),
	statute.is_workday(d), iso_fails()), 'alrseu', ''), ' ')
FROM (SELECT date '2022-02-01' AS d FROM generate_series(1, 3)) x;
\warn = f,t,f,f,t | calendars from a column
SELECT string_agg(left(statute.is_workday('2022-02-01', c)::text, 1), ',' ORDER BY n)
FROM (VALUES (1, 'CN'), (2, 'ISO'), (3, 'CN'), (4, ''), (5, 'ISO')) v (n, c);
\warn = f,t,f,f,t | from the outer row of a subquery
SELECT string_agg(left(w::text, 1), ',' ORDER BY n)
FROM (VALUES (1, 'CN'), (2, 'ISO'), (3, 'CN'), (4, ''), (5, 'ISO')) v (n, c),
	LATERAL (SELECT statute.is_workday('2022-02-01', v.c) AS w OFFSET 0) x;
CREATE FUNCTION public.each(calendars text[], conventions text[]) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	c text;
	v text;
	seen text := '';
BEGIN
	FOREACH c IN ARRAY calendars LOOP
		FOREACH v IN ARRAY conventions LOOP
			seen := concat(seen, left(statute.is_workday('2022-02-01', c)::text, 1),
				to_char(statute.due_date('2022-01-28', '3 days', c, v), '-DD '));
		END LOOP;
	END LOOP;
	RETURN seen;
END $$;
-- Three days after Friday 2022-01-28 is Monday 31, when the holidays begin in CN.
\warn = f-31 f-07 f-07 t-31 t-31 t-02 | from variables of PL/pgSQL, conventions too
SELECT trim(each('{CN,ISO}', '{PLAIN,CN,UK-CPR}'));
\warn = ftft | one call while the setting changes from row to row
SELECT string_agg(left(w::text, 1), '') FROM (SELECT set_config('statute.calendar', c, false), statute.is_workday('2022-02-01') AS w
	FROM (VALUES ('CN'), ('ISO'), ('CN'), ('ISO')) v (c) OFFSET 0) x;
RESET statute.calendar;
PREPARE session_calendar AS SELECT statute.is_workday('2022-02-01');
SET plan_cache_mode = force_generic_plan;
\warn = f | a prepared statement
EXECUTE session_calendar;
SET statute.calendar = 'ISO';
\warn = t | follows the setting
EXECUTE session_calendar;
RESET ALL;

-- A snapshot that another session exports
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! sh "$OTHER" "SELECT off('2022-02-18')" >/dev/null
\warn = f t f | before, under and after an imported snapshot that is older than the change
\! look="SELECT left(statute.is_workday('2022-02-18')::text, 1)"; sh "$OTHER" "$look" "BEGIN ISOLATION LEVEL REPEATABLE READ" "SET TRANSACTION SNAPSHOT '$SNAPSHOT'" "$look" COMMIT "$look" | xargs
COMMIT;
TRUNCATE ONLY statute.calendar_day;
SQL

# DROP and CREATE EXTENSION in one session: other tables, and even the numbers
# of their versions come again.
answers cache <<'SQL'
SELECT off('2022-02-18');
\warn = f | an own day off
SELECT statute.is_workday('2022-02-18');
SET client_min_messages = error;
BEGIN;
DROP EXTENSION pg_statute CASCADE;
\warn = ERROR: 3F000 | no function after DROP EXTENSION
SELECT statute.is_workday('2022-02-18');
ROLLBACK;
\warn = f | all is back after ROLLBACK
SELECT statute.is_workday('2022-02-18');
BEGIN;
DROP EXTENSION pg_statute CASCADE;
CREATE EXTENSION pg_statute_cn CASCADE;
\warn = t | a new extension in the same transaction has no own day
SELECT statute.is_workday('2022-02-18');
SAVEPOINT a;
SELECT off('2022-02-17');
\warn = f | but can be given one
SELECT statute.is_workday('2022-02-17');
ROLLBACK TO a;
\warn = t | which goes with its subtransaction
SELECT statute.is_workday('2022-02-17');
ROLLBACK;
\warn = f | after ROLLBACK it is the old extension
SELECT statute.is_workday('2022-02-18');

BEGIN;
DROP EXTENSION pg_statute_cn;
\warn = t | the engine without its pack
SELECT statute.is_workday('2022-02-01', 'ISO');
SAVEPOINT a;
\warn = ERROR: 42704 | no calendar CN
SELECT statute.is_workday('2022-02-01', 'CN');
ROLLBACK TO a;
\warn = ERROR: 55000 | and no default
SELECT statute.current_calendar();
ROLLBACK TO a;
CREATE EXTENSION pg_statute_cn;
\warn = f | the pack again, with the own day that stayed
SELECT statute.is_workday('2022-02-18');
ROLLBACK;
\warn = f | and after ROLLBACK
SELECT statute.is_workday('2022-02-18');

DROP EXTENSION pg_statute CASCADE;
\warn = ERROR: 3F000 | DROP EXTENSION, committed
SELECT statute.is_workday('2022-02-18');
BEGIN;
CREATE EXTENSION pg_statute_cn CASCADE;
\warn = t | CREATE EXTENSION in a transaction
SELECT statute.is_workday('2022-02-18');
ROLLBACK;
\warn = ERROR: 3F000 | that is rolled back
SELECT statute.is_workday('2022-02-18');
CREATE EXTENSION pg_statute_cn CASCADE;
\warn = t | CREATE EXTENSION, committed
SELECT statute.is_workday('2022-02-18');
SELECT version FROM statute.calendar_version \gset
DROP EXTENSION pg_statute CASCADE;
CREATE EXTENSION pg_statute CASCADE;
SELECT statute.define_calendar('CN', 'another one', weekend := '{5,6,7}', time_zone := 'UTC', convention := 'PLAIN');
UPDATE statute.calendar_version SET version = :version;
\warn = f | another CN, though its version bears the same number
SELECT statute.is_workday('2022-02-18', 'CN');
SQL

# Workers of a parallel query build caches of their own, and see what their
# leader sees: its uncommitted changes too.
prepare parallel
force=force_parallel_mode
[ "$PGMAJOR" = 15 ] || force=debug_parallel_query
answers parallel <<SQL
CREATE TABLE days AS SELECT date '2022-02-14' + n % 5 AS day FROM generate_series(0, 9999) n;
CREATE FUNCTION public.launched(query text) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		IF line LIKE '%Workers Launched%' THEN
			RETURN trim(line);
		END IF;
	END LOOP;
	RETURN 'no parallel plan';
END \$\$;
ANALYZE days;
SET min_parallel_table_scan_size = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
\\warn = Workers Launched: 2 | the plan is parallel
SELECT launched('SELECT count(*) FROM days WHERE statute.is_workday(day)');
\\warn = 10000 | all days of the week are worked
SELECT count(*) FROM days WHERE statute.is_workday(day);
BEGIN;
SELECT off('2022-02-18');
\\warn = Workers Launched: 2 | the plan is parallel in a transaction that changed a calendar
SELECT launched('SELECT count(*) FROM days WHERE statute.is_workday(day)');
\\warn = 8000 | the workers see its change
SELECT count(*) FROM days WHERE statute.is_workday(day);
SAVEPOINT a;
SELECT off('2022-02-17');
SET LOCAL statute.calendar = 'DALI';
\\warn = 6000 | the change of a subtransaction, and its setting
SELECT count(*) FROM days WHERE statute.is_workday(day);
ROLLBACK TO a;
\\warn = 8000 | but not after it was rolled back
SELECT count(*) FROM days WHERE statute.is_workday(day);
DROP EXTENSION pg_statute_cn;
CREATE EXTENSION pg_statute_cn;
\\warn = 8000 | a pack that is not committed yet
SELECT count(*) FROM days WHERE statute.is_workday(day);
ROLLBACK;
\\warn = 10000 | nothing of it remains
SELECT count(*) FROM days WHERE statute.is_workday(day);
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 1 AS snapshot;
\\! PGDATABASE=parallel sh "\$OTHER" "SELECT off('2022-02-18')" >/dev/null
\\warn = 10000 | the workers of an old snapshot
SELECT count(*) FROM days WHERE statute.is_workday(day);
COMMIT;
\\warn = 8000 | and those of a new one
SELECT count(*) FROM days WHERE statute.is_workday(day);
RESET ALL;
SET $force = on;
BEGIN;
SELECT off('2022-02-17');
\\warn = f 2022-02-21 2022-02-21 | every kind of call in a worker
SELECT concat_ws(' ', left(statute.is_workday('2022-02-17')::text, 1), statute.next_workday('2022-02-16'), statute.due_date('2022-02-16', '1 day', 'CN', 'CN'));
COMMIT;
SQL

# Two phases: a prepared transaction belongs to nobody.
cluster_init prepared 5433
echo 'max_prepared_transactions = 5' >>"$WORK/prepared/postgresql.auto.conf"
cluster_start prepared
PGPORT=5433
export PGPORT
prepare prepared
answers prepared <<'SQL'
CREATE TABLE other (n integer);
CREATE FUNCTION public.after_commands(n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	d date := '2022-02-18';
	seen text := '';
BEGIN
	FOR i IN 1 .. n LOOP
		seen := seen || left(statute.is_workday(d)::text, 1);
		INSERT INTO other VALUES (i);
	END LOOP;
	RETURN seen;
END $$;
BEGIN;
SELECT off('2022-02-18');
\warn = f | the change in its transaction
SELECT statute.is_workday('2022-02-18');
PREPARE TRANSACTION 'a';
\warn = t | PREPARE TRANSACTION takes it from the session
SELECT statute.is_workday('2022-02-18');
COMMIT PREPARED 'a';
\warn = f | COMMIT PREPARED makes it known to all
SELECT statute.is_workday('2022-02-18');
BEGIN;
SELECT statute.unset_calendar_day('CN', '2022-02-18');
\warn = t | taken back
SELECT statute.is_workday('2022-02-18');
PREPARE TRANSACTION 'b';
-- One of these snapshots has as many commands behind it as the one above.
\warn = ffffffffffffffffffff | in the next transaction it is not
SELECT after_commands(20);
ROLLBACK PREPARED 'b';
\warn = f | ROLLBACK PREPARED leaves it so
SELECT statute.is_workday('2022-02-18');
SQL
cluster_stop prepared

finish
