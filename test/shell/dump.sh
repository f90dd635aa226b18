#!/bin/sh
# A dump restores into an empty database, whatever the order of its tables, and
# the restored database answers alike.
. "$ROOT/test/shell/lib.sh"

database original pg_statute_cn
"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d original -f "$ROOT/test/shell/sample/agency.sql" -f "$ROOT/test/shell/sample/duties.sql" >"$TMP/agency" 2>&1
is "$(cat "$TMP/agency")" '' 'an agency is set up'

ask() { "$PGBIN/psql" -Xq -d "$1" -v VERBOSITY=terse -f "$ROOT/test/shell/sample/questions.sql" -f "$ROOT/test/shell/sample/duty_questions.sql" >"$TMP/$1.out" 2>&1; }
# the token of \restrict is another one in each dump
plain() { db=$1; shift; "$PGBIN/pg_dump" "$@" "$db" | grep -v '^\\\(un\)\{0,1\}restrict '; }

plain original >"$TMP/plain.sql"
plain original --inserts >"$TMP/inserts.sql"
plain original --column-inserts --rows-per-insert=7 >"$TMP/rows.sql"
"$PGBIN/pg_dump" -Fc -f "$TMP/custom" original
"$PGBIN/pg_dump" -Fd -j2 -f "$TMP/directory" original
sql original 'SET timezone = 0; SELECT * FROM ONLY statute.calendar_revision ORDER BY 1, 2' >"$TMP/log"
"$PGBIN/createdb" -T original answers
ask answers
is "$(grep -c 'ERROR' "$TMP/answers.out")" 5 'the original answers, with five errors'

# what a dump holds, and does not
is "$(grep -c '三月街民族节\|国办发明电\|1182/71\|Monday to Friday' "$TMP/plain.sql" "$TMP/inserts.sql" "$TMP/rows.sql" | paste -sd ' ')" \
	"$TMP/plain.sql:0 $TMP/inserts.sql:0 $TMP/rows.sql:0" 'no shipped row is in a dump'
is "$(grep -c "^INSERT INTO statute" "$TMP/inserts.sql")" \
	"$(sql original "SELECT sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %s', t::regclass), true, true, '')))[1]::text::integer) FROM pg_extension, unnest(extconfig) t JOIN pg_class ON pg_class.oid = t AND relkind = 'r' WHERE extname = 'pg_statute'")" \
	'every own row is, once'
like "$(grep -n '^COPY' "$TMP/plain.sql" | cut -d ' ' -f 2 | paste -sd ' ')" 'aaa.*statute.*' 'the rows of aaa come first'

# restored NAME: the database NAME, which was just restored, against the original
restored() {
	is "$(cat "$TMP/restore.log")" '' "$1: no complaint"
	is "$(plain "$1" | diff - "$TMP/plain.sql")" '' "$1: its dump is the same"
	is "$(sql "$1" 'SET timezone = 0; SELECT * FROM ONLY statute.calendar_revision ORDER BY 1, 2' | diff - "$TMP/log")" '' "$1: the same revisions"
	ask "$1"
	is "$(diff "$TMP/$1.out" "$TMP/answers.out")" '' "$1: the same answers, and the next revisions"
}

for how in plain inserts rows; do
	"$PGBIN/createdb" "$how"
	"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d "$how" -f "$TMP/$how.sql" >"$TMP/restore.log" 2>&1
	restored "$how"
done
for how in custom directory single; do
	"$PGBIN/createdb" "$how"
	case $how in
	custom) "$PGBIN/pg_restore" -j2 -d custom "$TMP/custom" ;;
	directory) "$PGBIN/pg_restore" -j2 -d directory "$TMP/directory" ;;
	single) "$PGBIN/pg_restore" -1 -d single "$TMP/custom" ;;
	esac >"$TMP/restore.log" 2>&1
	restored "$how"
done

# Structure first, rows later, with its triggers switched off
"$PGBIN/createdb" parts
{
	"$PGBIN/pg_restore" --section=pre-data --section=post-data -d parts "$TMP/custom"
	"$PGBIN/pg_restore" --section=data --disable-triggers -d parts "$TMP/custom"
	sql parts 'REFRESH MATERIALIZED VIEW aaa.kept'
} >"$TMP/restore.log" 2>&1
restored parts

# Without owners: what a clerk bound waits until the new owner of the table agrees.
ledger="SET timezone = 0; SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM (SELECT o::text FROM statute.obligation o
	UNION ALL SELECT e::text FROM statute.obligation_event e UNION ALL SELECT v::text FROM statute.violation v UNION ALL SELECT c::text FROM statute.occurrence c) t (t)"
"$PGBIN/createdb" ownerless
"$PGBIN/pg_restore" --no-owner -d ownerless "$TMP/custom" >"$TMP/restore.log" 2>&1
is "$(cat "$TMP/restore.log")" '' 'without owners: no complaint'
is "$(sql ownerless "$ledger")" "$(sql original "$ledger")" 'the same ledger'
is "$(sql ownerless 'SET client_min_messages = error' "INSERT INTO aaa.letter (got, pages, topic) VALUES ('2022-03-01 09:00+08', 50, 'a') RETURNING id" \
	"SELECT rule, what FROM statute.violation_list WHERE row_key = '10' ORDER BY rule" | paste -sd ' ')" \
	"10 PAGES|does not hold: pages <= 10 REPLY|late TOPIC|repeated" 'the next row is judged'
is "$(sql ownerless '\set VERBOSITY sqlstate' 'CALL statute.backfill(1)')" 'ERROR:  55000' 'a backlog waits for the new owner'
is "$(sql ownerless 'SELECT statute.enable_binding(1)' 'CALL statute.backfill(1)' 'SELECT owner FROM statute.binding WHERE id = 1' | xargs)" postgres 'who agrees'

