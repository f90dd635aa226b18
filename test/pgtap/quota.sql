-- Quotas over random cases, against oracles in plain SQL: periods from
-- date_trunc() and generate_series(), count(DISTINCT), windows that slide by
-- joining the events with themselves.
-- STATUTE_CASES in the environment sets how many (20,000).
\set ON_ERROR_STOP on
\set cases 20000
\getenv cases STATUTE_CASES
SET search_path = public, statute;
SET client_min_messages = warning;
SET timezone = 'America/New_York';
SET work_mem = '64MB';
SELECT setseed(0.2022);

-- A case is a quota and a span; what it says in words is built from parts.
CREATE TABLE part AS
SELECT i, kind, measure, first, last, since, base,
	CASE WHEN kind IN ('cap', 'floor') THEN CASE kind WHEN 'cap' THEN 'at most' ELSE 'at least' END
		WHEN measure = 'percent' THEN (ARRAY['at least', 'at most', 'more than', 'less than'])[1 + s % 4]
		ELSE (ARRAY['at least', 'at most', 'exactly'])[1 + s % 3] END AS sense,
	CASE WHEN kind IN ('cap', 'floor', 'blocks') THEN 'days' WHEN kind = 'total' THEN 'total' ELSE unit END AS per,
	CASE WHEN kind IN ('cap', 'floor', 'blocks') THEN ndays END AS ndays,
	CASE WHEN measure = 'percent' THEN (ARRAY[0.5, 33.33, 50, 80, 100, 120, 150, 200, 999.99, 1000])[1 + a % 10]
		WHEN measure = 'days' AND (kind = 'blocks' OR kind IN ('cap', 'floor')) THEN least(1 + a % 4, ndays)
		ELSE 1 + a % 2 * (a % 5) END AS amount,
	CASE WHEN measure <> 'percent' THEN NULL
		WHEN kind = 'total' THEN 'given'
		WHEN kind = 'blocks' OR unit IN ('week', 'year') THEN (ARRAY['previous', 'given'])[1 + b % 2]
		ELSE (ARRAY['previous', 'year before', 'given'])[1 + b % 3] END AS base_kind
FROM (SELECT i, kind, CASE WHEN kind IN ('cap', 'floor') AND m % 3 = 2 THEN 'times' ELSE (ARRAY['times', 'days', 'percent'])[1 + m % 3] END AS measure,
		(ARRAY['week', 'month', 'quarter', 'half year', 'year'])[1 + u % 5] AS unit, nd AS ndays,
		CASE WHEN aligned THEN date_trunc('month', f)::date ELSE f END AS first,
		CASE WHEN aligned THEN (date_trunc('month', f + len) + interval '1 month')::date - 1 ELSE f + least(len, CASE kind WHEN 'floor' THEN 150 ELSE 1200 END) END AS last,
		CASE WHEN kind = 'blocks' OR (kind = 'calendar' AND b % 7 < 2) THEN f - 200 + (x * 300)::int END AS since, s, a, b,
		CASE WHEN b % 5 > 0 THEN b % 17 END AS base
	FROM (SELECT i, (ARRAY['calendar', 'calendar', 'calendar', 'cap', 'cap', 'floor', 'blocks', 'total'])[1 + i % 8] AS kind,
			date '1999-01-01' + (random() * 12000)::int AS f, (random() * random() * 1200)::int AS len, random() < 0.4 AS aligned,
			(random() * 1e6)::int AS m, (random() * 1e6)::int AS u, (random() * 1e6)::int AS s, (random() * 1e6)::int AS a, (random() * 1e6)::int AS b,
			1 + (random() * random() * 70)::int AS nd, random() AS x
		FROM generate_series(1, :cases) i) r) k;

CREATE TABLE worded AS
SELECT p.*, daterange(first, last, '[]') AS span,
	format('%s %s%s', sense,
		CASE measure WHEN 'percent' THEN trim_scale(amount) || '% of ' || CASE base_kind
				WHEN 'previous' THEN 'previous ' || period
				WHEN 'year before' THEN format('same %s of previous year', period)
				ELSE coalesce(base::text, 'base') || CASE per WHEN 'total' THEN '' ELSE ' per ' || period END END
			ELSE amount || CASE measure WHEN 'times' THEN '' ELSE CASE amount WHEN 1 THEN ' day' ELSE ' days' END END
				|| CASE per WHEN 'total' THEN ' in total' ELSE ' per ' || period END END,
		' since ' || since::text) AS words,
	CASE WHEN measure <> 'percent' THEN
		coalesce(to_char(since, '"自"FMYYYY"年"FMMM"月"FMDD"日起"'), '')
		|| CASE per WHEN 'total' THEN '共' WHEN 'days' THEN '每' || ndays || '日'
			ELSE '每' || (ARRAY['周', '月', '季度', '半年', '年'])[array_position('{week,month,quarter,half year,year}', per)] END
		|| CASE i % 2 WHEN 0 THEN CASE sense WHEN 'at least' THEN '至少' WHEN 'at most' THEN '不超过' ELSE '恰好' END || amount || CASE measure WHEN 'times' THEN '次' ELSE '日' END
			ELSE CASE sense WHEN 'exactly' THEN '正好' ELSE '' END || amount || CASE measure WHEN 'times' THEN '场' ELSE '天' END
				|| CASE sense WHEN 'at least' THEN '以上' WHEN 'at most' THEN '以内' ELSE '' END END
	END AS chinese
