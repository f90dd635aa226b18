#!/bin/sh
# The rulebook of a pack: what its build refuses, with file and line, and that
# backends judge by shipped rules as long as they are there.
. "$ROOT/test/shell/lib.sh"

# A pack of one regulation
tab=$(printf '\t')
line() { printf '%s\n' "$*" | tr '|' "$tab"; }
make_pack() {
	rm -rf "$TMP/packs"
	mkdir -p "$TMP/packs/zz/R1" "$TMP/packs/zz/words" "$TMP/packs/zz/calendar"
	cp "$ROOT/packs/cn/build.sh" "$ROOT/packs/cn/rulebook.sh" "$TMP/packs/zz"
	cd "$TMP/packs/zz"
	printf '%s\n' code,title,parent,weekend,time_zone,convention,is_default 'ZZ,nowhere,,6 7,UTC,PLAIN,0' >calendar/calendars.csv
	printf '%s\n' notice,number,announced_on,title,url_or_ground 'n,,,a notice,made up' >calendar/notices.csv
	printf '%s\n' calendar,revision,changed_at,announced_from,announced_through,notice,change 'ZZ,1,2022-01-01 00:00:00+00,2022-01-01,2022-12-31,n,2022' >calendar/announcements.csv
	printf '%s\n' date,is_workday,name,notice '2022-01-03,0,a day,n' >calendar/2022.csv
	{
		line 'code|title|issuer|number|issued|effective_from|effective_to|source'
		line 'R1|a regulation|an issuer|||2022-01-01|2022-12-31|the text'
	} >regulations.tsv
	printf '%s\n' 'Art. 1: answer in 3 days, and well.' 'Art. 2: be brief. Art. 3: be good.' >R1/text.txt
	{
		line 'code|article|quote|summary|enforceable|why_not'
		line "R1-1|1|answer in 3 days|it's quick|yes|"
		line 'R1-2|2|Art. 2……brief|short|partly|how brief is not said'
		line 'R1-3|3|be good|goodness|no|nobody records it'
	} >R1/clauses.tsv
	{
		line 'code|clause|question|type|proposed|ground|decider'
		line 'R1-2-most|R1-2|how brief?|int|07|a guess|the issuer'
	} >R1/readings.tsv
	{
		line 'code|clause|topic|kind|title|roles|params|applies|must|modality'
		line 'R1-1|R1-1|letter|deadline|answered|{"start": "timestamptz", "done": "date"}|{"limit": "三日"}|||must'
		line 'R1-2|R1-2|letter|check|brief|{"words": "int4", "t": "text"}|{"most": {"reading": "R1-2-most"}}|t <> E'"'\\\\\\\\'"'|words <= most|in principle'
	} >R1/rules.tsv
	{
		line 'topic|role|words'
		line 'letter||letter xin 信'
		line '|done|done answered'
	} >words/R1.tsv
}
make_pack
sh build.sh >"$TMP/pack.sql" 2>"$TMP/err"
is "$? $(cat "$TMP/err")" '0 ' 'a small pack is built'

# refused FILE WHAT SED WANTED: after an edit, the one complaint, and nothing on stdout
refused() {
	make_pack
	sed -i "$3" "$1"
	status=0
	sh build.sh >"$TMP/out" 2>"$TMP/err" || status=$?
	is "$status $(wc -c <"$TMP/out") $(sed "s,^\./,," "$TMP/err")" "1 0 $1:$4" "$2"
}
refused regulations.tsv 'a day that does not exist' '2s/2022-01-01/2022-02-30/' '2: malformed effective_from, expected a real date as YYYY-MM-DD: 2022-02-30'
refused regulations.tsv 'an end before the beginning' '2s/2022-12-31/2021-12-31/' '2: effective_to 2021-12-31 is before effective_from 2022-01-01'
refused R1/clauses.tsv 'a header' '1s/article/place/' '1: the header must be code article quote summary enforceable why_not, separated by tabs'
refused R1/clauses.tsv 'a field too many' "4s/\$/${tab}x/" '4: expected 6 fields, found 7'
refused R1/clauses.tsv 'an empty field' "2s/it's quick//" '2: empty summary'
refused R1/clauses.tsv 'blanks' "4s/goodness/ &/" '4: blanks around summary'
refused R1/clauses.tsv 'a carriage return' '4s/$/\r/' '4: control characters (such as CR) are not allowed'
refused R1/clauses.tsv 'words that are not in the text' '2s/3 days/4 days/' '2: no part of the text: answer in 4 days'
refused R1/clauses.tsv 'parts in another order' '3s/Art. 2……brief/brief……Art. 2/' '3: no part of the text: brief……Art. 2'
refused R1/clauses.tsv 'no reason' '3s/how brief.*//' '3: empty why_not'
refused R1/clauses.tsv 'a code of another regulation' '4s/R1-3/R2-3/' '4: the code of a clause of R1 begins with R1-: R2-3'
refused R1/clauses.tsv 'a clause twice' '4s/R1-3/R1-2/' '4: R1-2 is already at ./R1/clauses.tsv:3'
refused R1/clauses.tsv 'an enforceable clause without a rule' '4s/no.*/yes\t/' '4: clause R1-3 is enforceable and has no rule that works without a reading'
refused R1/clauses.tsv 'one that waits for nothing' '2s/yes/partly\tx/;2s/\t$//' '2: clause R1-1 is partly enforceable and has no rule that waits for a reading'
refused R1/readings.tsv 'a reading of no clause' '2s/\tR1-2\t/\tR1-9\t/' "2: unknown clause R1-9
R1/readings.tsv:2: the code of a reading of R1-9 begins with R1-9-: R1-2-most"
refused R1/readings.tsv 'a reading that nobody asks for' '2{p;s/-most/-least/}' '3: no rule asks for reading R1-2-least'
refused R1/readings.tsv 'no proposal' '2s/\t07\t/\t\t/' '2: empty proposed'
refused R1/rules.tsv 'a rule of no clause' '2s/R1-1/R1-9/g' "2: unknown clause R1-9
R1/clauses.tsv:2: clause R1-1 is enforceable and has no rule that works without a reading"
refused R1/rules.tsv 'a rule of what cannot be enforced' '2{p;s/R1-1/R1-3/g}' '3: clause R1-3 cannot be enforced, and has a rule'
refused R1/rules.tsv 'an unknown kind' '2s/deadline/wish/' '2: unknown kind wish'
refused R1/rules.tsv 'an unknown reading' '3{p;s/^R1-2/R1-2.b/;s/-most/-least/}' '4: unknown reading R1-2-least'
refused R1/rules.tsv 'a deadline with what must hold' '2s/\tmust$/true\tmust/' '2: a check has what must hold, and no other kind has'
refused R1/rules.tsv 'an unknown modality' '2s/must$/shall/' '2: unknown modality shall'
refused R1/rules.tsv 'roles that are no object' '2s/{"start[^}]*}/[]/' '2: roles must be an object of JSON: []'
refused R1/rules.tsv 'a topic without words' '2s/letter/parcel/' '2: no words for a table of topic parcel'
refused words/R1.tsv 'words in capitals' '2s/xin/Xin/' '2: in capitals: Xin'
refused calendar/2022.csv 'a mistake in a calendar' '2s/,0,/,2,/' '2: is_workday must be 0 or 1: 2'
make_pack
rm R1/rules.tsv
is "$(sh build.sh 2>&1 | sed 's,^\./,,')" 'R1/rules.tsv:1: missing, empty or unreadable file' 'a file that is missing'
cd "$ROOT"

