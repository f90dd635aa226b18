-- Deadlines. Variables: rows, runs.

SELECT bench.slices('event', $$
    SELECT timestamptz '2004-01-01 00:00 Asia/Shanghai' + random() * interval '7900 days' AS start
    FROM generate_series(1, bench.slice_rows())$$) \g /dev/null
SELECT bench.slices('filed', $$
    SELECT start, make_interval(days => n) AS span, (n || ' workdays')::timelimit AS allowed
    FROM (SELECT start, 1 + (random() * 60)::integer AS n FROM bench.event@) e$$) \g /dev/null

VACUUM (ANALYZE);
SELECT bench.prewarm() \g /dev/null

-- The same queries twice: an interval's cost depends on the session's zone.
CREATE FUNCTION bench.add_queries(topic text) RETURNS void LANGUAGE sql AS $$
INSERT INTO bench.query (topic, name, expression, slices, against, at_most) VALUES
(topic, 'start alone', 'start', 'event', NULL, NULL),
(topic, 'start + interval ''7 days''', NULL, 'event', NULL, NULL),
(topic, 'deadline(start, ''7 workdays'')', NULL, 'event', 'start + interval ''7 days''', 2),
(topic, 'start + timelimit ''7 workdays''', NULL, 'event', 'start + interval ''7 days''', 2),
(topic, 'deadline(start, ''7 days'')', NULL, 'event', 'start + interval ''7 days''', 2),
(topic, 'deadline(start, ''7 workdays'', ''CN'', ''CN'')', NULL, 'event', 'start + interval ''7 days''', 2),
(topic, '  the same, one pause', 'deadline(start, ''7 workdays'', ''CN'', ''CN'', ''{[2015-01-01,2016-01-01)}'')', 'event', 'start + interval ''7 days''', NULL),
(topic, 'start + interval ''3 months''', NULL, 'event', NULL, NULL),
(topic, 'deadline(start, ''3 months'')', NULL, 'event', 'start + interval ''3 months''', 2),
(topic, 'start + interval ''30 minutes''', NULL, 'event', NULL, NULL),
(topic, 'deadline(start, ''30 minutes'')', NULL, 'event', 'start + interval ''30 minutes''', 2),
(topic, 'start + column of intervals', 'start + span', 'filed', NULL, NULL),
(topic, 'deadline(start, column of limits)', 'deadline(start, allowed)', 'filed', 'start + column of intervals', 2);
$$;

SELECT bench.add_queries('UTC'), bench.add_queries('Asia/Shanghai') \g /dev/null

CALL bench.measure('UTC', :runs);
SET TimeZone = 'Asia/Shanghai';
CALL bench.measure('Asia/Shanghai', :runs);

\pset title 'Deadlines, session in UTC'
SELECT * FROM bench.report('UTC');
\pset title 'Deadlines, session in Asia/Shanghai'
SELECT * FROM bench.report('Asia/Shanghai');
