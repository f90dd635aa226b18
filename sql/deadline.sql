-- Deadlines: pauses, zones, extremes, and what is left of a limit.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';
SET extra_float_digits = 0;

-- operators use the session's calendar and its convention
SELECT timestamptz '2022-04-21 09:00+08' + '7个工作日'::timelimit, date '2022-04-21' + '7 workdays'::timelimit,
	timestamptz '2022-10-16 09:00+08' - '10 days'::timelimit, date '2022-10-16' - '10 days'::timelimit;

-- days are days of the calendar's zone, whatever the session's is
SET timezone = 'America/New_York';
SELECT deadline('2022-04-21 23:30+08', '1 workday'), deadline('2022-04-21 00:30+08', '1 workday');
SET timezone = 'Asia/Shanghai';
SELECT deadline('2022-04-21 23:30+08', '1 workday'), deadline('2022-04-21 00:30+08', '1 workday');
SET timezone = 'UTC';
-- something done at the deadline is in time, a microsecond later is late
SELECT done, done > deadline('2022-04-21 09:00+08', '1 workday') AS late
FROM (VALUES (timestamptz '2022-04-22 23:59:59.999999+08'), ('2022-04-23 00:00+08'), ('2022-04-23 00:00:00.000001+08')) v (done);

-- pauses remove the days after their first through their last
SELECT deadline('2022-04-21 09:00+08', '7 workdays', pauses => p::tstzmultirange)
	- interval '1 second' AS last_moment, p AS pauses
FROM (VALUES ('{}'),
	('{[2022-04-25 10:00+08,2022-04-27 16:00+08)}'),	-- two working days
	('{[2022-04-25 10:00+08,2022-04-25 18:00+08)}'),	-- none
	('{[2022-04-22 23:00+08,2022-04-24 01:00+08)}'),	-- a Saturday and a make-up Sunday: one
	('{[2022-04-20 09:00+08,2022-04-25 09:00+08)}'),	-- begins before the event
	('{[2022-04-25 10:00+08,2022-04-26 16:00+08),[2022-04-26 17:00+08,2022-04-27 09:00+08)}'),
	('{[2022-04-29 10:00+08,2022-05-20 16:00+08)}'),	-- begins on the last day: too late
	('{[2022-04-28 23:00+08,2022-05-05 16:00+08)}'),	-- the day before, over Labour Day
	('{[2022-05-10 10:00+08,2022-05-20 16:00+08)}')) v (p);
-- overlapping stops count once
SELECT due_date('2022-04-21', '7 workdays', pauses => range_agg(r))
FROM (VALUES (tstzrange('2022-04-25 10:00+08', '2022-04-27 16:00+08')), (tstzrange('2022-04-26 10:00+08', '2022-04-28 16:00+08'))) v (r);
-- calendar days for limits in days, weeks, months and years; then the roll
SELECT due_date('2022-02-16', '20 days', pauses => '{[2022-02-20 10:00+08,2022-02-25 16:00+08)}') AS five_more,
	due_date('2022-02-16', '1 month', pauses => '{[2022-02-20 10:00+08,2022-02-23 16:00+08)}') AS three_more_then_rolled,
	due_date('2022-09-27', '5 days', pauses => '{[2022-10-05 10:00+08,2022-10-10 16:00+08)}') AS rolled_out_of_a_pause;
-- the exact time for minutes and hours
SELECT deadline('2022-09-30 23:50+08', '1 hour', pauses => '{[2022-10-01 00:00+08,2022-10-01 00:07:30+08)}') AS seven_and_a_half_minutes_more,
	deadline('2022-09-30 23:50+08', '1 hour', pauses => '{[2022-09-30 23:00+08,2022-10-01 00:00+08)}') AS began_paused;
-- a start within a pause, a pause that never ends, and one that was always there
SELECT deadline('2022-04-26 09:00+08', '2 workdays', pauses => '{[2022-04-25 10:00+08,2022-04-28 16:00+08)}'),
	deadline('2022-04-21 09:00+08', '7 workdays', pauses => '{[2022-04-25 10:00+08,)}'),
	deadline('2022-04-21 09:00+08', '30 minutes', pauses => '{[2022-04-21 09:10+08,infinity)}'),
	due_date('2022-04-21', '7 workdays', pauses => '{(,2022-04-25 10:00+08)}'),
	deadline('2022-04-21 09:00+08', '1 day', pauses => '{[2022-04-25 10:00+08,)}') AS it_was_over;
SELECT deadline('2022-10-01 09:00+08', 'immediate', pauses => '{[2022-09-30 10:00+08,2022-10-09 16:00+08)}');

-- limit 0
SELECT deadline('2022-10-01 09:00+08', '0 minutes'), deadline('2022-10-01 09:00+08', '0 hours'),
	due_date('2022-10-01', '0 days'), due_date('2022-10-01', '0 workdays'), due_date('2022-10-01', '0 months', convention => 'PLAIN');
