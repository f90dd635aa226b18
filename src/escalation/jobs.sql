
-- Jobs: pg_cron runs the sweep, where it is in this database. It need not be, and
-- may come and go: what is here names its tables in EXECUTE only.

CREATE TABLE statute.sweep_run (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	ended_at timestamptz,
	as_of timestamptz NOT NULL,
	backend integer NOT NULL DEFAULT pg_backend_pid(),
	looked_at bigint NOT NULL DEFAULT 0,
	fired bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE statute.sweep_run IS 'when sweeps ran, and what they did';
COMMENT ON COLUMN statute.sweep_run.started_at IS 'when it began';
COMMENT ON COLUMN statute.sweep_run.ended_at IS 'when it was through; null while it runs, and where it was cut off';
COMMENT ON COLUMN statute.sweep_run.as_of IS 'the instant by which it looked';
COMMENT ON COLUMN statute.sweep_run.backend IS 'the process that ran it';
COMMENT ON COLUMN statute.sweep_run.looked_at IS 'how many obligations, recurring duties and rosters it dealt with, each as often as it had to';
COMMENT ON COLUMN statute.sweep_run.fired IS 'how many notices it wrote';

SELECT pg_extension_config_dump('statute.sweep_run', '');
SELECT pg_extension_config_dump('statute.sweep_run_id_seq', '');
GRANT SELECT ON statute.sweep_run TO pg_database_owner;
GRANT SELECT ON SEQUENCE statute.sweep_run_id_seq TO pg_database_owner;

-- A schema cron that is not the extension's is somebody else's.
CREATE FUNCTION statute._has_pg_cron() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
		JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
		WHERE e.extname = 'pg_cron' AND n.nspname = 'cron')
$$;
COMMENT ON FUNCTION statute._has_pg_cron() IS 'internal: is pg_cron in this database';

CREATE FUNCTION statute._require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here text := current_database();
	-- not everybody may see the setting
	there text := (SELECT s.setting FROM pg_settings s WHERE s.name = 'cron.database_name');
BEGIN
	IF NOT statute._has_pg_cron() OR there <> here THEN
		RAISE EXCEPTION 'pg_cron does not run in database "%"', here
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = CASE
				WHEN there IS NULL THEN 'It runs in the database that its setting cron.database_name names, and in no other.'
				WHEN there <> here THEN format('It runs in database "%s", which its setting cron.database_name names.', there)
				ELSE 'It is loaded for this database, and its extension is not created.' END,
			HINT = CASE
				WHEN there = here THEN 'CREATE EXTENSION pg_cron, here.'
				ELSE format('CREATE EXTENSION pg_cron here, with shared_preload_libraries = ''pg_cron'' and cron.database_name = %L; '
						'or in the database that has it, SELECT cron.schedule_in_database(%L, ''*/5 * * * *'', ''CALL statute.sweep()'', %1$L); '
						'or run psql -Xqd %1$I -c ''CALL statute.sweep()'' from cron or a systemd timer.', here, 'pg_statute: sweep of ' || here) END;
	ELSIF NOT has_schema_privilege('cron', 'USAGE') THEN
		RAISE EXCEPTION 'permission denied for schema cron'
			USING ERRCODE = 'insufficient_privilege', HINT = format('GRANT USAGE ON SCHEMA cron TO %I.', current_user);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_pg_cron() IS 'internal: an error that says what to do where there is no pg_cron';

