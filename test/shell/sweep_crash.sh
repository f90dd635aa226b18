#!/bin/sh
# The sweep fires each step once, whatever happens to it: its backend is killed, and
# the whole server, at random moments; several sweep at once; the clock jumps; nothing runs
# for a week. On a standby it does nothing. STATUTE_KILLS (12) says how many are killed.
. "$ROOT/test/shell/lib.sh"

# a server of its own, as what it logs would be a failure elsewhere
PGPORT=5437
export PGPORT
cluster_init swept "$PGPORT"
# who has lost the client goes, also one without a postmaster, so that the server can start again
echo "client_connection_check_interval = '50ms'" >>"$WORK/swept/postgresql.auto.conf"
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
		define_step('L', 3, '1 workday', 'red', 'x', '{days_late}'), define_step('L', 4, '5 workdays', 'red', 'x', '{days_late}');
	-- what lies between two sweeps: row, step, and when it fell due by the clock of the calendar
	CREATE VIEW told AS SELECT n.id, row_key::integer AS act, n.step, to_char(n.fell_due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') AS at, n.body
		FROM notice n JOIN obligation o ON o.id = n.obligation"

# more FROM TO: rows of the first half of 2022, whose steps are all due; one in ten is done, which stops them
more() {
	run sweep "SET client_min_messages = error" "INSERT INTO act SELECT g, g % 20, timestamptz '2022-01-04 09:00+08' + g % 4000 * interval '1 hour' FROM generate_series($1, $2) g" \
		"UPDATE act SET done = got + interval '1 hour' WHERE id BETWEEN $1 AND $2 AND id % 10 = 0"
}

# sweeping NAME [BATCH]: a client that sweeps until there is nothing to do; its process is $!
sweeping() {
	PGAPPNAME=$1 "$PGBIN/psql" -Xq -d sweep -c "CALL sweep(batch => ${2:-7})" >"$TMP/$1" 2>&1 &
}

backends() { sql sweep "SELECT pid FROM pg_stat_activity WHERE application_name LIKE '$1' AND datname = 'sweep' ORDER BY random()"; }

left() { sql sweep "SELECT count(*) FROM obligation WHERE state = 'open' AND next_step_at IS NOT NULL"; }

# the shell's own, as a machine that has nothing has no other
kill9() { as_server sh -c 'kill -9 "$@"' sh "$@" 2>/dev/null; }

# What is left of a server keeps a new one from starting: a backend that waits for
# a lock in shared memory, which one that was killed held, would wait for ever.
server_again() {
	for try in $(seq 200); do
		as_server "$PGBIN/pg_ctl" -D "$WORK/swept" -l "$WORK/swept.log" -w start >/dev/null 2>&1 && return
		if [ "$try" = 20 ]; then
			for left in /proc/[0-9]*; do
				[ "$(readlink "$left/cwd" 2>/dev/null)" != "$WORK/swept" ] || kill9 "${left#/proc/}"
			done
		fi
		sleep 0.05
	done
	ok 1 'the server starts again'
}

alive() {
	for _ in $(seq 1200); do
		[ "$(sql sweep 'SELECT 1')" != 1 ] || return 0
		sleep 0.01
	done
	ok 1 'the server is there again'
}

# A random moment: up to 300 ms, from one number to the next
seed=${SEED:-7}
moment() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	sleep "$(printf '0.%03d' $((seed / 65536 % 300)))"
}

# each step that was due, once, in its order, and nothing else
judge() {
	open=$(sql sweep "SELECT count(*) FROM obligation WHERE state = 'open'")
	is "$(sql sweep 'SELECT count(*), count(DISTINCT (obligation, step)), count(DISTINCT obligation) FROM notice')" "$((open * 4))|$((open * 4))|$open" "$1: each step once"
	is "$(sql sweep "SELECT count(*) FROM obligation o CROSS JOIN generate_series(1, 4) s LEFT JOIN notice n ON n.obligation = o.id AND n.step = s WHERE (o.state = 'open') <> (n.id IS NOT NULL)")" 0 \
		"$1: none is missing, none is too many"
	is "$(sql sweep "SELECT count(*) FROM (SELECT step, fell_due_at, lag(step) OVER w, lag(fell_due_at) OVER w FROM notice WINDOW w AS (PARTITION BY obligation ORDER BY id)) n (step, at, step_before, before)
		WHERE step <> coalesce(step_before, 0) + 1 OR at <= before")" 0 "$1: in their order"
	is "$(sql sweep "SELECT count(*), count(DISTINCT row_key) FROM violation WHERE what = 'late' AND state = 'open'")" "$open|$open" "$1: each is late, once"
	is "$(sql sweep 'SELECT count(*) FROM sweep_failure')" 0 "$1: nothing failed"
	is "$(left)" 0 "$1: nothing is left to do"
}

