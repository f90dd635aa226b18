# shellcheck shell=sh
# The suite on other servers, in Debian releases of their own (debootstrap), and
# on a machine that has nothing yet. Sourced by ./dev. All of it lies under
# build/matrix; the releases are kept there and used again.

# shellcheck disable=SC2153 # ROOT is the checkout, from ./dev
MATRIX=${MATRIX:-$ROOT/build/matrix}

# tree_copy DIR: the checkout as it is now, without what git ignores.
tree_copy() {
	rm -rf "$1"
	mkdir -p "$1"
	git -c core.quotePath=off ls-files --cached --others --exclude-standard |
		while IFS= read -r f; do [ ! -e "$f" ] || printf '%s\n' "$f"; done |
		tar -cf - --no-recursion -T - | tar -xf - -C "$1"
}

# mirror: where this machine has its Debian packages from.
mirror() {
	# shellcheck disable=SC2016 # a format of apt's own
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null |
		grep -m 1 . && return
	cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null |
		sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\).*/\2/p' |
		grep -m 1 '/debian/*$'
}

# release NAME: a minimal Debian of that name in build/matrix/NAME.
release() {
	root=$MATRIX/$1
	[ ! -e "$root.ready" ] || return 0
	url=$(mirror) || die "cannot tell where this machine has its packages from"
	say "$1: debootstrap"
	rm -rf "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase "$1" "$root" "$url" >"$root.log" 2>&1 ||
		{ tail -n 20 "$root.log"; return 1; }
	: >"$root.ready"
}

# inside ROOT COMMAND...: runs it in ROOT. The mounts are seen by nobody else
# and are gone when the command ends. ROOT is mounted on itself, because unshare
# needs that of the root directory of one who calls this inside again.
inside() {
	root=$1
	shift
	for f in /etc/resolv.conf /etc/hosts; do [ ! -e "$f" ] || cp -L "$f" "$root$f"; done
	apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|Proxy)' >"$root/etc/apt/apt.conf.d/99outside" || :
	# shellcheck disable=SC2016 # expanded by the shell that runs it
	unshare -m sh -c '
		mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" || exit 1
		root=$1
		shift
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive CI=true chroot "$root" "$@"
	' sh "$root" "$@" </dev/null
}

# with_15 NAME: PostgreSQL 15 from Debian bookworm beside the release's own server,
# and the extension in it, for test/shell/upgrade_pg.sh.
with_15() {
	# shellcheck disable=SC2016 # expanded by the shell that runs it
	inside "$MATRIX/$1" sh -c '
		set -e
		cd /pg_statute
		./dev setup # first: it would choose the 15
		if [ ! -e /etc/apt/preferences.d/bookworm ]; then
			sed "s/ $1 / bookworm /" /etc/apt/sources.list >/etc/apt/sources.list.d/bookworm.list
			# nothing else from there but what the release does not have
			printf "%s\n" "Package: *" "Pin: release n=bookworm" "Pin-Priority: 100" >/etc/apt/preferences.d/bookworm
			apt-get -qq update
		fi
		. scripts/packages.sh
		need_packages postgresql-15 postgresql-server-dev-15
		make -s PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config install >/dev/null
	' sh "$1"
}

# one NAME: both compilers and the suite, in the release NAME or `here`
one() {
	# shellcheck disable=SC2016 # expanded by the shell that runs it
	steps='set -e; cd "$1"; ./dev setup; ./dev build clang; SLOW=1 ./dev test'
	if [ "$1" = here ]; then
		tree_copy "$MATRIX/here"
		env MATRIX="$MATRIX" sh -c "$steps" sh "$MATRIX/here"
	else
		release "$1" || return 1
		tree_copy "$MATRIX/$1/pg_statute"
		[ "$1" != trixie ] || with_15 "$1" || return 1
		inside "$MATRIX/$1" sh -c "$steps" sh /pg_statute
	fi
}

# matrix [NAME...]
matrix() {
	[ "$(id -u)" = 0 ] || die "the matrix needs root: it makes chroots"
	need_matrix
	mkdir -p "$MATRIX"
	[ $# != 0 ] || set -- here trixie sid
	for name; do
		say "$name: running, see build/matrix/$name.log"
		log=$MATRIX/$name.log
		status=0
		one "$name" >"$log" 2>&1 || status=$?
		server=$(sed -n 's/^\(PostgreSQL [0-9][^ ]*\).*,.*/\1/p' "$log" | tail -n 1)
		result=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
		if [ -z "$result" ] || { [ "$status" != 0 ] && [ "${result#* 0 failed}" = "" ]; }; then
			result='0 passed, 1 failed'
			tail -n 20 "$log"
		fi
		p=${result%% passed*} f=${result#* passed, }
		f=${f% failed}
		tally "$p" "$f"
		[ "$f" = 0 ] || grep '^  FAIL' "$log" || :
		say "$name: ${server:-no server}: $p ok, $f not ok"
	done
	verdict
}

# fresh: .ci/run on a Debian that has nothing yet, with what takes long. The release
# stays as it is: the work is done in a copy of it.
fresh() {
	[ "$(id -u)" = 0 ] || die "this needs root: it makes a chroot"
	need_matrix
	mkdir -p "$MATRIX"
	name=${1:-bookworm}
	release "$name"
	root=$MATRIX/fresh
	rm -rf "$root"
	cp -a "$MATRIX/$name" "$root"
	tree_copy "$root/pg_statute"
	status=0
	inside "$root" env SLOW=1 bash /pg_statute/.ci/run || status=$?
	rm -rf "$root"
	return "$status"
}
