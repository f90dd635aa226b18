#!/bin/sh
# The Debian package: it is built, its contents are looked at, and a server runs with the
# extensions as they lie in it. With SLOW=1 it is also installed by apt in a Debian made for
# that, used there, and removed.
# shellcheck disable=SC2153 # ROOT is the checkout
. "$ROOT/test/shell/lib.sh"
. "$ROOT/scripts/matrix.sh"

slow=${SLOW:-}
package=postgresql-$PGMAJOR-statute

# stop REASON: the rest is skipped, or failed where SLOW=1 asks for all of it
stop() {
	if [ -n "$slow" ]; then ok 1 "$1"; else skip "$1"; fi
	finish
	exit
}

is "$(sed 's/PGVERSION/15/g' "$ROOT/debian/control.in")" "$(cat "$ROOT/debian/control")" 'debian/control is control.in for PostgreSQL 15'
words() { sed -e 's/^ *//' -e 's/^\.$//' | tr -s ' \n' ' '; }
is "$(sed -n '/^ Permission /,$p' "$ROOT/debian/copyright" | words)" "$(sed -n '/^Permission /,$p' "$ROOT/LICENSE" | words)" \
	'debian/copyright has the text of LICENSE'

if ! command -v dpkg-query >/dev/null || [ ! -x "/usr/lib/postgresql/$PGMAJOR/bin/postgres" ]; then
	stop "the package was not built: there is no PostgreSQL $PGMAJOR of Debian's here"
fi
needed='build-essential debhelper postgresql-server-dev-all'
[ -z "$slow" ] || needed="$needed debootstrap lintian"
# shellcheck disable=SC2086 # a list of names
(need_packages $needed) >"$TMP/packages" 2>&1 || {
	sed 's/^/# /' "$TMP/packages"
	stop "the package was not built: it needs $needed"
}
/usr/share/postgresql-common/supported-versions | grep -qx "$PGMAJOR" ||
	stop "the package was not built: this Debian has no packages for PostgreSQL $PGMAJOR"

# --- It is built

mkdir -p "$TMP/build/pg-statute"
tar -C "$ROOT" --exclude=./build --exclude=./.git --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude='*.tmp' \
	--exclude='./pg_statute*--*.sql' -cf - . | tar -C "$TMP/build/pg-statute" -xf -
(
	cd "$TMP/build/pg-statute" && unset PG_CONFIG && pg_buildext updatecontrol &&
		DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -us -uc -b -Pnocheck
) >"$TMP/build.log" 2>&1 || tail -n 30 "$TMP/build.log" | sed 's/^/# /'
deb=$(find "$TMP/build" -name "${package}_*.deb")
[ -f "$deb" ]
ok $? "dpkg-buildpackage builds $package"
[ -f "$deb" ] || { finish; exit; }

# --- What is in it