FROM (SELECT part.*, CASE per WHEN 'days' THEN CASE ndays WHEN 1 THEN 'day' ELSE ndays || ' days' END ELSE per END AS period FROM part) p;

CREATE TABLE cases AS SELECT w.*, words::quota AS quota FROM worded w;
-- busy days and bare stretches, days outside, no date at all; every case has a row
CREATE TABLE event AS
SELECT i, at, (at + time '00:00' + (r * r * 86399.999999) * interval '1 second') AT TIME ZONE 'Asia/Shanghai' AS moment
FROM (SELECT c.i, CASE WHEN j = 0 THEN NULL WHEN random() < 0.01 THEN 'infinity'::date
			WHEN random() < 0.01 THEN '-infinity' WHEN random() < 0.3 THEN first + (abs(hashint4(c.i + j / 9)) % (last - first + 1))
			ELSE first - 30 + (random() * (last - first + 60))::int END AS at, random() AS r
	FROM cases c, LATERAL generate_series(0, abs(hashint4(c.i)) % (4 + least((last - first) / 6, 40))) j) e
ORDER BY random();
ANALYZE cases, event;

CREATE TABLE answer AS
SELECT c.i, quota_periods(e.at, c.quota, c.span) AS periods, quota_met(e.at, c.quota, c.span) AS met, quota_shortfall(e.at, c.quota, c.span) AS shortfall,
	quota_periods(e.moment, c.quota, c.span, 'CN') AS by_moment, quota_tally(e.at, c.quota, c.span) AS tally
FROM cases c JOIN event e USING (i) GROUP BY c.i;
CREATE TABLE got AS
SELECT a.i, n, p.period, lower(p.period) AS lo, upper(p.period) - 1 AS hi, p.counted, p.required, p.met, p.shortfall, p.status, p.pro_rata
FROM answer a, unnest(a.periods) WITH ORDINALITY AS p (period, counted, required, met, shortfall, status, pro_rata, n);
ANALYZE answer, got;

-- The oracle of periods: their days,
CREATE TABLE period AS
SELECT c.*, p.lo, p.hi, p.lo < c.first OR p.hi > c.last AS partial
FROM (SELECT cases.*, CASE per WHEN 'days' THEN make_interval(days => ndays) WHEN 'half year' THEN '6 months' WHEN 'quarter' THEN '3 months'
			WHEN 'total' THEN NULL ELSE ('1 ' || per)::interval END AS step
		FROM cases WHERE kind NOT IN ('cap', 'floor')) c
	CROSS JOIN LATERAL (
		SELECT c.first AS lo, c.last AS hi WHERE c.per = 'total'
		UNION ALL
		SELECT d::date, (d + c.step)::date - 1
		FROM generate_series(date_trunc(CASE c.per WHEN 'half year' THEN 'year' ELSE c.per END, c.first::timestamp), c.last, c.step) d
		WHERE c.since IS NULL AND c.per <> 'total'
		UNION ALL
		SELECT (c.since + k * c.step)::date + 1, (c.since + (k + 1) * c.step)::date
		FROM generate_series(0, 1 + (c.last - c.since) / CASE c.per WHEN 'days' THEN c.ndays WHEN 'week' THEN 7 ELSE 28 END) k
		WHERE c.since IS NOT NULL) p
