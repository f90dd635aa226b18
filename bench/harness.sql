-- What the benchmarks share: sliced tables, a list of queries, a procedure that
-- times them in turn, and a report of ratios. Variables: rows, runs.

\pset footer off
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
SET statute.beyond_announced = error;
SET TimeZone = 'UTC';
SET search_path = public, statute;
SELECT setseed(0.5) \g /dev/null

CREATE EXTENSION pg_prewarm;
CREATE SCHEMA bench;

CREATE FUNCTION bench.slice_rows() RETURNS integer LANGUAGE sql IMMUTABLE RETURN :rows / 10;

-- Ten tables name0 to name9; @ in their query is the number of the slice.
CREATE FUNCTION bench.slices(name text, body text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 0..9 LOOP
        EXECUTE format('CREATE UNLOGGED TABLE bench.%I AS %s', name || i, replace(body, '@', i::text));
    END LOOP;
END $$;

-- SELECT count(expression) FROM one of the slices, with joins or without. The
-- time for a row is set against that of another query of the topic: it should
-- be at most, or at least, so many times as long.
CREATE TABLE bench.query (
    nr integer GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    name text NOT NULL,
    expression text,            -- null where it is the name
    slices text,
    joins text NOT NULL DEFAULT '',
    statement text,             -- instead of these: all of a query that gives one number,
    nrows bigint,               -- and the rows that it goes over
    against text,
    at_most numeric,
    at_least numeric,
    PRIMARY KEY (topic, name),
    CHECK (num_nonnulls(slices, statement) = 1 AND num_nulls(statement, nrows) <> 1)
);

CREATE FUNCTION bench.body(q bench.query, slice integer) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(q.statement,
        format('SELECT count(%s) FROM bench.%s%s %s', coalesce(q.expression, q.name), q.slices, slice, q.joins))
$$;

CREATE TABLE bench.timing (topic text, name text, turn integer, ns double precision);

-- Nanoseconds that this process has computed, where Linux tells, so that a busy
-- machine falsifies little; the sleep makes it count up to now. Where workers
-- help, the time of this process says little: then it is the clock on the wall.
CREATE FUNCTION bench.clock() RETURNS double precision LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF current_setting('max_parallel_workers_per_gather') <> '0' THEN
        RETURN extract(epoch FROM clock_timestamp()) * 1e9;
    END IF;
    PERFORM pg_sleep(0.0001);
    RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::double precision;
EXCEPTION WHEN undefined_file THEN
    RETURN extract(epoch FROM clock_timestamp()) * 1e9;
END $$;

-- Slice by slice, each query in turn, so that what else the machine does falls
-- on all alike. Ten turns are a run, or one where that is long enough; a first
-- run, which warms up, is left out.
CREATE PROCEDURE bench.measure(wanted text, runs integer, turns integer DEFAULT 10) LANGUAGE plpgsql AS $$
DECLARE
    q bench.query;
    began double precision;
    took double precision;
    counted bigint;
BEGIN
    FOR turn IN 0..(runs + 1) * turns - 1 LOOP
        FOR q IN SELECT * FROM bench.query WHERE topic = wanted ORDER BY nr LOOP
            began := bench.clock();
            EXECUTE bench.body(q, turn % 10) INTO counted;
            took := bench.clock() - began;
            INSERT INTO bench.timing SELECT q.topic, q.name, turn, took / coalesce(q.nrows, counted) WHERE turn >= turns;
        END LOOP;
        COMMIT;
    END LOOP;
END $$;

-- The ratio is the median of each turn's own, with its quartiles.
CREATE VIEW bench.result AS
SELECT q.*, t.ns, r.*, coalesce(r.ratio <= q.at_most, r.ratio >= q.at_least) AS met
FROM bench.query q
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ns) AS ns
    FROM bench.timing WHERE topic = q.topic AND name = q.name) t
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY a.ns / b.ns) AS low,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY a.ns / b.ns) AS ratio,
        percentile_cont(0.75) WITHIN GROUP (ORDER BY a.ns / b.ns) AS high
    FROM bench.timing a JOIN bench.timing b USING (topic, turn)
    WHERE topic = q.topic AND a.name = q.name AND b.name = q.against) r;

CREATE FUNCTION bench.figure(x double precision) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT round(x::numeric, CASE WHEN x < 10 THEN 2 WHEN x < 100 THEN 1 ELSE 0 END)::text $$;

CREATE FUNCTION bench.report(wanted text)
RETURNS TABLE (query text, "ns/row" text, ratio text, quartiles text, "set against" text, target text, result text)
LANGUAGE sql AS $$
    SELECT name, bench.figure(ns), bench.figure(r.ratio), bench.figure(low) || ' - ' || bench.figure(high), against,
        coalesce('at most ' || at_most, 'at least ' || at_least),
        CASE met WHEN true THEN 'pass' WHEN false THEN 'FAIL' END
    FROM bench.result r
    WHERE topic = wanted
    ORDER BY nr
$$;

CREATE FUNCTION bench.prewarm() RETURNS void LANGUAGE sql AS $$
    SELECT pg_prewarm(oid) FROM pg_class WHERE relnamespace = 'bench'::regnamespace AND relkind IN ('r', 'i')
$$;
