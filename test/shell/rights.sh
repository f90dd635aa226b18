#!/bin/sh
# What an unprivileged role can do (ask everything) and cannot (change anything,
# or have anything of its own run by others), and what nobody can.
. "$ROOT/test/shell/lib.sh"

database rights pg_statute_cn
run rights "SELECT statute.define_regulation('R', 'r', 'i', '[2022-01-01,)')" "SELECT statute.define_clause('C', 'R', '1', 'q')" \
	"SELECT statute.define_reading('R', 'C', 'x', 'integer')" "SELECT statute.define_rule('A', 'C', 'check', 'x', '{\"n\": \"integer\"}', must := 'n > 1')"
# A table with a rule on it that everybody may read: three rows, of which one is too small
bound() {
	cat <<-'SQL'
		CREATE TABLE public.work (id pg_catalog.int4 PRIMARY KEY, got pg_catalog.timestamptz, done pg_catalog.timestamptz, n pg_catalog.int4, topic pg_catalog.text);
		GRANT SELECT ON public.work TO PUBLIC;
		SELECT statute.define_rule('LATE', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays", "maximum": "15 workdays"}');
		SELECT statute.define_rule('ONCE', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}');
		SELECT statute.define_rule('TWO', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 per year"}');
		SELECT statute.bind('LATE', 'public.work', '{"start": "got", "done": "done"}', 'topic'), statute.bind('A', 'public.work', '{"n": "n"}'),
			statute.bind('ONCE', 'public.work', '{"topic": "topic"}'), statute.bind('TWO', 'public.work', '{"at": "got"}', 'topic');
		SELECT statute.define_ladder('CARDS', 'x'), statute.define_step('CARDS', 1, '80%', 'yellow', 'handler', '{title} of row {row} by {due_on}'),
			statute.define_step('CARDS', 2, 'due', 'red', 'superior', '{days_late} days late, {article}'), statute.set_ladder('CARDS', 'LATE');
		SELECT statute.set_contact('a', 'handler', 'Li', 'Wang'), statute.set_contact('b', 'principal', 'Zhao'), statute.set_absence('Li', '[2022-03-08,2022-03-10)'),
			statute.set_superior('a', 'b');
		INSERT INTO public.work VALUES (1, '2022-03-01 09:00+08', NULL, 5, 'a'), (2, '2022-03-02 09:00+08', '2022-03-20 09:00+08', 5, 'a'), (3, '2022-03-03 09:00+08', NULL, 0, 'a');
		CALL statute.sweep('2022-03-11 09:00+08');
	SQL
}
bound | "$PGBIN/psql" -Xqo /dev/null -d rights -v ON_ERROR_STOP=1 >"$TMP/bound" 2>&1
is "$(cat "$TMP/bound")" '' 'a table is bound'
run rights 'CREATE ROLE reader LOGIN' 'CREATE ROLE keeper LOGIN' 'CREATE ROLE mallory LOGIN'

# --- Every function and operator, as such a role and without a search path

cat >"$TMP/queries" <<-'SQL'
	SELECT statute.current_calendar(), statute.current_revision(), statute.current_revision('DALI');
	SELECT code, shipped, is_default, announced_through, revision FROM statute.calendar_list;
	SELECT statute.is_workday('2022-02-18'), statute.is_provisional('2027-02-18'), statute.is_workday('2022-04-15', 'DALI');
	SELECT statute.add_workdays('2022-02-18', 3), statute.workdays_between('2022-01-01', '2022-12-31');
	SELECT statute.next_workday('2022-01-30'), statute.prev_workday('2022-02-07'), statute.roll_workday('2022-02-19', 'nearest');
	SELECT statute.count_workdays(pg_catalog.daterange('2022-01-01', '2023-01-01')), statute.count_workdays('[2022-02-14,2022-02-21]'::statute.workdayrange);
	SELECT statute.list_workdays(pg_catalog.daterange('2022-01-28', '2022-02-14'));
	SELECT statute.workday('2022-02-18'), statute.workday_in('2022-02-18'), statute.workday_out('2022-02-18'), statute.workday_send('2022-02-18');
	SELECT statute.workday_hash('2022-02-18'), statute.workday_hash_extended('2022-02-18', 1), statute.workday_cmp('2022-02-18', '2022-02-17');
	SELECT statute.workday_date_cmp('2022-02-18', '2022-02-17'), statute.date_workday_cmp('2022-02-19', '2022-02-17');
	SELECT statute.workday_subdiff('2022-02-18', '2022-02-17'), statute.workday_smaller('2022-02-18', '2022-02-17'), statute.workday_larger('2022-02-18', '2022-02-17');
	SELECT statute.min(d), statute.max(d) FROM pg_catalog.unnest('{2022-02-18,2022-02-17}'::statute.workday[]) d;
	SELECT statute.workdayrange('2022-02-17', '2022-02-18'), statute.workdayrange('2022-02-17', '2022-02-18', '[]');
	SELECT statute.workdaymultirange(), statute.workdaymultirange('[2022-02-17,2022-02-18]'::statute.workdayrange);
	SELECT statute.timelimit('3 months'), statute."interval"('3 months'), statute.timelimit_in('三个月'), statute.timelimit_out('三个月'), statute.timelimit_send('7 workdays');
	SELECT statute.timelimit_hash('3 months'), statute.timelimit_hash_extended('3 months', 1), statute.timelimit_cmp('3 months', '3 days');
	SELECT statute.deadline('2022-02-18 10:00+08', '7 workdays'), statute.deadline('2022-02-18 10:00+08', '7 days', 'DALI', 'EU', '{[2022-02-19,2022-02-20)}');
	SELECT statute.deadline_before('2022-02-18 10:00+08', '7 workdays'), statute.due_date('2022-02-18', '7 workdays'), statute.due_date_before('2022-02-18', '7 workdays');
	SELECT statute.elapsed('2022-01-18 10:00+08', '2022-02-18 10:00+08', 'workdays'), statute.remaining('2022-01-18 10:00+08', '30 days', '2022-02-01 00:00+08'), statute.used_fraction('2022-01-18 10:00+08', '30 days', '2022-02-01 00:00+08');
	SELECT * FROM statute.explain_deadline('2022-02-17 10:00+08', '3 workdays', 'CN', 'EU', '{[2022-02-19,2022-02-20)}');
	SELECT * FROM statute.explain_deadline('2022-02-17 10:00+08', '3 hours');
	SELECT * FROM statute.explain_deadline_before('2022-02-17 10:00+08', '1 month');
	SELECT statute.quota_in('每季度至少1次'), statute.quota_out('每季度至少1次'), statute.quota_send('at most 2 per year'), statute.quota_hash('at most 2 per year'), statute.quota_hash_extended('at most 2 per year', 1), statute.quota_cmp('at most 2 per year', 'at most 3 per year');
	SELECT statute.quota_bounds('at most 2 per year'), statute.quota_unit('at most 2 per year'), statute.quota_with_base('at most 50% of base', 7), statute.quota_since('at most 2 per year', '2022-02-16');
	SELECT statute.quota_period_of('2022-02-16', 'at most 2 per year'), statute.list_quota_periods('at least 1 per quarter', '[2022-01-01,2023-01-01)');
	SELECT statute.quota_pace(0, 'at least 1 per quarter', '[2022-01-01,2022-04-01)', '2022-02-16');
	SELECT statute.quota_met(d, 'at least 1 per year', '[2022-01-01,2023-01-01)'), statute.quota_shortfall(d, 'at least 1 per year', '[2022-01-01,2023-01-01)', 'CN'), statute.quota_periods(d, 'at least 1 per year', '[2022-01-01,2023-01-01)') FROM pg_catalog.unnest('{2022-02-18 10:00+08}'::pg_catalog.timestamptz[]) d;
	SELECT statute.quota_met(t), statute.quota_shortfall(t), statute.quota_periods(t), statute.quota_state_in('at least 1 per year; 8036..8400; 0:1'), statute.quota_state_out(t), statute.quota_state_send(t) FROM (SELECT statute.quota_merge(t) FROM (SELECT statute.quota_tally(d, 'at least 1 per year', '[2022-01-01,2023-01-01)') FROM pg_catalog.unnest('{2022-02-18}'::pg_catalog.date[]) d) x (t)) x (t);
	SELECT * FROM statute.quota_report('statute.calendar_day', 'statute.calendar_announcement', 'at least 1 per year', '[2022-01-01,2023-01-01)', '{calendar}', 'day', as_of := '2022-02-18');
	SELECT * FROM statute.list_rotation('{a,b}', '{a,a}');
	SELECT statute.rotation_left('{a,b}', '{a,a}');
	SELECT * FROM statute.check_rulebook('2022-02-18');
	SELECT statute.reading_value('x', '2022-02-18'), statute.rule_version('x', '2022-02-18'), statute.rule_params('x', '2022-02-18'), statute.resolve_limit('{"limit": "3 days"}');
	SELECT pg_catalog.count(*) FROM statute.calendar_day;
	SELECT pg_catalog.count(*) FROM statute.convention;
	SELECT * FROM statute.status_at(1, '2022-03-01'), statute.status_at(1, 'infinity') l;
	SELECT obligation, binding, rule, article, row_key, subject, opened_at, due_at, due_on, state, light, allowed, late_entry FROM statute.due_list ORDER BY 1;
	SELECT obligation, rule, row_key, due_on, done_at, state FROM statute.late_list ORDER BY 1;
	SELECT violation, rule, row_key, subject, what, detail, state FROM statute.violation_list ORDER BY 1;
	SELECT obligation, what, state_before, state_after FROM statute.history_list ORDER BY 1, 2, 3, 4;
	SET statute.beyond_announced = assume; -- this year's quotas
	SELECT rule, subject, quota, counted, required, pace FROM statute.quota_status ORDER BY 1, 2;
	RESET statute.beyond_announced;
	SELECT clause, rule, status FROM statute.rule_status ORDER BY 1, 2;
	SELECT binding, rule, table_name, roles, action, state FROM statute.binding_list ORDER BY 1;
	SELECT code, title, parent FROM statute.place;
	SELECT notice, obligation, rule, article, row_key, subject, step, light, part, recipient, stands_in_for, body, fell_due_at, state, tries FROM statute.notice_list;
	SELECT l.code, l.title, s.step, s.share, s.after, s.light, s.part, s.template FROM statute.ladder l JOIN statute.ladder_step s ON s.ladder OPERATOR(pg_catalog.=) l.code;
	SELECT rule, ladder FROM statute.rule_ladder;
	SELECT binding, ladder FROM statute.binding_ladder;
	SELECT statute.binding_of('LATE', 'public.work');
	SELECT rule, roles, missing, score, command FROM statute.suggest_bindings('public.work');
SQL
# One call of every operator, by its operands' types
sql rights "
	WITH operand (name, v) AS (VALUES ('statute.workday', '2022-02-18'), ('pg_catalog.date', '2022-02-17'),
		('statute.timelimit', '3 days'), ('statute.quota', 'at most 2 per year'), ('pg_catalog.int4', '3'), ('pg_catalog.timestamptz', '2022-02-18 10:00+08'))
	SELECT pg_catalog.format('SELECT %L::%s OPERATOR(statute.%s) %L::%s, %s(%1\$L, %4\$L);',
		l.v, l.name, oprname, r.v, r.name, oprcode::regproc)
	FROM pg_operator
	JOIN operand l ON l.name::regtype = oprleft
	JOIN operand r ON r.name::regtype = oprright
	WHERE oprnamespace = 'statute'::regnamespace" >>"$TMP/queries"

"$PGBIN/psql" -Xq -d rights -f "$TMP/queries" >"$TMP/owner.out" 2>&1
PGUSER=reader PGOPTIONS="-c search_path=" "$PGBIN/psql" -Xq -d rights -f "$TMP/queries" >"$TMP/reader.out" 2>&1
is "$(grep -E 'ERROR|WARNING' "$TMP/owner.out")" '' 'every function and operator answers'
is "$(diff "$TMP/owner.out" "$TMP/reader.out" | head -n 20)" '' 'and an unprivileged role without a search path gets the same answers'
is "$(sql rights "SELECT count(*) FROM pg_operator WHERE oprnamespace = 'statute'::regnamespace")" \
	"$(grep -c 'OPERATOR(statute' "$TMP/queries")" 'no operator is left out'
# those that tell of people and of what is to come are denied below
is "$(sql rights "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'statute'::regnamespace AND proname NOT LIKE '\\_%'
		AND proname NOT IN ('recipient', 'sweep_preview')
		AND 'internal'::regtype <> ALL (proargtypes) AND provolatile <> 'v' ORDER BY 1" |
	while read -r f; do grep -qE "statute\\.\"?$f\"?\\(" "$TMP/queries" || echo "$f"; done)" '' 'nor any function'

# --- What it cannot do

denied() {
	is "$(PGUSER=reader sql rights '\set VERBOSITY sqlstate' "$1" | tail -n 1)" 'ERROR:  42501' "denied: $1"
}
denied "SELECT statute.define_calendar('X', 'x', 'CN')"
denied "SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'x', 'x')"
denied "SELECT statute.unset_calendar_day('CN', '2022-02-18')"
denied "SELECT statute.announce_calendar('CN', '2027-12-28', 'x')"
denied "SELECT statute.set_default_calendar('ISO')"
denied "SELECT statute.drop_calendar('CN')"
denied "SELECT statute.define_convention('X', 'x', 'x')"
denied "SELECT statute.drop_convention('CN')"
denied "SELECT statute.define_regulation('X', 'x', 'x', '[2022-02-16,)')"
denied "SELECT statute.define_clause('X', 'R', '1', 'x')"
denied "SELECT statute.define_reading('X', 'C', 'x', 'integer')"
denied "SELECT statute.set_reading('R', '1', 'x', 'x')"
denied "SELECT statute.define_rule('X', 'C', 'check', 'x', '{}', must := 'true')"
denied "SELECT statute.amend_rule('A', '2022-02-16')"
denied "SELECT statute.retire_rule('A', '2022-02-16')"
denied "SELECT statute.define_words('letter', '', '{x}')"
denied "INSERT INTO statute.word VALUES ('letter', '', 'x')"
denied "SELECT statute._ship_rulebook('cn')"
denied "SELECT statute._touch_rulebook()"
denied "SELECT statute.bind('LATE', 'public.work', '{\"start\": \"got\", \"done\": \"done\"}')"
denied "SELECT statute.bind('A', 'statute.place', '{\"n\": \"1\"}')"
denied "SELECT statute.unbind(1)"
denied "SELECT statute.set_action(1, 'warn')"
denied "SELECT statute.set_roles(2, '{}', NULL)"
denied "SELECT statute.enable_binding(1)"
denied "SELECT statute.disable_binding(1)"
denied "CALL statute.backfill(1)"
denied "CALL statute.backfill(1, NULL)"
denied "SELECT statute.backfill_preview(1)"
denied "SELECT statute.recompute_preview()"
denied "SELECT statute.recompute_apply('a notice')"
denied "SELECT statute.pause(1, 'x', 'x')"
denied "SELECT statute.resume(1)"
denied "SELECT statute.extend(1, '9 workdays', 'x', 'x', 'x')"
denied "SELECT statute.verify(2, 'x')"
denied "SELECT statute.close(2)"
denied "SELECT statute.excuse(1, 'x', 'x', 'x')"
denied "SELECT statute.purge(now())"
denied "SELECT statute.define_place('X', 'x')"
denied "SELECT statute.define_ladder('X', 'x')"
denied "SELECT statute.define_step('CARDS', 3, '1 day', 'red', 'x', 'x')"
denied "SELECT statute.set_ladder(NULL, 'LATE')"
denied "SELECT statute.set_ladder('CARDS', 'LATE')"
denied "SELECT statute.set_ladder(NULL, 1)"
denied "SELECT statute.set_ladder('CARDS', 1)"
denied "SELECT statute.set_contact('a', 'handler', 'mallory')"
denied "SELECT statute.set_contact('a', 'handler', NULL)"
denied "SELECT statute.set_absence('Li', '[2022-03-01,2022-04-01)')"
denied "SELECT statute.set_superior('b', 'c')"
denied "SELECT statute.set_superior('a', NULL)"
denied "SELECT statute.recipient('a', 'handler', '2022-03-01')"
denied "CALL statute.sweep()"
denied "CALL statute.sweep('2022-03-01', NULL)"
denied "SELECT statute.sweep_preview(now())"
denied "SELECT statute._fire(ARRAY[1], now())"
denied "SELECT statute._fire_steps(now(), 1)"
denied "SELECT statute._upcoming_steps(ARRAY[1], 1)"
denied "SELECT statute._record_run(NULL, now(), 0, 0, false)"
denied "SELECT statute._purge_runs(now())"
denied "SELECT statute._job_status()"
denied "SELECT statute.purge_runs()"
denied "SELECT statute.grant_sweep('reader')"
denied "TABLE statute.job_status"
denied "TABLE statute.sweep_run"
denied "SELECT statute.take_notices()"
denied "SELECT statute.confirm_notice(1)"
denied "TABLE statute.notice"
denied "TABLE statute.sweep_failure"
denied "TABLE statute.contact"
denied "TABLE statute.absence"
denied "TABLE statute.superior"
denied "SELECT nextval('statute.notice_id_seq')"
denied "SELECT state FROM statute.obligation"
denied "SELECT what FROM statute.violation"
denied "TABLE statute.occurrence"
denied "TABLE statute.obligation_event"
denied "TABLE statute.binding_failure"
denied "TABLE statute.backfill_progress"
denied "UPDATE statute.binding SET enabled = false"
denied "SELECT nextval('statute.obligation_id_seq')"
denied "DROP TRIGGER statute_insert ON public.work"
denied "CREATE TRIGGER x AFTER INSERT ON public.work FOR EACH STATEMENT EXECUTE FUNCTION statute.enforce()"
denied "SELECT statute._touch_calendars()"
denied "SELECT statute._invalidate_calendars()"
denied "SELECT statute._add_revision('CN', 'x')"
denied "SELECT statute._seal_pack('cn')"
denied "SELECT version FROM statute.calendar_version"
denied "SELECT nextval('statute.calendar_version_seq')"
denied "CREATE FUNCTION statute.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
denied "CREATE TABLE statute.calendar_x () INHERITS (statute.calendar)"
denied "CREATE TABLE public.calendar_x () INHERITS (statute.calendar)"

is "$(sql rights "SELECT c.oid::regclass, p FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
	WHERE relnamespace = 'statute'::regnamespace AND relkind IN ('r', 'v', 'p') AND has_table_privilege('reader', c.oid, p)")" '' \
	'no table can be changed'
is "$(sql rights "SELECT p.oid::regprocedure FROM pg_proc p
	WHERE pronamespace = 'statute'::regnamespace AND prosecdef AND has_function_privilege('reader', p.oid, 'EXECUTE')")" 'statute._end_bindings_of_dropped()' \
	'no function that runs with the rights of its owner can be called, or made a trigger, but one that only sees to it that what is gone is gone'
# those that bind() and backfill() call ask who owns the table, or do what their caller could do
is "$(sql rights "SELECT proname FROM pg_proc p
	WHERE pronamespace = 'statute'::regnamespace AND proname LIKE '\\_%' AND provolatile = 'v' AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
		AND has_function_privilege('reader', p.oid, 'EXECUTE') ORDER BY 1" | paste -sd ' ')" \
	'_change_binding _check_bound _check_bound_expressions _end_bindings_of_dropped _found _insert_binding _judge_batch _judge_gone _judge_open _preview_open _sync_triggers _try_preview _try_recompute _unheard_words _wait_for_writers' \
	'no internal function that changes anything can be called, but those that ask who owns the table'
is "$(sql rights "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = prolang
	WHERE pronamespace = 'statute'::regnamespace AND lanname = 'plpgsql' AND prokind <> 'p' -- one that commits cannot
		AND (proconfig IS NULL OR NOT proconfig && ARRAY['search_path=pg_catalog, pg_temp', 'search_path=pg_catalog, statute, pg_temp'])")" '' \
	'every function in PL/pgSQL has a search path of its own'

# A trigger of ours on a table of theirs would write into the log of revisions,
# and run the casts of their types with the rights of the extension's owner.
run rights 'CREATE SCHEMA evil AUTHORIZATION mallory'
PGUSER=mallory "$PGBIN/psql" -Xqo /dev/null -d rights >"$TMP/forge" 2>&1 <<'SQL'
CREATE TABLE evil.log (who text);
CREATE TYPE evil.x AS ENUM ('x');
CREATE FUNCTION evil.x_json(evil.x) RETURNS json LANGUAGE plpgsql
AS $$BEGIN EXECUTE 'INSERT INTO evil.log VALUES (current_user)'; RETURN '1'; END$$;
CREATE CAST (evil.x AS json) WITH FUNCTION evil.x_json(evil.x);
CREATE TABLE evil.t (calendar text, x evil.x);
CREATE TRIGGER changed AFTER INSERT ON evil.t REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_changed();
CREATE TRIGGER truncated AFTER TRUNCATE ON evil.t FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_truncated();
CREATE TRIGGER touched AFTER DELETE ON evil.t FOR EACH STATEMENT EXECUTE FUNCTION statute._table_changed();
INSERT INTO evil.t VALUES ('CN', 'x');
DELETE FROM evil.t;
TRUNCATE evil.t;
SQL
is "$(grep -c 'permission denied for function' "$TMP/forge")" 3 'our triggers cannot be put on the tables of others'
is "$(sql rights 'SELECT count(*) FROM ONLY statute.calendar_revision')" 0 'no revision is forged with them'
is "$(sql rights 'SELECT who FROM evil.log')" '' 'and nothing is run with the rights of the owner'
run rights 'DELETE FROM ONLY statute.calendar_revision'

# Rights can be given.
run rights 'GRANT INSERT, DELETE ON statute.calendar_day TO keeper'
is "$(PGUSER=keeper sql rights "SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'snow', 'a notice')" \
	"SELECT statute.is_workday('2022-02-18')" "SELECT changed_by FROM ONLY statute.calendar_revision" \
	"SELECT statute.unset_calendar_day('CN', '2022-02-18')" "SELECT statute.is_workday('2022-02-18')" | paste -sd ' ')" \
	' f keeper  t' 'a role that may change days changes days, and is written down'

