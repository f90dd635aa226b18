#!/bin/sh
# The sweep fires each step once, whatever happens to it: its backend is killed, and
# the whole server, at random moments, and several sweep at once. On a standby it does nothing.
. "$ROOT/test/shell/lib.sh"

# a server of its own, as what it logs would be a failure elsewhere
PGPORT=5437
export PGPORT
cluster_init swept "$PGPORT"
cluster_start swept
database sweep pg_statute_cn
PGOPTIONS='-c search_path=public,statute'
export PGOPTIONS

run sweep "
	SELECT define_regulation('X', 'x', 'x', '[2000-01-01,)');
	SELECT define_clause('X-1', 'X', '1', 'x');
	SELECT define_rule('reply', 'X-1', 'deadline', 'reply', '{\"start\": \"timestamptz\", \"done\": \"timestamptz\"}', '{\"limit\": \"7 workdays\"}');
	CREATE TABLE act (id integer PRIMARY KEY, who integer, got timestamptz, done timestamptz);
	SELECT bind('reply', 'act', '{\"start\": \"got\", \"done\": \"done\"}', 'who');
	SELECT define_ladder('L', 'x'), set_ladder('L', 'reply');
	SELECT define_step('L', 1, '80%', 'yellow', 'x', 'by {due_on}'), define_step('L', 2, 'due', 'red', 'x', 'due'),
		define_step('L', 3, '1 workday', 'red', 'x', '{days_late}'), define_step('L', 4, '5 workdays', 'red', 'x', '{days_late}')"

# more FROM TO: rows of the first half of 2022, whose steps are all due; one in ten is done, which stops them
more() {
	run sweep "SET client_min_messages = error" "INSERT INTO act SELECT g, g % 20, timestamptz '2022-01-04 09:00+08' + g % 4000 * interval '1 hour' FROM generate_series($1, $2) g" \
		"UPDATE act SET done = got + interval '1 hour' WHERE id BETWEEN $1 AND $2 AND id % 10 = 0"
}

# sweeping NAME: a client that sweeps in small batches until it is cut off
sweeping() {
	(
		i=0
		while [ $i -lt 50 ]; do
			PGAPPNAME=$1 "$PGBIN/psql" -Xq -v ON_ERROR_STOP=1 -d sweep -c "CALL sweep(batch => 7)" || break
			i=$((i + 1))
		done
	) >/dev/null 2>&1 &
}

backend() { sql sweep "SELECT pid FROM pg_stat_activity WHERE application_name = '$1' AND datname = 'sweep'"; }

# the backends notice when their postmaster is gone; until then no new one starts
kill_postmaster() {
	as_server kill -9 "$(head -n 1 "$WORK/swept/postmaster.pid")"
	for _ in $(seq 100); do
		as_server "$PGBIN/pg_ctl" -D "$WORK/swept" -l "$WORK/swept.log" -w start >/dev/null 2>&1 && return
		sleep 0.1
	done
	ok 1 'the server starts again'
}

alive() {
	for _ in $(seq 600); do
		[ "$(sql sweep 'SELECT 1')" != 1 ] || return 0
		sleep 0.02
	done
	ok 1 'the server is there again'
}

# A random moment: up to 60 ms, from one number to the next
seed=${SEED:-7}
moment() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	sleep "0.0$((seed / 65536 % 6))$((seed / 7 % 10))"
}