WHERE p.hi >= c.first AND p.lo <= c.last;
ANALYZE period;
-- what happened in them,
CREATE TABLE counted AS
SELECT p.i, p.lo, CASE p.measure WHEN 'days' THEN count(DISTINCT e.at) ELSE count(e.at) END AS n
FROM period p LEFT JOIN event e ON e.i = p.i AND e.at BETWEEN greatest(p.lo, p.first) AND least(p.hi, p.last)
GROUP BY p.i, p.lo, p.measure;
ANALYZE counted;
-- and what that means
CREATE TABLE expected AS
SELECT i, lo, hi, n, partial, limit_at IS NULL AS no_base, sense, required, held,
	CASE WHEN limit_at IS NULL THEN NULL WHEN NOT partial THEN held
		WHEN sense IN ('at least', 'more than') THEN nullif(held, false)
		WHEN n > least_over THEN false END AS met,
	CASE WHEN sense IN ('at least', 'more than') THEN greatest(required - n, 0) WHEN n > least_over THEN n - least_over
		WHEN sense = 'exactly' THEN required - n ELSE 0 END AS missing,
	CASE WHEN partial AND limit_at IS NOT NULL THEN round(required * (least(hi, last) - greatest(lo, first) + 1)::numeric / (hi - lo + 1), 2) END AS pro_rata
FROM (SELECT j.*,
		CASE sense WHEN 'at least' THEN n >= limit_at WHEN 'more than' THEN n > limit_at WHEN 'at most' THEN n <= limit_at
			WHEN 'less than' THEN n < limit_at ELSE n = limit_at END AS held,
		CASE WHEN limit_at IS NULL THEN NULL WHEN sense = 'at least' THEN ceil(limit_at)
			WHEN sense = 'more than' THEN floor(limit_at) + 1 WHEN sense = 'less than' THEN greatest(ceil(limit_at) - 1, 0) ELSE floor(limit_at) END AS required,
		CASE sense WHEN 'less than' THEN ceil(limit_at) - 1 ELSE floor(limit_at) END AS least_over
	FROM (SELECT b.*, CASE WHEN measure = 'percent' THEN amount / 100 * CASE base_kind WHEN 'given' THEN base
				WHEN 'previous' THEN previous ELSE year_before END ELSE amount END AS limit_at
		FROM (SELECT p.*, n,
				lag(CASE WHEN NOT partial THEN n END) OVER w AS previous,
				lag(CASE WHEN NOT partial THEN n END, CASE per WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 ELSE 2 END) OVER w AS year_before
			FROM period p JOIN counted USING (i, lo) WINDOW w AS (PARTITION BY i ORDER BY lo)) b) j) l;
ANALYZE expected;

-- Windows that slide: how much a day weighs
CREATE TABLE day AS
SELECT c.i, e.at, CASE c.measure WHEN 'days' THEN count(DISTINCT e.at) ELSE count(*) END AS n
FROM cases c JOIN event e ON e.i = c.i AND e.at BETWEEN c.first AND c.last
WHERE c.kind IN ('cap', 'floor') GROUP BY c.i, c.measure, e.at;
CREATE INDEX ON day (i, at);
ANALYZE day;

SELECT plan(21);

-- the type
SELECT is((SELECT min(format('case %s: %s', i, words)) FROM cases WHERE quota::text <> words), NULL, 'a quota is written as it was read');
SELECT is((SELECT min(format('case %s: %s', i, chinese)) FROM cases WHERE chinese::quota <> quota), NULL, 'Chinese and English say the same');
SELECT is((SELECT count(*) FROM cases a JOIN cases b ON b.i = a.i + 1 WHERE (a.quota = b.quota) <> (a.words = b.words)
		OR (a.quota < b.quota) <> (b.quota > a.quota) OR (a.quota <= b.quota) <> (quota_cmp(a.quota, b.quota) <= 0)
		OR (a.quota = b.quota AND quota_hash(a.quota) <> quota_hash(b.quota))), 0::bigint, 'equal are the same words');
SELECT is((SELECT count(DISTINCT quota) FROM cases), (SELECT count(DISTINCT words) FROM cases), 'DISTINCT knows them apart');
SELECT is((SELECT count(*) FROM cases WHERE since IS NOT NULL AND (kind <> 'blocks' OR (sense <> 'exactly' AND measure <> 'percent')) AND quota_since(replace(words, ' since ' || since, '')::quota, since) <> quota), 0::bigint,
	'quota_since() is since');
SELECT is((SELECT count(*) FROM cases WHERE base_kind = 'given' AND base IS NOT NULL
		AND quota_with_base(replace(words, '% of ' || base, '% of base')::quota, base) <> quota), 0::bigint, 'quota_with_base() is of a number');
SELECT is((SELECT count(*) FROM cases WHERE quota_unit(quota) <> measure), 0::bigint, 'quota_unit()');

