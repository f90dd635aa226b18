-- The year day by day: its work, and a sweep at midnight. Who watches sees a line each month.
SET client_min_messages = warning;
CALL report.note_lap('begin');
SELECT format('CALL paper.live(%L)', d) AS work, CASE WHEN d < '2022-12-31' THEN format('CALL statute.sweep(%L)', d + 1) END AS sweep
FROM generate_series(timestamp '2022-01-01', '2022-12-31', '1 day') g, LATERAL (SELECT g::date) x (d) \gexec
SELECT pg_stat_force_next_flush();
CALL report.note_lap('end');
