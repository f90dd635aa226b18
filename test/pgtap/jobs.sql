-- Jobs where there is no pg_cron: what they say, the rights to sweep, the log of sweeps and how far behind they are.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'UTC';
SELECT * FROM no_plan();

-- what a statement comes to: its SQLSTATE and message, detail and hint, or nothing
CREATE FUNCTION refusal(statement text, VARIADIC more text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', sqlstate || ' ' || sqlerrm, CASE WHEN 'detail' = ANY (more) THEN detail END, CASE WHEN 'hint' = ANY (more) THEN hint END);
END $$;

-- Without pg_cron ---------------------------------------------------------------------------------

SELECT is((SELECT count(*) FROM pg_extension WHERE extname = 'pg_cron'), 0::bigint, 'no pg_cron here');
SELECT is(refusal('SELECT schedule_jobs()', 'detail', 'hint'), format($$55000 pg_cron does not run in database "%1$s"
It runs in the database that its setting cron.database_name names, and in no other.
CREATE EXTENSION pg_cron here, with shared_preload_libraries = 'pg_cron' and cron.database_name = '%1$s'; or in the database that has it, SELECT cron.schedule_in_database('pg_statute: sweep of %1$s', '*/5 * * * *', 'CALL statute.sweep()', '%1$s'); or run psql -Xqd %1$s -c 'CALL statute.sweep()' from cron or a systemd timer.$$,
	current_database()), 'schedule_jobs() says what to do');
SELECT is(refusal('SELECT unschedule_jobs()'), format('55000 pg_cron does not run in database "%s"', current_database()), 'and so does unschedule_jobs()');
SELECT is(refusal($$SELECT schedule_jobs(NULL, NULL)$$), refusal('SELECT unschedule_jobs()'), 'also where nothing is to be scheduled');
-- a schema of that name is not pg_cron
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigint, jobname name, schedule text, command text, database text, username text, active boolean);
INSERT INTO cron.job SELECT 1, 'pg_statute: sweep', '* * * * *', 'x', current_database(), current_user, true;
CREATE FUNCTION cron.schedule(text, text, text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
SELECT alike(refusal('SELECT schedule_jobs()'), '55000 %', 'somebody else''s schema cron is not taken for it');
SELECT is((SELECT count(schedule) FROM job_status), 0::bigint, 'nor read');
SELECT is(purge_runs('1 day'), 0::bigint, 'nor purged');
DROP SCHEMA cron CASCADE;
SELECT has_view('statute'::name, 'job_status'::name);
SELECT is((SELECT string_agg(format('%s %s', attname, format_type(atttypid, NULL)), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'job_status'::regclass),
	'job text, scheduled_by name, schedule text, active boolean, started_at timestamp with time zone, took interval, status text, message text, looked_at bigint, '
	'fired bigint, due bigint, oldest_due timestamp with time zone', 'the columns of job_status');
SELECT is((SELECT to_jsonb(s) FROM job_status s), '{"job": "pg_statute: sweep", "scheduled_by": null, "schedule": null, "active": null, "started_at": null, "took": null, "status": null,
	"message": null, "looked_at": null, "fired": null, "due": 0, "oldest_due": null}', 'nobody has swept, and nothing waits');

-- How far behind ------------------------------------------------------------------------------------

SELECT define_regulation('REG', 'a regulation', 'an issuer', '[2000-01-01,)'), define_clause('C', 'REG', 'art. 1', 'words');
SELECT define_rule('answer', 'C', 'deadline', 'Answer', '{"start": "timestamptz"}', '{"limit": "7 workdays"}');
CREATE TABLE letter (id integer PRIMARY KEY, at timestamptz);
SELECT bind('answer', 'letter', '{"start": "at"}');
SELECT define_ladder('L', 'x'), define_step('L', 1, '80%', 'yellow', 'x', 'x'), define_step('L', 2, 'due', 'red', 'x', 'x'), set_ladder('L', 'answer');
-- of 7 working days from 1 March 2022 the 5th is over on Tuesday 8, the 7th on Thursday 10; and a day later
INSERT INTO letter VALUES (1, '2022-03-01 09:00+08'), (2, '2022-03-02 09:00+08'), (3, 'infinity');
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (3::bigint, NULL::timestamptz)$$, 'what is not planned waits for the sweep, since no time that is known');
CALL sweep('2022-03-05 00:00+08');
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (2::bigint, '2022-03-09 00:00+08'::timestamptz)$$, 'a sweep of the past leaves what has fallen due since');
UPDATE letter SET at = '2022-03-03 09:00+08' WHERE id = 2;
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (2::bigint, '2022-03-09 00:00+08'::timestamptz)$$, 'one is to be planned anew, and the other waits');
CALL sweep('2022-03-11 00:00+08');
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (2::bigint, '2022-03-11 00:00+08'::timestamptz + interval '1 microsecond')$$, 'late to the microsecond');
CALL sweep();
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (0::bigint, NULL::timestamptz)$$, 'nothing waits');
DELETE FROM letter WHERE id = 1;
UPDATE obligation SET next_step_at = '2022-01-01' WHERE state <> 'open';
SELECT is((SELECT due FROM job_status), 0::bigint, 'what is no duty any more does not wait');