# --- What nobody can do: change what is shipped

run rights "SELECT statute.set_calendar_day('CN', '2022-02-18', false, 'snow', 'a notice')"
sql rights "SELECT c, attname FROM pg_inherits, CAST(inhrelid AS regclass) c, pg_attribute
	WHERE attrelid = c AND attnum = 1 AND c::text LIKE 'statute.%' ORDER BY 1" >"$TMP/children"
for how in origin replica; do
	while IFS='|' read -r child column; do
		for s in "UPDATE $child SET $column = $column" "DELETE FROM $child" "INSERT INTO $child SELECT * FROM $child LIMIT 1" "TRUNCATE $child"; do
			[ "$(sql rights '\set VERBOSITY sqlstate' BEGIN "SET LOCAL session_replication_role = $how" "$s")" = 'ERROR:  55000' ] || echo "$s"
		done
	done <"$TMP/children" >"$TMP/unrefused"
	is "$(cat "$TMP/unrefused")" '' "no shipped row can be changed (session_replication_role $how)"
done
is "$(wc -l <"$TMP/children")" 14 'in any table of shipped rows'
is "$(for s in "UPDATE statute.calendar_day SET name = 'x'" "DELETE FROM statute.calendar" "TRUNCATE statute.calendar_announcement" \
	"DELETE FROM statute.convention" "UPDATE statute.calendar_default SET calendar = 'ISO'"; do
	sql rights '\set VERBOSITY sqlstate' "$s"
