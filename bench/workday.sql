-- Working days on dates. Variables: rows, runs, orafce (is it installed?).

\set few 'least(:rows, 50000)'
\set fewer 'least(:rows, 1000)'

SELECT setseed(0.5) \g /dev/null

-- Dates and numbers; n = 250 from the last date is still an announced day.
CREATE UNLOGGED TABLE bench.day AS
SELECT date '2004-01-02' + (random() * 7900)::integer AS d, 1 + (random() * 249)::integer AS n
FROM generate_series(1, :rows);
CREATE UNLOGGED TABLE bench.day_few AS SELECT * FROM bench.day LIMIT :few;
CREATE UNLOGGED TABLE bench.day_fewer AS SELECT * FROM bench.day LIMIT :fewer;

CREATE UNLOGGED TABLE bench.span AS SELECT d AS a, d + n AS b FROM bench.day;
CREATE UNLOGGED TABLE bench.span_few AS SELECT * FROM bench.span LIMIT :few;
CREATE UNLOGGED TABLE bench.span_fewer AS SELECT * FROM bench.span LIMIT :fewer;

-- Any two dates of those 22 years.
CREATE UNLOGGED TABLE bench.far AS
SELECT least(d, e) AS a, greatest(d, e) AS b
FROM (SELECT d, date '2004-01-02' + (random() * 7900)::integer AS e FROM bench.day) t;
CREATE UNLOGGED TABLE bench.far_few AS SELECT * FROM bench.far LIMIT least(:rows, 5000);

SELECT statute.define_calendar('BRANCH', 'Branch office', parent => 'CN') \g /dev/null
CREATE UNLOGGED TABLE bench.named AS
SELECT d, n, 'CN' AS one, CASE WHEN random() < 0.5 THEN 'CN' ELSE 'BRANCH' END AS two FROM bench.day;

-- The calendar table of a careful DBA: every working day with its number.
CREATE TABLE bench.working (day date PRIMARY KEY, nr integer NOT NULL UNIQUE);
INSERT INTO bench.working
SELECT day, row_number() OVER (ORDER BY day)
FROM statute.list_workdays('[2004-01-01,2026-12-28]', 'CN') AS day;

-- The same for joins: every day, with the number of working days through it.
CREATE TABLE bench.numbered (day date PRIMARY KEY, nr integer NOT NULL, works boolean NOT NULL);
INSERT INTO bench.numbered
SELECT d, count(w.day) OVER (ORDER BY d), w.day IS NOT NULL
FROM (SELECT d::date FROM generate_series(timestamp '2004-01-01', '2026-12-28', '1 day') d) days
LEFT JOIN bench.working w ON w.day = d;
CREATE UNIQUE INDEX ON bench.numbered (nr) WHERE works;

-- The usual loop.
CREATE TABLE bench.exception (day date PRIMARY KEY, works boolean NOT NULL);
INSERT INTO bench.exception SELECT day, is_workday FROM statute.calendar_day WHERE calendar = 'CN';

CREATE FUNCTION bench.loop_works(d date) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT e.works FROM bench.exception e WHERE e.day = d), extract(isodow FROM d) < 6);
END $$;

CREATE FUNCTION bench.loop_add(d date, n integer) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    WHILE n > 0 LOOP
        d := d + 1;
        IF bench.loop_works(d) THEN
            n := n - 1;
        END IF;
    END LOOP;
    RETURN d;
END $$;

CREATE FUNCTION bench.loop_between(a date, b date) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    n integer := 0;
BEGIN
    WHILE a < b LOOP
        a := a + 1;
        IF bench.loop_works(a) THEN
            n := n + 1;
        END IF;
    END LOOP;
    RETURN n;
END $$;

VACUUM (ANALYZE);
SELECT pg_prewarm(oid) FROM pg_class WHERE relnamespace = 'bench'::regnamespace AND relkind IN ('r', 'i') \g /dev/null

-- They must agree before their times mean anything.
DO $$
BEGIN
    ASSERT (SELECT bool_and(statute.add_workdays(d, n) = bench.loop_add(d, n)) FROM bench.day_fewer);
    ASSERT (SELECT bool_and(statute.add_workdays(d, n) = w.day) FROM bench.day
            JOIN bench.numbered c ON c.day = d JOIN bench.numbered w ON w.nr = c.nr + n AND w.works);
    ASSERT (SELECT bool_and(statute.workdays_between(a, b) = bench.loop_between(a, b)) FROM bench.span_fewer);
END $$;

INSERT INTO bench.query (topic, name, body, size, against, at_most, at_least) VALUES
('add', 'n alone', 'SELECT count(n) FROM bench.day', :rows, NULL, NULL, NULL),
('add', 'd + n', 'SELECT count(d + n) FROM bench.day', :rows, NULL, NULL, NULL),
('add', 'add_workdays(d, n)', 'SELECT count(statute.add_workdays(d, n)) FROM bench.day', :rows, 'd + n', 1.15, NULL),
('add', 'add_workdays(d, n, ''CN'')', 'SELECT count(statute.add_workdays(d, n, ''CN'')) FROM bench.day', :rows, 'd + n', 1.15, NULL),
('add', 'd + n, wider table', 'SELECT count(d + n) FROM bench.named', :rows, NULL, NULL, NULL),
('add', 'add_workdays(d, n, column), one calendar', 'SELECT count(statute.add_workdays(d, n, one)) FROM bench.named', :rows, 'd + n, wider table', NULL, NULL),
('add', 'add_workdays(d, n, column), two at random', 'SELECT count(statute.add_workdays(d, n, two)) FROM bench.named', :rows, 'd + n, wider table', NULL, NULL),
('add', 'calendar table, two index lookups',
    'SELECT count((SELECT v.day FROM bench.working v WHERE v.nr = n + (SELECT w.nr FROM bench.working w WHERE w.day <= d ORDER BY w.day DESC LIMIT 1))) FROM bench.day_few',
    :few, 'add_workdays(d, n)', NULL, 20),