-- periods
SELECT is((SELECT count(*) FROM (
			SELECT c.i, p.period, p.partial FROM cases c, list_quota_periods(c.quota, c.span) p WHERE c.kind NOT IN ('cap', 'floor')) p
		FULL JOIN expected x ON x.i = p.i AND x.lo = lower(p.period)
		WHERE (p.period, p.partial) IS DISTINCT FROM (daterange(x.lo, x.hi, '[]'), x.partial)), 0::bigint, 'list_quota_periods(): each, and no other');
SELECT is((SELECT count(*) FROM event e JOIN cases c USING (i) LEFT JOIN period p ON p.i = e.i AND e.at BETWEEN p.lo AND p.hi
		WHERE e.at BETWEEN c.first AND c.last AND quota_period_of(e.at, c.quota) IS DISTINCT FROM CASE
			WHEN c.kind IN ('cap', 'floor') THEN daterange(e.at - c.ndays + 1, e.at, '[]')
			WHEN c.kind = 'total' THEN '(,)' WHEN p.i IS NOT NULL THEN daterange(p.lo, p.hi, '[]') END), 0::bigint, 'quota_period_of()');

-- aggregates over periods
SELECT is((SELECT min(format('case %s, %s over %s: got %s; want %s, %s of %s, %s, %s, %s', c.i, c.words, c.span, g,
			daterange(x.lo, x.hi, '[]'), x.n, x.required, x.met, x.missing, x.pro_rata))
		FROM (SELECT g.* FROM got g JOIN cases c USING (i) WHERE c.kind NOT IN ('cap', 'floor')) g
			FULL JOIN expected x ON x.i = g.i AND x.lo = g.lo JOIN cases c ON c.i = coalesce(g.i, x.i)
		WHERE (g.hi, g.counted, g.required, g.met, g.shortfall, g.pro_rata, g.status) IS DISTINCT FROM
			(x.hi, x.n::int, x.required::int, x.met, CASE WHEN x.met IS NOT NULL THEN x.missing::int END, x.pro_rata,
			CASE WHEN x.no_base THEN 'no base' WHEN NOT x.met THEN 'not met' WHEN x.partial THEN 'partial' ELSE 'met' END)), NULL,
	'quota_periods(): as the oracle has them');
SELECT cmp_ok((SELECT least(count(*) FILTER (WHERE met), count(*) FILTER (WHERE NOT met), count(*) FILTER (WHERE met IS NULL),
		count(*) FILTER (WHERE no_base), count(*) FILTER (WHERE partial AND met), count(*) FILTER (WHERE partial AND NOT met)) FROM expected),
	'>', (:cases / 200)::bigint, 'and they are of every kind');
SELECT is((SELECT min(format('case %s, %s over %s', i, words, span)) FROM cases c JOIN answer a USING (i)
		LEFT JOIN (SELECT i, bool_and(met) AS met, sum(missing) FILTER (WHERE met IS NOT NULL) AS missing FROM expected GROUP BY i) x USING (i)
		WHERE c.kind NOT IN ('cap', 'floor') AND (a.met IS DISTINCT FROM x.met OR a.shortfall IS DISTINCT FROM x.missing::int)), NULL,
	'quota_met() and quota_shortfall(): of all periods that can be judged');
SELECT is((SELECT min(format('case %s, %s', c.i, c.words)) FROM cases c JOIN got g USING (i)
		WHERE c.measure <> 'percent' AND g.status IN ('met', 'not met') AND (g.counted::numeric <@ quota_bounds(c.quota)) <> g.met), NULL,
	'met is within quota_bounds()');

-- a cap that slides
SELECT is((SELECT count(*) FROM cases c JOIN answer a USING (i) LEFT JOIN (
			SELECT DISTINCT d.i FROM day d JOIN cases c ON c.i = d.i AND c.kind = 'cap' JOIN day b ON b.i = d.i AND b.at BETWEEN d.at - c.ndays + 1 AND d.at
			GROUP BY d.i, d.at, c.amount HAVING sum(b.n) > c.amount) x USING (i)
		WHERE c.kind = 'cap' AND a.met IS DISTINCT FROM (x.i IS NULL)), 0::bigint, 'a cap is met where no window exceeds it');
SELECT is((SELECT min(format('case %s, %s: %s', c.i, c.words, g.period)) FROM got g JOIN cases c USING (i), LATERAL (
			SELECT sum(n) AS n, sum(n) FILTER (WHERE at > g.lo) AS later, sum(n) FILTER (WHERE at < g.hi) AS sooner
			FROM day d WHERE d.i = g.i AND d.at BETWEEN g.lo AND g.hi) x
		WHERE c.kind = 'cap' AND (g.lo < c.first OR g.hi > c.last OR g.hi - g.lo >= c.ndays OR g.counted <> x.n OR x.n <= c.amount
			OR x.later > c.amount OR x.sooner > c.amount OR g.required <> c.amount OR g.shortfall <> x.n - c.amount OR g.met OR g.status <> 'not met'
			OR g.pro_rata IS NOT NULL)), NULL, 'each window of a cap exceeds it, and is minimal');