done | uniq -c | xargs)" '5 ERROR: 55000' 'refused through the parents, too'
is "$(sql rights "SELECT count(*) FROM ONLY statute.calendar_day" "SELECT count(*) > 700 FROM statute.calendar_day" | paste -sd ' ')" '1 t' 'and nothing of it is done'

# --- What others have prepared is not run

# A function of mallory's for every function and operator of PostgreSQL's that
# our SQL names, in a schema that comes first in everybody's search path.
database trapped
run trapped 'CREATE SCHEMA evil AUTHORIZATION mallory'
sql rights "
	SELECT DISTINCT format('SELECT pg_temp.trap(%L, %L, %L)', p.proname, pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid))
	FROM pg_proc f, regexp_matches(f.prosrc, '[a-z_]+', 'g') w, pg_proc p
	WHERE f.pronamespace = 'statute'::regnamespace AND p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
		AND p.proname = w[1] AND p.proname NOT IN ('current_setting') AND NOT p.proretset
		AND p.prorettype <> 'cstring'::regtype
		AND NOT p.proargtypes::oid[] && ARRAY['internal', '\"any\"', 'cstring']::regtype[]::oid[]
	UNION ALL
	SELECT format('SELECT pg_temp.trap_operator(%L, %L, %L, %L, %L)', 'operator ' || oid, oprname, oprleft::regtype, oprright::regtype, oprresult::regtype)
	FROM pg_operator
	WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b'
		AND oprname IN ('=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '||', '&&', '@>', '<@', '->>')
		AND oprleft IN (SELECT unnest('{text,name,date,integer,bigint,boolean,oid,interval,timestamptz,timestamp,time,numeric,jsonb,daterange,anyarray,anyrange,anymultirange,anyelement}'::regtype[]))
		AND oprright IN (SELECT unnest('{text,name,date,integer,bigint,boolean,oid,interval,timestamptz,timestamp,time,numeric,jsonb,daterange,anyarray,anyrange,anymultirange,anyelement}'::regtype[]))" >"$TMP/traps"
{
	cat <<-'SQL'
		CREATE TABLE evil.log (what text, who text);
		GRANT INSERT ON evil.log TO PUBLIC;
		GRANT USAGE ON SCHEMA evil TO PUBLIC;
		CREATE FUNCTION pg_temp.trap(name text, arguments text, result text) RETURNS void LANGUAGE plpgsql AS $$
		BEGIN
			EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', name, arguments, result,
				format('BEGIN INSERT INTO evil.log VALUES (%L, current_user); RETURN%s; END', name, CASE WHEN result <> 'void' THEN ' NULL' END));
		END $$;
		CREATE FUNCTION pg_temp.trap_operator(f text, name text, l text, r text, result text) RETURNS void LANGUAGE plpgsql AS $$
		BEGIN
			EXECUTE format('CREATE FUNCTION evil.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', f, l, r, result,
				format('BEGIN INSERT INTO evil.log VALUES (%L, current_user); RETURN NULL; END', l || name || r));
			EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.%I)', name, l, r, f);
		END $$;
		CREATE TYPE evil.boolean AS ENUM ('x');
		CREATE TYPE evil.regclass AS ENUM ('x');
		CREATE TYPE evil.date AS ENUM ('x');
		CREATE TABLE evil.pg_operator (); CREATE TABLE evil.calendar (); CREATE TABLE evil.changed (); CREATE TABLE evil.pg_proc ();
	SQL
	sed 's/$/;/' "$TMP/traps"
} >"$TMP/evil.sql"
PGUSER=mallory "$PGBIN/psql" -Xqo /dev/null -d trapped -f "$TMP/evil.sql" >"$TMP/evil.out" 2>&1
is "$(cat "$TMP/evil.out")" '' 'the traps are set'
is "$(sql trapped "SELECT count(*) > 200 FROM pg_proc WHERE pronamespace = 'evil'::regnamespace")" t 'many of them'
is "$(PGUSER=mallory PGOPTIONS='-c search_path=evil,pg_catalog' sql trapped "SELECT 'a' = 'a'::text, lower('A')" 'SELECT count(*) FROM evil.log')" "|
2" 'and they work'
run trapped 'TRUNCATE evil.log' 'ALTER DATABASE trapped SET search_path = evil, pg_catalog' 'CREATE SCHEMA statute AUTHORIZATION mallory'
is "$(sql trapped '\set VERBOSITY sqlstate' 'CREATE EXTENSION pg_statute')" 'ERROR:  42P06' 'a schema statute that somebody prepared makes the installation fail'
run trapped 'DROP SCHEMA statute' 'CREATE EXTENSION pg_statute' 'CREATE EXTENSION pg_statute_cn'
functions="SELECT md5(string_agg(concat(p.oid::regprocedure, p.provolatile, p.proconfig, p.prosrc, pg_get_function_sqlbody(p.oid)), ',' ORDER BY p.oid::regprocedure::text))
	FROM pg_proc p WHERE p.pronamespace = 'statute'::regnamespace"