# each step that was due, once, in its order, and nothing else
judge() {
	open=$(sql sweep "SELECT count(*) FROM obligation WHERE state = 'open'")
	is "$(sql sweep 'SELECT count(*), count(DISTINCT (obligation, step)), count(DISTINCT obligation) FROM notice')" "$((open * 4))|$((open * 4))|$open" "$1: each step once"
	is "$(sql sweep "SELECT count(*) FROM obligation o CROSS JOIN generate_series(1, 4) s LEFT JOIN notice n ON n.obligation = o.id AND n.step = s WHERE (o.state = 'open') <> (n.id IS NOT NULL)")" 0 \
		"$1: none is missing, none is too many"
	is "$(sql sweep "SELECT count(*) FROM (SELECT step, fell_due_at, lag(step) OVER w, lag(fell_due_at) OVER w FROM notice WINDOW w AS (PARTITION BY obligation ORDER BY id)) n (step, at, step_before, before)
		WHERE step <> coalesce(step_before, 0) + 1 OR at <= before")" 0 "$1: in their order"
	is "$(sql sweep 'SELECT count(*) FROM sweep_failure')" 0 "$1: nothing failed"
	is "$(sql sweep "SELECT count(*) FROM obligation WHERE state = 'open' AND next_step_at IS NOT NULL")" 0 "$1: nothing is left to do"
}

# --- Killed

more 1 3000
killed=0 felled=0 worked=0
began=$(date +%s)
for round in $(seq 50); do
	[ $(($(date +%s) - began)) -lt 40 ] || break
	before=$(sql sweep 'SELECT count(*) FROM notice')
	# there is always something to do
	[ "$before" -lt $((round * 200)) ] || more $((round * 1000 + 3001)) $((round * 1000 + 3100))
	sweeping sweeper
	sweeper=$!
	if [ $((round % 5)) = 0 ]; then
		moment
		kill_postmaster
		felled=$((felled + 1))
	else
		pid=
		for _ in $(seq 50); do
			pid=$(backend sweeper)
			[ -z "$pid" ] || break
		done
		moment
		# the one that is there now
		pid=$(backend sweeper | head -n 1)
		[ -z "$pid" ] || { as_server kill -9 "$pid" 2>/dev/null && killed=$((killed + 1)); }
	fi
	alive
	kill "$sweeper" 2>/dev/null
	wait "$sweeper" 2>/dev/null
	[ "$(sql sweep 'SELECT count(*) FROM notice')" = "$before" ] || worked=$((worked + 1))
done
echo "# $killed backends and $felled postmasters in $(($(date +%s) - began)) s, $worked rounds fired something"
is "$((killed >= 30)) $((felled >= 6))" '1 1' 'many are killed'
ok $((worked < 20)) 'most of them while they fire'
is "$(sql sweep 'SELECT count(*) - count(DISTINCT (obligation, step)) FROM notice')" 0 'so far no step fired twice'
run sweep 'CALL sweep()'
judge 'after kill -9'

# --- Four at once, and one of them is killed

more 100001 101500
for i in 1 2 3 4; do
	PGAPPNAME=four$i "$PGBIN/psql" -Xq -d sweep -c 'CALL sweep(batch => 5)' >"$TMP/four$i" 2>&1 &
done
wait
is "$(cat "$TMP/four1" "$TMP/four2" "$TMP/four3" "$TMP/four4")" '' 'four at once: without an error'
judge 'four at once'
is "$(sql sweep "SELECT count(DISTINCT xmin::text) > 300 FROM notice WHERE obligation IN (SELECT id FROM obligation WHERE row_key::integer > 100000)")" t 'four at once: in batches that commit'

# --- A standby answers and does not act

more 200001 200010
as_server "$PGBIN/pg_basebackup" -h "$WORK" -p "$PGPORT" -U postgres -D "$WORK/stands" -c fast -X stream -R >"$TMP/backup" 2>&1 || cat "$TMP/backup"
cluster_configure stands 5438
cluster_start stands
is "$(PGPORT=5438 sql sweep 'SELECT pg_is_in_recovery()' 'CALL sweep()' "CALL sweep('2022-03-01', NULL)" 'CALL sweep(batch => 1)')" t 'a sweep on a standby does nothing, and is no error'
is "$(PGPORT=5438 sql sweep "SELECT count(*) FROM sweep_preview('2022-12-01')")" 36 'a preview there answers'
cluster_stop stands
run sweep 'CALL sweep()'
judge 'after the standby'

cluster_stop swept
finish
