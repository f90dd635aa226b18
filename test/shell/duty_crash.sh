#!/bin/sh
# The ledger and the bound table go through a crash together: amid a load of
# inserts, updates and deletes a backend is killed, and then the whole server, again
# and again. Afterwards the ledger has what a backfill of the same rows gives.
. "$ROOT/test/shell/lib.sh"

# a server of its own, as what it logs would be a failure elsewhere
PGPORT=5436
export PGPORT
cluster_init felled "$PGPORT"
cluster_start felled
database crash pg_statute_cn
PGOPTIONS='-c search_path=public,statute'
export PGOPTIONS

run crash "
	SELECT define_regulation('X', 'x', 'x', '[2000-01-01,)');
	SELECT define_clause('X-1', 'X', '1', 'x');
	SELECT define_rule('reply', 'X-1', 'deadline', 'reply', '{\"start\": \"timestamptz\", \"done\": \"timestamptz\"}', '{\"limit\": \"7 workdays\"}');
	SELECT define_rule('short', 'X-1', 'check', 'short', '{\"n\": \"integer\"}', must => 'n <= 50');
	SELECT define_rule('few', 'X-1', 'quota', 'few', '{\"at\": \"date\"}', '{\"quota\": \"at most 2 per 30 days\"}');
	CREATE TABLE act (id integer PRIMARY KEY, who integer, got timestamptz, done timestamptz, n integer);
	CREATE FUNCTION bind_all(relation regclass) RETURNS void LANGUAGE sql AS \$\$
		SELECT bind('reply', relation, '{\"start\": \"got\", \"done\": \"done\"}', 'who'), bind('short', relation, '{\"n\": \"n\"}', 'who'),
			bind('few', relation, '{\"at\": \"got\"}', 'who') \$\$;
	SELECT bind_all('act')"

cat >"$TMP/load.sql" <<'SQL'
\set id random(1, 400)
\set id2 random(1, 400)
\set who random(1, 20)
\set hours random(1, 8000)
\set n random(1, 100)
BEGIN;
INSERT INTO act VALUES (:id, :who, timestamptz '2022-01-03 09:00+08' + :hours * interval '1 hour', NULL, :n)
ON CONFLICT (id) DO UPDATE SET n = excluded.n, done = act.got + :n * interval '1 day';
UPDATE act SET got = got + interval '1 day' WHERE id = :id;
COMMIT;
DELETE FROM act WHERE id BETWEEN :id2 AND :id2 + 1;
SQL

# what the ledger has of a table, without its own numbers and times
cat >"$TMP/ledger.sql" <<'SQL'
SELECT b.rule, o.row_key, o.subject, o.state, o.opened_at, o.due_at, o.done_at FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.relation = :'of'::regclass AND o.state <> 'cancelled'
ORDER BY 1, 2;
SELECT b.rule, v.row_key, v.what FROM violation v JOIN binding b ON b.id = v.binding WHERE b.relation = :'of'::regclass AND v.state = 'open' ORDER BY 1, 2, 3;
SELECT b.rule, o.row_key, o.subject, o.on_day, o.party, o.quota FROM occurrence o JOIN binding b ON b.id = o.binding WHERE b.relation = :'of'::regclass ORDER BY 1, 2;
SQL
ledger() { "$PGBIN/psql" -XAtq -d crash -v of="$1" -f "$TMP/ledger.sql" 2>&1; }

# load: pgbench in the background, well under way
load() {
	before=$(sql crash 'SELECT pg_current_xact_id()')
	"$PGBIN/pgbench" -n -c 4 -T 60 --max-tries=100 -f "$TMP/load.sql" crash >"$TMP/pgbench" 2>&1 &
	pgbench=$!
	for _ in $(seq 400); do
		sleep 0.05
		[ "$(sql crash 'SELECT pg_current_xact_id()')" -le $((before + 400)) ] || return 0
	done
	ok 1 "pgbench goes to work: $(cat "$TMP/pgbench")"
}

# dies WHAT: the load fails because of it, and the server is there again
dies() {
	! wait "$pgbench"
	ok $? "$1: clients are cut off"
	for _ in $(seq 600); do
		[ "$(sql crash 'SELECT 1')" != 1 ] || break
		sleep 0.05
	done
}

kill_backend() {
	as_server sh -c 'kill -9 "$1"' sh "$(sql crash "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgbench' ORDER BY state = 'active' DESC LIMIT 1")"
}

# the backends notice when their postmaster is gone; until then no new one starts
kill_postmaster() {
	as_server sh -c 'kill -9 "$1"' sh "$(head -n 1 "$WORK/felled/postmaster.pid")"
	for _ in $(seq 100); do
		as_server "$PGBIN/pg_ctl" -D "$WORK/felled" -l "$WORK/felled.log" -w start >/dev/null 2>&1 && return
		sleep 0.1
	done
	ok 1 'the server starts again'
}

compare() {
	"$PGBIN/psql" -Xqt -d crash >"$TMP/backfill" 2>&1 <<-'SQL'
		SET client_min_messages = warning;
		DROP TABLE IF EXISTS twin;
		CREATE TABLE twin (LIKE act INCLUDING ALL);
		INSERT INTO twin SELECT * FROM act;
		SELECT bind_all('twin');
		SELECT format('CALL backfill(%s, 100)', id) FROM binding WHERE relation = 'twin'::regclass ORDER BY id \gexec
	SQL
	ledger act >"$TMP/act"
	ledger twin >"$TMP/twin"
	is "$(diff "$TMP/act" "$TMP/twin" | head -n 20)" '' "$1: the ledger has what a backfill gives"
	is "$(sql crash "SELECT count(*) > 100, count(*) = (SELECT count(*) FROM obligation o WHERE o.binding = 1 AND o.state <> 'cancelled') FROM act")" 't|t' "$1: one duty for each row"
	is "$(sql crash "SELECT count(*) FROM obligation o WHERE o.state = 'cancelled' AND NOT EXISTS (SELECT FROM obligation_event e WHERE e.obligation = o.id AND e.state_after = 'cancelled')")" 0 \
		"$1: each change is in the history"
	is "$(sql crash 'SELECT count(*) FROM binding_failure')" 0 "$1: no statement went unjudged"
}

for round in 1 2; do
	load
	kill_backend
	dies "kill -9 of a backend, $round"
	compare "kill -9 of a backend, $round"
	load
	kill_postmaster
	dies "kill -9 of the postmaster, $round"
	compare "kill -9 of the postmaster, $round"
done
is "$(grep -c 'automatic recovery in progress' "$WORK/felled.log")" 4 'the server recovered each time'

# what was interrupted leaves nothing behind that would be in the way
run crash "DELETE FROM act" "INSERT INTO act VALUES (1, 1, '2022-03-01 09:00+08', NULL, 60)"
found=$(sql crash "SELECT string_agg(b.rule || ' ' || v.what, ', ' ORDER BY b.id) FROM violation v JOIN binding b ON b.id = v.binding WHERE v.state = 'open' AND b.relation = 'act'::regclass")
is "$found" 'reply late, short does not hold: n <= 50' 'life goes on'

cluster_stop felled
finish
