-- Working days on dates. Variables: rows, runs, orafce (is it installed?).

-- Dates and numbers; 250 working days from the last date is still an announced day.
SELECT bench.slices('day', $$
    SELECT date '2004-01-02' + (random() * 7900)::integer AS d, 1 + (random() * 249)::integer AS n
    FROM generate_series(1, bench.slice_rows())$$) \g /dev/null
SELECT bench.slices('span', 'SELECT d AS a, d + n AS b FROM bench.day@') \g /dev/null
-- Any two dates of those 22 years.
SELECT bench.slices('far', $$
    SELECT least(d, e) AS a, greatest(d, e) AS b
    FROM (SELECT d, date '2004-01-02' + (random() * 7900)::integer AS e FROM bench.day@) t$$) \g /dev/null
SELECT define_calendar('BRANCH', 'Branch office', parent => 'CN') \g /dev/null
SELECT bench.slices('named', $$
    SELECT d, n, 'CN' AS one, CASE WHEN random() < 0.5 THEN 'CN' ELSE 'BRANCH' END AS two
    FROM bench.day@$$) \g /dev/null
-- For what is too slow for all of them.
SELECT bench.slices('few_day', 'SELECT * FROM bench.day@ LIMIT 5000'),
    bench.slices('few_span', 'SELECT * FROM bench.span@ LIMIT 5000'),
    bench.slices('few_far', 'SELECT * FROM bench.far@ LIMIT 500'),
    bench.slices('dozens_day', 'SELECT * FROM bench.day@ LIMIT 100'),
    bench.slices('dozens_span', 'SELECT * FROM bench.span@ LIMIT 100') \g /dev/null

-- The calendar table of a careful DBA: every working day with its number.
CREATE TABLE bench.working (day date PRIMARY KEY, nr integer NOT NULL UNIQUE);
INSERT INTO bench.working
SELECT day, row_number() OVER (ORDER BY day)
FROM list_workdays('[2004-01-01,2026-12-28]', 'CN') AS day;

-- The same for joins: every day, with the number of working days through it.
CREATE TABLE bench.numbered (day date PRIMARY KEY, nr integer NOT NULL, works boolean NOT NULL);
INSERT INTO bench.numbered
SELECT d, count(w.day) OVER (ORDER BY d), w.day IS NOT NULL
FROM (SELECT d::date FROM generate_series(timestamp '2004-01-01', '2026-12-28', '1 day') d) days
LEFT JOIN bench.working w ON w.day = d;
CREATE UNIQUE INDEX ON bench.numbered (nr) WHERE works;

-- The usual loop.
CREATE TABLE bench.exception (day date PRIMARY KEY, works boolean NOT NULL);
INSERT INTO bench.exception SELECT day, is_workday FROM calendar_day WHERE calendar = 'CN';

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
SELECT bench.prewarm() \g /dev/null

-- They must agree before their times mean anything.
DO $$
BEGIN
    ASSERT (SELECT bool_and(add_workdays(d, n) = bench.loop_add(d, n)) FROM bench.dozens_day0);
    ASSERT (SELECT bool_and(workdays_between(a, b) = bench.loop_between(a, b)) FROM bench.dozens_span0);
    ASSERT (SELECT bool_and(add_workdays(d, n) = w.day) FROM bench.day0
            JOIN bench.numbered c ON c.day = d JOIN bench.numbered w ON w.nr = c.nr + n AND w.works);
    ASSERT (SELECT bool_and(workdays_between(a, b) = y.nr - x.nr) FROM bench.far0
            JOIN bench.numbered x ON x.day = a JOIN bench.numbered y ON y.day = b);
END $$;

