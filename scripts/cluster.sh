# shellcheck shell=sh
# Private clusters: in a directory of their own, reached by a socket only, gone
# afterwards. Sourced by ./dev and by test/shell/lib.sh.
#
# The server never runs as root. Under root it runs as $SERVER_USER, and only
# the server does: everything it must read or write lies in $WORK.

SERVER_USER=${SERVER_USER:-postgres}

# as_server COMMAND...: runs it as the user whom the server runs as.
as_server() {
	if [ "$(id -u)" = 0 ]; then
		(cd "$WORK" && exec runuser -u "$SERVER_USER" -- "$@")
	else
		"$@"
	fi
}

# work_begin: makes $WORK and sees to it that it goes away, servers and all.
work_begin() {
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/pg_statute.XXXXXX")
	trap work_end EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	if [ "$(id -u)" = 0 ]; then
		id "$SERVER_USER" >/dev/null 2>&1 ||
			die "PostgreSQL does not run as root: make a user $SERVER_USER, or set SERVER_USER"
		chown "$SERVER_USER" "$WORK"
	fi
	unset PGDATABASE PGOPTIONS PGSERVICE PGPASSWORD PGPASSFILE PGTZ PGHOSTADDR PGSSLMODE
	PGHOST=$WORK PGPORT=5432 PGUSER=postgres PGCLIENTENCODING=UTF8 PGTZ=UTC
	PATH=$PGBIN:$PATH
	export WORK PGHOST PGPORT PGUSER PGCLIENTENCODING PGTZ PGBIN PATH
}

work_end() {
	trap - EXIT HUP INT PIPE TERM
	find "$WORK" -name postmaster.pid 2>/dev/null | while read -r pid; do
		as_server "$PGBIN/pg_ctl" -D "${pid%/postmaster.pid}" -m immediate -w stop >/dev/null 2>&1 || :
	done
	rm -rf "$WORK"
}

# cluster_init NAME [PORT]: a new cluster in $WORK/NAME, not started.
cluster_init() {
	as_server "$PGBIN/initdb" -D "$WORK/$1" -U postgres -A trust -E UTF8 --locale=C -N \
		>"$WORK/$1.initdb" 2>&1 || { cat "$WORK/$1.initdb" >&2; die "initdb failed"; }
	cluster_configure "$1" "${2:-5432}"
}

# cluster_configure NAME PORT: settings of a private cluster; more may be
# appended to $WORK/NAME/postgresql.auto.conf before it is started.
cluster_configure() {
	cat >>"$WORK/$1/postgresql.auto.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$WORK'
		port = $2
		timezone = 'UTC'
		log_timezone = 'UTC'
		log_line_prefix = '%m [%p] %d '
		fsync = off
		full_page_writes = off
	END
}

# cluster_cron NAME DATABASE: pg_cron for a database, where it is installed; before the cluster is started.
cluster_cron() {
	[ -f "$("$PG_CONFIG" --pkglibdir)/pg_cron.so" ] || return 0
	cat >>"$WORK/$1/postgresql.auto.conf" <<-END
		shared_preload_libraries = 'pg_cron'
		cron.database_name = '$2'
		cron.host = '$WORK'
	END
}

cluster_start() {
	as_server "$PGBIN/pg_ctl" -D "$WORK/$1" -l "$WORK/$1.log" -w -t 120 start >/dev/null 2>&1 ||
		{ cat "$WORK/$1.log" >&2; die "the server of cluster $1 did not start"; }
}

cluster_stop() { as_server "$PGBIN/pg_ctl" -D "$WORK/$1" -m "${2:-fast}" -w stop >/dev/null; }

# database NAME [EXTENSION...]: a database with the extensions in it.
database() {
	db=$1
	shift
	"$PGBIN/createdb" "$db"
	for e; do "$PGBIN/psql" -Xqd "$db" -v ON_ERROR_STOP=1 -c "SET client_min_messages = warning; CREATE EXTENSION $e CASCADE"; done
}
