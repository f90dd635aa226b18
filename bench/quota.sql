-- Quotas over events of many subjects. Variables: events, years, runs.
--
-- Each query is SELECT sum(c) FROM (SELECT subject, AGGREGATE AS c ... GROUP BY
-- subject) x: over a bare count(*) of the groups the planner would leave the
-- aggregate out.

SET work_mem = '2GB';       -- nothing spills
SET hash_mem_multiplier = 1;

-- The years that end with 2022. One subject in a hundred has none, the others have none
-- in one quarter of 25.
CREATE TABLE bench.span AS
SELECT f.first, date '2023-01-01' - f.first AS ndays, 4 * :years AS quarters
FROM (SELECT (date '2023-01-01' - make_interval(years => :years))::date AS first) f;

CREATE TABLE bench.roster (subject integer PRIMARY KEY);
INSERT INTO bench.roster SELECT generate_series(1, 10000);

CREATE FUNCTION bench.nth_quarter(at date) RETURNS integer LANGUAGE sql IMMUTABLE
RETURN extract(year FROM at)::integer * 4 + extract(quarter FROM at)::integer;

CREATE UNLOGGED TABLE bench.event AS
SELECT subject, CASE
    WHEN (subject * 7 + bench.nth_quarter(at)) % 25 <> 0 THEN at
    WHEN at < '2022-10-01' THEN at + 92
    ELSE at - 92 END AS at
FROM (SELECT 1 + floor(random() * 9900)::integer AS subject,
        s.first + floor(random() * s.ndays)::integer AS at
    FROM generate_series(1, :events), bench.span s) e;

CREATE UNLOGGED TABLE bench.instant AS
SELECT subject, (at + time '08:00' + random() * interval '10 hours') AT TIME ZONE 'Asia/Shanghai' AS at
FROM bench.event;

-- For what compares every event with every other of its subject
CREATE UNLOGGED TABLE bench.few AS SELECT * FROM bench.event WHERE subject <= 100;

VACUUM (ANALYZE);
SELECT bench.prewarm() \g /dev/null

-- The periods as a careful DBA would have them, and the quarter of each day
CREATE TABLE bench.quarter AS
SELECT row_number() OVER (ORDER BY d)::integer AS nr, d::date AS first, (d + interval '3 months')::date AS until
FROM bench.span s, generate_series(s.first::timestamp, '2022-12-31', '3 months') d;
CREATE TABLE bench.day AS
SELECT d::date AS day, q.nr AS quarter
FROM bench.span s CROSS JOIN generate_series(s.first::timestamp, '2022-12-31', '1 day') d
JOIN bench.quarter q ON d >= q.first AND d < q.until;
VACUUM (ANALYZE) bench.quarter, bench.day;

-- In queries :first stands for the first day, :span for all years.
CREATE FUNCTION bench.fill(query text) RETURNS text LANGUAGE sql AS $$
    SELECT replace(replace(query, ':first', quote_literal(s.first)),
        ':span', quote_literal(daterange(s.first, '2023-01-01')))
    FROM bench.span s
$$;

-- AGGREGATE by subject
CREATE FUNCTION bench.by_subject(aggregate text, events text DEFAULT 'event') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT sum(c) FROM (SELECT subject, %s AS c FROM bench.%s GROUP BY subject) x',
        bench.fill(aggregate), events)
$$;

-- The full answer: every subject of the roster and every quarter.
CREATE FUNCTION bench.full_answer(kind text) RETURNS text LANGUAGE sql AS $$
    SELECT bench.fill(CASE kind
    WHEN 'ours' THEN $q$
        SELECT sum(c) FROM (
            SELECT subject, coalesce(n, (SELECT quota_shortfall(NULL::date, 'at least 1 per quarter', :span))) AS c
            FROM bench.roster LEFT JOIN (
                SELECT subject, quota_shortfall(at, 'at least 1 per quarter', :span) AS n
                FROM bench.event GROUP BY subject) e USING (subject)) x$q$
    WHEN 'ours, one join' THEN $q$
        SELECT sum(c) FROM (
            SELECT r.subject, quota_shortfall(e.at, 'at least 1 per quarter', :span) AS c
            FROM bench.roster r LEFT JOIN bench.event e USING (subject) GROUP BY r.subject) x$q$
    WHEN 'date_trunc' THEN $q$
        SELECT sum(c) FROM (
            SELECT r.subject, sum(greatest(1 - coalesce(e.n, 0), 0)) AS c
            FROM bench.roster r
            CROSS JOIN generate_series(timestamp :first, '2022-12-31', '3 months') AS q (first)
            LEFT JOIN (
                SELECT subject, date_trunc('quarter', at::timestamp) AS first, count(*) AS n
                FROM bench.event WHERE at >= :first AND at < '2023-01-01'
                GROUP BY 1, 2) e USING (subject, first)
            GROUP BY r.subject) x$q$
    WHEN 'table of days' THEN $q$
        SELECT sum(c) FROM (
            SELECT r.subject, sum(greatest(1 - coalesce(e.n, 0), 0)) AS c
            FROM bench.roster r
            CROSS JOIN bench.quarter q
            LEFT JOIN (
                SELECT e.subject, d.quarter AS nr, count(*) AS n
                FROM bench.event e JOIN bench.day d ON d.day = e.at
                GROUP BY 1, 2) e USING (subject, nr)
            GROUP BY r.subject) x$q$
    END)
