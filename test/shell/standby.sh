#!/bin/sh
# A hot standby answers every read as its primary does, and sees the primary's
# changes once they are replayed, in sessions that are open and cached before.
. "$ROOT/test/shell/lib.sh"

STANDBY=5434
export STANDBY
database standby pg_statute_cn
run standby "
	CREATE TABLE days AS SELECT date '2022-01-01' + n % 365 AS day FROM generate_series(0, 99999) n;
	ANALYZE days;
	CREATE FUNCTION off(day date) RETURNS void LANGUAGE sql
	AS \$\$SELECT statute.set_calendar_day('CN', day, false, 'snow', 'a notice')\$\$;
	SELECT statute.define_convention('OURS', 'ours', 'our bylaws', closing := '17:00', receipt_cutoff := '16:00');
	SELECT statute.define_calendar('OFFICE', 'an office', 'CN', convention := 'OURS');
	SELECT statute.set_calendar_day('OFFICE', '2022-02-19', true, 'inventory', 'a notice')"

as_server "$PGBIN/pg_basebackup" -h "$WORK" -U postgres -D "$WORK/standby" -c fast -X stream -R >"$TMP/backup" 2>&1 || cat "$TMP/backup"
cluster_configure standby "$STANDBY"
cluster_start standby

on_standby() { PGPORT=$STANDBY sql standby "$@"; }

# for \! in a script: statements on the primary, then wait for their replay
cat >"$TMP/primary" <<-'SH'
	for s; do set -- "$@" -c "$s"; shift; done
	"$PGBIN/psql" -XAtq -p 5432 -d standby "$@" >/dev/null
	exec sh "$REPLAYED"
SH
cat >"$TMP/replayed" <<-'SH'
	lsn=$("$PGBIN/psql" -XAtq -p 5432 -d standby -c 'SELECT pg_current_wal_insert_lsn()')
	for _ in $(seq 600); do
		[ "$("$PGBIN/psql" -XAtq -p "$STANDBY" -d postgres -c "SELECT pg_last_wal_replay_lsn() >= '$lsn'")" = t ] && exit
		sleep 0.05
	done
	echo 'the standby does not replay'
	exit 1
SH
PRIMARY=$TMP/primary REPLAYED=$TMP/replayed
export PRIMARY REPLAYED
sh "$REPLAYED"

is "$(on_standby 'SELECT pg_is_in_recovery()')" t 'the standby is one'

# Every kind of call; rights.sh sees to it that each function answers at all.
cat >"$TMP/queries" <<-'SQL'
	SELECT statute.current_calendar(), statute.current_revision(), statute.current_revision('OFFICE');
	SELECT * FROM statute.calendar_list ORDER BY code;
	SELECT c, sum(statute.is_workday(day, c)::int), count(*) FILTER (WHERE statute.is_provisional(day, c)) FROM days, (VALUES (''), ('ISO'), ('DALI'), ('OFFICE')) v (c) GROUP BY 1 ORDER BY 1;
	SELECT statute.add_workdays('2022-02-17', 3, 'OFFICE'), statute.workdays_between('2022-01-01', '2022-12-31'), statute.next_workday('2022-01-30'), statute.prev_workday('2022-02-07'), statute.roll_workday('2022-02-19', 'preceding');
	SELECT statute.count_workdays(daterange('2022-01-01', '2023-01-01')), statute.count_workdays('[2022-02-14,2022-02-21]'::statute.workdayrange);
	SELECT * FROM statute.list_workdays(daterange('2022-01-28', '2022-02-14'));
	SELECT '2022-02-18'::statute.workday + 1, 2 + '2022-02-18'::statute.workday, '2022-02-18'::statute.workday - 3, '2022-02-18'::statute.workday - '2022-02-07'::statute.workday;
	SELECT '2022-02-19'::statute.workday;
	SELECT date '2022-02-18'::statute.workday, min(d), max(d) FROM (SELECT statute.list_workdays('[2022-02-14,2022-02-20]'::daterange)::statute.workday) v (d);
	SELECT statute.deadline('2022-02-18 10:00+08', l::statute.timelimit, c, v, '{[2022-02-21,2022-02-22)}') FROM (VALUES ('7 workdays'), ('10日'), ('3 months'), ('immediate'), ('90 minutes')) a (l), (VALUES ('CN'), ('OFFICE')) b (c), (VALUES (''), ('EU'), ('OURS')) d (v);
	SELECT statute.deadline_before('2022-02-18 10:00+08', '7 workdays'), statute.due_date('2022-02-18', '7 workdays'), statute.due_date_before('2022-02-18', '7 workdays');
	SELECT statute.elapsed('2022-01-18 10:00+08', '2022-02-18 10:00+08', 'workdays'), statute.remaining('2022-01-18 10:00+08', '30 days', '2022-02-01 00:00+08'), statute.used_fraction('2022-01-18 10:00+08', '30 days', '2022-02-01 00:00+08');
	SELECT timestamptz '2022-02-18 10:00+08' OPERATOR(statute.+) statute.timelimit '7 workdays', date '2022-02-18' OPERATOR(statute.-) statute.timelimit '7 workdays';
	SELECT * FROM statute.explain_deadline('2022-02-17 10:00+08', '3 workdays', 'OFFICE');
	SELECT * FROM statute.explain_deadline_before('2022-02-17 10:00+08', '3 workdays', 'OFFICE', 'CN');
	SELECT interval '3 months'::statute.timelimit, statute.timelimit '3 months'::interval, statute.timelimit '3 months' OPERATOR(statute.<) '4 months';
	SELECT * FROM statute.calendar_revision ORDER BY 1, 2;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
	SELECT count(*) FROM days WHERE statute.is_workday(day);
	SELECT count(*) FROM days WHERE statute.is_workday(day + 3650);