# field NAME: of its control file
field() { dpkg-deb -f "$deb" "$1"; }
# version EXTENSION: by its control file in the checkout
version() { sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$ROOT/$1.control"; }
like "$(field Version)" "$(version pg_statute)-[1-9]*" 'it bears the version of the engine'
like "$(field Depends), " "postgresql-${PGMAJOR}[, ]*" 'it depends on this server'

files=$TMP/files share=usr/share/postgresql/$PGMAJOR/extension lib=usr/lib/postgresql/$PGMAJOR/lib doc=usr/share/doc/$package
dpkg-deb -x "$deb" "$files"
is "$(cd "$files/$share" && echo *)" \
	"pg_statute--$(version pg_statute).sql pg_statute.control pg_statute_cn--$(version pg_statute_cn).sql pg_statute_cn.control" \
	'it has both extensions, and nothing else beside them'
for f in "$files/$share"/*; do cmp -s "$f" "$ROOT/${f##*/}" || ok 1 "${f##*/} is not that of the checkout"; done
is "$(find "$files/$lib" -name '*.so')" "$files/$lib/pg_statute.so" 'it has the library'
is "$(cd "$files/$doc" && for f in README.md README.zh-CN.md SECURITY.md copyright changelog.gz doc/calendar.md doc/duty.md; do [ -f "$f" ] || echo "$f"; done)" \
	'' 'it has documentation and licence'
is "$(cd "$ROOT/doc" && find . -name '*.md' | while IFS= read -r f; do [ -f "$files/$doc/doc/$f" ] || echo "$f"; done)" '' 'every page of doc/ is there'
is "$(find "$files" ! -type d | sed "s#^$files/##" | grep -v -e "^$share/" -e "^$lib/pg_statute.so$" -e "^$lib/bitcode/pg_statute" -e "^$doc/")" '' 'nothing lies elsewhere'
# (bitcode does in every extension: clang's names of its sources)
is "$(grep -rlF --exclude-dir=bitcode "$TMP/build" "$files")" '' 'nothing names the directory where it was built'
if command -v lintian >/dev/null; then
	is "$(lintian --allow-root --no-tag-display-limit "$TMP"/build/*.changes 2>&1 | grep '^E:')" '' 'lintian finds no errors'
else
	skip 'no lintian here'
fi

# --- A server with its files

# Questions whose answers are in README.md or counted by hand
cat >"$TMP/questions" <<'END'
SET client_min_messages = warning;
CREATE EXTENSION pg_statute_cn CASCADE;
SET search_path = public, statute;
SET timezone = 'Asia/Shanghai';
SELECT string_agg(extname || ' ' || extversion, ', ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql';
SELECT add_workdays('2022-04-21', 7), workdays_between('2022-09-30', '2022-10-10'), is_workday('2022-10-08');
SELECT deadline('2022-04-21 09:00', '7个工作日'), due_date('2022-08-31', '半年');
SELECT define_regulation('R', 'R', 'the county', '[2022-01-01,)'), define_clause('R-1', 'R', 'article 1', 'letters are answered in 5 working days'),
	define_rule('answer', 'R-1', 'deadline', 'letters are answered', '{"start": "timestamptz", "done": "date"}', '{"limit": "5 workdays"}') \g /dev/null
CREATE TABLE letter (no integer PRIMARY KEY, received timestamptz, answered date);
SELECT bind('answer', 'letter', '{"start": "received", "done": "answered"}') \g /dev/null
INSERT INTO letter VALUES (1, '2022-03-07 09:00', '2022-03-14'), (2, '2022-03-07 09:00', '2022-03-15');
SELECT row_key, article, due_on, state, workdays_late FROM late_list;
DROP TABLE letter;
DROP EXTENSION pg_statute CASCADE;
SELECT count(*) FROM pg_namespace WHERE nspname = 'statute';
END
answers="pg_statute $(version pg_statute), pg_statute_cn $(version pg_statute_cn)
2022-04-29|3|t
2022-04-30 00:00:00+08|2023-02-28
2|article 1|2022-03-14|done|1
0"

PGBIN=/usr/lib/postgresql/$PGMAJOR/bin PGPORT=5441
cluster_init packaged "$PGPORT"
if grep -q extension_destdir "/usr/share/postgresql/$PGMAJOR/postgresql.conf.sample"; then
	echo "extension_destdir = '$files'"
else
	echo "extension_control_path = '$files/usr/share/postgresql/$PGMAJOR:\$system'"
fi >>"$WORK/packaged/postgresql.auto.conf"
echo "dynamic_library_path = '$files/$lib:\$libdir'" >>"$WORK/packaged/postgresql.auto.conf"
cluster_start packaged
sql postgres "\\i $TMP/questions" >"$TMP/answers"
is "$(cat "$TMP/answers")" "$answers" 'a server with the files of the package gives known answers'
# which of them it has loaded: this session's
loaded=$(sql postgres 'SET client_min_messages = warning' 'CREATE EXTENSION pg_statute' "SELECT statute.is_workday('2022-03-07', 'ISO')" \
	"SELECT DISTINCT substring(line FROM '/.*') FROM regexp_split_to_table(pg_read_file('/proc/self/maps'), '\n') line WHERE line LIKE '%pg_statute.so'")
is "$loaded" "t
$files/$lib/pg_statute.so" 'and it is the library of the package that it loads'
cluster_stop packaged

# --- In a Debian of its own

# shellcheck disable=SC2016 # a format of apt's own
codename=$(apt-get indextargets --format '$(CODENAME)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
if [ -z "$slow" ]; then
	skip "not installed by apt in a new Debian $codename, which takes minutes: SLOW=1 ./dev test debian, ./dev fresh and ./dev matrix do it"
	finish
	exit
elif [ "$(id -u)" != 0 ]; then
	stop 'making a Debian needs root'
fi
new=$TMP/debian
mkdir -p "$MATRIX"
# in a shell of its own: it may die
(release "$codename") >"$TMP/release" 2>&1
ok $? "a Debian $codename"
cp -a "$MATRIX/$codename" "$new" || { finish; exit; }
# with the updates that this machine has, whose server the package may need
# shellcheck disable=SC2016 # as above
apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
	grep -E " $codename(-[a-z]+)? " | sort -u >"$new/etc/apt/sources.list"
cp "$deb" "$new/"
cp "$TMP/questions" "$new/questions"
# shellcheck disable=SC2016 # expanded by the shell that runs it
inside "$new" sh -ec '
	trap "pg_dropcluster --stop $1 used >/dev/null 2>&1 || :" EXIT
	step() { echo "= $*"; }
	mkdir -p /etc/postgresql-common/createcluster.d
	echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/none.conf
	apt-get -qq update
	apt-get -qq -y --no-install-recommends install "./$2"_*.deb >/install.log 2>&1 || { tail /install.log; exit 1; }
	pg_createcluster -p 5442 "$1" used -- -E UTF8 >/cluster.log 2>&1 || { cat /cluster.log; exit 1; }
	# no port, which another one could have; createcluster -o takes no empty value
	echo "listen_addresses = $3" >>"/etc/postgresql/$1/used/postgresql.conf"
	pg_ctlcluster "$1" used start >>/cluster.log 2>&1 || { cat /cluster.log; exit 1; }
	step used
	runuser -u postgres -- psql -XAtq -p 5442 -v ON_ERROR_STOP=1 </questions 2>&1
	step removed
	apt-get -qq -y purge "$2" >/purge.log 2>&1 || { tail /purge.log; exit 1; }
	runuser -u postgres -- psql -XAtq -p 5442 -v VERBOSITY=sqlstate -c "CREATE EXTENSION pg_statute" 2>&1 || :
	find / -xdev \( -name "*pg_statute*" -o -name "*$2" \) ! -path "/proc/*"
	step end
' sh "$PGMAJOR" "$package" "''" >"$TMP/inside" 2>&1
status=$?
ok $status 'apt-get installs and removes it'
[ "$status" = 0 ] || sed 's/^/# /' "$TMP/inside"
# between STEP: what came out in it
between() { awk -v step="$1" '/^= /{ on = $2 == step; next } on' "$TMP/inside"; }
is "$(between used)" "$answers" 'the cluster made there gives the known answers'
is "$(between removed)" 'ERROR:  0A000' 'once it is removed there is no extension, and no file of it'
rm -rf "$new"

finish
