#!/bin/sh
# A real pg_cron: the sweep runs at its minute, twice, over a connection and in a
# background worker, out of its own database and for another one, and job_status tells of it.
. "$ROOT/test/shell/lib.sh"

if [ ! -f "$("$PG_CONFIG" --pkglibdir)/pg_cron.so" ]; then
	skip 'no pg_cron here'
	finish
	exit
fi

# the address of each server is a socket; the second one has no connections at all
cluster_init cron 5439
cluster_init workers 5440
for c in cron workers; do
	cat >>"$WORK/$c/postgresql.auto.conf" <<-END
		shared_preload_libraries = 'pg_cron'
		cron.database_name = 'county'
		cron.host = '$WORK'
	END
done
echo 'cron.use_background_workers = on' >>"$WORK/workers/postgresql.auto.conf"

# Two letters that are past both steps of their ladder
letters() {
	database "$1" pg_statute_cn
	run "$1" "ALTER DATABASE $1 SET search_path = public, statute"
	run "$1" "SELECT define_regulation('R', 'R', 'the county', '[2022-01-01,)'), define_clause('R-1', 'R', 'article 1', 'letters are answered in 5 working days')" \
		"CREATE TABLE letter (no integer PRIMARY KEY, received timestamptz)" \
		"SELECT define_rule('answer', 'R-1', 'deadline', 'letters are answered', '{\"start\": \"timestamptz\"}', '{\"limit\": \"5 workdays\"}')" \
		"SELECT bind('answer', 'letter', '{\"start\": \"received\"}')" \
		"SELECT define_ladder('cards', 'cards'), define_step('cards', 1, '80%', 'yellow', 'handler', 'x'), define_step('cards', 2, 'due', 'red', 'leader', 'y')" \
		"SELECT set_ladder('cards', 'answer')" "SET client_min_messages = error; INSERT INTO letter SELECT n, '2022-03-07 09:00+08' FROM generate_series(1, 2) n"
}

for port in 5440 5439; do
	PGPORT=$port
	export PGPORT
	if [ $port = 5439 ]; then cluster_start cron; else cluster_start workers; fi
	letters county
	run county 'CREATE ROLE sweeper LOGIN' "CREATE EXTENSION pg_cron" "SELECT grant_sweep('sweeper')" 'GRANT USAGE ON SCHEMA cron TO sweeper'
done

as_sweeper() { PGUSER=sweeper sql county "$@"; }
refused() { PGUSER=$1 sql "$2" '\set VERBOSITY verbose' "$3" | sed -n 's/^\(ERROR\|DETAIL\|HINT\): *//p'; }
jobs() { sql county "SELECT jobname, schedule, command, database, username, active FROM cron.job WHERE username = '$1' ORDER BY jobname"; }

# --- In the first minute: workers, who fail at first

# soon SECONDS DATABASE QUERY: until it says t
soon() {
	for _ in $(seq $(($1 * 5))); do
		[ "$(sql "$2" "$3")" != t ] || return 0
		sleep 0.2
	done
	ok 1 "in $1 s: $3"
}
# not at the end of a minute, for which what is scheduled would come too late, or in two parts
soon 30 county "SELECT extract(second FROM clock_timestamp()) BETWEEN 1 AND 45"

PGPORT=5440
PGUSER=sweeper run county "SELECT schedule_jobs('* * * * *', NULL)"
is "$(jobs sweeper)" "pg_statute: sweep|* * * * *|CALL statute.sweep()|county|sweeper|t" 'one job where the other is not wanted'
run county "REVOKE EXECUTE ON FUNCTION statute._fire_steps FROM sweeper"
PGPORT=5439

# --- Scheduled, and scheduled again

