
-- The sweep: fires each step that is due, in order and once, and records what
-- has become late.

-- The share of a limit in days or in working days is so many whole ones of them,
-- as the field counts: 80 % of 7 working days are reached when 5 are over. Of
-- other limits it is the share of the time between start and deadline.
CREATE FUNCTION statute._step_at(o statute.obligation, share numeric, after statute.timelimit, calendar text, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET statute.beyond_announced = assume
AS $$
DECLARE
	allowed text := coalesce(o.extended_to, o.allowed);
	unit text := split_part(allowed, ' ', 2);
	whole numeric;
BEGIN
	IF NOT isfinite(o.due_at) OR share = 1 THEN
		RETURN o.due_at;
	-- what comes so many days after the deadline is counted from its day, whatever the hour
	ELSIF after IS NOT NULL THEN
		RETURN statute.deadline(CASE WHEN after::text ~ 'minute|hour' THEN o.due_at
			ELSE statute._due_day(o.due_at, zone)::timestamp AT TIME ZONE zone END, after, calendar, coalesce(o.convention, ''));
	ELSIF unit IN ('day', 'days', 'workday', 'workdays') THEN
		whole := floor(split_part(allowed, ' ', 1)::numeric * share);
		RETURN CASE WHEN whole = 0 THEN o.opened_at ELSE statute.deadline(o.opened_at, format('%s %s', whole, unit)::statute.timelimit, calendar,
			coalesce(o.convention, ''), o.row_pauses + statute._stops(o.pauses, o.paused_at)) END;
	END IF;
	RETURN o.opened_at + make_interval(secs => (share * extract(epoch FROM o.due_at - o.opened_at))::float8);
EXCEPTION WHEN datetime_field_overflow THEN
	RETURN 'infinity'; -- past all dates
END
$$;
COMMENT ON FUNCTION statute._step_at(statute.obligation, numeric, statute.timelimit, text, text) IS 'internal: when a step of a ladder is to fire for an obligation';

CREATE FUNCTION statute._upcoming_steps(obligations bigint[])
RETURNS TABLE (obligation bigint, nth bigint, step integer, fires_at timestamptz, light text, part text, recipient text, stands_in_for text, body text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	SELECT o.id, row_number() OVER (PARTITION BY o.id ORDER BY s.step), s.step, a.fires_at, s.light, s.part, r.recipient, r.stands_in_for,
		statute._fill_template(s.template, jsonb_build_object('title', k.title, 'rule', b.rule, 'article', concat_ws(' ', l.regulation, l.article),
			'table', b.table_name, 'row', o.row_key, 'subject', coalesce(o.subject, ''), 'due_on', o.due_on,
			'days_late', CASE WHEN isfinite(a.fires_at) AND isfinite(o.due_on) THEN greatest(statute._due_day(a.fires_at, c.time_zone) - o.due_on, 0) END, 'light', s.light, 'part', s.part))
	FROM unnest($1) i (id)
		JOIN statute.obligation o ON o.id = i.id
		JOIN statute.binding b ON b.id = o.binding
		CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		JOIN statute.rule k ON k.code = b.rule AND k.version = o.rule_version
		LEFT JOIN statute.clause l ON l.code = k.clause
		LEFT JOIN statute.binding_ladder bl ON bl.binding = b.id
		LEFT JOIN statute.rule_ladder rl ON rl.rule = b.rule
		JOIN statute.ladder_step s ON s.ladder = coalesce(bl.ladder, rl.ladder)
			AND s.step > coalesce((SELECT max(n.step) FROM statute.notice n WHERE n.obligation = o.id), 0)
		CROSS JOIN LATERAL statute._step_at(o, s.share, s.after, b.calendar, c.time_zone) a (fires_at)
		CROSS JOIN LATERAL statute.recipient(o.subject, s.part, CASE WHEN isfinite(a.fires_at) THEN (a.fires_at AT TIME ZONE c.time_zone)::date END) r
	WHERE o.state = 'open'
$$;
COMMENT ON FUNCTION statute._upcoming_steps(bigint[]) IS 'internal: the steps of obligations that have not fired, in order';

CREATE FUNCTION statute._record_lateness(obligations bigint[], as_of timestamptz) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
	SELECT o.binding, o.rule_version, o.row_key, o.subject, o.due_at, statute._late_fact(o.period), statute._late_detail(o.due_at, NULL, c.time_zone), false
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
	WHERE o.id = ANY ($1) AND o.due_at < $2
	ON CONFLICT (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting DO NOTHING;
$$;
REVOKE EXECUTE ON FUNCTION statute._record_lateness(bigint[], timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._record_lateness(bigint[], timestamptz) IS 'internal: a violation for each obligation that was late at an instant and not done';

-- The next step of each, where it is due, and when to look at the obligation
-- again: for the step after it, and when the deadline has passed.
CREATE FUNCTION statute._fire(obligations bigint[], as_of timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fired bigint;
	first bigint;
BEGIN
	WITH upcoming AS MATERIALIZED (
		SELECT u.* FROM statute._upcoming_steps(obligations) u
	), fired AS (
		INSERT INTO statute.notice (obligation, binding, step, light, part, recipient, stands_in_for, body, fell_due_at)
		SELECT u.obligation, o.binding, u.step, u.light, u.part, u.recipient, u.stands_in_for, u.body, u.fires_at
		FROM upcoming u JOIN statute.obligation o ON o.id = u.obligation
		WHERE u.nth = 1 AND u.fires_at <= as_of
		ORDER BY u.fires_at, u.obligation
		RETURNING id, obligation
	), planned AS (
		UPDATE statute.obligation o
		SET next_step_at = least(nullif(u.fires_at, 'infinity'), CASE WHEN o.due_at >= as_of AND isfinite(o.due_at) THEN o.due_at + interval '1 microsecond' END)
		FROM unnest(obligations) i (id)
			LEFT JOIN fired f ON f.obligation = i.id
			LEFT JOIN upcoming u ON u.obligation = i.id AND u.nth = CASE WHEN f.id IS NULL THEN 1 ELSE 2 END
		WHERE o.id = i.id
	)
	SELECT count(*), min(f.id) INTO fired, first FROM fired f;
	PERFORM statute._notify(fired, first);
	RETURN fired;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._fire(bigint[], timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._fire(bigint[], timestamptz) IS 'internal: fire the next step of obligations where it is due, and plan the one after it';

-- What fails is on record and tried again in an hour; errors that say nothing of
-- it are those of the whole sweep.
CREATE FUNCTION statute._record_failure(obligation bigint, binding integer, row_key text, sqlstate text, message text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO statute.sweep_failure (obligation, binding, row_key, sqlstate, message) VALUES ($1, $2, $3, $4, $5);
	RAISE WARNING 'the sweep could not deal with %: %', CASE
		WHEN obligation IS NOT NULL THEN format('obligation %s', obligation)
		WHEN row_key IS NOT NULL THEN format('row %s of binding %s', row_key, binding)
		ELSE format('the roster of binding %s', binding) END, message
		USING ERRCODE = sqlstate;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._record_failure(bigint, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._record_failure(bigint, integer, text, text, text) IS 'internal: record what a sweep could not deal with';

-- Locked ones are being dealt with, by another sweep or by a statement that puts
-- them back into the queue.
CREATE FUNCTION statute._fire_steps(as_of timestamptz, batch integer, OUT looked_at bigint, OUT fired bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	due bigint[] := ARRAY(
		SELECT o.id FROM statute.obligation o
		WHERE o.state = 'open' AND o.next_step_at <= as_of
		ORDER BY o.next_step_at, o.id LIMIT batch
		FOR UPDATE SKIP LOCKED);
	one bigint;
BEGIN
	looked_at := cardinality(due);
	PERFORM statute._record_lateness(due, as_of);
	BEGIN
		fired := statute._fire(due, as_of);
		RETURN;
	EXCEPTION
		WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
			RAISE;
		WHEN OTHERS THEN
			fired := 0; -- one of them fails: each for itself
	END;
	FOREACH one IN ARRAY due LOOP
		BEGIN
			fired := fired + statute._fire(ARRAY[one], as_of);
		EXCEPTION
			WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
				RAISE;
			WHEN OTHERS THEN
				PERFORM statute._record_failure(one, NULL, NULL, SQLSTATE, SQLERRM);
				UPDATE statute.obligation o SET next_step_at = as_of + interval '1 hour' WHERE o.id = one;
		END;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._fire_steps(timestamptz, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute._fire_steps(timestamptz, integer) IS 'internal: deal with so many obligations that have a step due; returns how many, and how many steps fired';

CREATE FUNCTION statute._begin_periods(as_of timestamptz, batch integer, OUT looked_at bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.recurrence;
	today date;
BEGIN
	looked_at := 0;
	FOR r IN
		SELECT c.* FROM statute.recurrence c
		WHERE c.next_open_at <= as_of AND EXISTS (SELECT FROM statute.binding b WHERE b.id = c.binding AND b.enabled)
		ORDER BY c.next_open_at, c.binding, c.row_key LIMIT batch
		FOR UPDATE SKIP LOCKED
	LOOP
		looked_at := looked_at + 1;
		BEGIN
			SELECT (as_of AT TIME ZONE c.time_zone)::date INTO today
			FROM statute.binding b CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c WHERE b.id = r.binding;
			IF r.unsettled THEN
				PERFORM statute._settle_recurrence(r.binding, r.row_key);
			END IF;
			PERFORM statute._cancel_periods(r), statute._open_periods(r, today, today);
			UPDATE statute.recurrence c SET next_open_at = statute._next_opening(r, today) WHERE c.binding = r.binding AND c.row_key = r.row_key;
		EXCEPTION
			WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
				RAISE;
			WHEN OTHERS THEN
				PERFORM statute._record_failure(NULL, r.binding, r.row_key, SQLSTATE, SQLERRM);
				UPDATE statute.recurrence c SET next_open_at = as_of + interval '1 hour' WHERE c.binding = r.binding AND c.row_key = r.row_key;
		END;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._begin_periods(timestamptz, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute._begin_periods(timestamptz, integer) IS 'internal: open the next periods of so many recurring duties; returns how many it looked at';

-- One at a time, as each can be large.
CREATE FUNCTION statute._judge_next_roster(as_of timestamptz, OUT looked_at bigint, OUT fired bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.roster;
BEGIN
	fired := 0;
	SELECT o.* INTO r FROM statute.roster o
	WHERE o.next_look_at <= as_of AND EXISTS (SELECT FROM statute.binding b WHERE b.id = o.binding AND b.enabled)
	ORDER BY o.next_look_at, o.binding LIMIT 1
	FOR UPDATE SKIP LOCKED;
	looked_at := FOUND::integer;
	IF looked_at = 0 THEN
		RETURN;
	END IF;
	BEGIN
		fired := statute._judge_roster(r, as_of);
	EXCEPTION
		WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
			RAISE;
		WHEN OTHERS THEN
			PERFORM statute._record_failure(NULL, r.binding, NULL, SQLSTATE, SQLERRM);
			UPDATE statute.roster o SET next_look_at = as_of + interval '1 hour' WHERE o.binding = r.binding;
	END;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_next_roster(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_next_roster(timestamptz) IS 'internal: judge the next roster that is to be looked at; returns whether there was one, and how many warnings it gave';

-- Commits after each batch, so that it has no SET clause and spells out the
-- schema of all it uses.
CREATE PROCEDURE statute.sweep(as_of timestamptz DEFAULT NULL, batch integer DEFAULT 1000)
LANGUAGE plpgsql
AS $$
DECLARE
	run bigint;
	looked_at bigint;
	fired bigint;
BEGIN
	-- a standby answers and does not act
	IF pg_catalog.pg_is_in_recovery() THEN
		RETURN;
	END IF;
	IF as_of OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() THEN
		RAISE EXCEPTION 'a sweep as of % would fire what is not due yet', as_of
			USING ERRCODE = 'invalid_parameter_value', HINT = 'statute.sweep_preview() lists what it would be.';
	END IF;
	IF batch OPERATOR(pg_catalog.<) 1 THEN
		RAISE EXCEPTION 'a batch has at least one obligation, or is null for one transaction'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	as_of := COALESCE(as_of, pg_catalog.clock_timestamp());
	run := statute._record_run(NULL, as_of, 0, 0, false);
	-- what opens duties and what finds them late before what their steps are
	LOOP
		IF batch IS NOT NULL THEN
			COMMIT;
		END IF;
		SELECT p.looked_at, 0 INTO looked_at, fired FROM statute._begin_periods(as_of, COALESCE(batch, 1000)) p;
		IF looked_at OPERATOR(pg_catalog.=) 0 THEN
			SELECT r.looked_at, r.fired INTO looked_at, fired FROM statute._judge_next_roster(as_of) r;
		END IF;
		IF looked_at OPERATOR(pg_catalog.=) 0 THEN
			SELECT s.looked_at, s.fired INTO looked_at, fired FROM statute._fire_steps(as_of, COALESCE(batch, 1000)) s;
		END IF;
		EXIT WHEN looked_at OPERATOR(pg_catalog.=) 0;
		PERFORM statute._record_run(run, as_of, looked_at, fired, false);
	END LOOP;
	PERFORM statute._record_run(run, as_of, 0, 0, true);
END
$$;
COMMENT ON PROCEDURE statute.sweep(timestamptz, integer) IS
	'open the duties of periods that have begun by an instant, now where none is given, judge those that ended, fire each step that was due, in order and once, and record what was late by then';

CREATE FUNCTION statute.sweep_preview(as_of timestamptz)
RETURNS TABLE (obligation bigint, step integer, fires_at timestamptz, light text, part text, recipient text, stands_in_for text, body text)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.obligation, u.step, u.fires_at, u.light, u.part, u.recipient, u.stands_in_for, u.body
	FROM statute._upcoming_steps(ARRAY(SELECT o.id FROM statute.obligation o WHERE o.state = 'open' AND o.next_step_at IS NOT NULL)) u
	WHERE u.fires_at <= $1
	ORDER BY u.fires_at, u.obligation, u.step
$$;
REVOKE EXECUTE ON FUNCTION statute.sweep_preview(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute.sweep_preview(timestamptz) IS 'the steps that a sweep as of an instant, also a future one, would fire if nothing changed until then';

-- A ladder that changes is climbed from where each obligation stands.
CREATE FUNCTION statute._plan_anew() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT statute._is_restoring() THEN
		UPDATE statute.obligation o SET next_step_at = '-infinity'
		FROM statute.binding b
		WHERE o.binding = b.id AND o.state = 'open' AND CASE TG_TABLE_NAME
			WHEN 'rule_ladder' THEN b.rule IN (SELECT to_jsonb(c) ->> 'rule' FROM changed c)
			WHEN 'binding_ladder' THEN b.id IN (SELECT (to_jsonb(c) ->> 'binding')::integer FROM changed c)
			ELSE b.id IN (SELECT l.binding FROM statute.binding_ladder l WHERE l.ladder IN (SELECT to_jsonb(c) ->> 'ladder' FROM changed c))
				OR b.rule IN (SELECT l.rule FROM statute.rule_ladder l WHERE l.ladder IN (SELECT to_jsonb(c) ->> 'ladder' FROM changed c)) END;
	END IF;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._plan_anew() FROM PUBLIC;
COMMENT ON FUNCTION statute._plan_anew() IS 'internal: have the sweep look again at the obligations of a ladder that changed';

CREATE FUNCTION statute._follow_ladder_table(relation regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER plan_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._plan_anew()', relation);
	EXECUTE format('CREATE TRIGGER plan_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._plan_anew()', relation);
	EXECUTE format('CREATE TRIGGER plan_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._plan_anew()', relation);
END
$$;
SELECT statute._follow_ladder_table(t) FROM unnest('{statute.ladder_step,statute.rule_ladder,statute.binding_ladder}'::regclass[]) t;
DROP FUNCTION statute._follow_ladder_table(regclass);
