#!/bin/sh
# pg_upgrade from PostgreSQL 15 to 17, where both are here, with the extension
# installed in each (make install PG_CONFIG=...).
. "$ROOT/test/shell/lib.sh"

old=/usr/lib/postgresql/15/bin new=/usr/lib/postgresql/17/bin
for b in "$old" "$new"; do
	if [ ! -x "$b/pg_upgrade" ] || [ ! -f "$("$b/pg_config" --pkglibdir)/pg_statute.so" ]; then
		skip "no pg_statute in $b"
		finish
		exit
	fi
done

# use BIN: the server that comes next
use() { PGBIN=$1 PATH=$1:$PATH; }
# without what differs by version: settings, and when views name a column's table
plain() { "$PGBIN/pg_dump" agency | grep -v -e '^\\\(un\)\{0,1\}restrict ' -e '^-- Dumped ' -e '^SET transaction_timeout' | sed 's/visit\.//'; }
ask() { "$PGBIN/psql" -Xq -d "$1" -v VERBOSITY=terse -f "$ROOT/test/shell/sample/questions.sql" -f "$ROOT/test/shell/sample/duty_questions.sql" >"$TMP/$2" 2>&1; }

# upgrade OLD NEW: two clusters
upgrade() {
	as_server "$new/pg_upgrade" -b "$old" -B "$new" -d "$WORK/$1" -D "$WORK/$2" -p 5436 -P 5437 -s "$WORK" -U postgres >"$TMP/upgrade" 2>&1
}

PGPORT=5435
use "$old"
cluster_init old "$PGPORT"
cluster_start old
database agency pg_statute_cn
"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d agency -f "$ROOT/test/shell/sample/agency.sql" -f "$ROOT/test/shell/sample/duties.sql" >"$TMP/agency" 2>&1
is "$(cat "$TMP/agency")" '' 'an agency is set up'
version=$(sql agency 'SELECT version FROM statute.calendar_version')
(use "$new" && plain) >"$TMP/dump"
"$PGBIN/createdb" -T agency answers
ask answers answers
"$PGBIN/dropdb" answers
cluster_stop old

use "$new"
cluster_init new "$PGPORT"
if ! upgrade old new; then
	# Minor releases of different dates can refuse each other's dumps: 15.20
	# gives columns an option pg_attver, of which 17 knows from 17.12 on.
	use "$old"
	cluster_init bare "$PGPORT"
	cluster_start bare
	run postgres 'CREATE TABLE t (n integer)'
	cluster_stop bare
	use "$new"
	cluster_init other "$PGPORT"
	if upgrade bare other; then
		ok 1 'pg_upgrade has no objections'
		find "$WORK/new/pg_upgrade_output.d" -name '*dump_*.log' -exec grep -h -A8 'error: ' {} + | sed 's/^/# /' | head -n 20
	else
		skip "pg_upgrade from $old to $new fails without pg_statute, too"
	fi
	finish
	exit
fi
ok 0 'pg_upgrade has no objections'
cluster_start new
is "$(sql agency 'SHOW server_version_num' | cut -c 1-2)" 17 'the new server runs'
is "$(sql agency 'SELECT version FROM statute.calendar_version')" "$version" 'with the tables of the old one'
is "$(plain | diff "$TMP/dump" - | head -n 20)" '' 'its dump is the same'
ask agency new
is "$(diff "$TMP/answers" "$TMP/new" | head -n 20)" '' 'the same answers, and the next revisions'
run agency 'DROP EXTENSION pg_statute_cn' 'CREATE EXTENSION pg_statute_cn'
is "$(sql agency "SELECT statute.is_workday('2022-02-01', 'CN'), statute.is_workday('2022-02-18', 'CN')")" 'f|f' 'the pack can be dropped and created there'
cluster_stop new

finish