run county "SELECT schedule_jobs()"
is "$(jobs postgres)" "pg_statute: purge|17 3 * * *|SELECT statute.purge_runs('90 days')|county|postgres|t
pg_statute: sweep|*/5 * * * *|CALL statute.sweep()|county|postgres|t" 'two jobs, each one statement'
run county "SELECT schedule_jobs('0 0 1 1 *', '0 0 1 1 *', '1 mon -2 days')"
PGUSER=sweeper run county "SELECT schedule_jobs('* * * * *', '* * * * *', '1 day')"
is "$(jobs postgres)" "pg_statute: purge|0 0 1 1 *|SELECT statute.purge_runs('1 mon -2 days')|county|postgres|t
pg_statute: sweep|0 0 1 1 *|CALL statute.sweep()|county|postgres|t" 'other times replace them'
is "$(jobs sweeper)" "pg_statute: purge|* * * * *|SELECT statute.purge_runs('1 day')|county|sweeper|t
pg_statute: sweep|* * * * *|CALL statute.sweep()|county|sweeper|t" 'another role has its own'
numbers='SELECT array_agg(jobid ORDER BY jobid) FROM cron.job'
before=$(sql county "$numbers")
run county "SELECT schedule_jobs('0 0 1 1 *', '0 0 1 1 *')"
is "$(sql county "$numbers")" "$before" 'the same times: the same jobs, with their history'
run county "UPDATE cron.job SET active = false WHERE username = 'postgres' AND jobname = 'pg_statute: sweep'" "UPDATE cron.job SET database = 'before' WHERE username = 'postgres' AND jobname = 'pg_statute: purge'"
is "$(sql county "SELECT job, scheduled_by, active FROM job_status WHERE scheduled_by = 'postgres'")" 'pg_statute: sweep|postgres|f' 'job_status shows one that is switched off, and none of another database'
run county "SELECT schedule_jobs('0 0 1 1 *', '0 0 1 1 *')"
is "$(sql county "SELECT database, active FROM cron.job WHERE username = 'postgres'" | uniq -c | xargs)" '2 county|t' 'it works again, and in this database'
is "$(as_sweeper "SELECT job, scheduled_by, schedule, active, started_at, took, status, message, looked_at, fired, due, oldest_due FROM job_status")" \
	"pg_statute: sweep|postgres|0 0 1 1 *|t|||||||2|
pg_statute: sweep|sweeper|* * * * *|t|||||||2|
pg_statute: purge|postgres|0 0 1 1 *|t||||||||
pg_statute: purge|sweeper|* * * * *|t||||||||" 'none has run; two obligations are not planned yet'
run county "SELECT unschedule_jobs()"
is "$(sql county 'SELECT username, count(*) FROM cron.job GROUP BY username')" 'sweeper|2' 'who unschedules takes his own'
run county "SELECT unschedule_jobs()"

is "$(refused sweeper county "SELECT schedule_jobs('every day')" | head -n 1)" '22023: invalid schedule: every day' 'refused: no schedule'
is "$(jobs sweeper | wc -l)" 2 'and the jobs are as they were'
is "$(refused sweeper county "SELECT schedule_jobs(keep => '-1 day')")" '22023: runs cannot be kept for -1 days' 'nor less than no time'
run county 'CREATE ROLE clerk LOGIN' 'CREATE ROLE office'
is "$(refused clerk county 'SELECT schedule_jobs()')" '42501: permission denied for schema cron
GRANT USAGE ON SCHEMA cron TO clerk.' 'refused: a role without pg_cron'
is "$(refused clerk county 'SELECT unschedule_jobs()' | head -n 1)" '42501: permission denied for schema cron' 'who has nothing to unschedule either'
run county 'GRANT USAGE ON SCHEMA cron TO clerk, office'
is "$(refused clerk county 'SELECT schedule_jobs()')" "42501: role \"clerk\" may not sweep
SELECT statute.grant_sweep('clerk'), as the owner of the extension." 'refused: one that may not sweep'
run county "SELECT grant_sweep('office')"
is "$(sql county '\set VERBOSITY verbose' 'SET ROLE office' 'SELECT schedule_jobs()' | sed -n 's/^ERROR: *//p')" '55000: role "office" cannot log in, and so cannot run jobs' 'refused: one that cannot log in'

# --- Another database: what the error says is done