is "$(sql trapped 'SET search_path = pg_catalog' "$functions")" "$(sql rights 'SET search_path = pg_catalog' "$functions")" 'the installation is as ever'

cat >"$TMP/changes" <<-'SQL'
	SELECT statute.define_convention('OURS', 'ours', 'our bylaws', closing := '17:00', receipt_cutoff := '16:00');
	SELECT statute.define_calendar('OFFICE', 'an office', 'CN', convention := 'OURS');
	SELECT statute.define_calendar('OFFICE', 'our office', 'CN');
	SELECT statute.set_calendar_day('OFFICE', '2022-02-19', true, 'inventory', 'a notice');
	SELECT statute.unset_calendar_day('OFFICE', '2022-02-19');
	SELECT statute.announce_calendar('CN', '2027-12-28', 'a notice');
	SELECT statute.set_default_calendar('OFFICE');
	INSERT INTO statute.calendar_day VALUES ('OFFICE', '2022-02-19', true, 'inventory', 'a notice');
	UPDATE ONLY statute.calendar_day SET is_workday = false;
	DELETE FROM ONLY statute.calendar_day;
	TRUNCATE ONLY statute.calendar_day;
	SELECT statute.set_default_calendar(NULL);
	UPDATE statute.calendar_cn SET title = 'x';
	SELECT calendar, revision, change, changed_by FROM ONLY statute.calendar_revision;
	SELECT * FROM statute.explain_deadline('2022-02-17 16:30+08', '3 workdays', 'OFFICE');
	SELECT pg_catalog.row_to_json(c) FROM statute.calendar c;
	SELECT pg_catalog.row_to_json(l) FROM statute.calendar_list l;
	SELECT statute.define_regulation('R', 'r', 'i', '[2022-01-01,)'), statute.define_clause('C', 'R', '1', 'q');
	SELECT statute.define_rule('A', 'C', 'check', 'x', '{"n": "integer"}', must := 'n > 1');
