#!/bin/sh
# The examples of the READMEs and doc/ still print what the pages show, their
# links lead to headings, and every public function has an entry in doc/.
. "$ROOT/test/shell/lib.sh"

run postgres 'CREATE DATABASE doc_template'
run doc_template 'CREATE EXTENSION pg_statute_cn CASCADE' 'ALTER DATABASE doc_template SET search_path = public, statute'

# examples PAGE DATABASE
examples() {
	awk -v script="$TMP/script.sql" -v wanted="$TMP/wanted" -f "$ROOT/test/shell/doc.awk" "$1"
	PGTZ=Asia/Shanghai PGOPTIONS='-c client_min_messages=warning' \
		"$PGBIN/psql" -Xq -v SHOW_CONTEXT=never -d "$2" <"$TMP/script.sql" 2>&1 |
		sed 's/ *$//' | grep -v '^$' >"$TMP/got"
	diff "$TMP/wanted" "$TMP/got" >"$TMP/diff"
	ok $? "the examples of ${1#"$ROOT"/}"
	sed 's/^/# /' "$TMP/diff"
	rm -f "$TMP/script.sql" "$TMP/wanted"
}

for page in "$ROOT"/doc/*.md; do
	grep -q '^```sql$' "$page" || continue
	db=doc_$(basename "$page" .md | tr -c 'a-z\n' _)
	run postgres "CREATE DATABASE $db TEMPLATE doc_template"
	run postgres "ALTER DATABASE $db SET search_path = public, statute"
	examples "$page" "$db"
done
for page in README README.zh-CN; do
	run postgres "CREATE DATABASE \"doc_$page\""
	examples "$ROOT/$page.md" "doc_$page"
done

broken=$(awk -f "$ROOT/test/shell/links.awk" "$ROOT"/*.md "$ROOT"/doc/*.md "$ROOT"/bench/*.md "$ROOT"/packs/*/*.md "$ROOT"/doc/*/*.md "$ROOT"/packs/*/*/*.md)
[ -z "$broken" ]
ok $? "links between the pages lead somewhere"
[ -z "$broken" ] || echo "$broken" | sed 's/^/# /'

functions=$(sql doc_template "SELECT DISTINCT p.proname FROM pg_proc p
	WHERE p.pronamespace = 'statute'::regnamespace AND p.proname !~ '^_' AND p.prokind IN ('f', 'a', 'p')
	AND obj_description(p.oid, 'pg_proc') !~ '^(internal|implementation|hash|less-equal|the (earli|lat)er of two|the interval as|the time limit as)'
	AND p.prosrc !~ '^(multi)?range_constructor'")
for f in $functions; do
	grep -q "\`$f(" "$ROOT"/doc/*.md || ok 1 "doc/ has an entry of $f()"
done
ok 0 "$(echo "$functions" | wc -l) public functions were looked for in doc/"

finish
