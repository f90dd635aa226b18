
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

CREATE FUNCTION statute._follow_another(segments text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT EXISTS (SELECT FROM unnest(segments) s WHERE (s::statute._bound_rule).params ? 'follows')$$;
COMMENT ON FUNCTION statute._follow_another(text[]) IS 'internal: does a recurring rule, given by its segments, run while another one is late';

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
-- and is due where it is over before the duty ends. The segments of the rule come
-- as an array, as to read them takes longer than all the rest.
CREATE FUNCTION statute._due_periods(r statute.recurrence, through date, segments statute._bound_rule[])
RETURNS TABLE (period daterange, version integer, opened_at timestamptz, due_at timestamptz, convention text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.period, u.version, d.first::timestamp AT TIME ZONE u.zone,
		statute._period_due(p.period, u.params, u.calendar, u.zone, u.convention), u.convention
	FROM unnest(segments) u
		CROSS JOIN LATERAL statute._in_force(r, u.zone, u.params ->> 'follows') f
		CROSS JOIN LATERAL statute.list_quota_periods(statute._recurring_quota(u.params, f.since),
			daterange(f.since, through, '[]') * daterange(NULL, upper(u.effective))) p
		CROSS JOIN LATERAL (SELECT greatest(lower(p.period), f.since)) d (first)
	WHERE f.since <= through AND u.effective @> d.first AND r.applies @> d.first AND u.version = ANY (r.versions)
		AND (f.until IS NULL OR upper(p.period) - 1 <= f.until)
$$;
COMMENT ON FUNCTION statute._due_periods(statute.recurrence, date, statute._bound_rule[]) IS
	'internal: the periods of a recurring duty that have begun by a day';

-- The beginning of the next period, or of a stretch of days on which the rule is
-- in force; null where none is to come.
CREATE FUNCTION statute._next_opening(r statute.recurrence, through date, segments statute._bound_rule[]) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT min(CASE WHEN f.since IS NOT NULL AND n.day < '10000-01-01' THEN n.day::timestamp AT TIME ZONE u.zone END)
	FROM unnest(segments) u
		CROSS JOIN LATERAL statute._in_force(r, u.zone, u.params ->> 'follows') f
		CROSS JOIN LATERAL (SELECT CASE WHEN through < greatest(f.since, lower(u.effective)) THEN greatest(f.since, lower(u.effective))
			ELSE coalesce(upper(statute.quota_period_of(through, statute._recurring_quota(u.params, f.since))), through + 1) END) n (day)
	WHERE (upper_inf(u.effective) OR n.day < upper(u.effective))
		AND (f.until IS NULL OR n.day <= f.until)
$$;
COMMENT ON FUNCTION statute._next_opening(statute.recurrence, date, statute._bound_rule[]) IS 'internal: when to look at a recurring duty again';

-- The parameters are those of src/duty/write.sql, with the segments of the rule for
-- $5; $6 is the day of the sweep, or 'follow' where rows changed. Then each new
-- time that something was done counts once: for the oldest period that had begun
-- and was still open.
CREATE FUNCTION statute._recurring_statements() RETURNS TABLE (name text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $outer$
	VALUES
	-- A sweep may be opening their periods.
	('lock recurrences', $$
		SELECT r.row_key FROM touched t JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key
		ORDER BY r.row_key
		FOR UPDATE OF r
	$$),
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
		INSERT INTO statute.recurrence AS r (binding, row_key, subject, since, dated, until, applies, versions, done_at, unsettled)
		SELECT $1, j.key, j.subject, coalesce(j.since, (now() AT TIME ZONE $2)::date), j.since IS NOT NULL, j.until, j.applies, j.versions,
			j.done_at, j.done_at IS NOT NULL
		FROM judged j
		ON CONFLICT (binding, row_key) DO UPDATE
		SET subject = excluded.subject, until = excluded.until, applies = excluded.applies, versions = excluded.versions, done_at = excluded.done_at,
			-- a row without a day of its own begins with that on which it was first seen
			since = CASE WHEN excluded.dated THEN excluded.since ELSE r.since END, dated = excluded.dated,
			next_open_at = '-infinity', unsettled = true
		WHERE (r.subject, r.until, r.applies, r.versions, r.done_at, r.dated) IS DISTINCT FROM
				(excluded.subject, excluded.until, excluded.applies, excluded.versions, excluded.done_at, excluded.dated)
			OR (excluded.dated AND r.since <> excluded.since)
			-- what it follows may have changed
			OR (SELECT statute._follow_another($5))
	$$),
	('cancel periods', $$
		WITH held AS MATERIALIZED (
			SELECT r.row_key, ARRAY(SELECT p.period FROM statute._due_periods(r, l.day, $5::statute._bound_rule[]) p) AS periods
			FROM touched t
				JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key
				CROSS JOIN LATERAL (SELECT max(upper(o.period)) - 1 FROM statute.obligation o
					WHERE o.binding = $1 AND o.row_key = r.row_key AND o.period IS NOT NULL AND o.state IN ('open', 'paused')) l (day)
			WHERE l.day IS NOT NULL AND (r.unsettled OR (SELECT statute._follow_another($5)))
		), over AS MATERIALIZED (
			SELECT o.id, o.row_key, o.period, o.state, o.due_at
			FROM held h JOIN statute.obligation o ON o.binding = $1 AND o.row_key = h.row_key AND o.period IS NOT NULL
			WHERE o.state IN ('open', 'paused') AND o.period <> ALL (h.periods)
			FOR UPDATE OF o
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, actor, reason)
			SELECT o.id, 'no longer due', o.state, 'cancelled', o.due_at, o.due_at, statute._actor(), $4 FROM over o
		), corrected AS (
			UPDATE statute.violation v
			SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(), reason = 'no longer due'
			FROM over o
			WHERE v.binding = $1 AND v.row_key = o.row_key AND v.what = statute._late_fact(o.period) AND v.state = 'open'
		)
		UPDATE statute.obligation o SET state = 'cancelled' FROM over v WHERE o.id = v.id
	$$),
	('follow subjects', $$
		UPDATE statute.obligation o SET subject = r.subject
		FROM touched t JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key AND r.unsettled
		WHERE o.binding = $1 AND o.row_key = r.row_key AND o.period IS NOT NULL AND o.state IN ('open', 'paused') AND o.subject IS DISTINCT FROM r.subject
	$$),
	('withdraw done', $$
		WITH withdrawn AS MATERIALIZED (
			SELECT o.id, o.state, o.due_at, o.done_at
			FROM touched t
				JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key AND r.unsettled
				JOIN statute.obligation o ON o.binding = $1 AND o.row_key = r.row_key AND o.period IS NOT NULL
			WHERE o.state IN ('done', 'verified', 'closed') AND o.done_at = r.done_seen AND r.done_at >= r.done_seen IS NOT TRUE
			FOR UPDATE OF o
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, actor, reason)
			SELECT o.id, 'done withdrawn', o.state, 'open', o.due_at, o.due_at, o.done_at, statute._actor(), $4 FROM withdrawn o
		)
		UPDATE statute.obligation o SET state = 'open', done_at = NULL, next_step_at = '-infinity' FROM withdrawn w WHERE o.id = w.id
	$$),
	-- Each period once, also where it was opened and cancelled before; one that was
	-- done then is done, and one that was archived stays so.
	('open periods', $$
		WITH due AS MATERIALIZED (
			SELECT r.row_key, r.subject, p.*
			FROM touched t
				JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key
				CROSS JOIN LATERAL (SELECT CASE WHEN $6 <> 'follow' THEN $6::date
					WHEN r.done_at IS DISTINCT FROM r.done_seen AND isfinite(r.done_at)
						THEN least(statute._due_day(r.done_at, $2), (clock_timestamp() AT TIME ZONE $2)::date) END) d (through)
				CROSS JOIN LATERAL statute._due_periods(r, d.through, $5::statute._bound_rule[]) p
			WHERE (r.unsettled OR r.opened_through IS NULL OR (p.opened_at AT TIME ZONE $2)::date > r.opened_through
					OR (SELECT statute._follow_another($5)))
				AND NOT EXISTS (SELECT FROM statute.archived_obligation a
					WHERE a.binding = $1 AND a.row_key = r.row_key AND a.state = 'closed' AND (a.obligation ->> 'period')::daterange = p.period)
		), opened AS (
			INSERT INTO statute.obligation AS o (binding, rule_version, state, row_key, subject, period, opened_at, recorded_at, due_at, due_on,
				provisional, calendar_revision, convention, inputs, row_pauses, next_step_at)
			SELECT $1, d.version, 'open', d.row_key, d.subject, d.period, d.opened_at, clock_timestamp(), d.due_at, statute._due_day(d.due_at, $2),
				statute._is_provisional(d.due_at, $2, $3), (SELECT statute.current_revision($3)), d.convention, 0, '{}', '-infinity'
			FROM due d
			ORDER BY d.row_key, d.period
			ON CONFLICT (binding, row_key, period) WHERE period IS NOT NULL DO UPDATE
			SET state = CASE WHEN o.done_at IS NULL THEN 'open' ELSE 'done' END, rule_version = excluded.rule_version, subject = excluded.subject,
				opened_at = excluded.opened_at, due_at = excluded.due_at, due_on = excluded.due_on, provisional = excluded.provisional,
				calendar_revision = excluded.calendar_revision, convention = excluded.convention, next_step_at = '-infinity'
			WHERE o.state = 'cancelled'
			RETURNING o.*, o.xmax <> 0 AS revived
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, done_after, actor, reason)
			SELECT o.id, CASE WHEN o.revived THEN 'opened again' ELSE 'opened late' END, CASE WHEN o.revived THEN 'cancelled' ELSE 'open' END, o.state,
				o.due_at, o.due_at, o.done_at, o.done_at, statute._actor(), $4
			FROM opened o
			WHERE o.revived OR upper(o.period) <= CASE WHEN $6 <> 'follow' THEN $6::date ELSE (clock_timestamp() AT TIME ZONE $2)::date END
		)
		INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
		SELECT $1, o.rule_version, o.row_key, o.subject, o.due_at, statute._late_fact(o.period), statute._late_detail(o.due_at, o.done_at, $2), false
		FROM opened o
		WHERE o.done_at > o.due_at
		ON CONFLICT (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting DO NOTHING
	$$),
	('count done', $$
		WITH counted AS MATERIALIZED (
			SELECT r.done_at, (SELECT o.id FROM statute.obligation o
				WHERE o.binding = $1 AND o.row_key = r.row_key AND o.period IS NOT NULL AND o.state IN ('open', 'paused') AND o.opened_at < r.done_at
				ORDER BY o.period LIMIT 1) AS id
			FROM touched t JOIN statute.recurrence r ON r.binding = $1 AND r.row_key = t.key AND r.unsettled
			WHERE r.done_at IS DISTINCT FROM r.done_seen
				-- a value that is put back was counted then
				AND NOT EXISTS (SELECT FROM statute.obligation o
					WHERE o.binding = $1 AND o.row_key = r.row_key AND o.period IS NOT NULL AND o.done_at = r.done_at AND o.state <> 'cancelled')
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_after, actor, reason)
			SELECT o.id, 'done', o.state, 'done', o.due_at, o.due_at, c.done_at, statute._actor(), $4
			FROM counted c JOIN statute.obligation o ON o.id = c.id
		)
		UPDATE statute.obligation o SET state = 'done', done_at = c.done_at FROM counted c WHERE o.id = c.id
	$$),
	('plan openings', $$
		UPDATE statute.recurrence r
		SET done_seen = r.done_at, unsettled = false, opened_through = CASE WHEN $6 <> 'follow' THEN greatest(r.opened_through, $6::date) END,
			next_open_at = CASE WHEN $6 <> 'follow' THEN statute._next_opening(r, $6::date, $5::statute._bound_rule[]) ELSE '-infinity' END
		FROM touched t
		WHERE r.binding = $1 AND r.row_key = t.key AND (r.unsettled OR $6 <> 'follow')
	$$),
	('late period facts', $$
		SELECT o.row_key, o.subject, o.rule_version, o.due_at,
			CASE WHEN o.state <> 'cancelled' AND statute._is_late(o.due_at, o.done_at) THEN statute._late_fact(o.period) END,
			statute._late_detail(o.due_at, o.done_at, $2), false
		FROM touched t JOIN statute.obligation o ON o.binding = $1 AND o.row_key = t.key AND o.period IS NOT NULL
	$$)
$outer$;
COMMENT ON FUNCTION statute._recurring_statements() IS 'internal: the statements for recurring duties';

-- Each row of the keys, which the caller has locked
CREATE FUNCTION statute._begin(binding integer, keys text[], today date) RETURNS void
AS 'MODULE_PATHNAME', 'statute_begin'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION statute._begin(integer, text[], date) FROM PUBLIC;
COMMENT ON FUNCTION statute._begin(integer, text[], date) IS 'internal: open the periods of recurring duties that have begun by a day, and plan the next ones';

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
