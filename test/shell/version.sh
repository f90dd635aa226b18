#!/bin/sh
# The version stands in the control files; everything else agrees with them.
. "$ROOT/test/shell/lib.sh"
cd "$ROOT" || exit 1

control() { sed -n "s/^$2 *= *'\(.*\)'.*/\1/p" "$1.control"; }

# provided EXTENSION: its version in the "provides" of META.json
provided() { sed -n "/^ *\"$1\": {/,/}/s/.*\"version\": \"\([^\"]*\)\".*/\1/p" META.json; }

engine=$(control pg_statute default_version)
pack=$(control pg_statute_cn default_version)

like "$engine" '[0-9]*.[0-9]*.[0-9]*' 'the control file of the engine states a version'
is "$(provided pg_statute)" "$engine" 'META.json provides this version of pg_statute'
is "$(provided pg_statute_cn)" "$pack" 'META.json provides this version of pg_statute_cn'
is "$(sed -n 's/^  "version": "\(.*\)",/\1/p' META.json)" "$engine" 'META.json bears the version of the engine'
is "$(sed -n 's/^## \[\{0,1\}\([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)" "$engine" \
	'the newest release of CHANGELOG.md is this version'
is "$(sed -n '1s/^pg-statute (\(.*\)-[^-]*) .*/\1/p' debian/changelog)" "$engine" 'debian/changelog packages this version'

for e in pg_statute pg_statute_cn; do
	is "$(sql postgres "SELECT default_version FROM pg_available_extensions WHERE name = '$e'")" \
		"$(control $e default_version)" "the server offers this version of $e"
	is "$(sql postgres "SELECT superuser, trusted, relocatable, schema
		FROM pg_available_extension_versions WHERE name = '$e' AND version = '$(control $e default_version)'")" \
		't|f|f|pg_catalog' "$e is for superusers, not trusted, not relocatable"
done

finish
