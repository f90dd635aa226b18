# shellcheck shell=sh
# Which server to build against, and the Debian packages that we need.
# Sourced by ./dev and by scripts that need a package more than it does.

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "dev: $*" >&2; exit 1; }

# find_server: sets PG_CONFIG, PGBIN and PGMAJOR; fails where there is none.
find_server() {
	if [ -z "${PG_CONFIG:-}" ]; then
		PG_CONFIG=$(printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -t / -k 5 -n | tail -n 1)
		[ -x "$PG_CONFIG" ] || PG_CONFIG=$(command -v pg_config) || { PG_CONFIG=; return 1; }
	fi
	PGBIN=$("$PG_CONFIG" --bindir) || return 1
	PGMAJOR=$("$PG_CONFIG" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
	export PG_CONFIG PGBIN PGMAJOR
}

# server_version: the major version that is here, else the one that Debian would install.
server_version() {
	if find_server; then
		printf '%s\n' "$PGMAJOR"
	else
		apt_lists
		apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9][0-9]*\)$/\1/p' | head -n 1
	fi
}

apt_lists() {
	apt-cache show postgresql >/dev/null 2>&1 && return
	[ "$(id -u)" = 0 ] || die "apt knows of no packages yet; run: sudo apt-get update"
	apt-get -qq update
}

apt_install() {
	log=$(mktemp)
	status=0
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install "$@" >"$log" 2>&1 || status=$?
	[ "$status" = 0 ] || cat "$log" >&2
	rm -f "$log"
	return "$status"
}

# need_packages NAME...: installs what is missing, or says which command does.
need_packages() {
	command -v dpkg-query >/dev/null || return 0
	missing=
	for p; do
		state=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null) || state=
		[ "$state" = installed ] || missing="$missing $p"
	done
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || die "packages are missing; run this and try again:
    sudo apt-get install --no-install-recommends$missing"
	say "installing$missing"
	apt_lists
	(
		# Installing a server must not start a cluster of its own on this machine.
		own=/etc/postgresql-common/createcluster.d/zz-pg-statute.conf
		trap 'rm -f "$own"' EXIT
		mkdir -p "${own%/*}"
		echo 'create_main_cluster = false' >"$own"
		# An old list may name versions that are gone: then once more with a new one.
		# shellcheck disable=SC2086 # a list of names
		apt_install $missing || { apt-get -qq update && apt_install $missing; }
	) || die "could not install$missing"
}

# need_server: everything that building and testing take; sets PGBIN and so on.
need_server() {
	if command -v dpkg-query >/dev/null && { ! find_server || [ "$PGBIN" = "/usr/lib/postgresql/$PGMAJOR/bin" ]; }; then
		v=$(server_version)
		[ -n "$v" ] || die "no PostgreSQL to be found; set PG_CONFIG"
		need_packages "postgresql-$v" "postgresql-server-dev-$v" "postgresql-$v-pgtap" "postgresql-$v-cron" \
			libtap-parser-sourcehandler-pgtap-perl make gcc libc6-dev tzdata
	fi
	find_server || die "no PostgreSQL to be found; set PG_CONFIG"
	[ "$PGMAJOR" -ge 15 ] || die "PostgreSQL $PGMAJOR is too old: 15 or later is needed"
	[ -x "$PGBIN/postgres" ] || die "no server in $PGBIN; set PG_CONFIG to one that has a server"
	[ -f "$("$PG_CONFIG" --pgxs)" ] || die "PGXS of $PG_CONFIG is missing (Debian: postgresql-server-dev-$PGMAJOR)"
}

need_fuzz() { need_packages clang libclang-rt-dev make; }

need_matrix() { need_packages debootstrap util-linux tar; }
