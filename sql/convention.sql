-- How each body of law counts: a test per paragraph, with its worked dates.
-- Small calendars of other countries are made here.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'UTC';

SELECT code, title, citation, roll_forward, roll_backward, event_day_counts, short_days, min_workdays, min_workdays_from,
	clear_forward, clear_backward, month_end, full_hours, roll_hours, closing, receipt_cutoff
FROM convention ORDER BY code \gx
SELECT code, note FROM convention WHERE code <> 'PLAIN' ORDER BY code \gx

-- a day that a test expects, and what we say
CREATE FUNCTION worked(convention text, calendar text, rows text[])
RETURNS TABLE (article text, event date, allowed timelimit, expected date, got date, ok boolean)
LANGUAGE sql AS $$
	SELECT r[1], r[2]::date, ltrim(r[3], '-')::statute.timelimit, r[4]::date, g.got, g.got = r[4]::date
	FROM (SELECT string_to_array(x, ' | ') FROM unnest(rows) x) v (r),
		LATERAL (SELECT CASE WHEN r[3] LIKE '-%'
			THEN statute.due_date_before(r[2]::date, ltrim(r[3], '-')::statute.timelimit, calendar, convention)
			ELSE statute.due_date(r[2]::date, r[3]::statute.timelimit, calendar, convention) END) g (got)
$$;

-- PLAIN: no law. The event's day is not counted, nothing rolls.
SELECT * FROM worked('PLAIN', 'CN', ARRAY[
	'event day | 2022-02-16 | 10 days | 2022-02-26',
	'workdays | 2022-04-21 | 7 workdays | 2022-04-29',
	'month end | 2022-01-31 | 1 month | 2022-02-28',
	'leap year | 2024-02-29 | 1 year | 2025-02-28',
	'back | 2022-03-31 | -1 month | 2022-02-28',
	'back | 2022-03-08 | -20 days | 2022-02-16',
	'nothing | 2022-10-01 | 0 days | 2022-10-01']);

-- CN: 民法典第200条至第204条, with the calendars of the notices
SELECT * FROM worked('CN', 'CN', ARRAY[
	'201: the first day is not counted | 2022-02-16 | 20 days | 2022-03-08',
	'202: the corresponding day | 2014-05-28 | 3 months | 2014-08-28',
	'202: month end | 2022-01-31 | 1 month | 2022-02-28',
	'202: month end, half a year | 2022-08-31 | 半年 | 2023-02-28',
	'202: month end, half a year | 2023-08-31 | 半年 | 2024-02-29',
	'203: last day a rest day | 2022-02-16 | 10 days | 2022-02-28',
	'203: onto a make-up Saturday | 2022-09-22 | 10 days | 2022-10-08',
	'203: after the holiday | 2024-09-20 | 15 days | 2024-10-08',
	'203: after the holiday | 2024-09-27 | 10 days | 2024-10-08',
	'许可法82: workdays | 2022-04-21 | 7 workdays | 2022-04-29',
	'许可法82: workdays | 2022-04-21 | 15 workdays | 2022-05-13',
	'许可法82: workdays | 2022-01-27 | 7 workdays | 2022-02-10',
	'许可法82: workdays | 2022-09-28 | 7 workdays | 2022-10-12',
	'许可法82: event on a rest day | 2022-04-30 | 7 workdays | 2022-05-12',
	'许可法42: twenty | 2024-09-20 | 20 workdays | 2024-10-23',
	'处罚法85: two | 2022-09-30 | 2 workdays | 2022-10-09',
	'复议法88: ten | 2024-09-27 | 10 workdays | 2024-10-16',
	'GZ2020 2.5 | 2020-09-25 | 5 workdays | 2020-10-09',
	'GZ2020 2.5 | 2020-01-20 | 5 workdays | 2020-02-04',
	'backward, to the earlier day (a reading) | 2022-10-16 | -10 days | 2022-09-30',
	'backward, to the earlier day (a reading) | 2024-10-10 | -5 workdays | 2024-09-27',
	'at once, on a rest day | 2022-10-01 | immediate | 2022-10-08',
	'at once, on a working day | 2022-10-08 | 立即 | 2022-10-08']);
