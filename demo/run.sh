#!/bin/sh
# The demonstration: a province at work for a year, in a database `province` that is made anew. `./dev demo` calls it,
# and test/shell/demo.sh. DEMO_SCALE (100) is a percentage of 200,000 rows.
#
# It expects a private server, and in it pg_cron for that database where there is one: cluster_cron in scripts/cluster.sh has the settings.
set -eu

# the clocks on the walls of the agency
PGTZ=Asia/Shanghai
export PGTZ

run() { PGOPTIONS='-c client_min_messages=warning' "$PGBIN/psql" -Xqd province -v ON_ERROR_STOP=1 "$@"; }
value() { run -Atc "$1"; }
step() { printf '%s\n' "$*" >&2; }

cd "$ROOT"
"$PGBIN/createdb" province
run -c "ALTER DATABASE province SET timezone = 'Asia/Shanghai'" -c 'ALTER DATABASE province SET search_path = public, statute'
step 'the tables of an agency, and what happened in 2022 ...'
run -v scale="${DEMO_SCALE:-100}" -f demo/agency.sql -f demo/fill.sql -f demo/live.sql
step 'what the DBA does: rules, ladders, contacts, rosters ...'
run -f demo/bind.sql -f demo/report.sql
step 'the year, day by day, with a sweep each midnight ...'
run -f demo/year.sql >/dev/null

# The last sweep is that of New Year's morning. schedule_jobs() would have pg_cron run it as of now, which is years later.
if [ "$(value 'SHOW shared_preload_libraries')" = pg_cron ]; then
	step 'the last sweep, by pg_cron at the next minute ...'
	run -c 'CREATE EXTENSION pg_cron' -c "SELECT cron.schedule('the last sweep', '* * * * *', \$\$CALL statute.sweep('2023-01-01 09:00+08')\$\$)" >/dev/null
	for _ in $(seq 900); do
		state=$(value "SELECT status FROM cron.job_run_details ORDER BY runid DESC LIMIT 1")
		case $state in succeeded | failed) break ;; esac
		sleep 0.1
	done
	run -c "SELECT cron.unschedule('the last sweep')" >/dev/null
	[ "$state" = succeeded ] || { value 'TABLE cron.job_run_details' >&2; exit 1; }
	run -c "CALL report.note_lap('pg_cron')"
else
	run -c "CALL sweep('2023-01-01 09:00+08')"
fi
run -f demo/screen.sql