INSERT INTO recurrence (binding, row_key, since, dated, applies, versions, unsettled, next_open_at) SELECT b.id, k, '2022-01-01', true, '{}', '{}', false, at FROM binding b, (VALUES ('now', timestamptz '2022-03-04'), ('later', now() + interval '1 hour'), ('never', NULL)) v (k, at);
INSERT INTO roster (binding, relation, subject, owner, since, part, template, judged_through, settled_through, next_look_at) SELECT b.id, b.relation, 'at', current_user, '2022-01-01', 'x', 'x', '2022-01-01', '2022-01-01', '2022-03-03' FROM binding b;
SELECT results_eq('SELECT due, oldest_due FROM job_status', $$VALUES (2::bigint, '2022-03-03'::timestamptz)$$, 'a period to be opened and a roster to be judged wait');
SELECT disable_binding(id) FROM binding;
SELECT is((SELECT due FROM job_status), 0::bigint, 'while their binding is enabled');
SELECT enable_binding(id) FROM binding;
DELETE FROM recurrence;
DELETE FROM roster;

-- The log of sweeps ----------------------------------------------------------------------------------

SELECT is((SELECT array_agg(concat_ws(' ', as_of AT TIME ZONE 'Asia/Shanghai', fired) ORDER BY id) FROM (SELECT * FROM sweep_run ORDER BY id LIMIT 2) r),
	'{2022-03-05 00:00:00 0,2022-03-11 00:00:00 3}', 'each sweep is on record, with the steps that it fired');
SELECT is((SELECT count(*) FROM sweep_run), 3::bigint, 'once');
SELECT is((SELECT sum(fired) FROM sweep_run), (SELECT count(*)::numeric FROM notice), 'all steps that fired');
SELECT is_empty($$SELECT * FROM sweep_run WHERE ended_at < started_at OR ended_at IS NULL OR started_at < now() - interval '1 hour' OR backend <> pg_backend_pid() OR looked_at < fired$$, 'and when');
SELECT results_eq('SELECT job, scheduled_by, schedule, started_at, took, status, looked_at, fired FROM job_status',
	$$SELECT 'pg_statute: sweep'::text, NULL::name, NULL::text, started_at, ended_at - started_at, 'succeeded'::text, looked_at, fired FROM sweep_run ORDER BY id DESC LIMIT 1$$, 'job_status has the last, whoever called it');
SELECT isnt(refusal($$CALL sweep(now() + interval '1 hour')$$), NULL, 'a sweep is refused');
SELECT is((SELECT count(*) FROM sweep_run), 3::bigint, 'and is none');
SELECT is(_record_run(NULL, '2022-03-12', 0, 0, false), _record_run(currval('sweep_run_id_seq'), '2022-03-12', 5, 4, false), 'one that is cut off');
SELECT results_eq('SELECT took, status, looked_at, fired FROM job_status', $$VALUES (NULL::interval, NULL::text, 5::bigint, 4::bigint)$$, 'has not ended');
UPDATE sweep_run SET backend = 0 WHERE ended_at IS NULL;
SELECT _record_run((SELECT max(id) FROM sweep_run), '2022-03-12', 1, 1, true), _record_run((SELECT min(id) FROM sweep_run), '2022-03-12', 1, 1, true);
SELECT is((SELECT string_agg(fired::text, ',' ORDER BY id) FROM (SELECT * FROM sweep_run WHERE id <> (SELECT max(id) - 1 FROM sweep_run)) r WHERE fired IN (0, 4)), '0,4',
	'and nobody else, and no later one, adds to what a sweep did');
