#!/bin/sh
# Writes the pages of this pack's regulations, one for each, for those who have
# to know which article does what:
#
#   sh packs/cn/pages.sh [DIRECTORY]     doc/cn where none is given
#
# Needs a POSIX shell and awk, and the files that rulebook.sh has checked.

LC_ALL=C
export LC_ALL
set -eu

dir=$(dirname "$0")
pack=$(basename "$(cd "$dir" && pwd)")
out=${1:-$dir/../../doc/$pack}
mkdir -p "$out"

set -- "$dir/regulations.tsv"
for code in $(awk -F '\t' 'FNR > 1 { print $1 }' "$dir/regulations.tsv"); do
	set -- "$@" "$dir/$code/readings.tsv" "$dir/$code/rules.tsv" "$dir/$code/clauses.tsv"
done

exec awk -F '\t' -v pack="$pack" -v out="$out" '
# What Markdown would take for something else
function plain(s)
{
	gsub(/[*_<|]/, "\\\\&", s)
	return s
}

# In code; no text here has backquotes
function code(s)
{
	return "`" s "`"
}

function sql(s)
{
	gsub(/\047/, "\047\047", s)
	return "\047" s "\047"
}

# The names in {"name": "type", ...}, as wanted by bind(), each from a column of its name
function mapping(roles,    s, name)
{
	while (match(roles, /"[^"]*": *"[^"]*"/)) {
		name = substr(roles, RSTART + 1)
		name = substr(name, 1, index(name, "\"") - 1)
		s = s (s == "" ? "" : ", ") "\"" name "\": \"" name "\""
		roles = substr(roles, RSTART + RLENGTH)
	}
	return "{" s "}"
}

function role_list(roles,    s, name, type, pair)
{
	while (match(roles, /"[^"]*": *"[^"]*"/)) {
		pair = substr(roles, RSTART + 1, RLENGTH - 2)
		name = substr(pair, 1, index(pair, "\"") - 1)
		type = pair
		sub(/^[^"]*": *"/, "", type)
		s = s (s == "" ? "" : ", ") code(name) " (" type ")"
		roles = substr(roles, RSTART + RLENGTH)
	}
	return s == "" ? "none" : s
}

# The reading that params has been matched with
function matched_reading(params,    reading)
{
	reading = substr(params, RSTART, RLENGTH - 1)
	sub(/^"reading": *"/, "", reading)
	return reading
}

function readings_of(params,    s, reading)
{
	while (match(params, /"reading": *"[^"]*"/)) {
		reading = matched_reading(params)
		if (index("\n" s, "\n" waiting[reading]) == 0)
			s = s waiting[reading]
		params = substr(params, RSTART + RLENGTH)
	}
	return s
}

# Who has too few, or a turn that is not his, is found among those who are listed
function needs_roster(kind, params)
{
	if (match(params, /"reading": *"[^"]*"/))
		params = params proposed[matched_reading(params)]
	return kind == "quota" && params ~ /至少|恰好|at least|exactly/ && params !~ /in total/ || params ~ /"rotation": *true/
}

# The head is printed when the clauses are counted
function flush_page(    file, r, n, i)
{
	if (page == "")
		return
	r = page
	file = out "/" r ".md"
	printf "# %s\n\n", title[r] > file
	print "Code " code(r) ". Issued by " issuer[r] (number[r] == "" ? "" : ", " number[r]) (issued[r] == "" ? "" : ", on " issued[r]) \
		". In force from " from[r] (to[r] == "" ? "" : " through " to[r]) ".\n" plain(source[r]) "\n" > file
	printf "Of its %d clauses a database enforces %d, %d wait for a decision on what their words leave open, and %d are beyond a database.\n", \
		total, count["yes"], count["partly"], count["no"] > file
	print "Made from " code("packs/" pack "/" r) " by " code("packs/" pack "/pages.sh") "; edit those files. What the words mean is in [rulebook.md](../rulebook.md) and [duty.md](../duty.md).\n" > file
	printf "%s", body > file
	close(file)
	index_rows = index_rows "| [" r "](" r ".md) | " title[r] " | " total " | " count["yes"] " | " count["partly"] " | " count["no"] " |\n"
	body = ""
	article = ""
	total = count["yes"] = count["partly"] = count["no"] = 0
}

FNR == 1 {
	sort = FILENAME
	sub(/^.*\//, "", sort)
	regulation = FILENAME
	sub(/\/[^\/]*$/, "", regulation)
	sub(/^.*\//, "", regulation)
	if (sort == "clauses.tsv") {
		flush_page()
		page = regulation
	}
	next
}

sort == "regulations.tsv" {
	title[$1] = $2
	issuer[$1] = $3
	number[$1] = $4
	issued[$1] = $5
	from[$1] = $6
	to[$1] = $7
	source[$1] = $8
}

sort == "readings.tsv" {
	proposed[$1] = $5
	waiting[$1] = "  * Waits for " code($1) ": " plain($3) " Proposed: " code($5) ". " plain($6) (($6 ~ /\.$/) ? "" : ".") \
		" To be decided by: " plain($7) ".\n"
}

sort == "rules.tsv" {
	waits = readings_of($7)
	rules[$2] = rules[$2] "* " (waits == "" ? "Enforced by " : "Off, waiting: ") code($1) ": " plain($5) ".\n" \
		"  Kind " code($4) ", " $10 ($7 == "{}" ? "" : ", with " code($7)) ".\n" \
		($8 == "" ? "" : "  Applies where " code($8) ".\n") \
		($9 == "" ? "" : "  Must hold: " code($9) ".\n") \
		"  Roles: " role_list($6) ".\n" \
		waits "\n" \
		"  ```sql\n  SELECT statute.bind(" sql($1) ", " sql($3) ", " sql(mapping($6)) ", \047subject\047);\n" \
		(needs_roster($4, $7) ? "  SELECT statute.set_roster(statute.binding_of(" sql($1) ", " sql($3) "), \047members\047, \047subject\047, \047during\047);\n" : "") \
		"  ```\n\n"
}

sort == "clauses.tsv" {
	total++
	count[$5]++
	if ($2 != article) {
		body = body "## " $2 "\n\n"
		article = $2
	}
	body = body "### " $1 "\n\n> " plain($3) "\n\n" plain($4) "\n\n"
	if ($5 == "no")
		body = body "Beyond a database: " plain($6) "\n\n"
	else {
		body = body rules[$1]
		if ($6 != "")
			body = body ($5 == "partly" ? "What stands in the way: " : "Note: ") plain($6) "\n\n"
	}
}

END {
	flush_page()
	file = out "/README.md"
	print "# The regulations of pack " code("pg_statute_" pack) "\n" > file
	print "One page for each: every article with its words, what is enforced of it and how, what it waits for and who decides, or why a database cannot enforce it." > file
	print "The calls of " code("bind()") " take a table of the name of its topic, with a column for each role by its name and one, " code("subject") ", for whose row it is; [suggest_bindings()](../duty.md#which-rule-for-which-table) proposes those of a table that is there." > file
	print "What a rule compares a role with is meant by the letter, " code("province") " as well as " code("批办性") ": where a table has other words, the expression of the role translates them." > file
	print "Where somebody can have too few, or a turn that is not his, " code("set_roster()") " says [who is listed](../roster.md), and when: without it nobody is judged for what is not there.\n" > file
	print "| code | title | clauses | enforced | waiting | beyond |\n| --- | --- | ---: | ---: | ---: | ---: |" > file
	printf "%s", index_rows > file
}
' "$@"