-- The procedure has no rights of its own. A test compares this list with what it calls.
CREATE FUNCTION statute._sweep_functions() RETURNS regprocedure[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT array_agg(p.oid::regprocedure ORDER BY p.proname)
	FROM pg_proc p
	WHERE p.pronamespace = 'statute'::regnamespace AND p.proname IN ('_judge_next_amended', '_begin_periods', '_judge_next_roster', '_fire_steps', '_record_run', '_purge_runs', '_job_status')
$$;
COMMENT ON FUNCTION statute._sweep_functions() IS 'internal: what a role has to be able to execute to sweep';

CREATE FUNCTION statute._may_sweep(role name) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT bool_and(has_function_privilege($1, f, 'EXECUTE')) FROM unnest(statute._sweep_functions()) f
$$;
COMMENT ON FUNCTION statute._may_sweep(name) IS 'internal: may a role sweep';

CREATE FUNCTION statute.grant_sweep(role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	grantee name := (SELECT r.rolname FROM pg_roles r WHERE r.oid = role);
BEGIN
	IF grantee IS NULL THEN
		RAISE EXCEPTION 'no role is given to which to grant' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', array_to_string(statute._sweep_functions(), ', '), grantee);
	EXECUTE format('GRANT SELECT ON statute.job_status TO %I', grantee);
	-- who may execute them and not grant them gets a mere warning
	IF NOT statute._may_sweep(grantee) THEN
		RAISE EXCEPTION 'permission denied to grant the sweep to role "%"', grantee
			USING ERRCODE = 'insufficient_privilege', HINT = 'The owner of the extension grants it.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute.grant_sweep(regrole) IS 'let a role sweep, schedule the jobs and read job_status';

-- What the sweep has begun, how far it is, and that it is through.
CREATE FUNCTION statute._record_run(run bigint, as_of timestamptz, looked_at bigint, fired bigint, is_through boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF run IS NULL THEN
		INSERT INTO statute.sweep_run (as_of) VALUES (as_of) RETURNING id INTO run;
	END IF;
	UPDATE statute.sweep_run r
	SET looked_at = r.looked_at + _record_run.looked_at, fired = r.fired + _record_run.fired,
		ended_at = CASE WHEN is_through THEN clock_timestamp() END
	WHERE r.id = run AND r.backend = pg_backend_pid() AND r.ended_at IS NULL;
	RETURN run;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._record_run(bigint, timestamptz, bigint, bigint, boolean) FROM PUBLIC;
COMMENT ON FUNCTION statute._record_run(bigint, timestamptz, bigint, bigint, boolean) IS 'internal: log a sweep, or what more it did; returns its number';

CREATE FUNCTION statute.schedule_jobs(sweep text DEFAULT '*/5 * * * *', purge text DEFAULT '17 3 * * *', keep interval DEFAULT '90 days') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET intervalstyle = postgres
AS $$
DECLARE
	wanted record;
	job record;
BEGIN
	PERFORM statute._require_pg_cron();
	IF (keep >= '0') IS NOT TRUE THEN
		RAISE EXCEPTION 'runs cannot be kept for %', coalesce(keep::text, 'null') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- a job that failed every time would not be noticed soon
	IF NOT statute._may_sweep(current_user) THEN
		RAISE EXCEPTION 'role "%" may not sweep', current_user
			USING ERRCODE = 'insufficient_privilege', HINT = format('SELECT statute.grant_sweep(%L), as the owner of the extension.', quote_ident(current_user));
	ELSIF NOT (SELECT r.rolcanlogin FROM pg_roles r WHERE r.rolname = current_user) THEN
		RAISE EXCEPTION 'role "%" cannot log in, and so cannot run jobs', current_user USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	FOR wanted IN SELECT w.* FROM (VALUES ('pg_statute: sweep', sweep, 'CALL statute.sweep()'),
		('pg_statute: purge', purge, format('SELECT statute.purge_runs(%L)', keep))) w (name, schedule, command) LOOP
		-- cron.schedule() keeps what it does not set: a job that is switched off, or is another database's after a restore
		FOR job IN EXECUTE 'SELECT j.jobid FROM cron.job j WHERE j.jobname = $1 AND j.username = current_user
			AND ($2 IS NULL OR NOT j.active OR j.database <> current_database() OR j.nodeport <> current_setting(''port'')::integer)'
			USING wanted.name, wanted.schedule LOOP
			EXECUTE 'SELECT cron.unschedule($1)' USING job.jobid;
		END LOOP;
		IF wanted.schedule IS NOT NULL THEN
			EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING wanted.name, wanted.schedule, wanted.command;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute.schedule_jobs(text, text, interval) IS
	'have pg_cron run the sweep, and forget old runs, at these times and as the current user; what he had scheduled is replaced, null is no such job';

CREATE FUNCTION statute.unschedule_jobs() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job record;
BEGIN
	PERFORM statute._require_pg_cron();
	FOR job IN EXECUTE 'SELECT j.jobid FROM cron.job j WHERE j.jobname IN (''pg_statute: sweep'', ''pg_statute: purge'') AND j.username = current_user' LOOP
		EXECUTE 'SELECT cron.unschedule($1)' USING job.jobid;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute.unschedule_jobs() IS 'take the jobs of the current user from pg_cron';

CREATE FUNCTION statute._purge_runs(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH run AS (
		DELETE FROM statute.sweep_run r WHERE coalesce(r.ended_at, r.started_at) < $1 RETURNING 1
	), failure AS (
		DELETE FROM statute.sweep_failure f WHERE f.happened_at < $1 RETURNING 1
	)
	SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM failure)
$$;
REVOKE EXECUTE ON FUNCTION statute._purge_runs(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._purge_runs(timestamptz) IS 'internal: forget the sweeps and their failures before an instant';

CREATE FUNCTION statute.purge_runs(keep interval DEFAULT '90 days') RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	removed bigint;
	of_cron bigint := 0;
BEGIN
	IF (keep >= '0') IS NOT TRUE THEN
		RAISE EXCEPTION 'runs cannot be kept for %', coalesce(keep::text, 'null') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	removed := statute._purge_runs(now() - keep);
	-- as the current user, who may delete his own; a run that could not even start has no time, and is as old as its neighbours
	IF statute._has_pg_cron() AND has_schema_privilege('cron', 'USAGE') THEN
		EXECUTE 'DELETE FROM cron.job_run_details r
			WHERE r.username = current_user AND r.database = current_database() AND (r.command = ''CALL statute.sweep()'' OR r.command LIKE ''SELECT statute.purge\_runs(%'')
				AND r.runid <= (SELECT max(o.runid) FROM cron.job_run_details o WHERE o.end_time < $1)' USING now() - keep;
		GET DIAGNOSTICS of_cron = ROW_COUNT;
	END IF;
	RETURN removed + of_cron;
END
$$;
COMMENT ON FUNCTION statute.purge_runs(interval) IS 'forget what sweeps, and the jobs of the current user, did longer ago; returns how many rows that were';

CREATE FUNCTION statute._job_status()
RETURNS TABLE (job text, scheduled_by name, schedule text, active boolean, started_at timestamptz, took interval, status text, message text, looked_at bigint, fired bigint,
	due bigint, oldest_due timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	waiting bigint;
	oldest timestamptz;
	is_swept boolean := false;
BEGIN
	SELECT count(*), min(w.since) FILTER (WHERE isfinite(w.since)) INTO waiting, oldest
	FROM (
		SELECT o.next_step_at FROM statute.obligation o WHERE o.state = 'open' AND o.next_step_at <= statement_timestamp()
		UNION ALL
		SELECT c.next_open_at FROM statute.recurrence c JOIN statute.binding b ON b.id = c.binding AND b.enabled WHERE c.next_open_at <= statement_timestamp()
		UNION ALL
		SELECT r.next_look_at FROM statute.roster r JOIN statute.binding b ON b.id = r.binding AND b.enabled WHERE r.next_look_at <= statement_timestamp()
	) w (since);
	IF statute._has_pg_cron() THEN
		FOR job, scheduled_by, schedule, active, started_at, took, status, message, looked_at, fired IN EXECUTE '
			SELECT j.jobname::text, j.username::name, j.schedule, j.active, r.start_time, r.end_time - r.start_time, r.status, r.return_message, s.looked_at, s.fired
			FROM cron.job j
				LEFT JOIN LATERAL (SELECT d.* FROM cron.job_run_details d WHERE d.jobid = j.jobid ORDER BY d.runid DESC LIMIT 1) r ON true
				-- pg_cron may note the start when the sweep has begun
				LEFT JOIN LATERAL (SELECT w.looked_at, w.fired FROM statute.sweep_run w
					WHERE j.jobname = ''pg_statute: sweep'' AND w.backend = r.job_pid
						AND w.started_at > r.start_time - interval ''1 minute'' AND w.started_at <= coalesce(r.end_time, ''infinity'')
					ORDER BY w.id DESC LIMIT 1) s ON true
			WHERE j.jobname IN (''pg_statute: sweep'', ''pg_statute: purge'') AND j.database = current_database()
			ORDER BY j.jobname DESC, j.username' LOOP
			due := CASE WHEN job = 'pg_statute: sweep' THEN waiting END;
			oldest_due := CASE WHEN job = 'pg_statute: sweep' THEN oldest END;
			is_swept := is_swept OR job = 'pg_statute: sweep';
			RETURN NEXT;
		END LOOP;
	END IF;
	-- nobody, or something else, calls it
	IF NOT is_swept THEN
		RETURN QUERY
			SELECT 'pg_statute: sweep', NULL::name, NULL, NULL::boolean, w.started_at, w.ended_at - w.started_at, CASE WHEN w.ended_at IS NOT NULL THEN 'succeeded' END, NULL,
				w.looked_at, w.fired, waiting, oldest
			FROM (VALUES (1)) one
				LEFT JOIN (SELECT r.* FROM statute.sweep_run r ORDER BY r.id DESC LIMIT 1) w ON true;
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._job_status() FROM PUBLIC;
COMMENT ON FUNCTION statute._job_status() IS 'internal: the rows of job_status, with what pg_cron knows where it is here';

CREATE VIEW statute.job_status AS
	SELECT s.job, s.scheduled_by, s.schedule, s.active, s.started_at, s.took, s.status, s.message, s.looked_at, s.fired, s.due, s.oldest_due
	FROM statute._job_status() s;
COMMENT ON VIEW statute.job_status IS 'the jobs in pg_cron with their last runs, and how far behind the sweep is, whoever calls it';
COMMENT ON COLUMN statute.job_status.job IS 'pg_statute: sweep or pg_statute: purge';
COMMENT ON COLUMN statute.job_status.scheduled_by IS 'the role that scheduled it, as which it runs; null where it is not in pg_cron';
COMMENT ON COLUMN statute.job_status.schedule IS 'when it runs; null where it is not in pg_cron';
COMMENT ON COLUMN statute.job_status.active IS 'false where it is switched off in pg_cron';
COMMENT ON COLUMN statute.job_status.started_at IS 'when its last run began; null before the first';
COMMENT ON COLUMN statute.job_status.took IS 'how long that took; null while it runs, and where it was cut off';
COMMENT ON COLUMN statute.job_status.status IS 'how it ended, as pg_cron says: succeeded or failed, or where it is: starting, running';
COMMENT ON COLUMN statute.job_status.message IS 'what pg_cron got for an answer: the error of a run that failed';
COMMENT ON COLUMN statute.job_status.looked_at IS 'how many obligations, recurring duties and rosters that sweep dealt with, each as often as it had to';
COMMENT ON COLUMN statute.job_status.fired IS 'how many notices it wrote';
COMMENT ON COLUMN statute.job_status.due IS 'how many obligations, recurring duties and rosters wait for the next sweep';
COMMENT ON COLUMN statute.job_status.oldest_due IS 'since when the first of them does; null where none does, or only such as were changed since the last';
