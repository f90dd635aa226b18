-- Working-day functions on dates.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';

-- The worked dates of the readings (YN2022 arts. 9 and 15.2, GZ2020 2.5)
SELECT e AS event, n, add_workdays(e, n) AS result, to_char(add_workdays(e, n), 'Dy') AS day
FROM (VALUES (date '2022-04-21', 7), ('2022-04-21', 15), ('2022-01-27', 7), ('2022-09-28', 7),
	('2022-04-30', 7), ('2022-04-13', 7), ('2020-09-25', 5), ('2020-01-20', 5)) v (e, n);
SELECT add_workdays('2022-04-13', 7, 'DALI') AS local_holiday;

-- n = 0 is the date itself; negative counts back; the calendar is an argument
SELECT add_workdays('2022-10-01', 0), add_workdays('2022-10-01', 1), add_workdays('2022-10-01', -1),
	add_workdays(day => '2022-10-08', n => -1, calendar => 'ISO');
SELECT next_workday('2022-09-30'), prev_workday('2022-10-08'), next_workday('2022-10-08'), prev_workday('2022-10-10');

-- a < d <= b, and the sign
SELECT workdays_between('2022-09-30', '2022-10-08'), workdays_between('2022-10-08', '2022-09-30'),
	workdays_between('2022-10-01', '2022-10-07'), workdays_between('2022-10-08', '2022-10-08');

-- rolls: a holiday within the month, at its end, at its beginning, a tie
SELECT d AS day, r AS roll, roll_workday(d, r)
FROM (VALUES (date '2022-10-02'), ('2022-07-31'), ('2022-10-01'), ('2022-02-19'), ('2022-09-28')) v (d),
	unnest(ARRAY['following', 'preceding', 'modified_following', 'modified_preceding', 'nearest', 'none']) r;
SELECT roll_workday('2022-02-19', 'sideways');
\echo :LAST_ERROR_SQLSTATE
SELECT define_calendar('TIE', 'Wednesday off', NULL, '{3}', 'UTC', 'PLAIN');
SELECT announce_calendar('TIE', 'infinity', 'test');
SELECT roll_workday('2022-02-16', 'nearest', 'TIE') AS a_tie_goes_forward;

-- ranges, whatever their bounds
SELECT count_workdays(daterange('2022-10-01', '2022-10-31', b)), b
FROM unnest(ARRAY['[]', '[)', '(]', '()']) b;
SELECT count_workdays('empty'::daterange), count_workdays('[2022-10-08,2022-10-08]'::daterange),
	count_workdays('(2022-10-08,2022-10-09)'::daterange);
SELECT list_workdays('[2022-09-28,2022-10-10]');
SELECT * FROM list_workdays('[2022-10-01,2022-10-07]');
SELECT count_workdays('[2022-10-01,)'::daterange);
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM list_workdays('(,2022-10-01]');
SELECT count_workdays(daterange('2022-10-01', 'infinity'));

-- NULL and infinity, as date has them
SELECT is_workday(NULL) IS NULL, add_workdays('2022-10-01', NULL) IS NULL, add_workdays('2022-10-01', 1, NULL) IS NULL,
	workdays_between(NULL, '2022-10-01') IS NULL, count_workdays(NULL::daterange) IS NULL;
SELECT add_workdays('infinity', 5), add_workdays('-infinity', 5), next_workday('infinity'), prev_workday('-infinity'),
	roll_workday('infinity', 'following'), is_workday('infinity') IS NULL AS nobody_knows;
SELECT workdays_between('2022-10-01', 'infinity');
\echo :LAST_ERROR_SQLSTATE

-- the whole range of date, and not a day more
SET statute.beyond_announced = assume;
SELECT add_workdays('5874897-12-31', -1), add_workdays('4714-11-24 BC', 1),
	workdays_between('4714-11-24 BC', '5874897-12-31') AS days_of_all_time,
	workdays_between('4714-11-24 BC', '5874897-12-31', 'ISO') AS without_holidays;
SELECT add_workdays('5874897-12-31', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT add_workdays('4714-11-24 BC', -1, 'ISO');
SELECT add_workdays('2022-01-01', 2147483647, 'ISO');
SELECT add_workdays('2022-01-01', -2147483648, 'ISO');
SELECT next_workday('5874897-12-31'), 1;
SELECT add_workdays('0001-01-01', 250, 'ISO'), add_workdays('0001-01-01 BC', 250, 'ISO');
RESET statute.beyond_announced;

-- beyond what is announced: a warning for each statement and calendar
SELECT is_workday('2027-03-01');
SELECT count(add_workdays(date '2026-12-01' + i, 20)) FROM generate_series(1, 100000) i;
SELECT is_workday('2027-03-01'), is_workday('2027-03-01', 'DALI'), is_workday('2027-03-01', 'ISO');
SELECT workdays_between('2026-12-01', '2026-12-28') AS known, add_workdays('2026-12-25', 1) AS known_too;
SELECT is_workday('1999-01-04');
SET statute.beyond_announced = error;
SELECT is_workday('2027-03-01');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM list_workdays('[2026-12-01,2027-01-31]');
SET statute.beyond_announced = assume;
SELECT is_workday('2027-03-01'), is_provisional('2027-03-01');
SET statute.beyond_announced = maybe;
RESET statute.beyond_announced;
SET statute.warned_segment = 12345;

-- a calendar that was never announced knows nothing
SELECT define_calendar('NEW', 'not announced', NULL, '{6,7}', 'UTC', 'PLAIN');
SELECT is_workday('2022-02-18', 'NEW');

-- the calendar as a column
SELECT c, add_workdays('2022-04-13', 7, c)
FROM (VALUES ('CN'), ('DALI'), ('DALI'), ('ISO'), ('CN'), (NULL), ('')) v (c);

-- in PL/pgSQL one call site sees many calendars
DO $$
DECLARE
	c text;
BEGIN
	FOREACH c IN ARRAY ARRAY['CN', 'DALI', 'ISO', 'CN'] LOOP
		RAISE NOTICE '%: %', c, statute.add_workdays('2022-04-13', 7, c);
	END LOOP;
END
$$;

SELECT drop_calendar('TIE'), drop_calendar('NEW');