SELECT * FROM worked('CN', 'DALI', ARRAY['a prefecture''s own holiday | 2022-04-13 | 7 workdays | 2022-04-24']);
-- 201(2): hours and minutes run from the instant, day and night, and do not roll
SELECT deadline('2022-09-30 23:50+08', '30 minutes', 'CN') = '2022-10-01 00:20+08' AS minutes,
	deadline('2022-09-30 23:50+08', '1 hour', 'CN') = '2022-10-01 00:50+08' AS hours;
-- 203(2): 24:00, or the end of business
SELECT deadline('2022-04-21 09:00+08', '7 workdays', 'CN') = '2022-04-30 00:00+08' AS midnight;
SELECT define_convention('CN-OFFICE', '办公时间', '民法典第203条第2款', 'CN', closing => '17:30');
SELECT deadline('2022-04-21 09:00+08', '7 workdays', 'CN', 'CN-OFFICE') = '2022-04-29 17:30+08' AS end_of_business;

-- EU: Regulation 1182/71 art. 3, weekends only
SELECT * FROM worked('EU', 'ISO', ARRAY[
	'3(1): the day of the event is not counted | 2026-06-01 | 10 days | 2026-06-11',
	'3(2)(c): same date | 2026-08-25 | 1 month | 2026-09-25',
	'3(2)(c): last day of the month | 2026-03-31 | 1 month | 2026-04-30',
	'3(2)(c): leap day | 2028-01-31 | 1 month | 2028-02-29',
	'3(2)(c): same day of the week | 2026-06-02 | 2 weeks | 2026-06-16',
	'3(2)(c), 3(4) | 2026-01-31 | 1 month | 2026-03-02',
	'3(4): Saturday | 2026-06-04 | 2 days | 2026-06-08',
	'3(4): one day only | 2026-06-05 | 1 day | 2026-06-08',
	'3(4), 3(5) | 2026-06-05 | 2 days | 2026-06-09',
	'3(4), 3(5) | 2026-06-05 | 3 days | 2026-06-09',
	'3(3): in working days | 2026-06-05 | 3 workdays | 2026-06-10',
	'3(4): not backward; 3(5) | 2026-06-08 | -2 days | 2026-06-04',
	'3(4): not backward | 2026-06-15 | -8 days | 2026-06-07']);
-- 3(1), 3(2)(a): the hour of the event is not counted
SELECT deadline('2026-06-05 10:20+00', '24 hours', 'ISO', 'EU') = '2026-06-06 11:00+00' AS from_the_next_hour,
	deadline('2026-06-05 10:00+00', '2 hours', 'ISO', 'EU') = '2026-06-05 13:00+00' AS the_hour_of_the_event;

-- US-FRCP: Rule 6(a)
SELECT define_calendar('US', 'some federal holidays', NULL, '{6,7}', 'America/New_York', 'US-FRCP');
SELECT set_calendar_day('US', d, false, n, '5 U.S.C. 6103')
FROM (VALUES (date '2007-09-03', 'Labor Day'), ('2025-09-01', 'Labor Day'), ('2025-11-11', 'Veterans Day'),
	('2025-11-27', 'Thanksgiving Day'), ('2025-06-19', 'Juneteenth National Independence Day')) v (d, n);
SELECT announce_calendar('US', 'infinity', 'test');
SELECT * FROM worked('US-FRCP', 'US', ARRAY[
	'6(a)(1)(A): exclude the day of the event | 2025-10-06 | 14 days | 2025-10-20',
	'6(a)(1)(B): count intermediate days | 2025-11-07 | 7 days | 2025-11-14',
	'6(a)(1)(C): Saturday, Sunday, Labor Day | 2007-08-22 | 10 days | 2007-09-04',
	'6(a)(1)(C): Juneteenth | 2025-06-05 | 14 days | 2025-06-20',
	'6(a)(1): fourteen days after a Monday | 2025-03-03 | 14 days | 2025-03-17',
	'6(a)(5): backward | 2007-09-11 | -10 days | 2007-08-31',
	'6(a)(5): backward from a Monday | 2025-09-15 | -14 days | 2025-08-29']);