SQL
bound >>"$TMP/changes"
cat >>"$TMP/changes" <<-'SQL'
	UPDATE public.work SET n = 7, done = '2022-03-10 09:00+08';
	UPDATE public.work SET done = NULL;
	INSERT INTO public.work SELECT 4, pg_catalog.now(), NULL, 5, 'b';
	SELECT statute.pause(o.id, 'x', 'y') FROM statute.obligation o ORDER BY o.id DESC LIMIT 1;
	SELECT statute.resume(o.id) FROM statute.obligation o ORDER BY o.id DESC LIMIT 1;
	SELECT statute.extend(o.id, '9 workdays', 'x', 'y', 'z') OPERATOR(pg_catalog.>) pg_catalog.now() FROM statute.obligation o ORDER BY o.id DESC LIMIT 1;
	SELECT statute.excuse(v.violation, 'x', 'y', 'z') FROM statute.violation_list v WHERE v.state OPERATOR(pg_catalog.=) 'open' ORDER BY v.violation LIMIT 1;
	CALL statute.backfill(1, 2);
	CALL statute.backfill(2, NULL);
	SELECT statute.backfill_preview(3);
	SELECT statute.set_ladder('CARDS', 1), statute.set_ladder(NULL, 'LATE'), statute.set_contact('a', 'handler', 'Ma', NULL, '[2022-03-09,2022-03-12)');
	SELECT subject, part, person, deputy, valid FROM statute.contact;
	SELECT obligation, step, fires_at, recipient, body FROM statute.sweep_preview('2022-03-20 09:00+08');
	CALL statute.sweep(NULL, 1);
	CALL statute.sweep('2022-03-20 09:00+08', NULL);
	SELECT notice, step, body FROM statute.take_notices(2);
	SELECT notice, step, body FROM statute.take_notices(1, '1 day', 1);
	SELECT statute.confirm_notice(2);
	SELECT obligation, step, light, recipient, stands_in_for, fell_due_at, body, state FROM statute.notice;
	SELECT obligation, message FROM statute.sweep_failure;
	SELECT job, scheduled_by, schedule, status, fired, due FROM statute.job_status;
	SELECT as_of, looked_at, fired FROM statute.sweep_run WHERE as_of OPERATOR(pg_catalog.<) '2022-12-31';
	DO $do$ BEGIN PERFORM statute.schedule_jobs(); EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL; END $do$;
	SELECT statute.grant_sweep('reader'), statute.purge_runs('0');
	SELECT statute.set_calendar_day('CN', '2022-03-10', false, 'snow', 'a notice');
	SELECT row_key, effect FROM statute.recompute_preview();
	SELECT statute.recompute_apply('a notice');
	SELECT statute.disable_binding(4), statute.enable_binding(4);
	ALTER TABLE public.work ADD more pg_catalog.int4;
	ALTER TABLE public.work DROP COLUMN got;
	DROP TRIGGER statute_insert ON public.work;
	CREATE TABLE public.part (id pg_catalog.int4 PRIMARY KEY, n pg_catalog.int4) PARTITION BY LIST (id);
	SELECT statute.bind('A', 'public.part', '{"n": "n"}', action := 'reject');
	CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES IN (1);
	INSERT INTO public.part_1 VALUES (1, 0);
	DROP TABLE public.part;
	SELECT statute.define_place('P', 'p'), statute.define_place('Q', 'q', 'P');
	SELECT statute.purge(pg_catalog.now());
	SELECT binding, row_key, state, due_at FROM statute.obligation WHERE row_key OPERATOR(pg_catalog.<>) '4' ORDER BY id;
	SELECT binding, row_key, what, detail, state FROM statute.violation ORDER BY id;
	DELETE FROM public.work WHERE id OPERATOR(pg_catalog.=) 1;
	TRUNCATE public.work;
	SELECT binding, row_key, state FROM statute.obligation ORDER BY id;
	INSERT INTO public.work (id, got, n, topic) VALUES (1, '2022-03-01 09:00+08', 0, 'a');
