#!/bin/sh
# A dump restores into an empty database, whatever the order of its tables, and
# the restored database answers alike.
. "$ROOT/test/shell/lib.sh"

# 2022-02-19 is a Saturday that only OFFICE works on: rows of aaa hold it, and
# they come before the calendars in every dump.
database original pg_statute_cn
run original "
	SELECT statute.define_convention('OURS', 'ours', 'our bylaws', base := 'CN', closing := '17:00', receipt_cutoff := '16:00');
	SELECT statute.define_calendar('OFFICE', 'an office', 'CN', convention := 'OURS');
	SELECT statute.define_calendar('BRANCH', 'its branch', 'OFFICE');
	SELECT statute.define_calendar('GULF', 'elsewhere', weekend := '{5,6}', time_zone := 'Asia/Dubai', convention := 'PLAIN');
	SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'snow', 'a notice', '2022-02-17');
	SELECT statute.set_calendar_day('OFFICE', '2022-02-19', true, 'inventory', 'a notice');
	SELECT statute.set_calendar_day('BRANCH', '2022-02-21', false, 'moving', NULL);
	SELECT statute.set_calendar_day('GULF', '2022-02-22', false, 'x', 'y');
	SELECT statute.unset_calendar_day('GULF', '2022-02-22');
	SELECT statute.announce_calendar('CN', '2027-12-28', 'next year''s notice', '2026-11-04');
	SELECT statute.announce_calendar('GULF', '2022-12-31', NULL);
	SELECT statute.set_default_calendar('OFFICE')" \
	"
	CREATE SCHEMA aaa;
	CREATE TABLE aaa.visit (
		id integer PRIMARY KEY,
		day statute.workday NOT NULL DEFAULT statute.add_workdays('2022-02-17', 1),
		away statute.workdayrange,
		stays statute.workdaymultirange,
		allowed statute.timelimit NOT NULL DEFAULT '7 workdays',
		CHECK (day OPERATOR(statute.>=) '2022-02-19'::statute.workday),
		EXCLUDE USING gist (away WITH &&)
	);
	INSERT INTO aaa.visit
		SELECT n, statute.add_workdays('2022-02-18', n), CASE WHEN n % 3 = 0 THEN statute.workdayrange(
				statute.add_workdays('2022-02-18', n)::statute.workday, statute.add_workdays('2022-02-18', n + 2)::statute.workday) END,
			CASE WHEN n % 5 = 0 THEN '{[2022-02-19,2022-02-21],[2022-03-01,2022-03-02)}'::statute.workdaymultirange END,
			CASE n % 4 WHEN 0 THEN 'immediate' WHEN 1 THEN '三个月' WHEN 2 THEN '30 minutes' ELSE '7个工作日' END::statute.timelimit
		FROM generate_series(1, 300) n;
	CREATE INDEX ON aaa.visit (day);
	CREATE INDEX ON aaa.visit USING hash (day);
	CREATE INDEX ON aaa.visit USING brin (day);
	CREATE INDEX ON aaa.visit USING brin (day statute.workday_minmax_multi_ops);
	CREATE UNIQUE INDEX ON aaa.visit (allowed, day DESC) INCLUDE (id) WHERE day OPERATOR(statute.>) '2022-02-19'::statute.workday;
	CREATE INDEX ON aaa.visit USING hash (allowed);
	CREATE INDEX ON aaa.visit USING spgist (away);
	CREATE TABLE aaa.part (day statute.workday) PARTITION BY RANGE (day);
	CREATE TABLE aaa.part_1 PARTITION OF aaa.part FOR VALUES FROM (MINVALUE) TO ('2022-02-19');
	CREATE TABLE aaa.part_2 PARTITION OF aaa.part FOR VALUES FROM ('2022-02-19') TO (MAXVALUE);
	INSERT INTO aaa.part SELECT day FROM aaa.visit;
	CREATE DOMAIN aaa.short AS statute.timelimit CHECK (VALUE OPERATOR(statute.<=) '10 workdays'::statute.timelimit);
	CREATE TYPE aaa.pair AS (day statute.workday, allowed aaa.short);
	CREATE TABLE aaa.pairs (pairs aaa.pair[]);
	INSERT INTO aaa.pairs VALUES (ARRAY[('2022-02-19', '3 workdays')]::aaa.pair[]);
	CREATE VIEW aaa.due AS SELECT id, day OPERATOR(statute.+) 3 AS later, day OPERATOR(statute.-) '2022-02-19'::statute.workday AS n,
		statute.due_date(day, '7 workdays', 'BRANCH') AS due FROM aaa.visit;
	CREATE MATERIALIZED VIEW aaa.kept AS SELECT id, statute.is_workday(day) AS worked, statute.is_workday(day, 'CN') AS cn FROM aaa.visit;
	CREATE FUNCTION aaa.bump() RETURNS trigger LANGUAGE plpgsql AS \$\$
		BEGIN NEW.day := statute.roll_workday(NEW.day, 'following'); RETURN NEW; END \$\$;
	CREATE TRIGGER bump BEFORE INSERT ON aaa.visit FOR EACH ROW WHEN (NEW.day OPERATOR(statute.>) '2022-02-19'::statute.workday)
		EXECUTE FUNCTION aaa.bump()"