-- a date has no time of day
SELECT due_date('2022-10-01', '30 minutes');
\echo :LAST_ERROR_SQLSTATE
SELECT date '2022-10-01' + '1 hour'::timelimit;

-- zones with daylight saving: 23 and 25 hours a day
SELECT define_calendar('BERLIN', 'Berlin', NULL, '{6,7}', 'Europe/Berlin', 'DE');
SELECT define_calendar('SAMOA', 'skipped 2011-12-30', NULL, '{7}', 'Pacific/Apia', 'PLAIN');
SELECT define_calendar('SAO_PAULO', 'no midnight on 2018-11-04', NULL, '{7}', 'America/Sao_Paulo', 'PLAIN');
SELECT announce_calendar(c, 'infinity', 'test') FROM unnest(ARRAY['BERLIN', 'SAMOA', 'SAO_PAULO']) c;
SELECT deadline('2022-03-25 12:00+01', '2 days', 'BERLIN', 'PLAIN') AS spring, deadline('2022-10-28 12:00+02', '2 days', 'BERLIN', 'PLAIN') AS autumn,
	deadline('2022-03-26 12:00+01', '24 hours', 'BERLIN') AS hours_on_the_clock;
SELECT deadline('2011-12-29 12:00-10', '1 day', 'SAMOA') AT TIME ZONE 'Pacific/Apia' AS a_day_that_was_not,
	deadline('2018-11-02 12:00-03', '1 day', 'SAO_PAULO') AT TIME ZONE 'America/Sao_Paulo' AS the_first_moment_of_the_next_day;
-- going to and fro between offsets finds the same as one at a time
SELECT count(*) AS differences
FROM (SELECT timestamptz '1900-01-01' + i * interval '37 days 7 hours' AS t FROM generate_series(0, 2000) i ORDER BY md5(i::text)) v
WHERE deadline(t, '1 day', 'BERLIN', 'PLAIN') <> ((t AT TIME ZONE 'Europe/Berlin')::date + 2)::timestamp AT TIME ZONE 'Europe/Berlin';

-- the ends of time
SET statute.beyond_announced = assume;
SELECT deadline('infinity', '7 workdays'), deadline('-infinity', '1 month'), due_date('infinity', '1 day'), deadline('infinity', '1 hour');
SELECT deadline('0001-01-01 00:00+00', '1 month', 'ISO'), deadline('4714-11-25 00:00+00 BC', '7 workdays', 'ISO'),
	deadline('294276-11-30 12:00+00', '7 workdays', 'ISO');
SELECT deadline('294276-12-31 12:00+00', '1 day', 'ISO');
\echo :LAST_ERROR_SQLSTATE
SELECT deadline('294276-12-31 12:00+00', '2000000000 hours', 'ISO');
SELECT deadline_before('4714-11-24 00:00+00 BC', '1 hour', 'ISO');
SELECT deadline('2022-01-01', '2147483647 years', 'ISO');
SELECT due_date('2022-01-01', '2147483647 years', 'ISO');
\echo :LAST_ERROR_SQLSTATE
SELECT due_date('5874897-12-31', '0 days', 'ISO'), due_date('5874897-12-30', '1 day', 'ISO'), due_date_before('4714-11-25 BC', '1 day', 'ISO');
SELECT due_date_before('4714-11-24 BC', '1 day', 'ISO');
RESET statute.beyond_announced;

-- beyond what is announced, and only where the calendar was asked
SELECT due_date('2026-12-21', '7 workdays') AS asked_for_working_days;
SELECT due_date('2026-12-21', '10 days') AS asked_to_roll;
SELECT due_date('2026-12-21', '10 days', convention => 'PLAIN') AS not_asked, due_date('2026-12-21', '5 workdays') AS known,
	deadline('2027-05-05 09:00+08', '2 hours') AS the_clock_needs_none;
SET statute.beyond_announced = error;
SELECT deadline('2026-12-21 09:00+08', '7 workdays');
\echo :LAST_ERROR_SQLSTATE
RESET statute.beyond_announced;

-- elapsed
SELECT elapsed('2022-04-21 09:00+08', '2022-04-29 18:00+08', 'workdays') AS workdays, elapsed('2022-04-21 09:00+08', '2022-04-29 18:00+08', 'days') AS days,
	elapsed('2022-04-21 09:00+08', '2022-04-21 10:20+08', 'hours')::numeric(8, 3) AS hours, elapsed('2022-04-21 09:00+08', '2022-04-21 10:20+08', 'minutes')::numeric(8, 3) AS minutes,
	elapsed('2022-04-29 18:00+08', '2022-04-21 09:00+08', 'workdays') AS back,
	elapsed('2022-04-21 09:00+08', '2022-04-29 18:00+08', 'workdays', '{[2022-04-25 10:00+08,2022-04-27 16:00+08)}') AS paused,
	elapsed('2022-04-21 09:00+08', '2022-04-21 10:20+08', 'minutes', '{[2022-04-21 10:00+08,)}')::numeric(8, 3) AS paused_minutes;
