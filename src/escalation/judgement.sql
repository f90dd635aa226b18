
-- Judgement over rosters: what a period that ended lacks, whose turn it was not,
-- and how a period that runs is going.

CREATE FUNCTION statute._refresh_members(r statute.roster, calendar text, zone text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH listed AS MATERIALIZED (
		SELECT statute._shortened(s.subject) AS subject, range_agg(s.during) AS during
		FROM statute._read_roster(r.binding, statute._roster_query(r.binding), r.relation, r.owner, calendar, zone) s
		WHERE s.subject IS NOT NULL AND NOT isempty(s.during)
		GROUP BY 1
	), gone AS (
		DELETE FROM statute.roster_member m WHERE m.binding = r.binding AND NOT EXISTS (SELECT FROM listed l WHERE l.subject = m.subject)
	)
	INSERT INTO statute.roster_member AS m (binding, subject, during)
	SELECT r.binding, l.subject, l.during
	FROM listed l
	WHERE NOT EXISTS (SELECT FROM statute.roster_member o WHERE o.binding = r.binding AND o.subject = l.subject AND o.during = l.during)
	ON CONFLICT (binding, subject) DO UPDATE SET during = excluded.during;
$$;
REVOKE EXECUTE ON FUNCTION statute._refresh_members(statute.roster, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._refresh_members(statute.roster, text, text) IS 'internal: read a roster';

-- Who is on the roster for the whole of a period is held to its quota. A period
-- goes by the version of the rule that is in force on its first day.
CREATE FUNCTION statute._counts(r statute.roster, bound statute._bound_rule[], days daterange, ended boolean)
RETURNS TABLE (subject text, version integer, quota statute.quota, period daterange, counted integer, required integer)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH due AS MATERIALIZED (
		SELECT u.version, q.quota, q.unit, q.bounds, p.period
		FROM unnest(bound) u
			CROSS JOIN LATERAL (SELECT v.quota, statute.quota_unit(v.quota), statute.quota_bounds(v.quota)
				FROM (SELECT (u.params ->> 'quota')::statute.quota) v (quota)) q (quota, unit, bounds)
			CROSS JOIN LATERAL statute.list_quota_periods(q.quota, days) p
		WHERE u.kind IN ('quota', 'relative_cap') AND lower(q.bounds) > 0 AND statute._has_periods(q.quota)
			AND u.effective @> lower(p.period) AND lower(p.period) >= r.since AND (NOT ended OR upper(p.period) - 1 <@ days)
	)
	SELECT m.subject, d.version, d.quota, d.period, c.counted,
		CASE WHEN d.unit = 'percent' THEN statute._cap(r.binding, m.subject, d.quota, d.period) ELSE lower(d.bounds)::integer END
	FROM due d
		JOIN statute.roster_member m ON m.binding = r.binding AND m.during @> d.period
		CROSS JOIN LATERAL (
			SELECT (CASE d.unit WHEN 'days' THEN count(DISTINCT o.on_day) ELSE count(*) END)::integer
			FROM statute.occurrence o
			WHERE o.binding = r.binding AND o.party = m.subject AND o.on_day <@ d.period AND o.on_day < upper(days)
		) c (counted)
$$;
COMMENT ON FUNCTION statute._counts(statute.roster, statute._bound_rule[], daterange, boolean) IS
	'internal: what each subject on a roster has by the last of some days in each period that they touch, or that ends on one of them, and what it needs';

CREATE FUNCTION statute._judge_periods(r statute.roster, bound statute._bound_rule[], days daterange, zone text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
BEGIN
	WITH judged AS MATERIALIZED (
		SELECT c.* FROM statute._counts(r, bound, days, true) c
	), corrected AS (
		UPDATE statute.violation v
		SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(), reason = 'put right'
		WHERE v.binding = r.binding AND v.row_key IS NULL AND v.state = 'open' AND upper(v.period) - 1 <@ days
			AND NOT EXISTS (SELECT FROM judged j WHERE j.subject = v.subject AND j.period = v.period AND j.counted < j.required)
	)
	INSERT INTO statute.violation AS v (binding, rule_version, period, subject, happened_at, what, detail, lasting)
	SELECT r.binding, j.version, j.period, j.subject, upper(j.period)::timestamp AT TIME ZONE zone,
		format('short of "%s"', j.quota), format('%s of %s from %s through %s', j.counted, j.required, lower(j.period), upper(j.period) - 1), false
	FROM judged j
	WHERE j.counted < j.required
	ON CONFLICT (binding, subject, period) WHERE state <> 'corrected' AND row_key IS NULL
		DO UPDATE SET detail = excluded.detail WHERE v.state = 'open' AND v.detail <> excluded.detail;
	-- kept for a while, for a clock that goes back
	DELETE FROM statute.quota_course c WHERE c.binding = r.binding AND upper(c.period) < lower(days) - 400;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_periods(statute.roster, statute._bound_rule[], daterange, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_periods(statute.roster, statute._bound_rule[], daterange, text) IS 'internal: record who was short in periods that ended within some days, and correct what is so no longer';

-- Whoever is on the roster on the day takes part; the turns before count for all.
CREATE FUNCTION statute._judge_turns(r statute.roster, days daterange) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH turn AS MATERIALIZED (
		SELECT o.row_key, o.subject, o.rule_version, o.happened_at, o.party, (
			SELECT l.verdict
			FROM statute.list_rotation(
				ARRAY(SELECT jsonb_build_array(m.subject)::text FROM statute.roster_member m WHERE m.binding = r.binding AND m.during @> o.on_day),
				ARRAY(SELECT e.party FROM statute.occurrence e
					WHERE e.binding = r.binding AND (e.happened_at, e.row_key) <= (o.happened_at, o.row_key) ORDER BY e.happened_at, e.row_key)) l
			ORDER BY l.turn DESC LIMIT 1) AS verdict
		FROM statute.occurrence o
		WHERE o.binding = r.binding AND o.on_day <@ days AND o.on_day >= r.since
			AND EXISTS (SELECT FROM statute.roster_member m WHERE m.binding = r.binding AND m.during @> o.on_day)
	), corrected AS (
		UPDATE statute.violation v
		SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(), reason = 'put right'
		FROM turn t
		WHERE v.binding = r.binding AND v.row_key = t.row_key AND v.what = 'out of turn' AND v.state = 'open' AND t.verdict <> 'repeat'
	)
	INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
	SELECT r.binding, t.rule_version, t.row_key, t.subject, t.happened_at, 'out of turn', format('another turn before everyone had one: %s', t.party), false
	FROM turn t
	WHERE t.verdict = 'repeat'
	ON CONFLICT (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting DO NOTHING;
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_turns(statute.roster, daterange) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_turns(statute.roster, daterange) IS 'internal: record which events of some days were out of turn';

-- A warning each time that it comes to be at risk or out of reach.
CREATE FUNCTION statute._warn_of_course(r statute.roster, bound statute._bound_rule[], today date, calendar text, zone text, as_of timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET statute.beyond_announced = assume
AS $$
DECLARE
	warned bigint;
	first bigint;
BEGIN
	WITH course AS MATERIALIZED (
		SELECT c.*, p.pace, p.shortfall, p.last_day
		FROM statute._counts(r, bound, daterange(today, today, '[]'), false) c
			CROSS JOIN LATERAL statute.quota_pace(c.counted, c.quota, c.period, today, calendar) p
			LEFT JOIN statute.quota_course o ON o.binding = r.binding AND o.subject = c.subject AND o.period = c.period
		WHERE statute.quota_unit(c.quota) <> 'percent' AND p.pace <> coalesce(o.pace, 'on track')
	), noted AS (
		INSERT INTO statute.quota_course (binding, subject, period, pace, changed_at)
		SELECT r.binding, c.subject, c.period, c.pace, as_of FROM course c
		ON CONFLICT (binding, subject, period) DO UPDATE SET pace = excluded.pace, changed_at = excluded.changed_at
	), warned AS (
		INSERT INTO statute.notice (binding, subject, period, light, part, recipient, stands_in_for, body, fell_due_at)
		SELECT r.binding, c.subject, c.period, 'yellow', r.part, k.recipient, k.stands_in_for,
			statute._fill_template(r.template, jsonb_build_object('title', u.title, 'rule', u.code, 'article', concat_ws(' ', l.regulation, l.article),
				'subject', c.subject, 'quota', c.quota, 'from', lower(c.period), 'through', upper(c.period) - 1, 'counted', c.counted, 'required', c.required,
				'pace', c.pace, 'shortfall', c.shortfall, 'last_day', c.last_day, 'part', r.part)), as_of
		FROM course c
			JOIN statute.binding b ON b.id = r.binding
			JOIN statute.rule u ON u.code = b.rule AND u.version = c.version
			LEFT JOIN statute.clause l ON l.code = u.clause
			CROSS JOIN LATERAL statute.recipient(c.subject, r.part, today) k
		WHERE c.pace IN ('at risk', 'out of reach')
		ORDER BY c.subject
		RETURNING id
	)
	SELECT count(*), min(w.id) INTO warned, first FROM warned w;
	PERFORM statute._notify(warned, first);
	RETURN warned;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._warn_of_course(statute.roster, statute._bound_rule[], date, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._warn_of_course(statute.roster, statute._bound_rule[], date, text, text, timestamptz) IS 'internal: a notice for each subject whose quota came to be at risk or out of reach';

-- All of a roster up to a day, and when to look at it again; returns how many warnings it gave.
CREATE FUNCTION statute._judge_roster(r statute.roster, as_of timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bound statute._bound_rule[] := ARRAY(SELECT u FROM statute._bound_rules(r.binding) u);
	b record;
	today date;
	ended daterange;
	warned bigint;
	running pg_snapshot := pg_current_snapshot();
BEGIN
	SELECT d.calendar, c.time_zone, EXISTS (SELECT FROM statute.rule u WHERE u.code = d.rule AND u.kind = 'once') AS rotates INTO b
	FROM statute.binding d CROSS JOIN LATERAL statute._effective_calendar(d.calendar) c
	WHERE d.id = r.binding;
	today := (as_of AT TIME ZONE b.time_zone)::date;
	ended := daterange(r.settled_through + 1, greatest(today, r.judged_through + 1));
	PERFORM statute._refresh_members(r, b.calendar, b.time_zone);
	IF NOT isempty(ended) THEN
		PERFORM statute._judge_periods(r, bound, ended, b.time_zone);
		IF b.rotates THEN
			PERFORM statute._judge_turns(r, ended);
		END IF;
	END IF;
	warned := statute._warn_of_course(r, bound, today, b.calendar, b.time_zone, as_of);
	-- A transaction that did not see how far it was judged then may have changed
	-- what was: all those were there by the first look after it.
	IF pg_snapshot_xmin(running) >= r.horizon OR r.horizon > pg_snapshot_xmax(running) THEN
		r.settled_through := greatest(r.settled_through, r.pending_through);
		r.pending_through := NULL;
	END IF;
	IF r.pending_through IS NULL AND r.judged_through > r.settled_through THEN
		r.pending_through := r.judged_through;
		r.horizon := pg_snapshot_xmax(running);
	END IF;
	r.judged_through := greatest(r.judged_through, today - 1);
	UPDATE statute.roster o
	SET judged_through = r.judged_through, settled_through = r.settled_through, pending_through = r.pending_through, horizon = r.horizon,
		looked_at = clock_timestamp(),
		next_look_at = CASE WHEN r.settled_through < r.judged_through THEN '-infinity' ELSE (today + 1)::timestamp AT TIME ZONE b.time_zone END
	WHERE o.binding = r.binding;
	RETURN warned;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_roster(statute.roster, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_roster(statute.roster, timestamptz) IS 'internal: judge what ended by an instant for all on a roster, and warn of what runs';
