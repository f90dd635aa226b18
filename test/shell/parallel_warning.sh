#!/bin/sh
# Beyond the announced calendar: one WARNING per statement and calendar, however
# many rows and processes there are.
. "$ROOT/test/shell/lib.sh"

database warning pg_statute_cn
run warning "
	CREATE TABLE days AS SELECT date '2027-01-01' + n % 300 AS day, CASE n % 3 WHEN 0 THEN 'CN' WHEN 1 THEN 'ISO' ELSE 'DALI' END AS calendar
	FROM generate_series(1, 50000) n;
	ANALYZE days"

serial='-c max_parallel_workers_per_gather=0'
parallel='-c max_parallel_workers_per_gather=2 -c parallel_setup_cost=0 -c parallel_tuple_cost=0 -c min_parallel_table_scan_size=0'

# warnings STATEMENT...: the calendars that each warns of, one line for each statement, all in one session
warnings() {
	for s; do set -- "$@" -c "\\warn =" -c "$s"; shift; done
	"$PGBIN/psql" -XAtq -v VERBOSITY=terse -d warning "$@" 2>&1 >/dev/null | awk '
		/^=/ { if (NR > 1) print line; line = ""; next }
		/^WARNING:.*have been announced through/ { sub(/.*calendar "/, ""); sub(/".*/, ""); line = line (line == "" ? "" : " ") $0; next }
		{ line = line (line == "" ? "" : " ") $0 }
		END { print line }'
}

million="SELECT count(*) FROM generate_series(1, 1000000) n WHERE statute.is_workday(date '2027-01-01' + n % 300)"
one="SELECT count(*) FROM days WHERE statute.is_workday(day)"
column="SELECT count(*) FROM days WHERE statute.is_workday(day, calendar)"
two="SELECT count(*) FROM days WHERE statute.is_workday(day, 'CN') AND statute.is_workday(day, 'DALI')"
# The planner asks for the bound, to estimate how many days are below it.
bound="SELECT count(*) FROM days WHERE day < statute.add_workdays('2027-03-01', 5)"
known="SELECT count(*) FROM days WHERE statute.is_workday(day - 3650)"

is "$(warnings "$million")" CN 'a million rows: one warning'
for how in serial leader workers; do
	case $how in
	serial) PGOPTIONS=$serial what='one process' ;;
	leader) PGOPTIONS="$parallel -c parallel_leader_participation=on" what='workers and their leader' ;;
	workers) PGOPTIONS="$parallel -c parallel_leader_participation=off" what='workers alone' ;;
	esac
	export PGOPTIONS
	plan=$(sql warning "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) $known")
	if [ "$how" = serial ]; then
		is "$(echo "$plan" | grep -c Gather)" 0 'the plan is serial'
	else
		is "$(echo "$plan" | sed -n 's/ *Workers Launched: //p')" 2 "the plan is parallel: $what"
	fi
	is "$(warnings "$one" "$one" "$known" "$one" | paste -sd ,)" CN,CN,,CN "each statement warns again ($what)"
	is "$(warnings "$column" | tr ' ' '\n' | sort | paste -sd ' ')" 'CN DALI' "two calendars from a column: one warning each ($what)"
	is "$(warnings "$two" | tr ' ' '\n' | sort | paste -sd ' ')" 'CN DALI' "two calendars by name: one warning each ($what)"
	is "$(warnings "$bound")" CN "one warning where the planner asked already ($what)"
	is "$(warnings "$bound AND statute.is_workday(day)")" CN "and the rows ask again ($what)"
	is "$(warnings "DO \$\$ BEGIN PERFORM statute.is_workday('2027-03-01'); $(echo "$one" | sed 's/SELECT/PERFORM/'); PERFORM statute.is_workday('2028-03-01'); END \$\$")" CN \
		"one warning in a block of several queries ($what)"
	is "$(warnings 'SET statute.beyond_announced = assume' "$one" "$column" | paste -sd ,)" ,, "none where days are assumed ($what)"
	is "$(sql warning '\set VERBOSITY sqlstate' 'SET statute.beyond_announced = error' "$one" | sort -u)" 'ERROR:  ST001' "an error where that is asked for ($what)"
done

# A calendar that changes meanwhile is compiled anew, but has been warned of.
PGOPTIONS=$serial
is "$(warnings "DO \$\$ BEGIN FOR i IN 1 .. 3 LOOP
		PERFORM statute.set_calendar_day('CN', date '2027-02-01' + i, false, 'snow', 'a notice');
		PERFORM statute.is_workday('2027-03-01');
	END LOOP; END \$\$")" CN 'one warning for a calendar that changes within the statement'

# A plan that is older than a ROLLBACK
PGOPTIONS="$parallel -c plan_cache_mode=force_generic_plan"
is "$(warnings BEGIN "PREPARE p AS $one" 'EXECUTE p' ROLLBACK 'EXECUTE p' | paste -sd ,)" ,,CN,,CN \
	'one warning where the transaction that made the plan was rolled back'
unset PGOPTIONS

# The segment that the processes share is nobody else's to choose.
is "$(sql warning '\set VERBOSITY sqlstate' 'SELECT statute.current_calendar()' 'SET statute.warned_segment = 1')" "CN
ERROR:  22023" 'the shared segment cannot be set'
is "$(PGOPTIONS="$parallel -c statute.warned_segment=1" warnings "$known" "$one" | sed 's/^WARNING: .*/refused/' | paste -sd ,)" refused,CN \
	'nor from outside the session'
is "$(sql warning '\set VERBOSITY sqlstate' 'SET statute.beyond_announced = maybe; SELECT statute.current_calendar()')" 'WARNING:  22023
CN' 'an unknown setting is refused when the extension is loaded'

finish
