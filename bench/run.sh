#!/bin/sh
# The benchmarks, as ratios. `./dev bench [PART...]` calls it; the parts are
# workday, deadline, quota, duty, escalation and core. BENCH_ROWS (2000000), BENCH_EVENTS (10000000, of
# quotas), BENCH_LEDGER (10000000 obligations) and BENCH_RUNS (5) size them.
set -eu

. "$ROOT/scripts/packages.sh"
. "$ROOT/scripts/cluster.sh"

LC_ALL=C
export LC_ALL
rows=${BENCH_ROWS:-2000000}
events=${BENCH_EVENTS:-10000000}
years=${BENCH_YEARS:-1}
ledger=${BENCH_LEDGER:-10000000}
runs=${BENCH_RUNS:-5}
[ $# != 0 ] || set -- workday deadline quota duty escalation core

# optional WHAT PACKAGES CHECK...: is a peer here? As root, installs it where it is not.
optional() {
	what=$1 packages=$2
	shift 2
	"$@" && return
	# shellcheck disable=SC2086 # a list of names
	[ "$(id -u)" != 0 ] || (need_packages $packages) || :
	"$@" || { say "without $what, which is not installed (Debian: $packages)"; return 1; }
}

# Everything stays in memory, and nothing else works in the server.
restart() {
	cluster_stop main
	cat >>"$WORK/main/postgresql.auto.conf" <<-END
		shared_buffers = '1GB'
		max_wal_size = '4GB'
		autovacuum = off
		max_connections = 120
	END
	cluster_start main
}

has_orafce() { [ -f "$("$PG_CONFIG" --sharedir)/extension/orafce.control" ]; }

in_server() {
	orafce=no
	! optional orafce "postgresql-$PGMAJOR-orafce" has_orafce || orafce=yes
	database "bench_$1" pg_statute_cn
	"$PGBIN/psql" -Xq -d "bench_$1" -v ON_ERROR_STOP=1 \
		-v rows="$rows" -v events="$events" -v years="$years" -v ledger="$ledger" -v runs="$runs" -v orafce="$orafce" \
		-f "$ROOT/bench/harness.sql" -f "$ROOT/bench/$1.sql"
	[ "$1" != duty ] || clients
	"$PGBIN/psql" -XAtq -d "bench_$1" -c "SELECT met FROM bench.result WHERE met IS NOT NULL" >>"$TMP/met"
	"$PGBIN/dropdb" "bench_$1"
}

# One hundred clients, each inserting a row at a time: into the table as it is,
# with a trigger in PL/pgSQL, and with rules bound to it.
clients() {
	"$PGBIN/psql" -Xq -d bench_duty -c "CREATE SEQUENCE bench.client_row START 1000000000"
	say "100 clients, one row in each transaction, 10 s each, the middle of $runs: transactions a second"
	for table in single_plain single_hand single_bound; do
		echo "INSERT INTO bench.$table VALUES (nextval('bench.client_row'), now(), NULL, 1000, 'office');" >"$TMP/$table.sql"
	done
	for _ in $(seq "$runs"); do
		for table in single_plain single_hand single_bound; do
			"$PGBIN/pgbench" -n -M prepared -c 100 -j 2 -T 10 -f "$TMP/$table.sql" bench_duty 2>&1 |
				sed -n "s/^tps = \([0-9]*\).*/$table \1/p"
		done
	done | sort -k 1,1 -k 2,2n | awk -v n="$runs" '{ seen[$1]++; if (seen[$1] == int((n + 1) / 2)) print "  " $1, $2 }'
	say ""
}

# Debian's package serves Debian's own Python, which need not be the first in the path.
find_numpy() {
	for python in python3 /usr/bin/python3; do
		! "$python" -c 'import numpy' 2>/dev/null || return 0
	done
	return 1
}

build_quantlib() {
	c++ -O2 -o "$TMP/quantlib" "$ROOT/bench/core_quantlib.cpp" -lQuantLib 2>/dev/null
}

# Every program prints operation|nanoseconds|share of other answers.
without_server() {
	cut -d , -f 1,2 "$ROOT"/packs/cn/calendar/20??.csv | grep '^2' | tr ',-' '  ' >"$TMP/days"
	"${CC:-cc}" -O2 -std=gnu11 -I"$ROOT/src" -o "$TMP/core" \
		"$ROOT/bench/core.c" "$ROOT/src/core/calendar.c" "$ROOT/src/core/day.c"
	numpy=no quantlib=no
	! optional numpy python3-numpy find_numpy || numpy=yes
	! optional QuantLib 'libquantlib0-dev g++' build_quantlib || quantlib=yes
	for _ in $(seq "$runs"); do
		"$TMP/core" "$TMP/days" "$TMP/answers" | sed 's/^/1 pg_statute|/'
		[ $numpy = no ] || "$python" "$ROOT/bench/core_numpy.py" "$TMP/days" "$TMP/answers" | sed 's/^/2 numpy|/'
		[ $quantlib = no ] || "$TMP/quantlib" "$TMP/answers" | sed 's/^/3 QuantLib|/'
	done >"$TMP/core.out"
	sort -t '|' -k 1,1 -k 2,2 -k 3,3n "$TMP/core.out" | awk -F '|' -f "$ROOT/bench/core.awk"
}

say "$("$PG_CONFIG" --version), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc) CPUs"
say "$rows rows ($events events of quotas), medians of $runs runs, JIT off, one process"
say ""
: >"$TMP/met"
restart
for part; do
	case $part in
	workday | deadline | quota | duty | escalation) in_server "$part" ;;
	core) without_server ;;
	*) die "there is no benchmark $part" ;;
	esac
done
say "targets: $(grep -c t "$TMP/met" || :) met, $(grep -c f "$TMP/met" || :) missed"
