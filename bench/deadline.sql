-- Deadlines. Variables: rows, runs.

SELECT setseed(0.5) \g /dev/null

CREATE UNLOGGED TABLE bench.event AS
SELECT timestamptz '2004-01-01 00:00 Asia/Shanghai' + random() * interval '7900 days' AS start
FROM generate_series(1, :rows);

CREATE UNLOGGED TABLE bench.filed AS
SELECT start, make_interval(days => n) AS span, (n || ' workdays')::statute.timelimit AS allowed
FROM (SELECT start, 1 + (random() * 60)::integer AS n FROM bench.event) e;

VACUUM (ANALYZE);
SELECT pg_prewarm(oid) FROM pg_class WHERE relnamespace = 'bench'::regnamespace AND relkind = 'r' \g /dev/null

-- The same queries twice: an interval's cost depends on the session's zone.
CREATE FUNCTION bench.add_queries(topic text, size bigint) RETURNS void LANGUAGE sql AS $$
INSERT INTO bench.query (topic, name, body, size, against, at_most) VALUES
(topic, 'start alone', 'SELECT count(start) FROM bench.event', size, NULL, NULL),
(topic, 'start + interval ''7 days''', 'SELECT count(start + interval ''7 days'') FROM bench.event', size, NULL, NULL),
(topic, 'deadline(start, ''7 workdays'')', 'SELECT count(statute.deadline(start, ''7 workdays'')) FROM bench.event', size, 'start + interval ''7 days''', 2),
(topic, 'start + timelimit ''7 workdays''', 'SELECT count(start OPERATOR(statute.+) statute.timelimit ''7 workdays'') FROM bench.event', size, 'start + interval ''7 days''', 2),
(topic, 'deadline(start, ''7 days'')', 'SELECT count(statute.deadline(start, ''7 days'')) FROM bench.event', size, 'start + interval ''7 days''', 2),
(topic, 'deadline(start, ''7 workdays'', ''CN'', ''CN'')', 'SELECT count(statute.deadline(start, ''7 workdays'', ''CN'', ''CN'')) FROM bench.event', size, 'start + interval ''7 days''', 2),
(topic, '  the same, one pause', 'SELECT count(statute.deadline(start, ''7 workdays'', ''CN'', ''CN'', ''{[2015-01-01,2016-01-01)}'')) FROM bench.event', size, 'start + interval ''7 days''', NULL),
(topic, 'start + interval ''3 months''', 'SELECT count(start + interval ''3 months'') FROM bench.event', size, NULL, NULL),
(topic, 'deadline(start, ''3 months'')', 'SELECT count(statute.deadline(start, ''3 months'')) FROM bench.event', size, 'start + interval ''3 months''', 2),
(topic, 'start + interval ''30 minutes''', 'SELECT count(start + interval ''30 minutes'') FROM bench.event', size, NULL, NULL),
(topic, 'deadline(start, ''30 minutes'')', 'SELECT count(statute.deadline(start, ''30 minutes'')) FROM bench.event', size, 'start + interval ''30 minutes''', 2),
(topic, 'start + column of intervals', 'SELECT count(start + span) FROM bench.filed', size, NULL, NULL),
(topic, 'deadline(start, column of limits)', 'SELECT count(statute.deadline(start, allowed)) FROM bench.filed', size, 'start + column of intervals', 2);
$$;

SELECT bench.add_queries('UTC', :rows), bench.add_queries('Asia/Shanghai', :rows) \g /dev/null

CALL bench.measure('UTC', :runs);
SET TimeZone = 'Asia/Shanghai';
CALL bench.measure('Asia/Shanghai', :runs);

\pset title 'Deadlines, session in UTC'
SELECT * FROM bench.report('UTC');
\pset title 'Deadlines, session in Asia/Shanghai'
SELECT * FROM bench.report('Asia/Shanghai');
