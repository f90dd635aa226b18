
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

-- A step that is to come, with what its text can name
CREATE TYPE statute._upcoming AS (
	obligation bigint, nth bigint, step integer, fires_at timestamptz, light text, part text, template text,
	title text, rule text, article text, table_name text, row_key text, subject text, due_on date, time_zone text);
COMMENT ON TYPE statute._upcoming IS 'internal: a step of a ladder that has not fired for an obligation';

CREATE FUNCTION statute._upcoming_steps(obligations bigint[], most integer) RETURNS SETOF statute._upcoming
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	WITH bound AS MATERIALIZED (
		-- once for each, as they are few
		SELECT b.id, b.rule, b.table_name, b.calendar, c.time_zone, coalesce(bl.ladder, rl.ladder) AS ladder
		FROM statute.binding b
			CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
			LEFT JOIN statute.binding_ladder bl ON bl.binding = b.id
			LEFT JOIN statute.rule_ladder rl ON rl.rule = b.rule
		WHERE b.id IN (SELECT o.binding FROM statute.obligation o WHERE o.id = ANY ($1))
	)
	SELECT o.id, s.nth, s.step, s.fires_at, s.light, s.part, s.template,
		k.title, b.rule, concat_ws(' ', l.regulation, l.article), b.table_name, o.row_key, o.subject, o.due_on, b.time_zone
	FROM unnest($1) i (id)
		JOIN statute.obligation o ON o.id = i.id
		JOIN bound b ON b.id = o.binding
		JOIN statute.rule k ON k.code = b.rule AND k.version = o.rule_version
		LEFT JOIN statute.clause l ON l.code = k.clause
		CROSS JOIN LATERAL (
			SELECT row_number() OVER (ORDER BY d.step) AS nth, d.*, statute._step_at(o, d.share, d.after, b.calendar, b.time_zone) AS fires_at
			FROM statute.ladder_step d
			WHERE d.ladder = b.ladder AND d.step > coalesce((SELECT max(n.step) FROM statute.notice n WHERE n.obligation = o.id), 0)
			ORDER BY d.step LIMIT $2
		) s
	WHERE o.state = 'open'
$$;
COMMENT ON FUNCTION statute._upcoming_steps(bigint[], integer) IS 'internal: so many steps of each obligation that have not fired, in order';

CREATE FUNCTION statute._body(u statute._upcoming) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	SELECT statute._fill_template(u.template, jsonb_build_object('title', u.title, 'rule', u.rule, 'article', u.article,
		'table', u.table_name, 'row', u.row_key, 'subject', coalesce(u.subject, ''), 'due_on', u.due_on, 'light', u.light, 'part', u.part,
		'days_late', CASE WHEN isfinite(u.fires_at) AND isfinite(u.due_on) THEN greatest(statute._due_day(u.fires_at, u.time_zone) - u.due_on, 0) END))
$$;
COMMENT ON FUNCTION statute._body(statute._upcoming) IS 'internal: the text of a step';