INSERT INTO sweep_failure (obligation, happened_at, sqlstate, message) VALUES (0, now() - interval '91 days', 'x', 'x'), (0, now() - interval '89 days', 'x', 'x');
UPDATE sweep_run SET started_at = now() - interval '91 days' WHERE id = (SELECT max(id) FROM sweep_run);
UPDATE sweep_run SET started_at = now() - interval '91 days' WHERE id = (SELECT min(id) FROM sweep_run);
SELECT is(purge_runs(), 2::bigint, 'what is older than 90 days is forgotten: a failure, a sweep that was cut off, and none that ended since');
SELECT is((SELECT count(*) FROM sweep_run) || ' ' || (SELECT count(*) FROM sweep_failure), '3 1', 'and nothing else');
SELECT is(purge_runs('91 days'), 0::bigint, 'as long as one likes');
SELECT is((SELECT count(*) FROM notice), (SELECT sum(fired)::bigint FROM sweep_run), 'notices stay');
SELECT is(refusal($$SELECT purge_runs('-1 second')$$), '22023 runs cannot be kept for -00:00:01', 'not less than no time');
SELECT is(refusal($$SELECT purge_runs(NULL)$$), '22023 runs cannot be kept for null', 'nor for none');

-- Rights ------------------------------------------------------------------------------------------------

CREATE ROLE statute_sweeper;
CREATE ROLE statute_other;
SELECT set_eq($$SELECT DISTINCT p.oid FROM regexp_matches((SELECT prosrc FROM pg_proc WHERE oid = 'statute.sweep'::regproc), 'statute\.(_\w+)\(', 'g') m
		JOIN pg_proc p ON p.pronamespace = 'statute'::regnamespace AND p.proname = m[1] WHERE NOT has_function_privilege('statute_other', p.oid, 'EXECUTE')
	UNION VALUES ('statute._purge_runs'::regproc::oid), ('statute._job_status'::regproc)$$, 'SELECT unnest(_sweep_functions())::oid', 'what sweep() calls, and nobody may, is granted, and nothing else but the jobs');
SET ROLE statute_sweeper;
SELECT is(refusal(s), '42501 permission denied for ' || what, s) FROM (VALUES ('CALL sweep(NULL, NULL)', 'function _record_run'), ('SELECT purge_runs()', 'function _purge_runs'),
	('TABLE job_status', 'view job_status'), ('SELECT _job_status()', 'function _job_status'), ('TABLE sweep_run', 'table sweep_run')) v (s, what);
SELECT alike(refusal($$SELECT grant_sweep('statute_sweeper')$$), '42501 permission denied for function %', 'who may not sweep does not let himself');
RESET ROLE;
SELECT grant_sweep('statute_sweeper');
SELECT grant_sweep('statute_sweeper');
SET ROLE statute_sweeper;
SELECT is(refusal('CALL sweep(NULL, NULL)'), NULL, 'who is let sweep sweeps');
CALL sweep();
SELECT is(refusal(s), NULL, s) FROM unnest('{SELECT purge_runs(),TABLE job_status}'::text[]) s;
SELECT is(refusal($$SELECT grant_sweep('statute_other')$$), '42501 permission denied to grant the sweep to role "statute_other"', 'and does not let others');
SELECT is(refusal('TABLE notice'), '42501 permission denied for table notice', 'nor read');
RESET ROLE;
SELECT is(_may_sweep('statute_other'), false, 'nothing of it is granted');
SELECT is(refusal(format('SELECT grant_sweep(%L)', r)), '22023 no role is given to which to grant', 'granted to no role') FROM unnest('{NULL,-}'::text[]) r;
SELECT is(refusal(format('SELECT grant_sweep(%L)', r)), format('42704 role "%s" does not exist', r), 'there is no role ' || r) FROM unnest('{nobody,public}'::text[]) r;
CREATE ROLE "Odd "" name" LOGIN;
SELECT grant_sweep('"Odd "" name"');
SELECT ok(_may_sweep('Odd " name'), 'a role with an odd name');
DROP OWNED BY statute_sweeper, "Odd "" name";
SELECT is(_may_sweep('statute_sweeper'), false, 'DROP OWNED takes it away');
DROP ROLE statute_sweeper, statute_other, "Odd "" name";

SELECT * FROM finish();
