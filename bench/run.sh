#!/bin/sh
# The benchmarks, as ratios. `./dev bench [PART...]` calls it; the parts are
# workday, deadline and core. BENCH_ROWS (2000000) and BENCH_RUNS (5) size them.
set -eu

. "$ROOT/scripts/packages.sh"
. "$ROOT/scripts/cluster.sh"

rows=${BENCH_ROWS:-2000000}
runs=${BENCH_RUNS:-5}
[ $# != 0 ] || set -- workday deadline core

# optional PACKAGE WHAT: installs it where we may; what needs it is left out otherwise.
optional() {
	[ "$(id -u)" != 0 ] || (need_packages "$1") || :
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || :)" = installed ] ||
		{ say "without $2: package $1 is not installed"; return 1; }
}

# Everything stays in memory, and nothing else works in the server.
restart() {
	cluster_stop main
	cat >>"$WORK/main/postgresql.auto.conf" <<-END
		shared_buffers = '1GB'
		autovacuum = off
		max_wal_size = '4GB'
	END
	cluster_start main
}

sql() {
	database "bench_$1" pg_statute_cn
	"$PGBIN/psql" -Xq -d "bench_$1" -v ON_ERROR_STOP=1 -v rows="$rows" -v runs="$runs" -v orafce="$orafce" \
		-f "$ROOT/bench/harness.sql" -f "$ROOT/bench/$1.sql"
	"$PGBIN/psql" -XAtq -d "bench_$1" \
		-c "SELECT met FROM bench.result WHERE met IS NOT NULL" >>"$TMP/met"
	"$PGBIN/dropdb" "bench_$1"
}

# The package serves Debian's own Python, which need not be the first in the path.
python_with_numpy() {
	for p in python3 /usr/bin/python3; do
		"$p" -c 'import numpy' 2>/dev/null && { say "$p"; return; }
	done
	return 1
}

# core: each peer a program that prints `operation|nanoseconds|wrong`, run in turn
core() {
	cat "$ROOT"/packs/cn/calendar/20??.csv | grep '^2' | cut -d , -f 1,2 | tr ',-' '  ' >"$TMP/days"
	${CC:-cc} -O2 -std=gnu11 -Wall -I"$ROOT/src" -o "$TMP/core" "$ROOT/bench/core.c" "$ROOT/src/core/calendar.c" "$ROOT/src/core/day.c"
	optional python3-numpy numpy || :
	python=$(python_with_numpy) || say "without numpy: no Python finds it"
	ql=no
	! optional libquantlib0-dev QuantLib || ! optional g++ QuantLib || ql=yes
	[ $ql = no ] || c++ -O2 -o "$TMP/quantlib" "$ROOT/bench/core_quantlib.cpp" -lQuantLib
	run=0
	while [ $run -lt "$runs" ]; do
		"$TMP/core" "$TMP/days" "$TMP/answers" | sed 's/^/1 pg_statute, core alone|/'
		[ -z "$python" ] || "$python" "$ROOT/bench/core_numpy.py" "$TMP/days" "$TMP/answers" | sed 's/^/2 numpy|/'
		[ $ql = no ] || "$TMP/quantlib" "$TMP/answers" | sed 's/^/3 QuantLib|/'
		run=$((run + 1))
	done >"$TMP/core.out"
	sort -t '|' -k1,2 -k3,3n "$TMP/core.out" | awk -F '|' -v runs="$runs" -f "$ROOT/bench/core.awk"
}

say "$("$PG_CONFIG" --version), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc) CPUs"
say "$rows rows, median of $runs rounds of all queries in turn, JIT off, one process"
say ""
: >"$TMP/met"
orafce=no
case " $* " in *" workday "*) ! optional "postgresql-$PGMAJOR-orafce" orafce || orafce=yes ;; esac
case " $* " in *" workday "* | *" deadline "*) restart ;; esac
for part; do
	case $part in
	workday | deadline) sql "$part" ;;
	core) core ;;
	*) die "there is no benchmark $part" ;;
	esac
done
say "$(grep -c t "$TMP/met" || :) targets met, $(grep -c f "$TMP/met" || :) missed"