SELECT is((SELECT count(*) FROM (SELECT lo <= lag(hi) OVER (PARTITION BY i ORDER BY n) AS overlap FROM got JOIN cases c USING (i) WHERE c.kind IN ('cap', 'floor')) g
		WHERE overlap), 0::bigint, 'windows come in order and do not overlap');
-- the days on which there are first too many, counted from the last window on
SELECT is((SELECT min(format('case %s, %s, on %s', i, words, at)) FROM (
			SELECT c.i, c.words, d.at, c.amount, bool_or(g.hi = d.at) AS reported,
				(SELECT sum(b.n) FROM day b WHERE b.i = d.i AND b.at BETWEEN d.at - c.ndays + 1 AND d.at AND b.at > coalesce(max(g.hi) FILTER (WHERE g.hi < d.at), '-infinity')) AS n
			FROM cases c JOIN day d USING (i) LEFT JOIN got g USING (i) WHERE c.kind = 'cap' GROUP BY c.i, c.words, c.ndays, c.amount, d.i, d.at) x
		WHERE (n > amount) IS DISTINCT FROM coalesce(reported, false)), NULL, 'no window of a cap is left out');
SELECT is((SELECT count(*) FROM cases c JOIN answer a USING (i) LEFT JOIN (SELECT i, sum(shortfall) AS n FROM got GROUP BY i) g USING (i)
		WHERE c.kind IN ('cap', 'floor') AND c.last - c.first + 1 >= c.ndays
			AND (a.shortfall IS DISTINCT FROM coalesce(g.n, 0)::int OR a.met IS DISTINCT FROM (g.n IS NULL))), 0::bigint, 'shortfalls of windows are added up');

-- a minimum in each window of so many days
CREATE TABLE floor_day AS
SELECT c.i, c.words, c.first, c.ndays, c.amount, c.first + k AS at, sum(coalesce(d.n, 0)) OVER (PARTITION BY c.i ORDER BY k) AS so_far
FROM cases c CROSS JOIN LATERAL generate_series(0, c.last - c.first) k LEFT JOIN day d ON d.i = c.i AND d.at = c.first + k
WHERE c.kind = 'floor' AND c.last - c.first + 1 >= c.ndays;
SELECT is((SELECT min(format('case %s, %s, on %s', i, words, at)) FROM (
			SELECT t.*, t.so_far - coalesce(b.so_far, 0) AS n, g.hi IS NOT NULL AS reported, g.lo, g.counted, g.shortfall, g.required,
				max(g.hi) OVER (PARTITION BY t.i ORDER BY t.at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
			FROM floor_day t LEFT JOIN floor_day b ON b.i = t.i AND b.at = t.at - t.ndays LEFT JOIN got g ON g.i = t.i AND g.hi = t.at) x
		WHERE (n < amount AND at >= coalesce(before, first - 1) + ndays) <> reported
			OR (reported AND (lo <> at - ndays + 1 OR counted <> n OR shortfall <> amount - n OR required <> amount))), NULL,
	'a minimum: the windows that lack, one after the other');
SELECT is((SELECT min(format('case %s, %s over %s', c.i, c.words, c.span)) FROM cases c JOIN answer a USING (i) LEFT JOIN got g USING (i)
			LEFT JOIN (SELECT i, sum(n) AS n FROM day GROUP BY i) d USING (i)
		WHERE c.kind = 'floor' AND c.last - c.first + 1 < c.ndays
			AND (g.counted, g.status, g.lo, g.hi, coalesce(g.met, false), coalesce(a.met, false), a.met IS NULL, coalesce(a.shortfall, -1)) IS DISTINCT FROM
				(coalesce(d.n, 0)::int, 'partial', c.first, c.first + c.ndays - 1, coalesce(d.n >= c.amount, false), coalesce(d.n >= c.amount, false),
				coalesce(d.n < c.amount, true), CASE WHEN d.n >= c.amount THEN 0 ELSE -1 END)), NULL, 'a span shorter than the window is met, or cannot be told');

SELECT is((SELECT count(*) FROM answer WHERE by_moment IS DISTINCT FROM periods), 0::bigint, 'instants count on their day in China, wherever the session is');
SELECT * FROM finish();
