#!/bin/sh
# The demonstration, at a twentieth of its size, and each number of its screen against demo/oracle.sql, which computes
# them in plain SQL from the tables.
. "$ROOT/test/shell/lib.sh"

cluster_init demo 5441
cluster_cron demo province
PGPORT=5441
export PGPORT
cluster_start demo
took=$(date +%s)
DEMO_SCALE=${DEMO_SCALE:-6} sh "$ROOT/demo/run.sh" >"$TMP/screen" 2>"$TMP/steps"
ok $? 'the demonstration runs'
took=$(($(date +%s) - took))
grep -i error "$TMP/steps" | sed 's/^/# /'
is "$(sql province "SELECT tier, count(*) FROM oa.area GROUP BY tier ORDER BY tier" | paste -sd ' ')" 'county|129 prefecture|16 province|1' 'the roster of places'
is "$(sql province "SELECT count(*) FROM binding_failure" "SELECT count(*) FROM sweep_failure" | paste -sd ' ')" '0 0' 'no expression and no sweep failed'
is "$(sql province "SELECT count(*), max(as_of) FROM sweep_run")" '365|2023-01-01 01:00:00+00' 'a sweep for each day'
like "$(sql province "SELECT count(DISTINCT rule) >= 25, count(DISTINCT split_part(rule, '-', 1)) >= 3 FROM binding_list")" 't|t' 'rules enough'

PGOPTIONS='-c client_min_messages=warning' "$PGBIN/psql" -Xqd province -v ON_ERROR_STOP=1 -f "$ROOT/demo/oracle.sql" >"$TMP/oracle" 2>&1
ok $? 'the oracle computes'
sed 's/^/# /' "$TMP/oracle"

# same WHAT REPORT ORACLE: two queries that say the same
same() {
	is "$(sql province "SELECT * FROM ($2) r ORDER BY 1, 2")" "$(sql province "SELECT * FROM ($3) o ORDER BY 1, 2")" "$1"
}
same 'duties' 'SELECT no, "all", in_time, late, open, green, yellow, red FROM report.duties' 'TABLE oracle.duties'
same 'quotas' "SELECT q.no, t.tier, t.told FROM report.quotas q, LATERAL (VALUES ('province', q.province), ('prefecture', q.prefecture), ('county', q.county)) t (tier, told) WHERE t.told IS NOT NULL" 'TABLE oracle.quotas'
same 'violations' 'TABLE report.violations' 'TABLE oracle.violations'
same 'escalations' 'SELECT step, notices, to_a_deputy, to_nobody FROM report.escalations' 'TABLE oracle.escalations'
same 'the figures of the briefing' 'SELECT here, share FROM report.briefing' 'TABLE oracle.briefing'
is "$(sql province 'SELECT share = briefing FROM report.briefing' | paste -sd ' ')" 't t' 'which are those that were published'
same 'its work' 'SELECT rows, before, changes, bindings, rules, texts, obligations, violations, notices FROM report.work' 'TABLE oracle.work'
is "$(sql province 'SELECT sweeps FROM report.work')" 364 'its sweeps'
# seconds are what the clock of this script says, too, and the rate is rows and changes over them
is "$(sql province "SELECT statements + swept BETWEEN 1 AND $took + 1, abs((rows - before + changes) / a_second - statements) <= 1 FROM report.work")" 't|t' 'its speed'

# what a number may not be: a line that nothing fell into tests nothing
is "$(sql province 'SELECT count(*) FROM report.duties WHERE in_time = 0 OR late + red = 0 OR open = 0')" 0 'each duty has its faults'
lines=$(wc -l <"$TMP/screen")
columns=$(LC_ALL=C.UTF-8 wc -L <"$TMP/screen" | sed 's/ .*//')
ok "$((lines > 62 || columns > 110))" "one screen: $lines lines of at most $columns columns"

cluster_stop demo
finish
