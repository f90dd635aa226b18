#!/bin/sh
# Binary input and output, as COPY and drivers use it, round trip and bad bytes.
. "$ROOT/test/shell/lib.sh"

run postgres 'CREATE DATABASE bin'
run bin 'CREATE EXTENSION pg_statute_cn CASCADE' 'ALTER DATABASE bin SET search_path = public, statute'
run bin "CREATE TABLE t (i int, w workday, r workdayrange, m workdaymultirange, l timelimit)" \
	"INSERT INTO t SELECT i, add_workdays('2022-01-01', i)::workday, workdayrange(add_workdays('2022-01-01', i)::workday, NULL),
		workdaymultirange(workdayrange(add_workdays('2022-01-01', i)::workday, add_workdays('2022-01-01', i + 9)::workday, '[]')),
		(i || ' workdays')::timelimit FROM generate_series(1, 200) i" \
	"INSERT INTO t VALUES (0, NULL, 'empty', '{}', 'immediate')"

run bin "\\copy t TO '$TMP/t.bin' (FORMAT binary)" 'CREATE TABLE back (LIKE t)' "\\copy back FROM '$TMP/t.bin' (FORMAT binary)"
is "$(sql bin 'SELECT count(*) FROM (TABLE t EXCEPT TABLE back) d')" 0 'what went out in binary comes back'
is "$(sql bin 'SELECT count(*) FROM back')" 201 'all of it'

# a workday is checked on the binary way in, too
run bin "\\copy (SELECT date '2022-10-03') TO '$TMP/d.bin' (FORMAT binary)" 'CREATE TABLE one (w workday)'
like "$(sql bin "\\copy one FROM '$TMP/d.bin' (FORMAT binary)")" '*2022-10-03 is not a working day of calendar "CN"*' 'a day off is refused'
is "$(sql bin 'SET check_function_bodies = off' "\\copy one FROM '$TMP/d.bin' (FORMAT binary)" 'TABLE one')" 2022-10-03 'but not in a restore'

# timelimit: any eight bytes are a limit or an error
run bin 'CREATE TABLE lim (l timelimit)'
for bytes in '-1 days|\xFFFFFFFF00000003|count -1, unit 3' 'no such unit|\x0000000100000008|count 1, unit 8' \
	'immediate with a count|\x0000000100000000|count 1, unit 0' 'a huge unit|\x00000001FFFFFFFF|count 1, unit 4294967295'; do
	what=${bytes%%|*} rest=${bytes#*|}
	run bin "\\copy (SELECT '${rest%%|*}'::bytea) TO '$TMP/l.bin' (FORMAT binary)"
	like "$(sql bin "\\copy lim FROM '$TMP/l.bin' (FORMAT binary)")" "*invalid binary representation of type timelimit: ${rest#*|}*" "$what is refused"
done
run bin "\\copy (SELECT '\\x0000000700000004'::bytea) TO '$TMP/l.bin' (FORMAT binary)" "\\copy lim FROM '$TMP/l.bin' (FORMAT binary)"
is "$(sql bin 'TABLE lim')" '7 workdays' 'eight good bytes are a limit'
run bin "\\copy (SELECT '\\x00000007'::bytea) TO '$TMP/l.bin' (FORMAT binary)"
like "$(sql bin "\\copy lim FROM '$TMP/l.bin' (FORMAT binary)")" '*ERROR*' 'four bytes are none'

finish
