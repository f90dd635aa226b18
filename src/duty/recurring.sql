
-- Duties that come again each period. The trigger keeps what a row says of them
-- in recurrence; obligations are opened when their periods have begun: by the
-- sweep, and by the row when it says that something was done.

-- While a recurring duty follows another one it begins on the day after that was
-- due, where it was not done by then, and ends with the day on which it was.
CREATE FUNCTION statute._in_force(r statute.recurrence, zone text, follows text) RETURNS statute.recurrence
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation;
BEGIN
	IF follows IS NULL THEN
		RETURN r;
	END IF;
	SELECT l.* INTO o
	FROM statute.binding b
		JOIN statute.binding f ON f.relation = b.relation AND f.rule = follows
		JOIN statute.obligation l ON l.binding = f.id AND l.row_key = r.row_key AND l.state <> 'cancelled' AND l.period IS NULL
	WHERE b.id = r.binding;
	r.since := CASE WHEN isfinite(o.due_on) AND o.done_at > o.due_at IS NOT FALSE THEN greatest(r.since, o.due_on + 1) END;
	r.until := least(r.until, statute._due_day(o.done_at, zone));
	RETURN r;
END
$$;
COMMENT ON FUNCTION statute._in_force(statute.recurrence, text, text) IS 'internal: a recurrence with the days on which it runs; since is null where it does not';

-- What follows a deadline is counted from that, which is the day before it begins.
CREATE FUNCTION statute._recurring_quota(params jsonb, since date) RETURNS statute.quota
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN params ->> 'counted_from' = 'event' THEN statute.quota_since((params ->> 'quota')::statute.quota, since - (params ? 'follows')::integer)
	-- a reading can be decided otherwise than a rule may say
	WHEN statute._has_periods((params ->> 'quota')::statute.quota) THEN (params ->> 'quota')::statute.quota END;
COMMENT ON FUNCTION statute._recurring_quota(jsonb, date) IS 'internal: the quota whose periods a recurring duty has';