SQL
run rights 'DROP TABLE public.work; DROP EXTENSION pg_statute CASCADE; CREATE EXTENSION pg_statute_cn CASCADE'
"$PGBIN/psql" -Xq -v VERBOSITY=terse -d rights -f "$TMP/changes" >"$TMP/plain.out" 2>&1
"$PGBIN/psql" -Xq -v VERBOSITY=terse -d trapped -f "$TMP/changes" >"$TMP/trapped.out" 2>&1
is "$(diff "$TMP/plain.out" "$TMP/trapped.out" | head -n 20)" '' 'changes among traps are as ever'
is "$(grep -c ERROR "$TMP/trapped.out")" 4 'with one error on what is shipped, two on what is bound, and one row rejected'
for user in postgres reader mallory; do
	PGUSER=$user "$PGBIN/psql" -Xq -d trapped -f "$TMP/queries" >"$TMP/trapped.out" 2>&1
	PGUSER=postgres "$PGBIN/psql" -Xq -d rights -f "$TMP/queries" >"$TMP/plain.out" 2>&1
	is "$(diff "$TMP/plain.out" "$TMP/trapped.out" | head -n 20)" '' "every answer among traps is as ever, for $user"
done
{
	for t in calendar calendar_day calendar_announcement calendar_default calendar_version calendar_revision convention changed chain pg_class pg_proc pg_inherits binding obligation violation occurrence rule judged touched facts notice ladder ladder_step contact; do
		echo "CREATE TEMP TABLE $t (version pg_catalog.int8, code pg_catalog.text, calendar pg_catalog.text);"
	done
	echo 'SET search_path = pg_temp, evil, pg_catalog;'
	cat "$TMP/queries"
} | PGUSER=mallory "$PGBIN/psql" -Xq -d trapped >"$TMP/trapped.out" 2>&1
is "$(diff "$TMP/plain.out" "$TMP/trapped.out" | head -n 20)" '' 'and so it is among temporary tables of the same names'
is "$(sql trapped 'SELECT what, who FROM evil.log')" '' 'nothing of theirs was run'

finish