-- 6(a)(2): hours, weekends included, but not at the end
SELECT deadline('2025-08-28 10:23-04', '72 hours', 'US') = '2025-09-02 10:23-04' AS same_time_on_tuesday,
	deadline('2025-10-06 10:23-04', '24 hours', 'US') = '2025-10-07 10:23-04' AS every_hour,
	deadline_before('2025-09-02 10:23-04', '24 hours', 'US') = '2025-08-29 10:23-04' AS backward;
-- the night in which clocks are set back has 25 hours
SELECT deadline('2025-11-01 10:00-04', '48 hours', 'US') = '2025-11-03 09:00-05' AS hours_that_passed;
-- 6(a)(4): midnight in the court's time zone
SELECT deadline('2025-10-06 10:00-04', '14 days', 'US') = '2025-10-21 00:00-04' AS midnight;
-- 6(d): three days after the period would otherwise expire, and again (a)
SELECT due_date('2025-07-31', '30 days', 'US') AS rolled, due_date(due_date('2025-07-31', '30 days', 'US'), '3 days', 'US') AS by_mail;

-- DE: BGB 187-193
SELECT define_calendar('BY', 'einige Feiertage in Bayern', NULL, '{6,7}', 'Europe/Berlin', 'DE');
SELECT set_calendar_day('BY', d, false, n, 'FTG')
FROM (VALUES (date '2025-08-15', 'Mariä Himmelfahrt'), ('2025-10-03', 'Tag der Deutschen Einheit'), ('2026-01-01', 'Neujahr')) v (d, n);
SELECT announce_calendar('BY', 'infinity', 'test');
SELECT define_convention('DE-187-2', 'der Tag zählt mit', '§ 187(2) BGB', 'DE', event_day_counts => true);
SELECT * FROM worked('DE', 'BY', ARRAY[
	'187(1), 188(1): days | 2025-07-01 | 10 days | 2025-07-11',
	'188(2): weeks | 2025-07-01 | 2 weeks | 2025-07-15',
	'188(2): months | 2023-04-04 | 1 month | 2023-05-04',
	'188(2): 28 February | 2023-02-28 | 1 month | 2023-03-28',
	'188(3): 31 January | 2023-01-31 | 1 month | 2023-02-28',
	'189: half a year | 2025-01-15 | 6 months | 2025-07-15',
	'193: Sunday | 2012-11-30 | 1 month | 2012-12-31',
	'193: counted from the event, not from the rolled day | 2012-11-30 | 2 months | 2013-01-30',
	'193: holiday and weekend | 2025-07-15 | 1 month | 2025-08-18',
	'193: holiday and weekend | 2025-09-26 | 1 week | 2025-10-06',
	'no rule for counting back | 2025-08-22 | -1 week | 2025-08-15']);
SELECT * FROM worked('DE-187-2', 'BY', ARRAY[
	'187(2), 188(1) | 2025-07-01 | 10 days | 2025-07-10',
	'187(2), 188(2): months | 2023-04-04 | 1 month | 2023-05-03',
	'187(2), 188(2): weeks | 2025-07-01 | 2 weeks | 2025-07-14',
	'187(2), 188(2): a calendar year | 2025-01-01 | 1 year | 2025-12-31',
	'187(2), 188(3): no 30 February | 2023-01-31 | 1 month | 2023-02-28',
	'187(2): working days | 2025-07-01 | 3 workdays | 2025-07-03']);
-- 190: an extension runs from the old end
SELECT due_date(due_date('2025-07-01', '2 weeks', 'BY'), '1 week', 'BY') AS extended;