-- What is reported at the end of a period is due with that, or a time limit later:
-- days are counted from its last one.
CREATE FUNCTION statute._period_due(period daterange, params jsonb, calendar text, zone text, convention text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET statute.beyond_announced = assume
RETURN CASE WHEN params ? 'due'
	THEN statute.deadline((upper(period) - CASE WHEN params ->> 'due' ~ 'minute|hour' THEN 0 ELSE 1 END)::timestamp AT TIME ZONE zone, (params ->> 'due')::statute.timelimit, calendar, convention)
	ELSE upper(period)::timestamp AT TIME ZONE zone END;
COMMENT ON FUNCTION statute._period_due(daterange, jsonb, text, text, text) IS 'internal: when the duty of a period is due';

-- A period belongs to the version of the rule that is in force on its first day,
-- and is due where it is over before the duty ends.
CREATE FUNCTION statute._due_periods(r statute.recurrence, through date)
RETURNS TABLE (period daterange, version integer, opened_at timestamptz, due_at timestamptz, convention text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.period, u.version, d.first::timestamp AT TIME ZONE u.zone,
		statute._period_due(p.period, u.params, u.calendar, u.zone, u.convention), u.convention
	FROM statute._bound_rules(r.binding) u
		CROSS JOIN LATERAL statute._in_force(r, u.zone, u.params ->> 'follows') f
		CROSS JOIN LATERAL statute.list_quota_periods(statute._recurring_quota(u.params, f.since),
			daterange(f.since, through, '[]') * daterange(NULL, upper(u.effective))) p
		CROSS JOIN LATERAL (SELECT greatest(lower(p.period), f.since)) d (first)
	WHERE f.since <= through AND u.effective @> d.first AND r.applies @> d.first
		AND (f.until IS NULL OR upper(p.period) - 1 <= f.until)
$$;
COMMENT ON FUNCTION statute._due_periods(statute.recurrence, date) IS 'internal: the periods of a recurring duty that have begun by a day';

-- The beginning of the next period, or of a stretch of days on which the rule is
-- in force; null where none is to come.
CREATE FUNCTION statute._next_opening(r statute.recurrence, through date) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT min(CASE WHEN f.since IS NOT NULL AND n.day < '10000-01-01' THEN n.day::timestamp AT TIME ZONE u.zone END)
	FROM statute._bound_rules(r.binding) u
		CROSS JOIN LATERAL statute._in_force(r, u.zone, u.params ->> 'follows') f
		CROSS JOIN LATERAL (SELECT CASE WHEN through < greatest(f.since, lower(u.effective)) THEN greatest(f.since, lower(u.effective))
			ELSE coalesce(upper(statute.quota_period_of(through, statute._recurring_quota(u.params, f.since))), through + 1) END) n (day)
	WHERE (upper_inf(u.effective) OR n.day < upper(u.effective))
		AND (f.until IS NULL OR n.day <= f.until)
$$;
COMMENT ON FUNCTION statute._next_opening(statute.recurrence, date) IS 'internal: when to look at a recurring duty again';

CREATE FUNCTION statute._note_period(obligations bigint[], what text, state_before text, reason text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, done_after, actor, reason)
	SELECT o.id, $2, coalesce($3, o.state), o.state, o.due_at, o.due_at, o.done_at, o.done_at, statute._actor(), $4
	FROM statute.obligation o WHERE o.id = ANY ($1)
$$;
REVOKE EXECUTE ON FUNCTION statute._note_period(bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._note_period(bigint[], text, text, text) IS 'internal: write the history of obligations of a recurring duty';

-- Each period once, also where it was opened and cancelled before; one that was
-- done then is done.
CREATE FUNCTION statute._open_periods(r statute.recurrence, through date, today date) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b record;
	missed bigint[];
	revived bigint[];
BEGIN
	SELECT d.calendar, c.time_zone INTO b
	FROM statute.binding d CROSS JOIN LATERAL statute._effective_calendar(d.calendar) c
	WHERE d.id = r.binding;
	WITH opened AS (
		INSERT INTO statute.obligation AS o (binding, rule_version, state, row_key, subject, period, opened_at, recorded_at, due_at, due_on,
			provisional, calendar_revision, convention, inputs, row_pauses, next_step_at)
		SELECT r.binding, p.version, 'open', r.row_key, r.subject, p.period, p.opened_at, clock_timestamp(), p.due_at, statute._due_day(p.due_at, b.time_zone),
			statute._is_provisional(p.due_at, b.time_zone, b.calendar), statute.current_revision(b.calendar), p.convention, 0, '{}', '-infinity'
		FROM statute._due_periods(r, through) p
		WHERE NOT EXISTS (SELECT FROM statute.archived_obligation a
			WHERE a.binding = r.binding AND a.row_key = r.row_key AND a.state = 'closed' AND (a.obligation ->> 'period')::daterange = p.period)
		ORDER BY p.period
		ON CONFLICT (binding, row_key, period) WHERE period IS NOT NULL DO UPDATE
		SET state = CASE WHEN o.done_at IS NULL THEN 'open' ELSE 'done' END, rule_version = excluded.rule_version, subject = excluded.subject,
			opened_at = excluded.opened_at, due_at = excluded.due_at, due_on = excluded.due_on, provisional = excluded.provisional,
			calendar_revision = excluded.calendar_revision, convention = excluded.convention, next_step_at = '-infinity'
		WHERE o.state = 'cancelled'
		RETURNING o.id, upper(o.period) <= today AS missed, o.xmax <> 0 AS revived
	)
	SELECT array_agg(o.id) FILTER (WHERE o.missed AND NOT o.revived), array_agg(o.id) FILTER (WHERE o.revived) INTO missed, revived
	FROM opened o;
	PERFORM statute._note_period(missed, 'opened late', NULL, NULL);
	PERFORM statute._note_period(revived, 'opened again', 'cancelled', NULL);
	PERFORM statute._judge_lateness(o, b.time_zone, NULL) FROM unnest(revived) o;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._open_periods(statute.recurrence, date, date) FROM PUBLIC;
COMMENT ON FUNCTION statute._open_periods(statute.recurrence, date, date) IS 'internal: open the obligations of a recurring duty for periods that have begun by a day';

CREATE FUNCTION statute._cancel_periods(r statute.recurrence) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	over bigint[] := ARRAY(
		SELECT o.id FROM statute.obligation o
		WHERE o.binding = r.binding AND o.row_key = r.row_key AND o.period IS NOT NULL AND o.state IN ('open', 'paused')
			AND o.period <> ALL (ARRAY(SELECT p.period FROM statute._due_periods(r, (SELECT max(lower(l.period)) FROM statute.obligation l
				WHERE l.binding = r.binding AND l.row_key = r.row_key AND l.period IS NOT NULL)) p))
		FOR UPDATE OF o);
BEGIN
	IF over <> '{}' THEN
		UPDATE statute.obligation o SET state = 'cancelled' WHERE o.id = ANY (over);
		PERFORM statute._note_period(over, 'no longer due', 'open', NULL);
		UPDATE statute.violation v SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(), reason = 'no longer due'
		FROM statute.obligation o
		WHERE o.id = ANY (over) AND v.binding = o.binding AND v.row_key = o.row_key AND v.what = statute._late_fact(o.period) AND v.state = 'open';
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._cancel_periods(statute.recurrence) FROM PUBLIC;
COMMENT ON FUNCTION statute._cancel_periods(statute.recurrence) IS 'internal: cancel what is open of periods that a recurring duty no longer has';

-- Each time that something was done counts once: for the oldest period that had
-- begun and was still open.
CREATE FUNCTION statute._settle_recurrence(binding integer, row_key text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.recurrence;
	zone text;
	today date;
	one bigint;
BEGIN
	SELECT o.* INTO r FROM statute.recurrence o WHERE o.binding = $1 AND o.row_key = $2 FOR UPDATE;
	SELECT c.time_zone INTO zone FROM statute.binding d CROSS JOIN LATERAL statute._effective_calendar(d.calendar) c WHERE d.id = $1;
	today := (clock_timestamp() AT TIME ZONE zone)::date;
	PERFORM statute._cancel_periods(r);
	UPDATE statute.obligation o SET subject = r.subject
	WHERE o.binding = $1 AND o.row_key = $2 AND o.period IS NOT NULL AND o.state IN ('open', 'paused') AND o.subject IS DISTINCT FROM r.subject;
	IF r.done_at IS DISTINCT FROM r.done_seen THEN
		IF r.done_at > r.done_seen IS NOT TRUE THEN
			UPDATE statute.obligation o SET state = 'open', done_at = NULL, next_step_at = '-infinity'
			WHERE o.binding = $1 AND o.row_key = $2 AND o.period IS NOT NULL AND o.state IN ('done', 'verified', 'closed') AND o.done_at = r.done_seen
			RETURNING o.id INTO one;
			PERFORM statute._note_period(ARRAY[one], 'done withdrawn', 'done', NULL);
		END IF;
		IF isfinite(r.done_at) THEN
			PERFORM statute._open_periods(r, least(statute._due_day(r.done_at, zone), today), today);
		END IF;
		UPDATE statute.obligation o SET state = 'done', done_at = r.done_at
		WHERE o.id = (SELECT l.id FROM statute.obligation l
			WHERE l.binding = $1 AND l.row_key = $2 AND l.period IS NOT NULL AND l.state IN ('open', 'paused') AND l.opened_at < r.done_at
			ORDER BY l.period LIMIT 1)
			-- a value that is put back was counted then
			AND NOT EXISTS (SELECT FROM statute.obligation l
				WHERE l.binding = $1 AND l.row_key = $2 AND l.period IS NOT NULL AND l.done_at = r.done_at AND l.state <> 'cancelled')
		RETURNING o.id INTO one;
		IF FOUND THEN
			PERFORM statute._note_period(ARRAY[one], 'done', 'open', NULL);
		END IF;
	END IF;
	UPDATE statute.recurrence o SET done_seen = o.done_at, unsettled = false, next_open_at = '-infinity'
	WHERE o.binding = $1 AND o.row_key = $2;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._settle_recurrence(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._settle_recurrence(integer, text) IS 'internal: bring the obligations of a recurring duty up to what its row says';

-- No statement fails for what a row says of a recurring duty: the sweep tries
-- again, and has it on record.
CREATE FUNCTION statute._try_settle(binding integer, row_key text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._settle_recurrence(binding, row_key);
EXCEPTION
	WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
		RAISE;
	WHEN OTHERS THEN
		RAISE WARNING 'the recurring duty of row % of binding % waits for the sweep: %', row_key, binding, SQLERRM USING ERRCODE = SQLSTATE;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._try_settle(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._try_settle(integer, text) IS 'internal: bring the obligations of a recurring duty up to what its row says, or leave that to the sweep';

-- The parameters are those of src/duty/write.sql.
CREATE FUNCTION statute._recurring_statements() RETURNS TABLE (name text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $outer$
	VALUES
	-- the row is gone, or the rule no longer applies to it
	('forget recurrences', $$
		WITH gone AS MATERIALIZED (
			DELETE FROM statute.recurrence r USING touched t
			WHERE r.binding = $1 AND r.row_key = t.key AND NOT EXISTS (SELECT FROM judged j WHERE j.key = t.key)
			RETURNING r.row_key, t.gone
		), over AS MATERIALIZED (
			SELECT o.id, o.state, o.due_at, o.done_at, g.gone
			FROM gone g JOIN statute.obligation o ON o.binding = $1 AND o.row_key = g.row_key AND o.period IS NOT NULL
			WHERE o.state <> 'cancelled'
			FOR UPDATE OF o
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, done_after, actor, reason)
			SELECT o.id, CASE WHEN o.gone THEN 'row gone' ELSE 'rule no longer applies' END, o.state, 'cancelled', o.due_at, o.due_at, o.done_at, o.done_at,
				statute._actor(), $4
			FROM over o
		)
		UPDATE statute.obligation o SET state = 'cancelled' FROM over v WHERE o.id = v.id
	$$),
	('follow recurrences', $$
		INSERT INTO statute.recurrence AS r (binding, row_key, subject, since, until, applies, done_at, unsettled)
		SELECT $1, j.key, j.subject, coalesce(j.since, (now() AT TIME ZONE $2)::date), j.until, j.applies, j.done_at, j.done_at IS NOT NULL
		FROM judged j
		ON CONFLICT (binding, row_key) DO UPDATE
		SET subject = excluded.subject, until = excluded.until, applies = excluded.applies, done_at = excluded.done_at,
			-- a row without a day of its own begins with that on which it was first seen
			since = CASE WHEN EXISTS (SELECT FROM judged j WHERE j.key = r.row_key AND j.since IS NULL) THEN r.since ELSE excluded.since END,
			next_open_at = '-infinity', unsettled = true
	$$),
	('settle recurrences', $$
		SELECT statute._try_settle(r.binding, r.row_key)
		FROM judged j JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = j.key
		WHERE r.unsettled
		ORDER BY r.row_key
	$$),
	('late period facts', $$
		SELECT o.row_key, o.subject, o.rule_version, o.due_at,
			CASE WHEN o.state <> 'cancelled' AND statute._is_late(o.due_at, o.done_at) THEN statute._late_fact(o.period) END,
			statute._late_detail(o.due_at, o.done_at, $2), false
		FROM touched t JOIN statute.obligation o ON o.binding = $1 AND o.row_key = t.key AND o.period IS NOT NULL
	$$)
$outer$;
COMMENT ON FUNCTION statute._recurring_statements() IS 'internal: the statements for recurring duties';

-- Due dates of periods by today's calendars, for recompute_preview() and recompute_apply()
CREATE FUNCTION statute._periods_today(only_binding integer) RETURNS TABLE (obligation bigint, due_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT o.id, statute._period_due(o.period, u.params, u.calendar, u.zone, u.convention)
	FROM statute.binding b CROSS JOIN LATERAL statute._bound_rules(b.id) u
		JOIN statute.obligation o ON o.binding = b.id AND o.state IN ('open', 'paused') AND o.period IS NOT NULL
			AND u.effective @> (o.opened_at AT TIME ZONE u.zone)::date
	WHERE b.id = coalesce($1, b.id) AND b.enabled AND u.kind = 'recurring'
$$;
COMMENT ON FUNCTION statute._periods_today(integer) IS 'internal: when the open obligations of recurring duties are due by today''s calendars and rules';
