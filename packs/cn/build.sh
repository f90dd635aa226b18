#!/bin/sh
# Prints the install SQL of this pack: its calendars, from the CSV files in
# calendar/, and its rulebook, from what rulebook.sh reads.
#
#   sh packs/cn/build.sh > install.sql
#
# Needs a POSIX shell and awk. The pack's name is the name of this directory.
# Every file is checked first; on any error nothing is printed to stdout, each
# error goes to stderr as file:line: message, and the exit status is 1.
#
# calendar/calendars.csv      the calendars; the first one owns the year files
# calendar/notices.csv        the notices that the other files refer to
# calendar/announcements.csv  one line per revision; the last one of a calendar
#                             says how far it is announced
# calendar/YYYY.csv           the days of the first calendar, by notice year
# calendar/<code>.csv         the days of another calendar, code in lower case
#
# Fields are plain: no quotes and no commas inside.

LC_ALL=C
export LC_ALL
set -eu

dir=$(dirname "$0")
pack=$(basename "$(cd "$dir" && pwd)")
cal=$dir/calendar

case $pack in
[!a-z]* | *[!a-z0-9_]*)
	echo "$dir:1: the name of the pack's directory must be a lower-case identifier: $pack" >&2
	exit 1
	;;
esac

set --
for f in "$cal"/*.csv; do
	case $f in
	*/calendars.csv | */notices.csv | */announcements.csv) ;;
	*) set -- "$@" "$f" ;;
	esac
done

for f in "$cal/calendars.csv" "$cal/notices.csv" "$cal/announcements.csv" "$@"; do
	if [ ! -f "$f" ] || [ ! -r "$f" ]; then
		echo "$f:1: missing or unreadable file" >&2
		exit 1
	fi
done