SELECT elapsed('2022-04-21', '2022-04-29', 'months');
\echo :LAST_ERROR_SQLSTATE
SELECT elapsed('2022-04-21', 'infinity', 'days');

-- remaining and used: 0 on the last day, 1 at the deadline
SELECT t AS as_of, remaining('2022-04-21 09:00+08', '7 workdays', t) AS remaining,
	round(used_fraction('2022-04-21 09:00+08', '7 workdays', t)::numeric, 4) AS used, t > deadline('2022-04-21 09:00+08', '7 workdays') AS late
FROM unnest(ARRAY['2022-04-21 09:00+08', '2022-04-22 00:00+08', '2022-04-22 12:00+08', '2022-04-23 12:00+08', '2022-04-26 00:00+08',
	'2022-04-29 12:00+08', '2022-04-30 00:00+08', '2022-05-05 12:00+08']::timestamptz[]) t;
SELECT remaining('2022-04-21 09:00+08', '30 minutes', '2022-04-21 09:24+08')::numeric(8, 2), used_fraction('2022-04-21 09:00+08', '30 minutes', '2022-04-21 09:24+08'),
	remaining('2022-04-21 09:00+08', '1 month', '2022-05-01 09:00+08'), round(used_fraction('2022-04-21 09:00+08', '1 month', '2022-05-02 00:00+08')::numeric, 4) AS ten_of_thirty_two,
	remaining('2022-04-21 09:00+08', 'immediate', '2022-04-21 09:00+08'), used_fraction('2022-04-21 09:00+08', 'immediate', '2022-04-22 00:00+08'),
	remaining('2022-04-21 09:00+08', '0 minutes', '2022-04-21 09:00+08')::numeric(8, 2), used_fraction('2022-04-21 09:00+08', '0 minutes', '2022-04-21 09:00+08');
-- while the clock is stopped nothing is used
SELECT t AS as_of, used_fraction('2022-04-21 09:00+08', '4 workdays', t, pauses => '{[2022-04-24 23:00+08,)}'),
	remaining('2022-04-21 09:00+08', '4 workdays', t, pauses => '{[2022-04-24 23:00+08,)}')
FROM unnest(ARRAY['2022-04-25 00:00+08', '2022-04-28 12:00+08', '2023-04-28 12:00+08']::timestamptz[]) t;
SELECT remaining('infinity', '7 workdays', '2022-04-21') IS NULL, used_fraction('2022-04-21', '7 workdays', 'infinity') IS NULL;

-- NULL in, NULL out
SELECT deadline(NULL, '7 workdays') IS NULL, deadline('2022-04-21', NULL) IS NULL, deadline('2022-04-21', '1 day', NULL) IS NULL,
	deadline('2022-04-21', '1 day', pauses => NULL) IS NULL, due_date(NULL, '1 day') IS NULL;

-- explanations: each step with its article or notice, the last one the deadline
SELECT * FROM explain_deadline('2022-04-27 09:00+08', '2 workdays');
SELECT * FROM explain_deadline('2022-09-29 09:00+08', '3 workdays', pauses => '{[2022-10-08 09:00+08,2022-10-09 09:00+08)}');
SELECT * FROM explain_deadline('2022-01-31 09:00+08', '1个月');
SELECT * FROM explain_deadline('2022-09-29 09:00+08', '3 days');
SELECT * FROM explain_deadline('2026-06-05 10:20+00', '2 days', 'ISO', 'EU');
SELECT * FROM explain_deadline('2026-06-05 10:20+00', '2 hours', 'ISO', 'EU');
SELECT * FROM explain_deadline_before('2017-03-14 10:00+00', '2 days', 'BERLIN', 'UK-CPR');
SELECT * FROM explain_deadline('2022-04-21 09:00+08', '2 workdays', pauses => '{[2022-04-22 09:00+08,)}');
SELECT * FROM explain_deadline('infinity', '2 workdays');
SELECT * FROM explain_deadline('2026-12-28 09:00+08', '1 workday');
SELECT * FROM explain_deadline('2022-04-21', '1 day', 'NOWHERE');

SELECT drop_calendar(c) FROM unnest(ARRAY['BERLIN', 'SAMOA', 'SAO_PAULO']) c;

-- time itself is longer than microseconds can count
SELECT elapsed('4714-11-25 00:00+00 BC', '294276-12-30 00:00+00', 'hours', calendar => 'ISO');
\echo :LAST_ERROR_SQLSTATE
SELECT used_fraction('2022-04-21 16:00+08', 'immediate', '2022-04-21 16:00+08') AS at_the_event, used_fraction('2022-04-21 16:00+08', 'immediate', '2022-04-21 20:00+08') AS half;
