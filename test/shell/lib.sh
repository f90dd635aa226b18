# shellcheck shell=sh
# What the shell tests share. A test is a file test/shell/NAME.sh that goes on after #!/bin/sh with
#
#     . "$ROOT/test/shell/lib.sh"
#
# and ends with `finish`. It finds in its environment: ROOT (the checkout),
# PGBIN, PGHOST, PGPORT and PGUSER of a running private server, where the
# extensions are installed but not created, WORK (the directory of that server)
# and TMP (its own directory, which the server's user may write to).
#
# A second server: cluster_init NAME PORT, cluster_start NAME, cluster_stop NAME
# (scripts/cluster.sh); as_server runs a command as the server's user, which
# everything that writes into a data directory needs. All of it goes away by itself.

set -u
. "$ROOT/scripts/packages.sh"
. "$ROOT/scripts/cluster.sh"

tests=0

# ok STATUS WHAT
ok() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

# is GOT WANTED WHAT
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
	fi
}

# like GOT PATTERN WHAT: PATTERN is a pattern of the shell's, as in case
like() {
	# shellcheck disable=SC2254 # it is meant to be a pattern
	case $1 in
	$2) ok 0 "$3" ;;
	*)
		ok 1 "$3"
		printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
		;;
	esac
}

skip() {
	tests=$((tests + 1))
	echo "ok $tests # SKIP $1"
}

# sql DATABASE STATEMENT...: the bare result, errors included
sql() {
	db=$1
	shift
	for s; do set -- "$@" -c "$s"; shift; done
	"$PGBIN/psql" -XAtq -v ON_ERROR_STOP=1 -d "$db" "$@" 2>&1
}

# run DATABASE STATEMENT...: for its effect only; an error is a failure
run() { out=$(sql "$@") || ok 1 "$out"; }

# answers DATABASE: the script on standard input, in one session. A line
#     \warn = WANTED | WHAT
# in it is a test that the next line which comes out is WANTED; an error comes
# out as "ERROR: SQLSTATE". An error that nobody wanted is a failure.
answers() {
	"$PGBIN/psql" -XAtq -v VERBOSITY=sqlstate -d "$1" 2>&1 | sed 's/ERROR:  /ERROR: /' >"$TMP/answers"
	what=
	while IFS= read -r line; do
		case $what:$line in
		*:'= '*)
			[ -z "$what" ] || ok 1 "$what: no answer"
			line=${line#= } wanted=${line%% | *} what=${line#* | }
			;;
		:*ERROR:* | :*FATAL:* | :*onnection*) ok 1 "$line" ;;
		:*) ;;
		*)
			is "$line" "$wanted" "$what"
			what=
			;;
		esac
	done <"$TMP/answers"
	[ -z "$what" ] || ok 1 "$what: no answer"
}

finish() { echo "1..$tests"; }