status=0
calendars=$(awk -F, -v pack="$pack" '
function fail(line, message)
{
	print FILENAME ":" line ": " message | "cat 1>&2"
	errors++
}

# A date that exists, written YYYY-MM-DD.
function is_date(s,    y, m, d, last)
{
	if (s !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/)
		return 0
	y = substr(s, 1, 4) + 0
	m = substr(s, 6, 2) + 0
	d = substr(s, 9, 2) + 0
	if (y < 1 || m < 1 || m > 12)
		return 0
	last = 31
	if (m == 4 || m == 6 || m == 9 || m == 11)
		last = 30
	if (m == 2)
		last = (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : 28
	return d >= 1 && d <= last
}

# A notice number of this country: the year in full-width brackets, then the number.
function is_number(s)
{
	return s ~ /〔[0-9][0-9][0-9][0-9]〕[0-9]+号$/
}

function literal(s)
{
	gsub(/\047/, "\047\047", s)
	return "\047" s "\047"
}

function or_null(s)
{
	return s == "" ? "NULL" : literal(s)
}

function source(key)
{
	return literal(number[key] != "" ? number[key] : title[key])
}

# "6 7" to an array literal
function weekend_array(s)
{
	gsub(/ /, ",", s)
	return literal("{" s "}")
}

BEGIN {
	want["calendars"] = "code,title,parent,weekend,time_zone,convention,is_default"
	want["notices"] = "notice,number,announced_on,title,url_or_ground"
	want["announcements"] = "calendar,revision,changed_at,announced_from,announced_through,notice,change"
	want["days"] = "date,is_workday,name,notice"
}

# A new file: which kind is it, and whose days are in it?
FNR == 1 {
	seen[FILENAME] = 1
	base = FILENAME
	sub(/^.*\//, "", base)
	sub(/\.csv$/, "", base)
	kind = (base in want && base != "days") ? base : "days"
	year = 0
	if (kind == "days") {
		if (base ~ /^[0-9][0-9][0-9][0-9]$/) {
			calendar = calendar_at[1]
			year = base + 0
		} else
			calendar = toupper(base)
		if (!(calendar in calendars))
			fail(FNR, "no calendar " calendar " in calendars.csv")
		files++
		file_calendar[files] = calendar
		file_base[files] = base
	}
	columns = split(want[kind], heading, ",")
	if ($0 == want[kind] "\r")
		fail(FNR, "lines must end without CR")
	else if ($0 != want[kind])
		fail(FNR, "the header must be " want[kind])
	next
}

{
	bad = ""
	if ($0 ~ /["\\@]/ || $0 ~ /[\001-\037\177]/)
		bad = "quotes, backslashes, @ and control characters (CR, tab) are not allowed"
	else if (NF != columns)
		bad = "expected " columns " fields, found " NF
	else
		for (i = 1; i <= NF; i++)
			if ($i ~ /^ / || $i ~ / $/)
				bad = "blanks around " heading[i]
	if (bad != "") {
		fail(FNR, bad)
		next
	}
}

kind == "calendars" {
	if ($1 !~ /^[A-Z][A-Z0-9_-]*$/)
		fail(FNR, "malformed calendar code: " $1)
	if ($1 in calendars)
		fail(FNR, "calendar " $1 " is defined twice")
	if ($2 == "")
		fail(FNR, "empty title")
	if ($3 != "" && !($3 in calendars))
		fail(FNR, "unknown parent " $3 " (a parent must come before its children)")
	if ($4 != "" && $4 !~ /^[1-7]( [1-7])*$/)
		fail(FNR, "weekend must be days of the week from 1 (Monday) to 7, separated by blanks: " $4)
	if ($3 != "" && $4 != "")
		fail(FNR, "a calendar with a parent has its weekend")
	if ($3 == "" && $5 == "")
		fail(FNR, "empty time_zone")
	if ($3 == "" && $6 == "")
		fail(FNR, "empty convention")
	if ($7 != "0" && $7 != "1")
		fail(FNR, "is_default must be 0 or 1: " $7)
	if ($7 == "1") {
		if (default_calendar != "")
			fail(FNR, "two default calendars: " default_calendar " and " $1)
		default_calendar = $1
	}
	calendar_at[++n_calendars] = $1
	calendars[$1] = "(" literal($1) ", " literal($2) ", " or_null($3) ", " \
		($3 == "" ? weekend_array($4) : "NULL") ", " or_null($5) ", " or_null($6) ")"
	next
}

kind == "notices" {
	if ($1 == "")
		fail(FNR, "empty notice key")
	if ($1 in title)
		fail(FNR, "notice " $1 " is listed twice")
	if ($2 != "" && !is_number($2))
		fail(FNR, "malformed number, expected the form 国办发明电〔2025〕7号: " $2)
	if ($2 != "" && $2 in number_line)
		fail(FNR, "number " $2 " is already on line " number_line[$2])
	if ($3 != "" && !is_date($3))
		fail(FNR, "malformed announced_on, expected YYYY-MM-DD: " $3)
	if ($4 == "")
		fail(FNR, "empty title")
	if ($5 == "")
		fail(FNR, "empty url_or_ground")
	number_line[$2] = FNR
	number[$1] = $2
	issued[$1] = $3
	title[$1] = $4
	notice_at[++n_notices] = $1
	notice_line[$1] = FNR
	next
}

kind == "announcements" {
	if (!($1 in calendars)) {
		fail(FNR, "unknown calendar " $1)
		next
	}
	if ($2 != (revisions_of[$1] + 1) "")
		fail(FNR, "expected revision " (revisions_of[$1] + 1) " of calendar " $1 ", found " $2)
	if ($3 !~ /^[0-9-]+ [0-2][0-9]:[0-5][0-9]:[0-5][0-9][+-][0-1][0-9]$/ || !is_date(substr($3, 1, 10)))
		fail(FNR, "malformed changed_at, expected YYYY-MM-DD HH:MM:SS+00: " $3)
	if (!is_date($4))
		fail(FNR, "malformed announced_from, expected YYYY-MM-DD: " $4)
	if (!is_date($5))
		fail(FNR, "malformed announced_through, expected YYYY-MM-DD: " $5)
	if ($4 > $5)
		fail(FNR, "announced_from " $4 " is after announced_through " $5)
	if (!($6 in title)) {
		fail(FNR, "unknown notice " $6)
		next
	}
	if ($7 == "")
		fail(FNR, "empty change")
	used[$6] = 1
	revisions_of[$1]++
	from[$1] = $4
	through[$1] = $5
	announcement[$1] = "(" literal($1) ", " literal($4) ", " literal($5) ", " source($6) ", " or_null(issued[$6]) ")"
	revision[++n_revisions] = "(" literal($1) ", " $2 ", " literal($3) ", " literal("pg_statute_" pack) ", " \
		literal($7) ", " source($6) ")"
	next
}

kind == "days" {
	if (!is_date($1))
		fail(FNR, "malformed date, expected a real date as YYYY-MM-DD: " $1)
	else {
		if (year && (substr($1, 1, 4) + 0 < year - 1 || substr($1, 1, 4) + 0 > year + 1))
			fail(FNR, "date " $1 " is too far from the notice year " year)
		if (calendar in from && ($1 < from[calendar] || $1 > through[calendar]))
			fail(FNR, "date " $1 " is outside the announced time of calendar " calendar ", see announcements.csv")
		where = day_seen[calendar, $1]
		if (where != "")
			fail(FNR, "date " $1 " of calendar " calendar " is already at " where)
		else
			day_seen[calendar, $1] = FILENAME ":" FNR
	}
	if ($2 != "0" && $2 != "1")
		fail(FNR, "is_workday must be 0 or 1: " $2)
	if ($3 == "")
		fail(FNR, "empty name")
	if (!($4 in title)) {
		fail(FNR, "unknown notice " $4)
		next
	}
	used[$4] = 1
	days[files]++
	day[files, days[files]] = "(" literal(calendar) ", " literal($1) ", " ($2 == "1" ? "true" : "false") ", " \
		literal($3) ", " source($4) ", " or_null(issued[$4]) ")"
	next
}

END {
	for (i = 1; i < ARGC; i++)
		if (!(ARGV[i] in seen)) {
			FILENAME = ARGV[i]
			fail(1, "empty file, a header is needed")
		}
	FILENAME = ARGV[2]
	for (i = 1; i <= n_notices; i++)
		if (!(notice_at[i] in used))
			fail(notice_line[notice_at[i]], "notice " notice_at[i] " is used nowhere")
	FILENAME = ARGV[3]
	for (i = 1; i <= n_calendars; i++)
		if (!(calendar_at[i] in announcement))
			fail(1, "calendar " calendar_at[i] " has no announcement")
	if (errors) {
		close("cat 1>&2")
		exit 1
	}

	print "-- Built by packs/" pack "/build.sh from the files in packs/" pack ". Do not edit."
	print ""
	print "SET LOCAL search_path TO pg_catalog, pg_temp;"
	print ""
	n = split("calendar calendar_day calendar_announcement calendar_revision calendar_default", table, " ")
	for (i = 1; i <= n; i++)
		print "CREATE TABLE statute." table[i] "_" pack " () INHERITS (statute." table[i] ");"

	print ""
	print "INSERT INTO statute.calendar_" pack " (code, title, parent, weekend, time_zone, convention) VALUES"
	for (i = 1; i <= n_calendars; i++)
		print "\t" calendars[calendar_at[i]] (i < n_calendars ? "," : ";")

	for (f = 1; f <= files; f++) {
		if (!days[f])
			continue
		print ""
		print "-- " file_calendar[f] ", " file_base[f] ".csv"
		print "INSERT INTO statute.calendar_day_" pack " (calendar, day, is_workday, name, source, announced_on) VALUES"
		for (i = 1; i <= days[f]; i++)
			print "\t" day[f, i] (i < days[f] ? "," : ";")
	}

	print ""
	print "INSERT INTO statute.calendar_announcement_" pack " (calendar, announced_from, announced_through, source, announced_on) VALUES"
	for (i = 1; i <= n_calendars; i++)
		print "\t" announcement[calendar_at[i]] (i < n_calendars ? "," : ";")

	print ""
	print "INSERT INTO statute.calendar_revision_" pack " (calendar, revision, changed_at, changed_by, change, source) VALUES"
	for (i = 1; i <= n_revisions; i++)
		print "\t" revision[i] (i < n_revisions ? "," : ";")

	if (default_calendar != "") {
		print ""
		print "INSERT INTO statute.calendar_default_" pack " (calendar) VALUES (" literal(default_calendar) ");"
	}
}
' "$cal/calendars.csv" "$cal/notices.csv" "$cal/announcements.csv" "$@") || status=1

rulebook=$(sh "$dir/rulebook.sh") || status=1
[ $status = 0 ] || exit 1
printf '%s\n' "$calendars" "$rulebook" '' "SELECT statute._seal_pack('$pack');"
