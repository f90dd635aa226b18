-- ./dev calendar: the real calendar of 2022, printed to be read.
\pset footer off
\pset border 1
\pset null ''
SET search_path = public, statute;
SET timezone = 'Asia/Shanghai';

\echo
\echo 'The working year 2022 in mainland China, as the notice of 25 October 2021 arranged it'
\echo
SELECT to_char(d, 'YYYY-MM') AS month, count(*) AS days, count(*) FILTER (WHERE extract(isodow FROM d) < 6) AS monday_to_friday,
	count_workdays(daterange(min(d)::date, max(d)::date, '[]')) AS working_days,
	string_agg(to_char(d, 'DD'), ' ') FILTER (WHERE is_workday(d::date) AND extract(isodow FROM d) > 5) AS worked_at_weekends,
	string_agg(to_char(d, 'DD'), ' ') FILTER (WHERE NOT is_workday(d::date) AND extract(isodow FROM d) < 6) AS off_in_the_week
FROM generate_series(timestamp '2022-01-01', '2022-12-31', '1 day') d
GROUP BY 1 ORDER BY 1;

\echo 'An instruction received on 21 April 2022: seven working days, fifteen in special cases, urgent ones at once'
\echo
SELECT allowed, deadline('2022-04-21 09:00', allowed) AS deadline, due_date('2022-04-21', allowed) AS last_day,
	to_char(due_date('2022-04-21', allowed), 'Dy') AS weekday
FROM unnest(ARRAY['7个工作日', '15个工作日', '10日', '一个月', '半年', '30分钟', '立即']::timelimit[]) allowed
WHERE allowed::text !~ 'minute'
UNION ALL
SELECT '30分钟', deadline('2022-04-21 09:00', '30分钟'), NULL, NULL;

\echo 'Why the seventh working day after 28 September is 12 October'
\echo
SELECT step, day, what, why, source FROM explain_deadline('2022-09-28 09:00', '7 workdays');

\echo 'The same limit in Dali, which has holidays of its own, and with the clock stopped for two days'
\echo
SELECT due_date('2022-04-13', '7 workdays') AS kunming, due_date('2022-04-13', '7 workdays', 'DALI') AS dali,
	due_date('2022-04-13', '7 workdays', pauses => '{[2022-04-14 10:00,2022-04-18 10:00)}') AS stopped_two_working_days;

\echo 'Ten days as six laws count them, from Friday 23 September 2022, by the same calendar'
\echo
SELECT code, title, due_date('2022-09-23', '10 days', 'CN', code) AS ten_days, due_date('2022-09-23', '2 days', 'CN', code) AS two_days,
	due_date_before('2022-10-12', '3 days', 'CN', code) AS three_days_before_12_october
FROM convention ORDER BY code;

\echo 'Who is late? Lights for five cases as of 28 April 2022, noon'
\echo
SELECT id, received, allowed, due_date(received::date, allowed) AS due, remaining(received, allowed, '2022-04-28 12:00') AS working_days_left,
	round(100 * used_fraction(received, allowed, '2022-04-28 12:00')::numeric) || ' %' AS used,
	CASE WHEN timestamptz '2022-04-28 12:00' > deadline(received, allowed) THEN 'red'
		WHEN used_fraction(received, allowed, '2022-04-28 12:00') >= 0.8 THEN 'yellow' ELSE 'green' END AS light
FROM (VALUES (1, timestamptz '2022-04-15 09:00', '7 workdays'::timelimit), (2, '2022-04-18 16:00', '7 workdays'), (3, '2022-04-21 09:00', '7 workdays'),
	(4, '2022-04-08 11:00', '15 workdays'), (5, '2022-04-28 08:00', 'immediate')) v (id, received, allowed);

\echo 'And next year? Nobody knows yet'
\echo
SELECT due_date('2026-12-21', '10 workdays') AS due, is_provisional(due_date('2026-12-21', '10 workdays')) AS provisional;
