#!/bin/sh
# Prints the install SQL of this pack's rulebook from its tab-separated files.
# build.sh calls it; by itself it checks the files:
#
#   sh packs/cn/rulebook.sh > /dev/null
#
# Needs a POSIX shell and awk. On any error nothing is printed to stdout, each
# error goes to stderr as file:line: message, and the exit status is 1.
#
# regulations.tsv          the regulations; each has a directory of its code
# CODE/text.txt            its text, of which every quote is a part
# CODE/clauses.tsv         its clauses
# CODE/readings.tsv        what they leave open
# CODE/rules.tsv           what can be enforced of them
# words/CODE.tsv           the words by which tables and columns for them go
#
# Whether a rule is well made, test/pgtap/rulebook_cn.sql asks the engine.

LC_ALL=C
export LC_ALL
set -eu

dir=$(dirname "$0")
pack=$(basename "$(cd "$dir" && pwd)")
[ -f "$dir/regulations.tsv" ] || exit 0

set -- "$dir/regulations.tsv"
for code in $(awk -F '\t' 'FNR > 1 { print $1 }' "$dir/regulations.tsv"); do
	set -- "$@" "$dir/$code/clauses.tsv" "$dir/$code/readings.tsv" "$dir/$code/rules.tsv"
done
for f in "$dir"/words/*.tsv; do set -- "$@" "$f"; done
for f; do
	if [ ! -s "$f" ] || [ ! -r "$f" ]; then
		echo "$f:1: missing, empty or unreadable file" >&2
		exit 1
	fi
done
# The day on which the rules were entered here: an installation does not change it.
entered='2026-11-22 00:00:00+00'

exec awk -F '\t' -v pack="$pack" -v dir="$dir" -v entered="$entered" '
function complain(file, line, message)
{
	print file ":" line ": " message | "cat 1>&2"
	errors++
}

function fail(message)
{
	complain(FILENAME, FNR, message)
}

function is_date(s,    y, m, d, last)
{
	if (s !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/)
		return 0
	y = substr(s, 1, 4) + 0
	m = substr(s, 6, 2) + 0
	d = substr(s, 9, 2) + 0
	last = m == 2 ? ((y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : 28) : (m == 4 || m == 6 || m == 9 || m == 11) ? 30 : 31
	return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= last
}

function literal(s)
{
	if (s == "")
		return "NULL"
	gsub(/\047/, "\047\047", s)
	# whatever standard_conforming_strings says
	return (gsub(/\\/, "&&", s) ? "E" : "") "\047" s "\047"
}

function text_of(regulation,    line, file, s)
{
	file = dir "/" regulation "/text.txt"
	while ((getline line < file) > 0)
		s = s line "\n"
	close(file)
	return s
}

# Parts joined by two ellipses, each a part of the text, in order
function is_quote(quote, text,    part, n, i, at)
{
	n = split(quote, part, "……")
	for (i = 1; i <= n; i++) {
		at = index(text, part[i])
		if (part[i] == "" || at == 0)
			return 0
		text = substr(text, at + length(part[i]))
	}
	return 1
}

function need(list,    name, n, i)
{
	n = split(list, name, " ")
	for (i = 1; i <= n; i++)
		if (field[name[i]] == "")
			fail("empty " name[i])
}

# Is it the first with this code?
function is_new(seen, code)
{
	if (code in seen)
		fail(code " is already at " seen[code])
	else {
		seen[code] = FILENAME ":" FNR
		return 1
	}
	return 0
}

function row(values)
{
	rows[sort] = rows[sort] (rows[sort] == "" ? "" : ",\n") "\t(" values ")"
}

BEGIN {
	want["regulations"] = "code title issuer number issued effective_from effective_to source"
	want["clauses"] = "code article quote summary enforceable why_not"
	want["readings"] = "code clause question type proposed ground decider"
	want["rules"] = "code clause topic kind title roles params applies must modality"
	want["words"] = "topic role words"
	n = split("deadline fixed_date recurring check workflow once no_overlap quota relative_cap", list, " ")
	for (i = 1; i <= n; i++)
		kinds[list[i]] = 1
}

FNR == 1 {
	regulation = FILENAME
	sub(/\/[^\/]*$/, "", regulation)
	is_words = regulation ~ /\/words$/
	sub(/^.*\//, "", regulation)
	sort = FILENAME
	sub(/^.*\//, "", sort)
	sub(/\.tsv$/, "", sort)
	if (is_words)
		sort = "words"
	columns = split(want[sort], name, " ")
	heading = want[sort]
	gsub(/ /, "\t", heading)
	if ($0 != heading)
		fail("the header must be " want[sort] ", separated by tabs")
	if (sort == "clauses")
		text = text_of(regulation)
	next
}

{
	bad = ""
	if (NF != columns)
		bad = "expected " columns " fields, found " NF
	else if ($0 ~ /[\001-\010\013-\037\177]/)
		bad = "control characters (such as CR) are not allowed"
	else if ($0 ~ /@ext|MODULE_PATHNAME/)
		bad = "a word that CREATE EXTENSION replaces"
	for (i = 1; i <= columns; i++) {
		field[name[i]] = $i
		if (bad == "" && ($i ~ /^ / || $i ~ / $/))
			bad = "blanks around " name[i]
	}
	if (bad != "") {
		fail(bad)
		next
	}
}

sort == "regulations" {
	need("code title issuer effective_from source")
	if ($1 !~ /^[A-Z][A-Z0-9]*$/)
		fail("malformed code: " $1)
	for (i = 5; i <= 7; i++)
		if ($i != "" && !is_date($i))
			fail("malformed " name[i] ", expected a real date as YYYY-MM-DD: " $i)
	if ($7 != "" && $7 < $6)
		fail("effective_to " $7 " is before effective_from " $6)
	if (is_new(regulations, $1)) {
		effective[$1] = "\047[" $6 "," ($7 == "" ? ")" : $7 "]") "\047"
		row(literal($1) ", " literal($2) ", " literal($3) ", " literal($4) ", " literal($5) ", " effective[$1] ", " literal($8))
	}
	next
}

sort == "clauses" {
	need("code article quote summary")
	if (index($1, regulation "-") != 1)
		fail("the code of a clause of " regulation " begins with " regulation "-: " $1)
	if ($5 != "yes" && $5 != "partly" && $5 != "no")
		fail("enforceable must be yes, partly or no: " $5)
	if ($5 != "yes")
		need("why_not")
	if (!is_quote($3, text))
		fail("no part of the text: " $3)
	if (is_new(clauses, $1)) {
		enforceable[$1] = $5
		clause_at[++n_clauses] = $1
		row(literal($1) ", " literal(regulation) ", " literal($2) ", " literal($3) ", " literal($4) ", " literal($5) ", " literal($6))
	}
	next
}

sort == "readings" {
	need("code clause question type proposed ground decider")
	if (!($2 in clauses))
		fail("unknown clause " $2)
	if (index($1, $2 "-") != 1)
		fail("the code of a reading of " $2 " begins with " $2 "-: " $1)
	if (is_new(readings, $1)) {
		reading_at[++n_readings] = $1
		row(literal($1) ", " literal($2) ", " literal($3) ", " literal($4) ", " literal($5) ", " literal($6) ", " literal($7))
	}
	next
}

sort == "rules" {
	need("code clause topic kind title roles params modality")
	if (!($2 in clauses))
		fail("unknown clause " $2)
	else if (enforceable[$2] == "no")
		fail("clause " $2 " cannot be enforced, and has a rule")
	if ($1 != $2 && index($1, $2 ".") != 1)
		fail("the code of a rule of " $2 " is that, or begins with " $2 ".: " $1)
	if (!($4 in kinds))
		fail("unknown kind " $4)
	for (i = 6; i <= 7; i++)
		if ($i !~ /^\{.*\}$/)
			fail(name[i] " must be an object of JSON: " $i)
	if (($9 != "") != ($4 == "check"))
		fail("a check has what must hold, and no other kind has")
	if ($10 != "must" && $10 != "in principle" && $10 != "as far as possible")
		fail("unknown modality " $10)
	topic_at[FILENAME ":" FNR] = $3
	open = 0
	rest = $7
	while (match(rest, /"reading": *"[^"]*"/)) {
		reading = substr(rest, RSTART, RLENGTH - 1)
		sub(/^"reading": *"/, "", reading)
		if (!(reading in readings))
			fail("unknown reading " reading)
		used[reading] = 1
		open = 1
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (open)
		waits[$2] = 1
	else
		works[$2] = 1
	if (is_new(rules, $1))
		row(literal($1) ", 1, " literal($2) ", " literal($4) ", " literal($5) ", " literal($6) ", " literal($7) ", " literal($8) ", " literal($9) ", " \
			literal($10) ", " effective[regulation] ", " literal(entered) ", " literal("pg_statute_" pack) ", " literal($3))
	next
}

sort == "words" {
	need("words")
	if ($1 == "" && $2 == "")
		fail("neither topic nor role")
	if ($2 == "")
		topics[$1] = 1
	n = split($3, word, " ")
	for (i = 1; i <= n; i++) {
		if (word[i] != tolower(word[i]))
			fail("in capitals: " word[i])
		# another regulation may have given it before
		if (!(($1, $2, word[i]) in known)) {
			known[$1, $2, word[i]] = 1
			row((literal($1) == "NULL" ? "\047\047" : literal($1)) ", " ($2 == "" ? "\047\047" : literal($2)) ", " literal(word[i]))
		}
	}
	next
}

function insert(table, column_list, values)
{
	print ""
	print "CREATE TABLE statute." table "_" pack " () INHERITS (statute." table ");"
	if (values == "")
		return
	print "INSERT INTO statute." table "_" pack " (" column_list ") VALUES"
	print values ";"
}

END {
	for (i = 1; i <= n_clauses; i++) {
		code = clause_at[i]
		split(clauses[code], at, ":")
		if (enforceable[code] == "yes" && !(code in works))
			complain(at[1], at[2], "clause " code " is enforceable and has no rule that works without a reading")
		if (enforceable[code] == "partly" && !(code in waits))
			complain(at[1], at[2], "clause " code " is partly enforceable and has no rule that waits for a reading")
	}
	for (i = 1; i <= n_readings; i++) {
		split(readings[reading_at[i]], at, ":")
		if (!(reading_at[i] in used))
			complain(at[1], at[2], "no rule asks for reading " reading_at[i])
	}
	for (where in topic_at) {
		split(where, at, ":")
		if (!(topic_at[where] in topics))
			complain(at[1], at[2], "no words for a table of topic " topic_at[where])
	}
	if (errors) {
		close("cat 1>&2")
		exit 1
	}
	insert("regulation", "code, title, issuer, number, issued, effective, source", rows["regulations"])
	insert("clause", "code, regulation, article, quote, summary, enforceable, why_not", rows["clauses"])
	insert("reading", "code, clause, question, type, proposed, ground, decider", rows["readings"])
	insert("rule", "code, version, clause, kind, title, roles, params, applies, must, modality, effective, defined_at, defined_by, topic", rows["rules"])
	insert("word", "topic, role, word", rows["words"])
	print ""
	print "SELECT statute._ship_rulebook(" literal(pack) ");"
}
' "$@"
