-- What holds of every object that the extensions bring.
\set ON_ERROR_STOP on
SELECT plan(10);

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS what
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname IN ('pg_statute', 'pg_statute_cn');
CREATE TEMP VIEW func AS
SELECT p.*, m.what FROM member m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid;

SELECT is_empty($$SELECT m.what FROM member m WHERE m.what !~ 'statute'$$, 'everything is in schema statute');
SELECT is_empty($$SELECT what FROM func WHERE obj_description(oid, 'pg_proc') IS NULL AND prosrc !~ '^(multi)?range_constructor'$$,
	'every function has a comment');
SELECT is_empty($$SELECT c.oid::regclass FROM member m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
	WHERE c.relkind IN ('r', 'v') AND obj_description(c.oid, 'pg_class') IS NULL$$, 'every table and view has a comment');
SELECT is_empty($$SELECT t.oid::regtype FROM member m JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
	WHERE t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 AND obj_description(t.oid, 'pg_type') IS NULL$$, 'every type has a comment');
SELECT is_empty($$SELECT o.oid::regoperator FROM member m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	WHERE obj_description(o.oid, 'pg_operator') IS NULL$$, 'every operator has a comment');
SELECT is_empty($$SELECT what FROM func WHERE prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))
	AND NOT coalesce(proconfig, '{}') && ARRAY['search_path=pg_catalog, pg_temp', 'search_path=pg_catalog, statute, pg_temp']
	AND proname NOT IN ('_is_restoring', '_new_step', 'resolve_limit')
	-- a body in standard SQL is bound when it is created; a procedure that commits can have no setting
	AND prosqlbody IS NULL AND prokind <> 'p'$$, 'every function in SQL has a pinned search_path, but those that are inlined');
SELECT is_empty($$SELECT what FROM func WHERE prosecdef
	AND proname NOT IN ('_touch_calendars', '_lock_calendars', '_calendar_changed', '_calendar_truncated', '_table_changed',
		'recompute_preview', 'recompute_apply', 'purge', '_end_bindings_of_dropped', '_follow_pack_drop',
		'_judge_next_amended', '_ask_for_rejudgement', '_begin_periods', '_judge_next_roster', '_fire_steps', 'sweep_preview', 'take_notices', 'confirm_notice', '_plan_anew',
		'_record_run', '_purge_runs', '_job_status')$$,
	'only what writes the ledgers of changes and of duties, the outbox and the log of sweeps, or reads pg_cron, runs as its owner');
-- whoever drops a table ends its bindings: what that does is the same whoever calls it, and when
SELECT is_empty($$SELECT what FROM func WHERE prosecdef AND proname <> '_end_bindings_of_dropped' AND has_function_privilege('pg_monitor', oid, 'EXECUTE')$$,
	'and nobody else can call them, or put them on a table of his own, to write a ledger by hand');
SELECT is_empty($$SELECT what FROM func WHERE proparallel <> 's' AND provolatile <> 'v' 
	-- the one knows no workers, the other changes the current role
	AND proname NOT IN ('_in_extension_script', 'status_at')
	-- this catches what lies past all dates, in a subtransaction, and these call it
	AND proname NOT IN ('_step_at', '_upcoming_steps', 'sweep_preview')
	-- these try a cast in a subtransaction, which no worker can
	AND proname NOT IN ('_value_type', '_canonical', '_roles_fault', '_value_fault', '_param_fault', '_params_fault', '_is_pause', '_structure_fault',
		'_rule_fault', '_expression_fault', '_normal_rule', '_checked_rule', '_checked_reading', '_rule_contradictions', 'check_rulebook')
	AND prorettype <> 'trigger'::regtype$$, 'what reads is parallel safe');
SELECT is_empty($$SELECT format('%s.%s', attrelid::regclass, attname) FROM pg_attribute a JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = a.attrelid
	WHERE a.attnum > 0 AND a.atttypid IN ('regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype, 'oid'::regtype)$$,
	'no column type stands in the way of pg_upgrade');
SELECT * FROM finish();