# --- Killed

kills=${STATUTE_KILLS:-12}
more 1 900
last=900 killed=0 felled=0 amid=0 round=0
began=$(date +%s)
while [ $((killed + felled)) -lt "$kills" ] && [ $round -lt $((kills * 2)) ]; do
	round=$((round + 1))
	# there is always something to do
	if [ "$(left)" -lt 500 ]; then
		more $((last + 1)) $((last + 400))
		last=$((last + 400))
	fi
	before=$(sql sweep 'SELECT count(*) FROM notice')
	clients=
	# one alone, and four at once
	for i in $(seq $((round % 2 * 3 + 1))); do
		sweeping "sweep $i"
		clients="$clients $!"
	done
	# three times in four, once some steps have fired
	pids=
	for _ in $(seq 500); do
		pids=$(backends 'sweep %')
		[ -n "$pids" ] || continue
		[ $((round % 4)) != 0 ] || break
		[ "$(sql sweep 'SELECT count(*) FROM notice')" = "$before" ] || break
	done
	if [ $((round % 3)) != 0 ]; then
		moment
		# shellcheck disable=SC2086 # one of them
		set -- $pids
		kill9 "${1:-0}" && killed=$((killed + 1))
	else
		postmaster=$(head -n 1 "$WORK/swept/postmaster.pid")
		moment
		# as when the machine goes down, or alone, while the others go on for a while
		# shellcheck disable=SC2086 # a list of numbers
		[ $((round % 2)) = 0 ] || set -- $pids
		[ $((round % 2)) != 0 ] || set --
		kill9 "$postmaster" "$@"
		felled=$((felled + 1))
		[ $# != 0 ] || moment
		# shellcheck disable=SC2086 # a list of numbers
		kill -9 $clients 2>/dev/null
		server_again
	fi
	for i in $clients; do wait "$i" 2>/dev/null; done
	alive
	[ "$(sql sweep 'SELECT count(*) FROM notice')" = "$before" ] || [ "$(left)" = 0 ] || amid=$((amid + 1))
done
echo "# $killed sweeping backends and $felled postmasters in $(($(date +%s) - began)) s; in $amid of $round rounds some steps had fired and others had not"
is $((killed + felled)) "$kills" 'so many are killed'
ok $((amid * 2 < kills)) 'most of them while they fire'
is "$(sql sweep 'SELECT count(*) - count(DISTINCT (obligation, step)) FROM notice')" 0 'so far no step fired twice'
run sweep 'CALL sweep()'
judge 'after kill -9'

# --- Four at once, and then four of whom one is cut off

more 100001 100500
for i in 1 2 3 4; do sweeping "four $i" 5; done
wait
is "$(cat "$TMP/four 1" "$TMP/four 2" "$TMP/four 3" "$TMP/four 4")" '' 'four at once: without an error'
judge 'four at once'
is "$(sql sweep "SELECT count(DISTINCT xmin::text) > 300 FROM notice WHERE obligation IN (SELECT id FROM obligation WHERE row_key::integer > 100000)")" t 'four at once: in batches that commit'

more 101001 101500
for i in 1 2 3 4; do sweeping "five $i" 5; done
for _ in $(seq 50); do
	[ -z "$(backends 'five 2')" ] || break
done
sleep 0.1
is "$(sql sweep "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'five 2'")" t 'one of four: is there'
wait
like "$(cat "$TMP/five 2")" 'FATAL:  terminating connection*' 'one of four: is cut off'
is "$(cat "$TMP/five 1" "$TMP/five 3" "$TMP/five 4")" '' 'one of four: the others notice nothing'
# what it had in hand goes to the others, unless they had come to their end by then
ok $(($(left) > 5)) 'one of four: the others do the rest'
run sweep 'CALL sweep()'
judge 'one of four'

# --- The clock is moved

told() {
	sql sweep "SELECT string_agg(act - 300000 || '/' || step || ' ' || at, ', ' ORDER BY id) FROM told WHERE act > 300000"
}

# sweep_at INSTANT: of March 2022
sweep_at() { run sweep "CALL sweep('2022-03-$1+08')"; }

# 1: from a Tuesday, the 5th working day is over with the 8th, the 7th with the 10th; 2: from the Friday after
run sweep "INSERT INTO act VALUES (300001, 1, '2022-03-01 09:00+08'), (300002, 1, '2022-03-04 09:00+08')"
sweep_at '08 23:59'
is "$(told)" '' 'the clock: before the first step'
sweep_at '11 12:00'
first='1/1 03-09 00:00, 1/2 03-11 00:00'
is "$(told)" "$first" 'the clock: two steps'
for at in '09 00:00' '01 00:00' '10 00:00' '11 12:00'; do sweep_at "$at"; done
run sweep "CALL sweep('-infinity')" "CALL sweep('1970-01-01')"
is "$(told)" "$first" 'the clock: back, and on to where it was'
is "$(sql sweep "SELECT row_key, count(*) FROM violation WHERE row_key::integer > 300000 GROUP BY 1 ORDER BY 1")" '300001|1
300002|1' 'the clock: late once'
# what is entered while the clock is back is looked at as of then
run sweep "INSERT INTO act VALUES (300003, 1, '2022-03-01 09:00+08')"
sweep_at '08 00:00'
sweep_at '10 00:00'
is "$(told)" "$first, 3/1 03-09 00:00" 'the clock: a new row meanwhile'
run sweep "SELECT pause(id, 'x', 'x', '2022-03-10 00:00+08') FROM obligation WHERE row_key = '300002'"
sweep_at '07 00:00'
run sweep "SELECT resume(id, 'x', '2022-03-10 12:00+08') FROM obligation WHERE row_key = '300002'"
sweep_at '07 00:00'
sweep_at '12 00:00'
is "$(told)" "$first, 3/1 03-09 00:00, 3/2 03-11 00:00, 1/3 03-12 00:00, 2/1 03-12 00:00, 3/3 03-12 00:00" 'the clock: as of each instant what was due by then'

# --- A week without a run

sweep_at '19 00:00'
is "$(sql sweep "SELECT act - 300000, string_agg(step || ' ' || at, ', ' ORDER BY id) FROM told WHERE act > 300000 AND at > '03-12 00:00' GROUP BY 1 ORDER BY 1")" \
	"1|4 03-18 00:00
2|2 03-16 00:00, 3 03-17 00:00
3|4 03-18 00:00" 'a week without a run: what fell due in it'
# the same rows twice: with a run every other hour, and with one run at the end
april="SELECT g, g, timestamptz '2022-04-01 08:00+08' + g * interval '97 minutes' FROM generate_series(0, 39) g"
run sweep "INSERT INTO act SELECT a.id + 400000, a.who, a.got FROM ($april) a (id, who, got)"
run sweep "DO \$\$ BEGIN FOR h IN 0..480 LOOP CALL statute.sweep(timestamptz '2022-04-01 00:00+08' + h * interval '2 hours'); END LOOP; END \$\$"
hourly=$(sql sweep "SELECT act - 400000, step, at, body FROM told WHERE act BETWEEN 400000 AND 499999 ORDER BY 1, 2")
is "$(echo "$hourly" | wc -l)" 160 'a run every other hour: each step'
run sweep "INSERT INTO act SELECT a.id + 500000, a.who, a.got FROM ($april) a (id, who, got)"
run sweep "CALL sweep('2022-04-10 00:00+08')" "CALL sweep('2022-05-11 00:00+08')"
is "$(sql sweep "SELECT act - 500000, step, at, body FROM told WHERE act >= 500000 ORDER BY 1, 2")" "$hourly" 'a month without a run: the same steps as with one every other hour'
run sweep 'CALL sweep()'
judge 'after the clock'

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
