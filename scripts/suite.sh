# shellcheck shell=sh
# The test suite: every kind of test, counted one by one. Sourced by ./dev.

total_passed=0 total_failed=0

tally() { total_passed=$((total_passed + $1)) total_failed=$((total_failed + $2)); }

# row RESULT NAME REMARK
row() { printf '  %-5s %-32s %s\n' "$1" "$2" "$3"; }

# chosen FILE...: of the tests given, the names that the arguments of
# `./dev test` ask for: all of them, or those that bear a room's name.
chosen() {
	for f; do
		[ -e "$f" ] || continue
		name=${f##*/}
		name=${name%.*}
		bare=${name#test_}
		if [ -z "$ROOM_NAMES" ]; then
			printf '%s\n' "$name"
			continue
		fi
		for room in $ROOM_NAMES; do
			case $bare in "$room" | "$room"[_-]*) printf '%s\n' "$name"; break ;; esac
		done
	done
}

# run_tap NAME COMMAND...: one program that prints TAP.
run_tap() {
	name=$1
	shift
	out=$WORK/$name.tap
	status=0
	"$@" >"$out" 2>&1 </dev/null || status=$?
	read -r p f s none <<-END
		$(awk -f scripts/tap.awk "$out")
	END
	[ "$status" = 0 ] || [ "$f" != 0 ] || f=1
	[ $((p + f + s + none)) != 0 ] || f=1
	tally "$p" "$f"
	if [ "$f" = 0 ]; then
		row ok "$name" "$p$([ "$s" = 0 ] || printf '%s' ", $s skipped")"
	else
		row FAIL "$name" "$f of $((p + f)) failed, exit status $status"
		sed 's/^/        /' "$out"
	fi
}

# run_regress KIND NAME...: KIND is sql (pg_regress) or isolation.
run_regress() {
	kind=$1
	shift
	out=$WORK/$kind.out
	dir=$WORK/regress
	if [ "$kind" = sql ]; then
		set -- "REGRESS=$*" ISOLATION=
	else
		set -- REGRESS= "ISOLATION=$*"
		dir=$WORK/isolation
	fi
	make -s installcheck OUT="$WORK" "$@" >"$out" 2>&1 </dev/null || :
	broken='' unexplained=''
	for t in $names; do
		# "test NAME ... ok 12 ms" on 15, "ok 1 - NAME 12 ms" from 16 on
		if line=$(grep -E "^(test)? +$t +\.\.\. ok|^ok [0-9]+ +[-+] $t " "$out"); then
			row ok "$t" "$(printf '%s\n' "$line" | grep -oE '[0-9]+ ms' || :)"
			tally 1 0
		else
			row FAIL "$t" "see below"
			tally 0 1
			broken=yes
			grep -qs "/$t\.out" "$dir/regression.diffs" || unexplained=yes
		fi
	done
	[ -n "$broken" ] || return 0
	[ ! -s "$dir/regression.diffs" ] || cat "$dir/regression.diffs"
	[ -z "$unexplained" ] || grep -vE '^(test .*|ok .*) [0-9]+ ms$' "$out"
}

suite_core() {
	names=$(chosen test/core/test_*.c)
	[ -n "$names" ] || return 0
	say "core: C unit tests under AddressSanitizer and UndefinedBehaviorSanitizer"
	# shellcheck disable=SC2046,SC2086 # a list of names; what fails here is told below
	make -s -k -j "$(nproc)" $(printf 'build/core/%s ' $names) >/dev/null 2>&1 || :
	for t in $names; do
		make -s "build/core/$t" || { row FAIL "$t" "does not compile"; tally 0 1; continue; }
		run_tap "$t" "build/core/$t"
	done
}

suite_regress() {
	found=$(chosen sql/*.sql)
	# in the order of the Makefile
	names=
	for t in $(make -s print-regress); do
		for f in $found; do [ "$f" != "$t" ] || names="$names $t"; done
	done
	[ -n "$names" ] || return 0
	say "sql: pg_regress"
	# shellcheck disable=SC2086 # a list of names
	run_regress sql $names
}

suite_isolation() {
	names=$(chosen test/isolation/specs/*.spec)
	[ -n "$names" ] || return 0
	say "isolation: several sessions at once"
	# shellcheck disable=SC2086 # a list of names
	run_regress isolation $names
}

suite_pgtap() {
	names=$(chosen test/pgtap/*.sql)
	[ -n "$names" ] || return 0
	say "pgtap: a new database for each file"
	database statute_tap pgtap pg_statute_cn || { row FAIL statute_tap "no database"; tally 0 1; return 0; }
	for t in $names; do
		"$PGBIN/createdb" -T statute_tap "tap_$t"
		run_tap "$t" pg_prove --verbose --psql-bin "$PGBIN/psql" -d "tap_$t" "test/pgtap/$t.sql"
		"$PGBIN/dropdb" --force "tap_$t"
	done
}

# shell_dir NAME: a directory of its own for a shell test
shell_dir() {
	TMP=$WORK/shell-$1
	mkdir "$TMP"
	[ "$(id -u)" != 0 ] || chown "$SERVER_USER" "$TMP"
	export TMP SERVER_USER
}

# beside NAME...: those of the shell tests that were asked for, one after the other in the background
beside() {
	for t; do
		case " $asked " in *" $t "*) ;; *) continue ;; esac
		shell_dir "$t"
		status=0
		sh "test/shell/$t.sh" >"$WORK/$t.out" 2>&1 </dev/null || status=$?
		echo "$status" >"$WORK/$t.status"
	done &
}

# Shell tests with servers of their own begin here: that of pg_cron mostly waits for the minute.
suite_beside() {
	asked=$(chosen test/shell/*.sh | grep -vx lib | paste -sd ' ' -)
	own='demo debian sweep_crash duty_crash meta'
	beside cron
	# shellcheck disable=SC2086 # a list of names
	beside $own
}

# the other shell tests, and then what the first have found
suite_shell() {
	[ -n "$asked" ] || return 0
	say "shell: dump, restore, standby and the like"
	for t in $asked; do
		case " cron $own " in *" $t "*) continue ;; esac
		shell_dir "$t"
		run_tap "$t" sh "test/shell/$t.sh"
	done
	for t in cron $own; do
		# shellcheck disable=SC2016 # that shell expands it
		case " $asked " in *" $t "*)
			run_tap "$t" sh -c 'until [ -s "$1.status" ]; do sleep 1; done; cat "$1.out"; exit "$(cat "$1.status")"' sh "$WORK/$t"
			;;
		esac
	done
}

# A server that fell over is a failure, even if no test noticed.
suite_log() {
	if grep -E 'PANIC:|TRAP:|was terminated by signal' "$WORK/main.log" >"$WORK/crash"; then
		row FAIL "server log" "the server crashed"
		tally 0 1
		cat "$WORK/crash"
		say "  the log's last lines:"
		tail -n 40 "$WORK/main.log"
	fi
}

suite() {
	ROOM_NAMES=$*
	suite_core
	cluster_init main
	cluster_start main
	suite_beside
	suite_regress
	suite_isolation
	suite_pgtap
	suite_shell
	suite_log
}

# the last line; the exit status is the suite's
verdict() {
	[ $((total_passed + total_failed)) != 0 ] || say "no test ran"
	say "$total_passed passed, $total_failed failed"
	[ "$total_failed" = 0 ] && [ "$total_passed" != 0 ]
}