$$;

-- Is some third event within 30 days of the first? By subject, in three ways
CREATE FUNCTION bench.cap(kind text, events text) RETURNS text LANGUAGE sql AS $$
    SELECT replace(CASE kind
    WHEN 'ours' THEN bench.by_subject('quota_met(at, ''at most 2 per 30 days'', :span)::integer', '@')
    WHEN 'lag' THEN $q$
        SELECT sum(c) FROM (
            SELECT subject, (count(*) FILTER (WHERE at - third < 30) = 0)::integer AS c
            FROM (SELECT subject, at, lag(at, 2) OVER (PARTITION BY subject ORDER BY at) AS third FROM bench.@) e
            GROUP BY subject) x$q$
    WHEN 'frame' THEN $q$
        SELECT sum(c) FROM (
            SELECT subject, (max(n) <= 2)::integer AS c
            FROM (SELECT subject, count(*) OVER (PARTITION BY subject ORDER BY at
                    RANGE BETWEEN '29 days' PRECEDING AND CURRENT ROW) AS n FROM bench.@) e
            GROUP BY subject) x$q$
    WHEN 'self join' THEN $q$
        SELECT sum(c) FROM (
            SELECT subject, (max(n) <= 2)::integer AS c
            FROM (SELECT a.subject, a.at, count(*) / count(DISTINCT a.ctid) AS n
                FROM bench.@ a JOIN bench.@ b ON b.subject = a.subject AND b.at > a.at - 30 AND b.at <= a.at
                GROUP BY a.subject, a.at) e
            GROUP BY subject) x$q$
    END, '@', events)
$$;

