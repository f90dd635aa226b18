#!/bin/sh
# The pages of the regulations are those that their data makes, and each call of
# bind() on them can be run.
. "$ROOT/test/shell/lib.sh"

sh "$ROOT/packs/cn/pages.sh" "$TMP/pages" >"$TMP/log" 2>&1
is "$(cat "$TMP/log")" '' 'the pages are made'
is "$(diff -r "$TMP/pages" "$ROOT/doc/cn" | head -n 20)" '' 'and doc/cn has them'

# a call of set_roster() goes with that of bind() in the line before
sed -n '/^  SELECT statute\.bind(/{
	N
	s/\n  SELECT statute/ SELECT statute/
	s/\n.*//
	s/^  //p
}' "$ROOT"/doc/cn/*.md >"$TMP/calls"
database doc_cn pg_statute_cn
"$PGBIN/psql" -Xq -v ON_ERROR_STOP=1 -d doc_cn <<-SQL >"$TMP/log" 2>&1
	CREATE TABLE call (n serial, command text, error text);
	CREATE TABLE members (subject text, during daterange);
	\copy call (command) FROM '$TMP/calls' (FORMAT csv, DELIMITER E'\001', QUOTE E'\002')
SQL
is "$(cat "$TMP/log")" '' 'the calls are read'
is "$(sql doc_cn "SELECT count(*) - (SELECT count(*) FROM statute.rule) FROM call")" 0 'there is one for each rule'
# Each on a table of its own, with a column for each role, that is gone afterwards
cat >"$TMP/try.sql" <<-'SQL'
	SET client_min_messages = error;
	DO $$
	DECLARE
		c record;
	BEGIN
		FOR c IN SELECT l.n, l.command, r.kind, format('CREATE TABLE %I (%s)', r.topic,
				(SELECT string_agg(format('%I %s', e.key, e.value), ', ') || CASE WHEN r.roles ? 'id' THEN '' ELSE ', id integer' END || ', subject text, PRIMARY KEY (id)'
					FROM jsonb_each_text(r.roles) e)) AS made
			FROM call l JOIN statute.rule r ON r.code = substring(l.command FROM 'bind\(''([^'']*)''')
		LOOP
			BEGIN
				EXECUTE c.made;
				EXECUTE c.command;
				RAISE SQLSTATE 'TRIED';
			EXCEPTION WHEN OTHERS THEN
				UPDATE call SET error = CASE WHEN SQLSTATE <> 'TRIED' THEN SQLERRM END WHERE n = c.n;
			END;
		END LOOP;
	END $$;
SQL
"$PGBIN/psql" -Xq -v ON_ERROR_STOP=1 -d doc_cn -f "$TMP/try.sql" >"$TMP/log" 2>&1
is "$(cat "$TMP/log")" '' 'they are tried'
is "$(sql doc_cn "SELECT command, error FROM call WHERE error IS NOT NULL ORDER BY n LIMIT 5")" '' 'and each can be run'

finish