CREATE FUNCTION statute._addressee(u statute._upcoming, OUT recipient text, OUT stands_in_for text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.recipient, r.stands_in_for
	FROM statute.recipient(u.subject, u.part, CASE WHEN isfinite(u.fires_at) THEN (u.fires_at AT TIME ZONE u.time_zone)::date END) r
$$;
COMMENT ON FUNCTION statute._addressee(statute._upcoming) IS 'internal: whom a step addresses on the day on which it fires';

CREATE FUNCTION statute._record_lateness(obligations bigint[], as_of timestamptz) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
	WITH late AS MATERIALIZED (
		SELECT o.* FROM statute.obligation o WHERE o.id = ANY ($1) AND o.due_at < $2
	), zone AS MATERIALIZED (
		SELECT b.id, c.time_zone FROM statute.binding b CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c WHERE b.id IN (SELECT l.binding FROM late l)
	)
	SELECT o.binding, o.rule_version, o.row_key, o.subject, o.due_at, statute._late_fact(o.period), statute._late_detail(o.due_at, NULL, z.time_zone), false
	FROM late o JOIN zone z ON z.id = o.binding
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
		SELECT u FROM statute._upcoming_steps(obligations, 2) u
	), fired AS (
		INSERT INTO statute.notice (obligation, binding, step, light, part, recipient, stands_in_for, body, fell_due_at)
		SELECT u.obligation, o.binding, u.step, u.light, u.part, a.recipient, a.stands_in_for, statute._body(c.u), u.fires_at
		FROM upcoming c
			CROSS JOIN LATERAL (SELECT (c.u).*) u
			JOIN statute.obligation o ON o.id = u.obligation
			CROSS JOIN LATERAL statute._addressee(c.u) a
		WHERE u.nth = 1 AND u.fires_at <= as_of
		ORDER BY u.fires_at, u.obligation
		RETURNING id, obligation
	), planned AS (
		UPDATE statute.obligation o
		SET next_step_at = least(nullif(u.fires_at, 'infinity'), CASE WHEN o.due_at >= as_of AND isfinite(o.due_at) THEN o.due_at + interval '1 microsecond' END)
		FROM unnest(obligations) i (id)
			LEFT JOIN fired f ON f.obligation = i.id
			LEFT JOIN (SELECT (c.u).* FROM upcoming c) u ON u.obligation = i.id AND u.nth = CASE WHEN f.id IS NULL THEN 1 ELSE 2 END
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
		ELSE format('binding %s as a whole', binding) END, message
		USING ERRCODE = sqlstate;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._record_failure(bigint, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._record_failure(bigint, integer, text, text, text) IS 'internal: record what a sweep could not deal with';

CREATE FUNCTION statute._deal_with(obligation bigint, as_of timestamptz, what text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF what = 'lateness' THEN
		PERFORM statute._record_lateness(ARRAY[obligation], as_of);
		RETURN 0;
	END IF;
	RETURN statute._fire(ARRAY[obligation], as_of);
EXCEPTION
	WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
		RAISE;
	WHEN OTHERS THEN
		PERFORM statute._record_failure(obligation, NULL, NULL, SQLSTATE, SQLERRM);
		UPDATE statute.obligation o SET next_step_at = as_of + interval '1 hour' WHERE o.id = obligation;
		RETURN 0;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._deal_with(bigint, timestamptz, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._deal_with(bigint, timestamptz, text) IS 'internal: the lateness or the next step of one obligation, or a failure on record; returns how many steps fired';

-- Locked ones are being dealt with, by another sweep or by a statement that puts
-- them back into the queue.
CREATE FUNCTION statute._fire_steps(as_of timestamptz, batch integer, OUT looked_at bigint, OUT fired bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	due bigint[];
BEGIN
	-- Whoever changes a ladder waits for this batch, and has planned anew before the
	-- next one; locked before any row, so that the two do not wait for each other.
	LOCK TABLE statute.ladder IN ROW SHARE MODE;
	due := ARRAY(
		SELECT o.id FROM statute.obligation o
		WHERE o.state = 'open' AND o.next_step_at <= as_of
		ORDER BY o.next_step_at, o.id LIMIT batch
		FOR UPDATE SKIP LOCKED);
	looked_at := cardinality(due);
	fired := 0;
	IF due = '{}' THEN
		RETURN;
	END IF;
	BEGIN
		PERFORM statute._record_lateness(due, as_of);
	EXCEPTION
		WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
			RAISE;
		WHEN OTHERS THEN
			PERFORM statute._deal_with(o, as_of, 'lateness') FROM unnest(due) o; -- one of them fails: each for itself
	END;
	BEGIN
		fired := statute._fire(due, as_of);
	EXCEPTION
		WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
			RAISE;
		WHEN OTHERS THEN
			SELECT sum(statute._deal_with(o, as_of, 'steps')) INTO fired FROM unnest(due) o;
	END;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._fire_steps(timestamptz, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute._fire_steps(timestamptz, integer) IS 'internal: deal with so many obligations that have a step due; returns how many, and how many steps fired';

-- Locked ones are being dealt with, as above.
CREATE FUNCTION statute._begin_periods(as_of timestamptz, batch integer, OUT looked_at bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	b record;
	one text;
BEGIN
	looked_at := 0;
	FOR b IN
		SELECT d.id, (as_of AT TIME ZONE k.time_zone)::date AS today, d.keys
		FROM (
			SELECT c.binding AS id, array_agg(c.row_key ORDER BY c.row_key) AS keys
			FROM (
				SELECT r.binding, r.row_key FROM statute.recurrence r
				WHERE r.next_open_at <= as_of AND EXISTS (SELECT FROM statute.binding o WHERE o.id = r.binding AND o.enabled)
				ORDER BY r.next_open_at, r.binding, r.row_key LIMIT batch
				FOR UPDATE SKIP LOCKED
			) c
			GROUP BY c.binding
		) d JOIN statute.binding o ON o.id = d.id CROSS JOIN LATERAL statute._effective_calendar(o.calendar) k
		ORDER BY d.id
	LOOP
		looked_at := looked_at + cardinality(b.keys);
		BEGIN
			PERFORM statute._begin(b.id, b.keys, b.today);
			CONTINUE;
		EXCEPTION
			WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
				RAISE;
			WHEN OTHERS THEN
				NULL; -- one of them fails: each for itself
		END;
		FOREACH one IN ARRAY b.keys LOOP
			BEGIN
				PERFORM statute._begin(b.id, ARRAY[one], b.today);
			EXCEPTION
				WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
					RAISE;
				WHEN OTHERS THEN
					PERFORM statute._record_failure(NULL, b.id, one, SQLSTATE, SQLERRM);
					UPDATE statute.recurrence r SET next_open_at = as_of + interval '1 hour' WHERE r.binding = b.id AND r.row_key = one;
			END;
		END LOOP;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._begin_periods(timestamptz, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute._begin_periods(timestamptz, integer) IS 'internal: open the next periods of so many recurring duties; returns how many it looked at';

-- What is as large as a whole binding is dealt with one at a time.
CREATE FUNCTION statute._deal_with_binding(binding integer, as_of timestamptz, what text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.roster;
BEGIN
	IF what = 'roster' THEN
		SELECT o.* INTO r FROM statute.roster o WHERE o.binding = $1;
		RETURN statute._judge_roster(r, as_of);
	END IF;
	PERFORM statute._judge_batch($1, NULL);
	DELETE FROM statute.rejudgement o WHERE o.binding = $1;
	RETURN 0;
EXCEPTION
	WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
		RAISE;
	WHEN OTHERS THEN
		PERFORM statute._record_failure(NULL, $1, NULL, SQLSTATE, SQLERRM);
		UPDATE statute.rejudgement o SET next_try_at = as_of + interval '1 hour' WHERE o.binding = $1 AND what = 'rejudgement';
		UPDATE statute.roster o SET next_look_at = as_of + interval '1 hour' WHERE o.binding = $1 AND what = 'roster';
		RETURN 0;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._deal_with_binding(integer, timestamptz, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._deal_with_binding(integer, timestamptz, text) IS
	'internal: judge the rows of a duty whose rule changed, or a roster, or a failure on record; returns how many warnings the roster gave';

CREATE FUNCTION statute._judge_next_amended(as_of timestamptz, OUT looked_at bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next integer;
BEGIN
	SELECT o.binding INTO next FROM statute.rejudgement o
	WHERE o.next_try_at <= as_of AND EXISTS (SELECT FROM statute.binding b WHERE b.id = o.binding AND b.enabled)
	ORDER BY o.next_try_at, o.binding LIMIT 1
	FOR UPDATE SKIP LOCKED;
	looked_at := FOUND::integer;
	IF FOUND THEN
		PERFORM statute._deal_with_binding(next, as_of, 'rejudgement');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_next_amended(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_next_amended(timestamptz) IS 'internal: judge the rows of the next recurring duty whose rule changed; returns whether there was one';

CREATE FUNCTION statute._judge_next_roster(as_of timestamptz, started_at timestamptz, OUT looked_at bigint, OUT fired bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next integer;
BEGIN
	SELECT o.binding INTO next FROM statute.roster o
	WHERE o.next_look_at <= as_of AND (o.looked_at >= started_at) IS NOT TRUE -- once in a sweep
		AND EXISTS (SELECT FROM statute.binding b WHERE b.id = o.binding AND b.enabled)
	ORDER BY o.next_look_at, o.binding LIMIT 1
	FOR UPDATE SKIP LOCKED;
	looked_at := FOUND::integer;
	fired := CASE WHEN FOUND THEN statute._deal_with_binding(next, as_of, 'roster') ELSE 0 END;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_next_roster(timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_next_roster(timestamptz, timestamptz) IS 'internal: judge the next roster that is to be looked at; returns whether there was one, and how many warnings it gave';

-- Commits after each batch, so that it has no SET clause and spells out the
-- schema of all it uses.
CREATE PROCEDURE statute.sweep(as_of timestamptz DEFAULT NULL, batch integer DEFAULT 1000)
LANGUAGE plpgsql
AS $$
DECLARE
	run bigint;
	looked_at bigint;
	fired bigint;
	started_at timestamptz := pg_catalog.clock_timestamp();
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
		SELECT a.looked_at, 0 INTO looked_at, fired FROM statute._judge_next_amended(as_of) a;
		IF looked_at OPERATOR(pg_catalog.=) 0 THEN
			SELECT p.looked_at, 0 INTO looked_at, fired FROM statute._begin_periods(as_of, COALESCE(batch, 1000)) p;
		END IF;
		IF looked_at OPERATOR(pg_catalog.=) 0 THEN
			SELECT r.looked_at, r.fired INTO looked_at, fired FROM statute._judge_next_roster(as_of, started_at) r;
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
	SELECT u.obligation, u.step, u.fires_at, u.light, u.part, a.recipient, a.stands_in_for, statute._body(u)
	FROM statute._upcoming_steps(ARRAY(SELECT o.id FROM statute.obligation o WHERE o.state = 'open' AND o.next_step_at IS NOT NULL), NULL) u
		CROSS JOIN LATERAL statute._addressee(u) a
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
		LOCK TABLE statute.ladder IN EXCLUSIVE MODE; -- until sweeps see what this one changes
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