-- They must agree before their times mean anything.
CREATE FUNCTION bench.number(statement text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    n numeric;
BEGIN
    EXECUTE statement INTO n;
    RETURN n;
END $$;
DO $$
DECLARE
    n numeric := bench.number(bench.full_answer('ours'));
    quarters integer := (SELECT s.quarters FROM bench.span s);
    missing integer := 100 * quarters;  -- of the subjects without an event
BEGIN
    ASSERT n > missing;
    ASSERT n = bench.number(bench.full_answer('ours, one join'));
    ASSERT n = bench.number(bench.full_answer('date_trunc'));
    ASSERT n = bench.number(bench.full_answer('table of days'));
    ASSERT n - missing = bench.number(bench.by_subject(quarters || ' - count(DISTINCT date_trunc(''quarter'', at))'));
    ASSERT n - missing = bench.number(bench.by_subject('quota_shortfall(at, ''at least 1 per quarter'', :span, ''CN'')', 'instant'));
    n := bench.number(bench.cap('ours', 'few'));
    ASSERT n = bench.number(bench.cap('lag', 'few'));
    ASSERT n = bench.number(bench.cap('frame', 'few'));
    ASSERT n = bench.number(bench.cap('self join', 'few'));
END $$;

-- The same queries twice: in one process, and with two workers.
CREATE FUNCTION bench.add_queries(topic text, events bigint) RETURNS void LANGUAGE sql AS $$
INSERT INTO bench.query (topic, name, statement, nrows, against, at_most, at_least)
SELECT topic, q.name, q.statement, CASE WHEN q.few THEN (SELECT count(*) FROM bench.few) ELSE events END,
    q.against, q.at_most, q.at_least
FROM (VALUES
    ('count(*)', bench.by_subject('count(*)'), false, NULL, NULL::numeric, NULL::numeric),
    ('quota_shortfall, at least 1 per quarter',
        bench.by_subject('quota_shortfall(at, ''at least 1 per quarter'', :span)'), false, 'count(*)', 1.5, NULL),
    ('quota_met, the same',
        bench.by_subject('quota_met(at, ''at least 1 per quarter'', :span)::integer'), false, 'count(*)', 1.5, NULL),
    ('quota_periods, the same',
        bench.by_subject('cardinality(quota_periods(at, ''at least 1 per quarter'', :span))'), false, 'count(*)', 1.5, NULL),
    ('count(DISTINCT date_trunc(''quarter'', at))',
        bench.by_subject('count(DISTINCT date_trunc(''quarter'', at))'), false,
        'quota_shortfall, at least 1 per quarter', NULL, 2.5),
    ('quota_shortfall, at least 30 days per year',
        bench.by_subject('quota_shortfall(at, ''at least 30 days per year'', :span)'), false, 'count(*)', 1.5, NULL),
    ('count(DISTINCT at)',
        bench.by_subject('count(DISTINCT at)'), false, 'quota_shortfall, at least 30 days per year', NULL, 2.5),
    ('full answer, ours', bench.full_answer('ours'), false, 'count(*)', NULL, NULL),
    ('full answer, ours, roster LEFT JOIN events', bench.full_answer('ours, one join'), false, 'full answer, ours', NULL, NULL),
    ('full answer, plain SQL, date_trunc', bench.full_answer('date_trunc'), false, 'full answer, ours', NULL, 5),
    ('full answer, plain SQL, table of days', bench.full_answer('table of days'), false, 'full answer, ours', NULL, NULL),
    ('quota_met, at most 2 per 30 days', bench.cap('ours', 'event'), false, 'count(*)', NULL, NULL),
    ('window function, lag(at, 2)', bench.cap('lag', 'event'), false, 'quota_met, at most 2 per 30 days', NULL, NULL),
    ('window function, frame of 30 days', bench.cap('frame', 'event'), false, 'quota_met, at most 2 per 30 days', NULL, NULL),
    ('self join, one subject in 100', bench.cap('self join', 'few'), true, 'quota_met, at most 2 per 30 days', NULL, NULL),
    ('count(*), timestamptz', bench.by_subject('count(*)', 'instant'), false, NULL, NULL, NULL),
    ('quota_shortfall, at least 1 per quarter, timestamptz',
        bench.by_subject('quota_shortfall(at, ''at least 1 per quarter'', :span, ''CN'')', 'instant'), false,
        'count(*), timestamptz', NULL, NULL),
    ('count(DISTINCT date_trunc(...)), timestamptz',
        bench.by_subject('count(DISTINCT date_trunc(''quarter'', at AT TIME ZONE ''Asia/Shanghai''))', 'instant'), false,
        'quota_shortfall, at least 1 per quarter, timestamptz', NULL, 2.5)
) q (name, statement, few, against, at_most, at_least)
$$;

SELECT bench.add_queries('serial', :events), bench.add_queries('parallel', :events) \g /dev/null

CALL bench.measure('serial', :runs, 1);
SET max_parallel_workers_per_gather = 2;
CALL bench.measure('parallel', :runs, 1);

SELECT format('Quotas of 10,000 subjects, events of %s years', :years) AS title \gset
\set serial :title ', one process'
\set parallel :title ', two workers, wall time'
\pset title :serial
SELECT * FROM bench.report('serial');
\pset title :parallel
SELECT * FROM bench.report('parallel');

-- Memory by the subject: of the node that groups, and of the sort below it.
SET max_parallel_workers_per_gather = 0;

CREATE TABLE bench.memory (nr integer GENERATED ALWAYS AS IDENTITY, query text, groups text, sort text, state integer);

CREATE PROCEDURE bench.note_memory(query text, aggregate text, tally text DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
    size integer;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || bench.by_subject(aggregate) INTO plan;
    ASSERT NOT jsonb_path_exists(plan, 'strict $.** ? (@."Sort Space Type" == "Disk" || @."Disk Usage" > 0)');
    IF tally IS NOT NULL THEN
        size := bench.number(replace(bench.by_subject(format('pg_column_size(%s)', tally)), 'sum(c)', 'avg(c)'));
    END IF;
    INSERT INTO bench.memory (query, groups, sort, state)
    SELECT query, bench.figure(max(g::float8) * 1024 / groups), bench.figure(max(s::float8) * 1024 / groups), size
    FROM (SELECT count(DISTINCT subject) AS groups FROM bench.event) n
    LEFT JOIN jsonb_path_query(plan, 'strict $.**."Peak Memory Usage"') AS g ON true
    LEFT JOIN jsonb_path_query(plan, 'strict $.**."Sort Space Used"') AS s ON true
    GROUP BY groups;
END $$;

CALL bench.note_memory('count(*)', 'count(*)');
CALL bench.note_memory('quota_shortfall, at least 1 per quarter',
    'quota_shortfall(at, ''at least 1 per quarter'', :span)', 'quota_tally(at, ''at least 1 per quarter'', :span)');
CALL bench.note_memory('quota_shortfall, at least 30 days per year',
    'quota_shortfall(at, ''at least 30 days per year'', :span)', 'quota_tally(at, ''at least 30 days per year'', :span)');
CALL bench.note_memory('quota_met, at most 2 per 30 days',
    'quota_met(at, ''at most 2 per 30 days'', :span)::integer', 'quota_tally(at, ''at most 2 per 30 days'', :span)');
CALL bench.note_memory('count(DISTINCT at)', 'count(DISTINCT at)');
CALL bench.note_memory('count(DISTINCT date_trunc(''quarter'', at))', 'count(DISTINCT date_trunc(''quarter'', at))');

\pset title 'Bytes by the subject'
SELECT query, groups AS "groups", sort AS "sort below", state AS "state, stored" FROM bench.memory ORDER BY nr;
