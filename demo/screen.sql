-- The screen: about 100 columns by 60 lines.
\pset footer off
\pset null ''
\pset linestyle ascii
\pset border 0
SET timezone = 'Asia/Shanghai';
\echo
\echo '云南省 2022. The calendar, the articles and the places are real; the work is made up.'
\echo
\echo '1. Duties, as of the last sweep. Red is past its day, yellow is past four fifths of its time.'
SELECT regulation || ' ' || article AS article, duty, "all", in_time AS "in time", late, open, green, yellow, red FROM report.duties ORDER BY no;
\echo '2. Leaders who fell short of a quota, of those held to it. No scores: articles 21 and 25 forbid them.'
SELECT what AS "at least", province, prefecture, county FROM report.quotas ORDER BY no;
\echo '   * the year had begun when the regulation came into force on 16 February: counted, not judged'
\echo
\echo '3. Violations by article: late, short of a quota, broken otherwise; put right since.'
WITH v AS (SELECT regulation || ' ' || article AS article, late, short, broken, put_right, row_number() OVER (ORDER BY regulation DESC,
	late + short + broken DESC, article) AS n,
	(count(*) OVER () + 1) / 2 AS half FROM report.violations)
SELECT l.article, l.late, l.short, l.broken, l.put_right AS "right", r.article, r.late, r.short, r.broken, r.put_right AS "right"
FROM v l LEFT JOIN v r ON r.n = l.n + l.half WHERE l.n <= l.half ORDER BY l.n;
\echo '4. Escalations by step of the ladder'
SELECT coalesce(step::text, '-') AS step, coalesce(light, '') AS light, CASE WHEN step IS NULL THEN 'quota reminder: '
	ELSE '' END || CASE part WHEN 'superior' THEN '上级主要领导' ELSE part END AS recipient, notices, to_a_deputy AS "to a deputy", to_nobody AS "nobody is named"
FROM report.escalations ORDER BY report.escalations.step NULLS LAST;
\echo '5. The figures of the press briefing, from the tables'
SELECT figure, here, share, briefing FROM report.briefing;
SELECT format(E'6. Work: %s rows, %s of them from the year before, and %s changes under %s bindings of\n   %s rules from %s texts: %s obligations, %s violations, %s notices.',
	w.rows, w.before, w.changes, w.bindings, w.rules, w.texts, w.obligations, w.violations, w.notices) AS line,
	format(E'   %s s for the statements of the year, %s rows a second; %s s for %s sweeps,\n   and one more by %s.', w.statements, w.a_second, w.swept,
		w.sweeps, w.last_by) AS speed
FROM report.work w \gset
\echo :line
\echo :speed