SQL
PGOPTIONS='-c search_path=public,statute' "$PGBIN/psql" -Xq -d standby -f "$TMP/queries" >"$TMP/primary.out" 2>&1
PGOPTIONS='-c search_path=public,statute' "$PGBIN/psql" -Xq -p "$STANDBY" -d standby -f "$TMP/queries" >"$TMP/standby.out" 2>&1
is "$(diff "$TMP/primary.out" "$TMP/standby.out")" '' 'every read has the same answer on the standby'
is "$(grep -c ERROR "$TMP/primary.out")" 1 'with one error, on a day off'
is "$(sed -n 's/.*ERROR:  //p' "$TMP/standby.out")" '2022-02-19 is not a working day of calendar "CN"' 'the same error'

PGPORT=$STANDBY answers standby <<'SQL'
\warn = t | the day is worked
SELECT statute.is_workday('2022-02-18');
\! sh "$PRIMARY" "SELECT off('2022-02-18')"
\warn = f | a change on the primary is seen after its replay
SELECT statute.is_workday('2022-02-18');
\! sh "$PRIMARY" "BEGIN" "SELECT statute.unset_calendar_day('CN', '2022-02-18')" "ROLLBACK"
\warn = f | what the primary rolls back is not
SELECT statute.is_workday('2022-02-18');
BEGIN;
\warn = f | in a transaction
SELECT statute.is_workday('2022-02-18');
\! sh "$PRIMARY" "TRUNCATE ONLY statute.calendar_day"
\warn = t | TRUNCATE on the primary
SELECT statute.is_workday('2022-02-18');
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 1 AS snapshot;
\! sh "$PRIMARY" "SELECT off('2022-02-18')"
\warn = t | an old snapshot keeps its answers
SELECT statute.is_workday('2022-02-18');
COMMIT;
\warn = f | the next one has the new ones
SELECT statute.is_workday('2022-02-18');
\warn = f | off in CN
SELECT statute.is_workday('2022-02-01');
\! sh "$PRIMARY" "SELECT statute.set_default_calendar('ISO')"
\warn = t | the choice on the primary of the default calendar
SELECT statute.is_workday('2022-02-01');
\! sh "$PRIMARY" "SELECT statute.set_default_calendar(NULL)" "DROP EXTENSION pg_statute_cn"
\warn = ERROR: 55000 | the pack is dropped
SELECT statute.is_workday('2022-02-01');
\! sh "$PRIMARY" "CREATE EXTENSION pg_statute_cn"
\warn = f | and created again
SELECT statute.is_workday('2022-02-01');
\warn = ERROR: 25006 | no change is made on a standby
SELECT off('2022-02-17');
SQL

# One call in a loop, in one transaction of the standby. The change began before
# a transaction that ended earlier, so that the standby's snapshots before and
# after it have the same upper bound; autovacuum must not end one of its own.
run standby "ALTER SYSTEM SET autovacuum = off" "SELECT pg_reload_conf()"
run standby "SELECT statute.unset_calendar_day('CN', '2022-02-18');
	CREATE FUNCTION rounds() RETURNS text LANGUAGE plpgsql AS \$\$
	DECLARE
		d date := '2022-02-18';
	BEGIN
		FOR i IN 1 .. 60 LOOP
			IF NOT statute.is_workday(d) THEN
				RETURN CASE WHEN i = 1 THEN 'too early' ELSE 'seen' END;
			END IF;
			PERFORM pg_sleep(0.05);
		END LOOP;
		RETURN 'never seen';
	END \$\$"
PGDATABASE=standby "$PGBIN/psql" -Xq >"$TMP/writer" 2>&1 <<'SQL' &
BEGIN;
SELECT off('2022-02-18');
\! touch "$TMP/changed"
\! for _ in $(seq 600); do [ ! -e "$TMP/go" ] || break; sleep 0.05; done
COMMIT;
SQL
writer=$!
for _ in $(seq 600); do [ ! -e "$TMP/changed" ] || break; sleep 0.05; done
run standby 'SELECT pg_current_xact_id()'
sh "$REPLAYED"
on_standby 'SELECT rounds()' >"$TMP/rounds" &
reader=$!
for _ in $(seq 600); do
	[ "$(on_standby "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" != 1 ] || break
	sleep 0.05
done
touch "$TMP/go"
wait "$writer" "$reader"
is "$(cat "$TMP/rounds")" seen 'a loop on the standby sees a change that was under way when it began'
run standby "ALTER SYSTEM RESET autovacuum" "SELECT pg_reload_conf()"

cluster_stop standby
finish