letters elsewhere
is "$(refused postgres elsewhere 'SELECT schedule_jobs()')" "55000: pg_cron does not run in database \"elsewhere\"
It runs in database \"county\", which its setting cron.database_name names.
CREATE EXTENSION pg_cron here, with shared_preload_libraries = 'pg_cron' and cron.database_name = 'elsewhere'; or in the database that has it, SELECT cron.schedule_in_database('pg_statute: sweep of elsewhere', '*/5 * * * *', 'CALL statute.sweep()', 'elsewhere'); or run psql -Xqd elsewhere -c 'CALL statute.sweep()' from cron or a systemd timer." \
	'refused: pg_cron in another database'
is "$(refused sweeper elsewhere 'SELECT unschedule_jobs()' | head -n 2)" '55000: pg_cron does not run in database "elsewhere"
It runs in the database that its setting cron.database_name names, and in no other.' 'also to who may not see the setting'
hint=$(refused postgres elsewhere 'SELECT schedule_jobs()' | sed -n "s/.*database that has it, \(SELECT .*\); or run.*/\1/p")
run county "$(echo "$hint" | sed 's#\*/5#*#')"
# what somebody prepared there is not read
run elsewhere 'CREATE SCHEMA cron' "CREATE TABLE cron.job AS SELECT 1::bigint AS jobid, 'pg_statute: sweep' AS jobname, 'x'::text AS schedule, true AS active, current_database() AS database, 'postgres' AS username" \
	'CREATE TABLE cron.job_run_details (jobid bigint, runid bigint, start_time timestamptz, end_time timestamptz, status text, return_message text, job_pid integer, username text, database text, command text)'
is "$(sql elsewhere 'SELECT job, schedule FROM job_status')" 'pg_statute: sweep|' 'another schema of that name is not that of pg_cron'
like "$(refused postgres elsewhere 'SELECT schedule_jobs()')" '55000*' 'nor for what is scheduled'

# --- The first run

# what is to be forgotten, and what is not: another command, another role, another database, and what is not old enough
run county "INSERT INTO cron.job_run_details (jobid, runid, database, username, command, status, start_time, end_time)
		SELECT 99, nextval('cron.runid_seq'), d, u, c, 'succeeded', at, at
		FROM (VALUES ('county', 'sweeper', 'CALL statute.sweep()', now() - interval '25 hours'), ('county', 'sweeper', 'CALL statute.sweep()', NULL), ('county', 'sweeper', E'SELECT statute.purge_runs(\\'9 days\\')', now() - interval '25 hours'),
			('county', 'sweeper', 'SELECT 1', now() - interval '25 hours'), ('county', 'postgres', 'CALL statute.sweep()', now() - interval '25 hours'), ('other', 'sweeper', 'CALL statute.sweep()', now() - interval '25 hours'),
			('county', 'sweeper', 'CALL statute.sweep()', now() - interval '23 hours')) v (d, u, c, at)" \
	"INSERT INTO sweep_run (started_at, ended_at, as_of, backend) VALUES (now() - interval '25 hours', now() - interval '25 hours', now(), 0), (now() - interval '25 hours', NULL, now(), 0), (now() - interval '25 hours', now() - interval '23 hours', now(), 0)" \
	"INSERT INTO sweep_failure (obligation, happened_at, sqlstate, message) VALUES (0, now() - interval '25 hours', '22000', 'old'), (0, now() - interval '23 hours', '22000', 'new')"