-- UK-CPR: 2.8
SELECT define_calendar('UK', 'some bank holidays', NULL, '{6,7}', 'Europe/London', 'UK-CPR');
SELECT set_calendar_day('UK', d, false, n, 'Banking and Financial Dealings Act 1971')
FROM (VALUES (date '2019-05-27', 'Spring bank holiday'), ('2017-04-14', 'Good Friday'), ('2017-04-17', 'Easter Monday')) v (d, n);
SELECT announce_calendar('UK', 'infinity', 'test');
SELECT define_convention('UK-CPR-EVENT', 'ends with an event', 'CPR 2.8(3)(b)', 'UK-CPR', clear_forward => true, roll_forward => 'none');
SELECT * FROM worked('UK-CPR', 'UK', ARRAY[
	'2.8(3), example (iii): within 14 days | 2023-10-02 | 14 days | 2023-10-16',
	'2.8(3), example (i): at least 3 days before | 2023-10-20 | -3 days | 2023-10-16',
	'2.8(4), example: a weekend does not count | 2025-10-20 | -3 days | 2025-10-14',
	'2.8(4): five days or less | 2017-03-14 | -5 days | 2017-03-06',
	'2.8(4): Good Friday and a bank holiday | 2017-04-13 | 3 days | 2017-04-20',
	'2.8(4): not over five days | 2019-05-21 | 7 days | 2019-05-28',
	'2.8(3): seven clear days | 2023-03-30 | -7 days | 2023-03-22',
	'2.8(3): fourteen clear days | 2017-03-18 | -14 days | 2017-03-03',
	'2.8(2): months are not clear days | 2017-07-31 | 2 months | 2017-10-02',
	'2.8(5): the office is closed | 2023-10-06 | 8 days | 2023-10-16',
	'no rule: the day before is a Sunday | 2025-10-23 | -3 days | 2025-10-19']);
SELECT * FROM worked('UK-CPR-EVENT', 'UK', ARRAY['2.8(3), example (ii): at least 28 days after | 2023-10-01 | 28 days | 2023-10-30']);

-- short limits as a law of China has them: 行政强制法第69条
SELECT define_convention('CN-69', '行政强制法', '行政强制法第69条', 'CN', short_days => 10);
SELECT * FROM worked('CN-69', 'CN', ARRAY[
	'69: ten days are working days | 2024-09-27 | 10 days | 2024-10-16',
	'69: eleven are not | 2024-09-27 | 11 days | 2024-10-08']);

-- what is received after the cut-off is the next day's
SELECT define_convention('LATE', 'late receipt', 'house rule', 'CN', closing => '17:00', receipt_cutoff => '16:00');
SELECT deadline('2022-04-21 16:00+08', '1 workday', 'CN', 'LATE') = '2022-04-22 17:00+08' AS in_time,
	deadline('2022-04-21 16:00:00.000001+08', '1 workday', 'CN', 'LATE') = '2022-04-24 17:00+08' AS the_next_day;
SELECT define_convention('NEXT-MONTH', 'months overflow', 'house rule', month_end => 'next');
SELECT due_date('2022-01-31', '1 month', 'CN', 'NEXT-MONTH');

-- options that contradict each other
SELECT define_convention('X', 'x', 'x', roll_forward => 'sideways');
\echo :LAST_ERROR_SQLSTATE
SELECT define_convention('X', 'x', 'x', event_day_counts => true, clear_backward => true);
SELECT define_convention('X', 'x', 'x', min_workdays => 2);
SELECT define_convention('X', 'x', 'x', min_workdays_from => 2);
SELECT define_convention('X', 'x', 'x', min_workdays => 3, min_workdays_from => 2);
SELECT define_convention('X', 'x', 'x', 'EU', roll_forward => 'preceding');
SELECT define_convention('X', 'x', 'x', short_days => -1);
SELECT define_convention('X', 'x', 'x', closing => '00:00');
SELECT define_convention('X', 'x', 'x', closing => '16:00', receipt_cutoff => '17:00');
SELECT define_convention('X', 'x', 'x', month_end => 'whatever');
SELECT define_convention('X', 'x', 'x', 'NOWHERE');
SELECT define_convention('CN', 'x', 'x');
SELECT define_convention('', 'x', 'x');
SELECT due_date('2022-01-31', '1 month', 'CN', 'NOWHERE');
\echo :LAST_ERROR_SQLSTATE
SELECT drop_convention('CN');
SELECT drop_convention('NOWHERE');
SELECT define_calendar('MINE', 'with a convention of one''s own', 'CN', convention => 'LATE');
SELECT drop_convention('LATE');
\echo :LAST_ERROR_SQLSTATE
SELECT drop_calendar(c) FROM unnest(ARRAY['MINE', 'US', 'BY', 'UK']) c;
SELECT drop_convention(c) FROM unnest(ARRAY['LATE', 'NEXT-MONTH', 'CN-69', 'CN-OFFICE', 'DE-187-2', 'UK-CPR-EVENT']) c;
DROP FUNCTION worked(text, text, text[]);