# As a pack's script runs: what is stored is what define_rule() would have stored.
database pack pg_statute
"$PGBIN/psql" -Xqo /dev/null -v ON_ERROR_STOP=1 -1 -d pack -f "$TMP/pack.sql" >"$TMP/log" 2>&1
is "$(cat "$TMP/log")" '' 'its script runs'
is "$(sql pack "SELECT code, type, proposed FROM statute.reading")" 'R1-2-most|integer|7' 'a reading in the form that is stored'
is "$(sql pack "SELECT code, roles, params, applies, effective, defined_by, topic FROM statute.rule ORDER BY code" | paste -sd ' ')" \
	'R1-1|{"done": "date", "start": "timestamp with time zone"}|{"limit": "3 days"}||[2022-01-01,2023-01-01)|pg_statute_zz|letter R1-2|{"t": "text", "words": "integer"}|{"most": {"reading": "R1-2-most"}}|t <> E'"'\\\\\\\\'"'|[2022-01-01,2023-01-01)|pg_statute_zz|letter' 'and rules'
for s in 'DELETE FROM statute.rule' "UPDATE statute.word SET word = 'x'" 'TRUNCATE statute.clause'; do
	is "$(sql pack '\set VERBOSITY sqlstate' "$s")" 'ERROR:  55000' "sealed: $s"
done
is "$(sql pack "SELECT statute.set_reading('R1-2-most', '5', 'x', 'y', '2022-01-01')" "SELECT statute.rule_params('R1-2', '2022-03-01')" | xargs)" '{most: 5}' 'its readings are decided here'

# A code that the database has already
database clash pg_statute
run clash "SELECT statute.define_regulation('R1', 'x', 'y', '(,)')"
is "$("$PGBIN/psql" -Xq -1 -v VERBOSITY=terse -v ON_ERROR_STOP=1 -d clash -f "$TMP/pack.sql" 2>&1 | sed 's/.*ERROR/ERROR/')" 'ERROR:  regulation "R1" exists already' 'a pack does not take over a regulation of its code'

# One backend, while the pack goes and comes
database comes pg_statute_cn
answers comes <<'SQL'
SET client_min_messages = warning;
CREATE TABLE public.bulletin (id integer PRIMARY KEY, characters integer);
SELECT statute.bind('YN2022-19c', 'public.bulletin', '{"kind": "''专报''", "characters": "characters"}', calendar => 'ISO');
INSERT INTO public.bulletin VALUES (1, 1001);
\warn = 1 | a shipped rule is enforced
SELECT count(*) FROM statute.violation;
DROP EXTENSION pg_statute_cn;
INSERT INTO public.bulletin VALUES (2, 1001);
\warn = 1 | the pack is gone, and its rule with it
SELECT count(*) FROM statute.violation;
BEGIN;
CREATE EXTENSION pg_statute_cn;
INSERT INTO public.bulletin VALUES (3, 1001);
\warn = 2 | the pack is there again
SELECT count(*) FROM statute.violation;
ROLLBACK;
INSERT INTO public.bulletin VALUES (4, 1001);
\warn = 1 | but not for good
SELECT count(*) FROM statute.violation;
SQL

finish
