
-- Rules that look at several rows: once, no_overlap, quota and relative_cap.
-- The parameters and relations are those of src/duty/write.sql; affected tells
-- where the changed rows were before and are now.

CREATE FUNCTION statute._is_within(inner_place text, outer_place text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN inner_place = outer_place OR EXISTS (
		WITH RECURSIVE around AS (
			SELECT inner_place AS code
			UNION
			SELECT p.parent FROM around a JOIN statute.place p ON p.code = a.code
		)
		SELECT FROM around a WHERE a.code = outer_place);
END
$$;
COMMENT ON FUNCTION statute._is_within(text, text) IS 'internal: is one place the other, or in it';

-- Nothing on record before is no base, not a base of nothing.
CREATE FUNCTION statute._cap(binding integer, party text, quota statute.quota, period daterange) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN base.required > 0 THEN cap.required END
	FROM (
		SELECT statute.quota_periods(o.on_day, $3, s.days) AS cap,
			-- of all of it the cap is the base itself
			statute.quota_periods(o.on_day, regexp_replace($3::text, '^.*[0-9.]+%', 'at most 100%')::statute.quota, s.days) AS base
		FROM statute.occurrence o, (SELECT daterange((lower($4) - interval '2 years')::date, upper($4))) s (days)
		WHERE o.binding = $1 AND o.party = $2
	) t, unnest(t.cap) cap, unnest(t.base) base
	WHERE cap.period = $4 AND base.period = $4
$$;
COMMENT ON FUNCTION statute._cap(integer, text, statute.quota, daterange) IS 'internal: how many a relative cap allows in a period; null where there is no base';

CREATE FUNCTION statute._together_statements() RETURNS TABLE (name text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $outer$
	VALUES
	('enter parties', $$
		INSERT INTO statute.occurrence_party (binding, party)
		SELECT $1, p.party
		FROM (SELECT DISTINCT a.party FROM affected a) p
		WHERE NOT EXISTS (SELECT FROM statute.occurrence_party o WHERE o.binding = $1 AND o.party = p.party)
		ORDER BY p.party
		ON CONFLICT DO NOTHING
	$$),
	-- In one order, so that two sessions that need the same parties do not wait for each other
	('lock parties', $$
		SELECT o.party
		FROM statute.occurrence_party o
		WHERE o.binding = $1 AND o.party IN (SELECT a.party FROM affected a)
		ORDER BY o.party
		FOR UPDATE
	$$),
	('affected', $$
		SELECT o.party, o.on_day, o.during
		FROM touched t JOIN statute.occurrence o ON o.binding = $1 AND o.row_key = t.key
		UNION
		SELECT j.party, j.on_day, j.during
		FROM judged j
	$$),
	('forget occurrences', $$
		DELETE FROM statute.occurrence o
		USING touched t
		WHERE o.binding = $1 AND o.row_key = t.key AND NOT EXISTS (SELECT FROM judged j WHERE j.key = t.key)
	$$),
	('follow occurrences', $$
		INSERT INTO statute.occurrence AS o (binding, row_key, rule_version, subject, happened_at, on_day, party, quota, during, place, dated)
		SELECT $1, j.key, j.version, j.subject, coalesce(j.happened_at, now()), j.on_day, j.party, j.quota, j.during, j.place,
			j.happened_at IS NOT NULL
		FROM judged j
		ON CONFLICT (binding, row_key) DO UPDATE
		SET rule_version = excluded.rule_version, subject = excluded.subject, on_day = excluded.on_day, party = excluded.party,
			quota = excluded.quota, during = excluded.during, place = excluded.place,
			dated = excluded.dated,
			-- a row without a time of its own has that at which it was first seen
			happened_at = CASE WHEN excluded.dated THEN excluded.happened_at ELSE o.happened_at END
	$$),
	-- What belongs to a period that was judged has it judged again.
	('look at roster', $$
		UPDATE statute.roster r
		SET settled_through = least(r.settled_through, a.first - 1), next_look_at = '-infinity'
		FROM (SELECT min(f.on_day) FROM affected f) a (first)
		WHERE r.binding = $1 AND a.first <= r.judged_through
	$$),
	-- Of rows that are judged together the later ones break the rule.
	('once facts', $$
		SELECT o.row_key, o.subject, o.rule_version, o.happened_at, CASE WHEN o.n > 1 THEN 'repeated' END,
			format('the same as row %s: %s', o.first, a.party), false
		FROM (SELECT DISTINCT f.party FROM affected f) a CROSS JOIN LATERAL (
			SELECT c.*, row_number() OVER sorted AS n, first_value(c.row_key) OVER sorted AS first
			FROM statute.occurrence c
			WHERE c.binding = $1 AND c.party = a.party
			WINDOW sorted AS (ORDER BY c.happened_at, c.row_key)
		) o
	$$),
	('no_overlap facts', $$
		SELECT o.row_key, o.subject, o.rule_version, o.happened_at, CASE WHEN x.row_key IS NOT NULL THEN 'overlaps' END,
			format('%s overlaps %s of row %s', o.during, x.during, x.row_key), false
		FROM (SELECT DISTINCT c.binding, c.row_key, c.subject, c.rule_version, c.happened_at, c.party, c.during, c.place
				FROM affected a JOIN statute.occurrence c ON c.binding = $1 AND c.party = a.party AND c.during && a.during) o
			LEFT JOIN LATERAL (
				SELECT c.row_key, c.during
				FROM statute.occurrence c
				WHERE c.binding = $1 AND c.party = o.party AND c.during && o.during
					AND (c.happened_at, c.row_key) < (o.happened_at, o.row_key)
					AND (o.place IS NULL OR c.place = o.place OR statute._is_within(c.place, o.place) OR statute._is_within(o.place, c.place))
				ORDER BY c.happened_at, c.row_key LIMIT 1
			) x ON true
	$$),
	-- An event is too many where those in the period that ends with it are; of a
	-- sliding window each day ends one.
	('quota facts', $$
		WITH scope AS (
			SELECT DISTINCT a.party, q.quota, s.slides, upper(q.bounds) - CASE WHEN upper_inc(q.bounds) THEN 0 ELSE 1 END AS most,
				CASE WHEN s.slides THEN daterange(a.on_day, a.on_day + s.width) ELSE s.period END AS days,
				-- in total: all days that there are
				coalesce(s.width, 1500000) AS width
			FROM affected a
				CROSS JOIN LATERAL (SELECT u.quota, statute.quota_bounds(u.quota) AS bounds FROM unnest($5::statute.quota[]) u (quota)) q
				CROSS JOIN LATERAL (
					SELECT p.period, upper(p.period) - lower(p.period) AS width,
						coalesce(lower(statute.quota_period_of(a.on_day + 1, q.quota)) = lower(p.period) + 1, false) AS slides
					FROM statute.quota_period_of(a.on_day, q.quota) p (period)
				) s
			WHERE NOT upper_inf(q.bounds) AND s.period IS NOT NULL
		)
		SELECT o.row_key, o.subject, o.rule_version, o.happened_at, CASE WHEN o.n > o.most THEN format('over "%s"', o.quota) END,
			format('no. %s of those counted in %s', o.n, o.period), false
		FROM scope s CROSS JOIN LATERAL (
			SELECT e.*, s.most, CASE WHEN s.slides THEN daterange(e.on_day - s.width + 1, e.on_day + 1) ELSE s.days END AS period,
				CASE WHEN statute.quota_unit(s.quota) = 'days' THEN e.days_before ELSE e.events_before - e.same_day + e.nth_of_day END AS n
			FROM (
				SELECT c.*,
					count(*) OVER through AS events_before,
					count(*) OVER (PARTITION BY c.on_day) AS same_day,
					row_number() OVER (PARTITION BY c.on_day ORDER BY c.happened_at, c.row_key) AS nth_of_day,
					sum(c.new_day) OVER through AS days_before
				FROM (
					SELECT f.*, (row_number() OVER (PARTITION BY f.on_day ORDER BY f.happened_at, f.row_key) = 1)::integer AS new_day
					FROM statute.occurrence f
					WHERE f.binding = $1 AND f.party = s.party
						AND f.on_day <@ daterange(lower(s.days) - CASE WHEN s.slides THEN s.width - 1 ELSE 0 END, upper(s.days))
				) c
				WINDOW through AS (ORDER BY c.on_day RANGE BETWEEN ((s.width - 1) * interval '1 day') PRECEDING AND CURRENT ROW)
			) e
			WHERE e.on_day <@ s.days AND e.quota = s.quota
		) o
	$$),
	-- A change also moves the base of periods to come: the next one, and that of
	-- the year after.
	('relative_cap facts', $$
		WITH scope AS (
			SELECT DISTINCT a.party, q.quota, p.period
			FROM affected a CROSS JOIN unnest($5::statute.quota[]) q (quota)
				CROSS JOIN LATERAL (VALUES (a.on_day), (upper(statute.quota_period_of(a.on_day, q.quota))), ((a.on_day + interval '1 year')::date)) d (on_day)
				CROSS JOIN LATERAL statute.quota_period_of(d.on_day, q.quota) p (period)
			WHERE NOT upper_inf(statute.quota_bounds(q.quota)) AND p.period IS NOT NULL
		), capped AS MATERIALIZED (
			SELECT s.party, s.quota, s.period, statute._cap($1, s.party, s.quota, s.period) AS most FROM scope s
		)
		SELECT o.row_key, o.subject, o.rule_version, o.happened_at, CASE WHEN o.n > c.most THEN format('over "%s"', c.quota) END,
			format('no. %s in %s, of at most %s', o.n, c.period, c.most), false
		FROM capped c CROSS JOIN LATERAL (
			SELECT f.*, row_number() OVER (ORDER BY f.on_day, f.happened_at, f.row_key) AS n
			FROM statute.occurrence f
			WHERE f.binding = $1 AND f.party = c.party AND f.on_day <@ c.period
		) o
		WHERE o.quota = c.quota
	$$)
$outer$;
COMMENT ON FUNCTION statute._together_statements() IS 'internal: the statements for rows that are judged together';