last="SELECT status, looked_at, fired, due, oldest_due, started_at BETWEEN clock_timestamp() - interval '30 seconds' AND clock_timestamp(), took BETWEEN '0' AND '20 seconds' FROM job_status WHERE job = 'pg_statute: sweep'"
swept="SELECT coalesce(bool_or(status = 'succeeded'), false) FROM job_status WHERE job = 'pg_statute: sweep'"
soon 80 county "$swept"
first=$(sql county "SELECT started_at FROM job_status WHERE job = 'pg_statute: sweep'")
# each of two letters is looked at for its first step, for its second, and once more where nothing is left
is "$(as_sweeper "$last")" 'succeeded|4|4|0||t|t' 'the first run: two letters, two steps each'
is "$(sql county "SELECT step, count(*) FROM notice GROUP BY step ORDER BY step" | paste -sd ' ')" '1|2 2|2' 'and they fired'
is "$(sql county "SELECT backend = (SELECT job_pid FROM cron.job_run_details WHERE command LIKE 'CALL%' AND database = 'county' AND start_time > now() - interval '1 hour'), fired FROM sweep_run ORDER BY id DESC LIMIT 1")" 't|4' 'in the process of the job'
soon 20 elsewhere "$swept"
is "$(sql elsewhere "SELECT job, scheduled_by, schedule, active, status, fired FROM job_status")" 'pg_statute: sweep||||succeeded|4' 'a job of another database is seen where it did its work'
soon 20 county "SELECT coalesce(bool_or(status = 'succeeded'), false) FROM job_status WHERE job = 'pg_statute: purge'"
is "$(sql county "SELECT database, username, command FROM cron.job_run_details WHERE jobid = 99 ORDER BY runid")" 'county|sweeper|SELECT 1
county|postgres|CALL statute.sweep()
other|sweeper|CALL statute.sweep()
county|sweeper|CALL statute.sweep()' 'the second job forgot the old runs of its role, and nothing else of pg_cron'
is "$(sql county "SELECT count(*) FILTER (WHERE backend = 0), count(*) FILTER (WHERE backend <> 0) FROM sweep_run" "SELECT message FROM sweep_failure" | paste -sd ' ')" '1|1 new' 'and old sweeps and failures'

PGPORT=5440
soon 20 county "SELECT coalesce(bool_or(status = 'failed'), false) FROM job_status"
like "$(sql county "SELECT status, message, looked_at, fired, due FROM job_status")" 'failed|*permission denied for function _fire_steps*|0|0|2' 'a run that failed, with its error'
is "$(sql county "SELECT count(*) FROM notice")" 0 'which did nothing'
run county "SELECT grant_sweep('sweeper')"
PGPORT=5439

# --- The second

run county "SET client_min_messages = error; INSERT INTO letter VALUES (3, '2022-03-08 09:00+08')"
soon 80 county "SELECT status = 'succeeded' AND started_at > '$first' FROM job_status WHERE job = 'pg_statute: sweep'"
is "$(as_sweeper "$last")" 'succeeded|2|2|0||t|t' 'the second run: another letter'
is "$(sql county "SELECT date_trunc('minute', started_at) - date_trunc('minute', timestamptz '$first') FROM job_status WHERE job = 'pg_statute: sweep'")" '00:01:00' 'a minute later'
is "$(sql county "SELECT step, count(*) FROM notice GROUP BY step ORDER BY step" | paste -sd ' ')" '1|3 2|3' 'what had fired did not fire again'
is "$(sql county "SELECT status, count(*) FROM cron.job_run_details WHERE jobid <> 99 AND command = 'CALL statute.sweep()' AND database = 'county' GROUP BY status")" 'succeeded|2' 'pg_cron ran it twice'
PGPORT=5440
soon 20 county "$swept"
is "$(sql county "SELECT status, fired, due FROM job_status" "SELECT count(*) FROM notice" | paste -sd ' ')" 'succeeded|4|0 4' 'a background worker sweeps and commits as well'
PGPORT=5439

PGUSER=sweeper run county 'SELECT unschedule_jobs()'
is "$(sql county "SELECT jobname FROM cron.job")" 'pg_statute: sweep of elsewhere' 'unscheduled'
is "$(as_sweeper "SELECT job, scheduled_by, schedule, active, status, fired, due FROM job_status")" 'pg_statute: sweep||||succeeded|2|0' 'the last sweep is on record'
run county 'DROP EXTENSION pg_cron'
is "$(refused postgres county 'SELECT schedule_jobs()')" '55000: pg_cron does not run in database "county"
It is loaded for this database, and its extension is not created.
CREATE EXTENSION pg_cron, here.' 'without its extension'
is "$(as_sweeper "SELECT job, status, fired FROM job_status")" 'pg_statute: sweep|succeeded|2' 'job_status answers'

for c in cron workers; do
	is "$(grep -E 'PANIC:|TRAP:|was terminated by signal' "$WORK/$c.log")" '' "no crash of the server $c"
	cluster_stop $c
done
finish