# Rows alone, into tables that have their triggers: what they say was judged before.
database small pg_statute_cn
run small "CREATE SCHEMA aaa; CREATE SCHEMA zzz; CREATE TABLE aaa.t (id integer PRIMARY KEY, got timestamptz, done date, n integer, topic text); CREATE TABLE zzz.t (LIKE aaa.t INCLUDING ALL);
	SELECT statute.define_regulation('R', 'r', 'i', '[2022-01-01,)'), statute.define_clause('C', 'R', '1', 'q');
	SELECT statute.define_rule('A', 'C', 'check', 'x', '{\"n\": \"integer\"}', must := 'n > 1');
	SELECT statute.define_rule('L', 'C', 'deadline', 'x', '{\"start\": \"timestamptz\", \"done\": \"date\"}', '{\"limit\": \"7 workdays\"}');
	SELECT statute.define_rule('O', 'C', 'once', 'x', '{\"topic\": \"text\"}', '{\"key\": [\"topic\"]}')" \
	"SELECT statute.bind('A', t, '{\"n\": \"n\"}', action := 'warn'), statute.bind('L', t, '{\"start\": \"got\", \"done\": \"done\"}'), statute.bind('O', t, '{\"topic\": \"topic\"}')
		FROM unnest('{aaa.t,zzz.t}'::regclass[]) t" \
	"SET client_min_messages = error; INSERT INTO aaa.t VALUES (1, '2022-03-01', NULL, 0, 'x'), (2, '2022-03-01', '2022-03-20', 0, 'x'); INSERT INTO zzz.t TABLE aaa.t;
		UPDATE aaa.t SET done = '2022-03-02', n = 5 WHERE id = 2; DELETE FROM zzz.t WHERE id = 1"
"$PGBIN/createdb" alone
plain small >"$TMP/small.sql"
{
	plain small --schema-only | "$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d alone
	plain small --data-only | "$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d alone
} >"$TMP/restore.log" 2>&1
is "$(cat "$TMP/restore.log")" '' 'rows alone: no complaint'
is "$(plain alone | sort >"$TMP/sorted"; sort "$TMP/small.sql" | diff "$TMP/sorted" -)" '' 'rows alone: the dump is the same'
is "$(sql alone "INSERT INTO zzz.t VALUES (3, '2022-03-01', NULL, 0, 'x')" "SELECT rule, what FROM statute.violation_list WHERE relation = 'zzz.t'::regclass AND row_key = '3' ORDER BY rule" | tail -n 3 | paste -sd ' ')" \
	'A|does not hold: n > 1 L|late O|repeated' 'rows alone: the next is judged'

# The owner of a database may dump it.
run postgres 'CREATE ROLE dumper LOGIN' 'CREATE DATABASE owned OWNER dumper'
run owned "CREATE EXTENSION pg_statute_cn CASCADE; SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'snow', 'a notice')"
is "$(PGUSER=dumper "$PGBIN/pg_dump" owned 2>&1 | grep -c '2022-02-18')" 1 'the owner of a database dumps it, who is no superuser'

# Without the pack: the engine alone, and a database whose pack was dropped,
# where the own days on it wait for its return.
database engine pg_statute
run engine "SELECT statute.define_calendar('GULF', 'elsewhere', weekend := '{5,6}', time_zone := 'Asia/Dubai', convention := 'PLAIN');
	SELECT statute.set_calendar_day('GULF', '2022-02-20', false, 'x', 'y');
	SET statute.beyond_announced = assume; SET statute.calendar = 'GULF';
	CREATE SCHEMA aaa; CREATE TABLE aaa.t AS SELECT '2022-02-21'::statute.workday AS day"
"$PGBIN/createdb" engine_copy
plain engine >"$TMP/engine.sql"
"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d engine_copy -f "$TMP/engine.sql" >"$TMP/restore.log" 2>&1
is "$(cat "$TMP/restore.log")" '' 'the engine without a pack: no complaint'
is "$(plain engine_copy | diff - "$TMP/engine.sql")" '' 'its dump is the same'
is "$(sql engine_copy "SET statute.beyond_announced = assume; SELECT statute.is_workday('2022-02-20', 'GULF'), statute.is_workday('2022-02-25', 'GULF'), statute.current_revision('GULF'), day FROM aaa.t")" \
	'f|f|2|2022-02-21' 'it answers alike'

run single 'DROP EXTENSION pg_statute_cn'
plain single >"$TMP/single.sql"
"$PGBIN/createdb" waiting
"$PGBIN/psql" -Xqo /dev/null -d waiting -f "$TMP/single.sql" >"$TMP/restore.log" 2>&1
is "$(sed 's/^.*ERROR:  //' "$TMP/restore.log")" 'calendar "OFFICE" has a parent "CN" that does not exist or leads back to it' \
	'a dropped pack: only the materialized view cannot be made'
run waiting 'CREATE EXTENSION pg_statute_cn' 'REFRESH MATERIALIZED VIEW aaa.kept'
run single 'CREATE EXTENSION pg_statute_cn'
is "$(plain waiting | sort >"$TMP/sorted"; plain single | sort | diff - "$TMP/sorted")" '' 'with the pack again, their dumps are the same'
is "$(sql waiting "SELECT statute.is_workday('2022-02-18', 'CN'), statute.is_workday('2022-02-19'), statute.current_revision('CN')")" \
	"$(sql single "SELECT statute.is_workday('2022-02-18', 'CN'), statute.is_workday('2022-02-19'), statute.current_revision('CN')")" 'and answer alike'

finish