('add', 'calendar table, two joins',
    'SELECT count(w.day) FROM bench.day JOIN bench.numbered c ON c.day = d JOIN bench.numbered w ON w.nr = c.nr + n AND w.works',
    :rows, 'add_workdays(d, n)', NULL, NULL),
('add', 'day loop in PL/pgSQL', 'SELECT count(bench.loop_add(d, n)) FROM bench.day_fewer', :fewer, 'add_workdays(d, n)', NULL, NULL),

('between', 'b - a', 'SELECT count(b - a) FROM bench.span', :rows, NULL, NULL, NULL),
('between', 'workdays_between(a, b)', 'SELECT count(statute.workdays_between(a, b)) FROM bench.span', :rows, 'b - a', 1.10, NULL),
('between', 'workdays_between(a, b, ''CN'')', 'SELECT count(statute.workdays_between(a, b, ''CN'')) FROM bench.span', :rows, 'b - a', 1.10, NULL),
('between', 'calendar table, count(*)',
    'SELECT count((SELECT count(*) FROM bench.working w WHERE w.day BETWEEN a + 1 AND b)) FROM bench.span_few',
    :few, 'workdays_between(a, b)', NULL, NULL),
('between', 'calendar table, two joins',
    'SELECT count(y.nr - x.nr) FROM bench.span JOIN bench.numbered x ON x.day = a JOIN bench.numbered y ON y.day = b',
    :rows, 'workdays_between(a, b)', NULL, NULL),
('between', 'day loop in PL/pgSQL', 'SELECT count(bench.loop_between(a, b)) FROM bench.span_fewer', :fewer, 'workdays_between(a, b)', NULL, NULL),

('far', 'b - a', 'SELECT count(b - a) FROM bench.far', :rows, NULL, NULL, NULL),
('far', 'workdays_between(a, b)', 'SELECT count(statute.workdays_between(a, b)) FROM bench.far', :rows, 'b - a', 1.10, NULL),
('far', 'calendar table, count(*)',
    'SELECT count((SELECT count(*) FROM bench.working w WHERE w.day BETWEEN a + 1 AND b)) FROM bench.far_few',
    least(:rows, 5000), 'workdays_between(a, b)', NULL, NULL),

('is', 'extract(isodow FROM d) < 6', 'SELECT count(extract(isodow FROM d) < 6) FROM bench.day', :rows, NULL, NULL, NULL),
('is', 'is_workday(d)', 'SELECT count(statute.is_workday(d)) FROM bench.day', :rows, 'extract(isodow FROM d) < 6', NULL, NULL),
('is', 'calendar table, EXISTS',
    'SELECT count(EXISTS (SELECT FROM bench.working w WHERE w.day = d)) FROM bench.day', :rows, 'is_workday(d)', NULL, NULL);

\if :orafce
CREATE EXTENSION orafce;
-- Saturdays and Sundays are off by default. Of single days off it takes 50: the latest.
SELECT plvdate.set_nonbizday(day) FROM (
    SELECT day FROM bench.exception WHERE NOT works AND extract(isodow FROM day) < 6
    ORDER BY day DESC LIMIT 50) e \g /dev/null
INSERT INTO bench.query (topic, name, body, size, against, at_least) VALUES
('add', 'orafce plvdate.add_bizdays', 'SELECT count(plvdate.add_bizdays(d, n)) FROM bench.day_few', :few, 'add_workdays(d, n)', 3),
('between', 'orafce plvdate.bizdays_between', 'SELECT count(plvdate.bizdays_between(a, b)) FROM bench.span_few', :few, 'workdays_between(a, b)', NULL),
('far', 'orafce plvdate.bizdays_between', 'SELECT count(plvdate.bizdays_between(a, b)) FROM bench.far_few', least(:rows, 5000), 'workdays_between(a, b)', 50),
('is', 'orafce plvdate.isbizday', 'SELECT count(plvdate.isbizday(d)) FROM bench.day', :rows, 'is_workday(d)', NULL);
\endif

CALL bench.measure('add', :runs);
CALL bench.measure('between', :runs);
CALL bench.measure('far', :runs);
CALL bench.measure('is', :runs);

\pset title 'Adding 1 to 250 working days'
SELECT * FROM bench.report('add');
\pset title 'Counting the working days of 1 to 250 days'
SELECT * FROM bench.report('between');
\pset title 'Counting the working days between any two dates of 22 years'
SELECT * FROM bench.report('far');
\pset title 'Is it a working day?'
SELECT * FROM bench.report('is');