# What is asked of a database and of its copy
cat >"$TMP/questions" <<-'END'
	SET timezone = 'Asia/Shanghai';
	SELECT * FROM statute.calendar_list ORDER BY code;
	SELECT c.tableoid::regclass, c.* FROM statute.calendar c ORDER BY c;
	SELECT * FROM ONLY statute.calendar_day ORDER BY calendar, day;
	SELECT count(*), md5(string_agg(d::text, ',' ORDER BY d)) FROM statute.calendar_day d;
	SELECT * FROM statute.calendar_announcement ORDER BY calendar, announced_through;
	SELECT * FROM statute.calendar_revision ORDER BY calendar, revision;
	SELECT * FROM statute.convention ORDER BY code;
	SELECT statute.current_calendar(), statute.current_revision();
	SELECT * FROM aaa.visit ORDER BY id;
	SELECT tableoid::regclass, count(*), statute.min(day), statute.max(day) FROM aaa.part GROUP BY 1 ORDER BY 1;
	SELECT * FROM aaa.pairs;
	SELECT * FROM aaa.due ORDER BY id;
	SELECT * FROM aaa.kept ORDER BY id;
	SELECT c.code, md5(string_agg(concat(statute.is_workday(d::date, c.code), statute.is_provisional(d::date, c.code)), '' ORDER BY d)) FROM statute.calendar c, generate_series(date '2003-12-01', '2028-02-01', '1 day') d GROUP BY 1 ORDER BY 1;
	SELECT statute.deadline('2022-02-17 16:30+08', v.allowed, c.code, k.code) FROM (SELECT DISTINCT allowed FROM aaa.visit) v, statute.calendar c, statute.convention k ORDER BY v.allowed, c.code, k.code;
	SELECT * FROM statute.explain_deadline('2022-02-17 16:30+08', '3 workdays', 'BRANCH');
	INSERT INTO aaa.visit (id, day) VALUES (1001, '2022-02-18');
	INSERT INTO aaa.visit (id, away) VALUES (1002, '[2022-03-01,2022-03-31]');
	INSERT INTO aaa.visit (id, day) VALUES (1003, '2022-02-19');
	SELECT id, day FROM aaa.visit WHERE id > 1000;
	DELETE FROM aaa.visit WHERE id > 1000;
	SELECT statute.set_calendar_day('CN', '2022-02-17', false, 'more snow', 'a notice');
	SELECT statute.set_calendar_day('BRANCH', '2022-02-17', true, 'no snow', 'a notice');
	SELECT statute.define_calendar('GULF', 'elsewhere', weekend := '{6,7}', time_zone := 'Asia/Dubai', convention := 'PLAIN');
	SELECT calendar, revision, change FROM ONLY statute.calendar_revision ORDER BY calendar, revision;
	SELECT code, statute.current_revision(code) FROM statute.calendar ORDER BY 1;
	SELECT statute.is_workday('2022-02-17', 'CN'), statute.is_workday('2022-02-17', 'OFFICE'), statute.is_workday('2022-02-17', 'BRANCH');
	UPDATE statute.calendar_cn SET title = 'x';
END
ask() { "$PGBIN/psql" -Xq -d "$1" -v VERBOSITY=terse -f "$TMP/questions" >"$TMP/$1.out" 2>&1; }
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
is "$(grep -c 'ERROR' "$TMP/answers.out")" 3 'the original answers, with three errors'

# what a dump holds, and does not
is "$(grep -c '三月街民族节\|国办发明电\|1182/71\|Monday to Friday' "$TMP/plain.sql" "$TMP/inserts.sql" "$TMP/rows.sql" | paste -sd ' ')" \
	"$TMP/plain.sql:0 $TMP/inserts.sql:0 $TMP/rows.sql:0" 'no shipped row is in a dump'
is "$(grep -c "^INSERT INTO statute" "$TMP/inserts.sql")" \
	"$(sql original 'SELECT sum(n) FROM (SELECT count(*) FROM ONLY statute.calendar UNION ALL SELECT count(*) FROM ONLY statute.calendar_day UNION ALL SELECT count(*) FROM ONLY statute.calendar_announcement UNION ALL SELECT count(*) FROM ONLY statute.calendar_default UNION ALL SELECT count(*) FROM ONLY statute.calendar_revision UNION ALL SELECT count(*) FROM ONLY statute.convention) x (n)')" \
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
is "$(plain waiting | diff - "$TMP/single.sql")" '' 'with the pack again, its dump is the same'
is "$(sql waiting "SELECT statute.is_workday('2022-02-18', 'CN'), statute.is_workday('2022-02-19'), statute.current_revision('CN')")" \
	"$(sql single "SELECT statute.is_workday('2022-02-18', 'CN'), statute.is_workday('2022-02-19'), statute.current_revision('CN')")" 'and answer alike'

finish