INSERT INTO bench.query (topic, name, expression, slices, joins, against, at_most, at_least) VALUES
('add', 'n alone', 'n', 'day', '', NULL, NULL, NULL),
('add', 'd + n', NULL, 'day', '', NULL, NULL, NULL),
('add', 'add_workdays(d, n)', NULL, 'day', '', 'd + n', 1.15, NULL),
('add', 'add_workdays(d, n, ''CN'')', NULL, 'day', '', 'd + n', 1.15, NULL),
('add', 'd + n, wider table', 'd + n', 'named', '', NULL, NULL, NULL),
('add', 'add_workdays(d, n, column), always CN', 'add_workdays(d, n, one)', 'named', '', 'd + n, wider table', NULL, NULL),
('add', 'add_workdays(d, n, column), two mixed', 'add_workdays(d, n, two)', 'named', '', 'd + n, wider table', NULL, NULL),
('add', 'calendar table, two index lookups',
    '(SELECT v.day FROM bench.working v WHERE v.nr = n + (SELECT w.nr FROM bench.working w WHERE w.day <= d ORDER BY w.day DESC LIMIT 1))',
    'few_day', '', 'add_workdays(d, n)', NULL, 20),
('add', 'calendar table, two joins', 'w.day', 'day',
    'JOIN bench.numbered c ON c.day = d JOIN bench.numbered w ON w.nr = c.nr + n AND w.works',
    'add_workdays(d, n)', NULL, NULL),
('add', 'PL/pgSQL, day by day', 'bench.loop_add(d, n)', 'dozens_day', '', 'add_workdays(d, n)', NULL, NULL),

('between', 'b - a', NULL, 'span', '', NULL, NULL, NULL),
('between', 'workdays_between(a, b)', NULL, 'span', '', 'b - a', 1.10, NULL),
('between', 'workdays_between(a, b, ''CN'')', NULL, 'span', '', 'b - a', 1.10, NULL),
('between', 'calendar table, count(*)',
    '(SELECT count(*) FROM bench.working w WHERE w.day BETWEEN a + 1 AND b)',
    'few_span', '', 'workdays_between(a, b)', NULL, NULL),
('between', 'calendar table, two joins', 'y.nr - x.nr', 'span',
    'JOIN bench.numbered x ON x.day = a JOIN bench.numbered y ON y.day = b',
    'workdays_between(a, b)', NULL, NULL),
('between', 'PL/pgSQL, day by day', 'bench.loop_between(a, b)', 'dozens_span', '', 'workdays_between(a, b)', NULL, NULL),

('far', 'b - a', NULL, 'far', '', NULL, NULL, NULL),
('far', 'workdays_between(a, b)', NULL, 'far', '', 'b - a', 1.10, NULL),
('far', 'calendar table, count(*)',
    '(SELECT count(*) FROM bench.working w WHERE w.day BETWEEN a + 1 AND b)',
    'few_far', '', 'workdays_between(a, b)', NULL, NULL),

('is', 'extract(isodow FROM d) < 6', NULL, 'day', '', NULL, NULL, NULL),
('is', 'is_workday(d)', NULL, 'day', '', 'extract(isodow FROM d) < 6', NULL, NULL),
('is', 'calendar table, EXISTS', 'EXISTS (SELECT FROM bench.working w WHERE w.day = d)', 'day', '', 'is_workday(d)', NULL, NULL);

\if :orafce
CREATE EXTENSION orafce;
-- Saturdays and Sundays are off by default. Of single days off it takes 50: the latest.
SELECT plvdate.set_nonbizday(day) FROM (
    SELECT day FROM bench.exception WHERE NOT works AND extract(isodow FROM day) < 6
    ORDER BY day DESC LIMIT 50) e \g /dev/null
INSERT INTO bench.query (topic, name, expression, slices, against, at_least) VALUES
('add', 'orafce', 'plvdate.add_bizdays(d, n)', 'few_day', 'add_workdays(d, n)', 3),
('between', 'orafce', 'plvdate.bizdays_between(a, b)', 'few_span', 'workdays_between(a, b)', NULL),
('far', 'orafce', 'plvdate.bizdays_between(a, b)', 'few_far', 'workdays_between(a, b)', 50),
('is', 'orafce', 'plvdate.isbizday(d)', 'day', 'is_workday(d)', NULL);
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
