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
plain() { "$PGBIN/pg_dump" agency | grep -v -e '^\\\(un\)\{0,1\}restrict ' -e '^-- Dumped ' -e '^SET transaction_timeout'; }
ask() { "$PGBIN/psql" -Xq -d agency -v VERBOSITY=terse -f "$ROOT/test/shell/sample/questions.sql" >"$TMP/$1" 2>&1; }

PGPORT=5435
use "$old"
cluster_init old "$PGPORT"
cluster_start old
database agency pg_statute_cn
"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -d agency -f "$ROOT/test/shell/sample/agency.sql" >"$TMP/agency" 2>&1
is "$(cat "$TMP/agency")" '' 'an agency is set up'
version=$(sql agency 'SELECT version FROM statute.calendar_version')
(use "$new" && plain) >"$TMP/dump"
"$PGBIN/createdb" -T agency answers
"$PGBIN/psql" -Xq -d answers -v VERBOSITY=terse -f "$ROOT/test/shell/sample/questions.sql" >"$TMP/answers" 2>&1
"$PGBIN/dropdb" answers
cluster_stop old

use "$new"
cluster_init new "$PGPORT"
as_server "$new/pg_upgrade" -b "$old" -B "$new" -d "$WORK/old" -D "$WORK/new" -p 5436 -P 5437 -s "$WORK" -U postgres >"$TMP/upgrade" 2>&1
ok $? 'pg_upgrade has no objections'
sed 's/^/# /' "$TMP/upgrade" | grep -i -A5 'fail\|fatal'
cluster_start new
is "$(sql agency 'SHOW server_version_num' | cut -c 1-2)" 17 'the new server runs'
is "$(sql agency 'SELECT version FROM statute.calendar_version')" "$version" 'with the tables of the old one'
is "$(plain | diff "$TMP/dump" - | head -n 20)" '' 'its dump is the same'
ask new
is "$(diff "$TMP/answers" "$TMP/new" | head -n 20)" '' 'the same answers, and the next revisions'
run agency 'DROP EXTENSION pg_statute_cn' 'CREATE EXTENSION pg_statute_cn'
is "$(sql agency "SELECT statute.is_workday('2022-02-01', 'CN'), statute.is_workday('2022-02-18', 'CN')")" 'f|f' 'the pack can be dropped and created there'
cluster_stop new

finish
