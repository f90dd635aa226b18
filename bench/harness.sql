-- What the benchmarks share: a list of queries, a procedure that times them in
-- turn, and a report of ratios.

\pset footer off
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET statute.beyond_announced = error;
SET TimeZone = 'UTC';

CREATE EXTENSION IF NOT EXISTS pg_prewarm;
CREATE SCHEMA bench;

-- A query over `size` rows. Its time for a row is set against that of another
-- query of its topic: at most, or at least, so many times as long.
CREATE TABLE bench.query (
    nr integer GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    name text NOT NULL,
    body text NOT NULL,
    size bigint NOT NULL,
    against text,
    at_most numeric,
    at_least numeric,
    UNIQUE (topic, name)
);

CREATE TABLE bench.timing (
    topic text,
    name text,
    run integer,
    ns double precision NOT NULL,
    PRIMARY KEY (topic, name, run)
);

-- Nanoseconds that this process has computed, where Linux tells, so that a busy
-- machine falsifies little; the sleep makes it count up to now.
CREATE FUNCTION bench.clock() RETURNS double precision LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_sleep(0.0001);
    RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision;
EXCEPTION WHEN undefined_file THEN
    RETURN extract(epoch FROM clock_timestamp()) * 1e9;
END $$;

-- Query by query in turn, so that what else the machine does falls on all
-- alike. A round takes the best of three turns; round 0 is for warming up.
CREATE PROCEDURE bench.measure(wanted text, runs integer) LANGUAGE plpgsql AS $$
DECLARE
    q bench.query;
    began double precision;
BEGIN
    FOR turn IN 2..runs * 3 + 2 LOOP
        FOR q IN SELECT * FROM bench.query WHERE topic = wanted ORDER BY nr LOOP
            began := bench.clock();
            EXECUTE q.body;
            INSERT INTO bench.timing
            VALUES (q.topic, q.name, turn / 3, (bench.clock() - began) / q.size)
            ON CONFLICT (topic, name, run) DO UPDATE SET ns = least(timing.ns, excluded.ns);
        END LOOP;
        COMMIT;
    END LOOP;
    DELETE FROM bench.timing WHERE run = 0;
END $$;

-- The ratio is the median of each round's own, with the least and the greatest.
CREATE VIEW bench.result AS
SELECT q.*, t.ns, r.ratio, r.low, r.high,
    coalesce(r.ratio <= q.at_most, r.ratio >= q.at_least) AS met
FROM bench.query q
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS ns
    FROM bench.timing WHERE topic = q.topic AND name = q.name) t
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a.ns / b.ns) AS ratio,
        min(a.ns / b.ns) AS low, max(a.ns / b.ns) AS high
    FROM bench.timing a JOIN bench.timing b USING (topic, run)
    WHERE topic = q.topic AND a.name = q.name AND b.name = q.against) r;

CREATE FUNCTION bench.figure(x double precision) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN x < 10 THEN round(x::numeric, 2) WHEN x < 100 THEN round(x::numeric, 1) ELSE round(x::numeric) END::text $$;

CREATE FUNCTION bench.report(wanted text)
RETURNS TABLE (query text, "rows" bigint, "ns/row" text, ratio text, spread text, "set against" text, target text, result text)
LANGUAGE sql AS $$
    SELECT name, size, bench.figure(ns), bench.figure(r.ratio), bench.figure(low) || ' - ' || bench.figure(high), against,
        coalesce('at most ' || at_most, 'at least ' || at_least), CASE met WHEN true THEN 'pass' WHEN false THEN 'FAIL' END
    FROM bench.result r
    WHERE topic = wanted
    ORDER BY nr
$$;
