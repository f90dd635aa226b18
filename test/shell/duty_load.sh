#!/bin/sh
# Rows that come in bulk: COPY and \copy are judged like any statement; what comes
# while triggers are off (session_replication_role = replica, as in replication, and
# pg_restore --disable-triggers) is caught up with by backfill().
. "$ROOT/test/shell/lib.sh"

database duty_load pg_statute_cn
PGOPTIONS='-c search_path=public,statute'
export PGOPTIONS
run duty_load "
	SELECT define_regulation('X', 'x', 'x', '[2000-01-01,)');
	SELECT define_clause('X-1', 'X', '1', 'x');
	SELECT define_rule('reply', 'X-1', 'deadline', 'reply', '{\"start\": \"date\", \"done\": \"date\"}', '{\"limit\": \"7 workdays\"}');
	SELECT define_rule('short', 'X-1', 'check', 'short', '{\"n\": \"integer\"}', must => 'n <= 50');
	SELECT define_rule('few', 'X-1', 'quota', 'few', '{\"at\": \"date\"}', '{\"quota\": \"at most 2 per month\"}');
	CREATE TABLE act (id integer, year integer, who text, day date, done date, n integer, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
	CREATE TABLE act2021 PARTITION OF act FOR VALUES IN (2021);
	CREATE TABLE act2022 PARTITION OF act FOR VALUES IN (2022);
	SELECT bind('reply', 'act', '{\"start\": \"day\", \"done\": \"done\"}', 'who'), bind('short', 'act', '{\"n\": \"n\"}', 'who'), bind('few', 'act', '{\"at\": \"day\"}', 'who')"

# What the ledger should have, from the rows alone: the duties, and what breaks a rule.
run duty_load "
	CREATE VIEW worded AS SELECT format('[\"%s\", \"%s\"]', id, year) AS key, act.* FROM act;
	CREATE VIEW wanted AS
		SELECT concat_ws(' ', 'reply', key, CASE WHEN done IS NULL THEN 'open' ELSE 'done' END, who, day, due_date(day, '7 workdays', 'CN'), done) AS line FROM worded
		UNION ALL SELECT concat_ws(' ', 'reply', key, 'late') FROM worded WHERE coalesce(done, '2026-01-01') > due_date(day, '7 workdays', 'CN')
		UNION ALL SELECT concat_ws(' ', 'short', key, 'does not hold: n <= 50') FROM worded WHERE n > 50
		UNION ALL SELECT concat_ws(' ', 'few', key, 'over \"at most 2 per month\"') FROM (SELECT *, row_number() OVER (PARTITION BY who, date_trunc('month', day) ORDER BY day, key) AS i FROM worded) w WHERE i > 2;
	CREATE VIEW found AS
		SELECT concat_ws(' ', b.rule, o.row_key, o.state, o.subject, (o.opened_at AT TIME ZONE 'Asia/Shanghai')::date, o.due_on, (o.done_at AT TIME ZONE 'Asia/Shanghai')::date - 1) AS line
		FROM obligation o JOIN binding b ON b.id = o.binding WHERE o.state <> 'cancelled'
		UNION ALL SELECT concat_ws(' ', b.rule, v.row_key, v.what) FROM violation v JOIN binding b ON b.id = v.binding WHERE v.state = 'open'"

# right WHAT: the ledger has just that
right() {
	is "$(sql duty_load "(SELECT 'missing: ' || line FROM (TABLE wanted EXCEPT ALL TABLE found) w) UNION ALL (SELECT 'too much: ' || line FROM (TABLE found EXCEPT ALL TABLE wanted) f) ORDER BY 1 LIMIT 10")" '' "$1"
}

backfill() {
	"$PGBIN/psql" -XAtq -d duty_load <<-SQL 2>&1
		SELECT format('CALL backfill(%s, %s)', id, ${1:-10000}) FROM binding ORDER BY id \gexec
	SQL
}

# id, year, who, day, done, n: of ten rows one is too long, and each third done
awk 'BEGIN { OFS = "\t"; for (i = 1; i <= 1000; i++) print i, 2021 + i % 2, "w" i % 100, 2021 + i % 2 "-" sprintf("%02d", 1 + i % 12) "-" sprintf("%02d", 1 + i % 28), i % 3 ? "\\N" : "2022-06-30", i % 10 ? 7 : 70 }' >"$TMP/rows"
chmod a+r "$TMP/rows"

run duty_load "COPY act FROM '$TMP/rows'"
right 'COPY from a file of the server'
is "$(sql duty_load "SELECT count(*) FROM found WHERE line LIKE 'reply%' AND line NOT LIKE '%late'")" 1000 'with a duty for each row'

run duty_load "DELETE FROM act WHERE id > 300"
right 'a DELETE of many rows'
run duty_load "\\copy act2022 (id, year, who, day, done, n) FROM PROGRAM 'awk \"\\\$1 > 300 && \\\$2 == 2022\" \"$TMP/rows\"'"
right 'COPY by psql into a partition'
is "$(sql duty_load 'SELECT count(*) FROM act')" 650 'which has its rows'
run duty_load "COPY (SELECT id + 5000, year, who, day, done, n FROM act WHERE id % 7 = 0) TO '$TMP/binary' (FORMAT binary)" "COPY act FROM '$TMP/binary' (FORMAT binary) WHERE n > 50"
right 'COPY in binary, with WHERE'
like "$(sql duty_load "\\copy act FROM '$TMP/rows'")" 'ERROR:  duplicate key*' 'COPY that fails'
right 'leaves nothing behind'

# Triggers are off: first nothing is seen, then backfill() sees all of it.
"$PGBIN/psql" -XAtq -d duty_load -v ON_ERROR_STOP=1 <<-'SQL' 2>&1
	CREATE TEMP TABLE before AS TABLE found;
	SET session_replication_role = replica;
	INSERT INTO act SELECT 9000 + i, 2022, 'w' || i % 5, date '2022-03-01' + i, NULL, 40 + i FROM generate_series(1, 20) i;
	UPDATE act SET done = day + 3 WHERE id BETWEEN 1 AND 100;
	UPDATE act SET day = day + 40, who = 'other' WHERE id BETWEEN 101 AND 120;
	UPDATE act SET n = 120 - n WHERE id BETWEEN 121 AND 200;
	UPDATE act SET id = id + 20000 WHERE id BETWEEN 201 AND 220;
	UPDATE act SET year = 2022 WHERE id BETWEEN 221 AND 240 AND year = 2021;
	DELETE FROM act WHERE id BETWEEN 241 AND 260;
	TRUNCATE act2021;
	INSERT INTO act SELECT i, 2021, 'w' || i % 5, date '2021-03-01' + i, NULL, 40 + i FROM generate_series(1, 20) i;
	SELECT 'seen with triggers off' FROM (TABLE before EXCEPT ALL TABLE found) x LIMIT 1;
SQL
is "$(sql duty_load "SELECT count(*) > 100 FROM (TABLE wanted EXCEPT ALL TABLE found) w")" t 'with triggers off nobody judges'
is "$(backfill 37)" '' 'backfill() in batches'
right 'catches up with inserts, updates, deletes and TRUNCATE'
before=$(sql duty_load 'SELECT max(id) FROM obligation_event' 'SELECT max(id), count(*) FILTER (WHERE settled_at IS NOT NULL) FROM violation' 'SELECT max(id) FROM obligation')
backfill >/dev/null
is "$(sql duty_load 'SELECT max(id) FROM obligation_event' 'SELECT max(id), count(*) FILTER (WHERE settled_at IS NOT NULL) FROM violation' 'SELECT max(id) FROM obligation')" "$before" 'once more changes nothing'
is "$(sql duty_load "SELECT count(*) FROM obligation o WHERE o.state = 'cancelled' AND NOT EXISTS (SELECT FROM obligation_event e WHERE e.obligation = o.id AND e.state_after = 'cancelled')")" 0 'each that was cancelled has it in its history'

# A statement of old after that: the trigger meets a ledger that had missed things.
run duty_load "SET session_replication_role = replica; INSERT INTO act SELECT 9100 + i, 2022, 'v', '2022-05-05', NULL, 99 FROM generate_series(1, 3) i; DELETE FROM act WHERE id BETWEEN 9001 AND 9003"
run duty_load "UPDATE act SET n = n + 1 WHERE id BETWEEN 9101 AND 9103" "INSERT INTO act SELECT 9000 + i, 2022, 'again', '2022-06-06', '2022-06-07', 1 FROM generate_series(1, 3) i"
right 'the triggers meet rows that the ledger does not know, and duties whose rows had gone'

# pg_dump of the data alone, and back
"$PGBIN/pg_dump" -Fc --data-only --disable-triggers -t 'act*' -f "$TMP/dump" duty_load
run duty_load "TRUNCATE act"
is "$(sql duty_load 'SELECT count(*) FROM found')" 0 'TRUNCATE ends everything'
is "$("$PGBIN/pg_restore" --data-only --disable-triggers -d duty_load "$TMP/dump" 2>&1)" '' 'pg_restore --disable-triggers'
is "$(sql duty_load 'SELECT count(*) FROM found')" 0 'brings rows that nobody judged'
is "$(backfill)" '' 'until backfill()'
right 'catches up'
is "$(sql duty_load "SELECT count(*) FROM pg_trigger WHERE tgrelid IN ('act'::regclass, 'act2021'::regclass, 'act2022'::regclass) AND tgfoid = 'statute.enforce'::regproc AND tgenabled = 'O'")" 12 'the triggers are on again'
run duty_load 'TRUNCATE act'
is "$("$PGBIN/pg_restore" --data-only -d duty_load "$TMP/dump" 2>&1)" '' 'pg_restore without it'
right 'is judged as it goes'
is "$(sql duty_load 'SELECT count(*) FROM binding_failure')" 0 'no statement went unjudged'
finish
