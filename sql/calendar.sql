-- Calendars: what is shipped, what an agency adds, and what is refused.
SET search_path = public, statute;
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';

SELECT code, title, parent, weekend, time_zone, convention, shipped, is_default,
	announced_from, announced_through, revision
FROM calendar_list ORDER BY code;
SELECT current_calendar(), current_revision(), current_revision('DALI');

-- what others miss
SELECT day, is_workday(day), d.name, d.source, d.announced_on
FROM calendar_day d
WHERE d.calendar = 'CN' AND day IN ('2005-12-31', '2013-04-07', '2013-10-12', '2015-09-03', '2015-09-06',
	'2019-05-02', '2019-05-05', '2020-01-31', '2020-02-01', '2024-02-18')
ORDER BY day;
SELECT is_workday('2024-02-09') AS new_years_eve_2024, is_workday('2020-02-03') AS after_the_extension;
SELECT min(day), max(day), count(*) FROM calendar_day WHERE calendar = 'CN';
SELECT extract(year FROM d)::int AS year, count(*) AS workdays
FROM list_workdays('[2004-01-01,2026-12-28]') d GROUP BY 1 ORDER BY 1;

-- every statutory holiday is off, every make-up day was a weekend
SELECT count(*) FILTER (WHERE is_workday = (extract(isodow FROM day) < 6)) AS says_what_the_week_says,
	count(*) FILTER (WHERE is_workday AND extract(isodow FROM day) < 6) AS worked_weekdays
FROM calendar_day WHERE calendar = 'CN';

-- Dali has what China has, and days of its own
SELECT d::date, is_workday(d::date, 'CN') AS cn, is_workday(d::date, 'DALI') AS dali
FROM generate_series(timestamp '2022-04-14', '2022-04-18', '1 day') d;

-- shipped rows cannot be changed, not even by a superuser
UPDATE calendar_day SET is_workday = true WHERE calendar = 'CN' AND day = '2022-10-01';
\echo :LAST_ERROR_SQLSTATE
DELETE FROM calendar WHERE code = 'CN';
INSERT INTO calendar_day_cn VALUES ('CN', '2027-01-01', false, '元旦', 'x', NULL);
TRUNCATE calendar_day;
SELECT define_calendar('CN', 'mine', NULL, '{6,7}', 'Asia/Shanghai', 'CN');
UPDATE convention SET roll_forward = 'none' WHERE code = 'CN';

-- own rows win over them
BEGIN;
SELECT is_workday('2022-10-03');
SELECT set_calendar_day('CN', '2022-10-03', true, '抗疫', '内部通知');
SELECT is_workday('2022-10-03'), is_workday('2022-10-03', 'DALI') AS child_too, current_revision();
SELECT calendar, revision, changed_by = session_user AS mine, change FROM ONLY calendar_revision;
SELECT unset_calendar_day('CN', '2022-10-03');
SELECT is_workday('2022-10-03'), current_revision();
ROLLBACK;
SELECT is_workday('2022-10-03'), current_revision();

-- next year's notice, loaded by the agency
BEGIN;
SELECT is_provisional('2027-03-01'), is_provisional('2026-12-28'), is_provisional('2026-12-29'),
	is_provisional('2003-12-31'), is_provisional('infinity') IS NULL AS unknown;
SELECT is_workday('2027-03-01');
INSERT INTO calendar_day SELECT 'CN', d::date, false, '春节', '假设的通知'
FROM generate_series(timestamp '2027-02-05', '2027-02-11', '1 day') d;
SELECT announce_calendar('CN', '2027-12-28', '假设的通知');
SELECT is_provisional('2027-03-01'), is_workday('2027-03-01'), is_workday('2027-02-08');
SELECT announced_through, revision FROM calendar_list WHERE code = 'CN';
SELECT announce_calendar('CN', '2027-06-30', 'an earlier day');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

-- calendars of one's own
SELECT define_calendar('SHOP', 'Sunday and Monday off', NULL, '{7,1}', 'Europe/Berlin', 'DE');
SELECT announce_calendar('SHOP', 'infinity', 'house rule');
SELECT d::date, to_char(d, 'Dy') AS day, is_workday(d::date, 'SHOP')
FROM generate_series(timestamp '2022-02-18', '2022-02-22', '1 day') d;
SELECT define_calendar('BRANCH', 'as the shop, with one day off', 'SHOP', '{1,7}');
SELECT set_calendar_day('BRANCH', '2022-02-19', false, 'Betriebsausflug', 'Aushang');
SELECT is_workday('2022-02-19', 'SHOP'), is_workday('2022-02-19', 'BRANCH');
SELECT set_calendar_day('SHOP', '2022-02-20', true, 'verkaufsoffener Sonntag', 'Aushang');
SELECT is_workday('2022-02-20', 'BRANCH') AS a_change_reaches_the_child;
SELECT code, parent, weekend, time_zone, convention, announced_through, revision
FROM calendar_list WHERE code IN ('SHOP', 'BRANCH') ORDER BY 1;
SELECT define_calendar('SHOP', 'Sunday and Monday off', NULL, '{7,1}', 'Europe/Berlin', 'DE');
SELECT current_revision('SHOP') AS the_same_definition_is_no_change;
SELECT define_calendar('SHOP', 'Sunday off', NULL, '{7}', 'Europe/Berlin', 'DE');
SELECT is_workday('2022-02-21', 'SHOP'), is_workday('2022-02-21', 'BRANCH') AS its_week_is_its_parents;
SELECT code, parent, weekend, time_zone, convention FROM calendar WHERE code IN ('SHOP', 'BRANCH') ORDER BY 1;

-- mistakes, each its own error
SELECT define_calendar('X', 'cycle', 'X');
SELECT define_calendar('X', 'no parent', 'NOWHERE');
SELECT define_calendar('X', 'zone', time_zone => 'Mars/Phobos', convention => 'PLAIN');
\echo :LAST_ERROR_SQLSTATE
SELECT define_calendar('X', 'an abbreviation is no zone', time_zone => 'CST', convention => 'PLAIN');
SELECT define_calendar('X', 'weekend', NULL, '{6,8}', 'UTC', 'PLAIN');
SELECT define_calendar('X', 'weekend', NULL, '{6,6}', 'UTC', 'PLAIN');
SELECT define_calendar('X', 'weekend', NULL, '{1,2,3,4,5,6,7}', 'UTC', 'PLAIN');
SELECT define_calendar('X', 'convention', NULL, '{6,7}', 'UTC', 'MOON');
SELECT define_calendar('X', 'neither zone nor convention');
SELECT define_calendar('', 'no name', NULL, '{6,7}', 'UTC', 'PLAIN');
SELECT define_calendar('X', 'weekend of its own', 'CN', '{5,6}');
\echo :LAST_ERROR_SQLSTATE
SELECT define_calendar('SHOP', 'a longer cycle', 'BRANCH', '{7}');
UPDATE calendar SET parent = 'CN' WHERE code = 'BRANCH';
SELECT set_calendar_day('SHOP', '2022-02-20', false, 'twice', 'x');
\echo :LAST_ERROR_SQLSTATE
SELECT set_calendar_day('NOWHERE', '2022-02-20', false, 'x', 'x');
SELECT set_calendar_day('SHOP', '1899-12-31', false, 'x', 'x');
SELECT set_calendar_day('SHOP', 'infinity', false, 'x', 'x');
SELECT set_calendar_day('SHOP', NULL, false, 'x', 'x');
SELECT unset_calendar_day('SHOP', '2022-02-21');
SELECT announce_calendar('SHOP', '2030-12-31', 'x');
SELECT announce_calendar('SHOP', NULL, 'x');
SELECT drop_calendar('SHOP');
\echo :LAST_ERROR_SQLSTATE
SELECT drop_calendar('NOWHERE');
SELECT count(*) AS nothing_half_written FROM calendar WHERE code = 'X';

-- which calendar a call uses: its argument, the setting, the default
SELECT set_default_calendar('SHOP');
SELECT current_calendar(), is_workday('2022-02-19');
SET statute.calendar = 'CN';
SELECT current_calendar(), is_workday('2022-02-19'), is_workday('2022-02-19', 'SHOP');
SET statute.calendar = 'NOWHERE';
SELECT is_workday('2022-02-19');
\echo :LAST_ERROR_SQLSTATE
SELECT is_workday('2022-02-19', 'NOWHERE');
SELECT is_workday('2022-02-19', repeat('x', 100));
RESET statute.calendar;
SELECT drop_calendar('BRANCH');
SELECT drop_calendar('SHOP');
SELECT set_default_calendar('NOWHERE');
SELECT set_default_calendar(NULL);
SELECT current_calendar() AS the_pack_chose;
SELECT drop_calendar('SHOP');
SELECT count(*) AS revisions_stay FROM calendar_revision WHERE calendar IN ('SHOP', 'BRANCH');

-- never a silent Monday to Friday
SELECT current_database() AS here \gset
CREATE DATABASE statute_bare;
\c statute_bare
SET client_min_messages = warning;
CREATE EXTENSION pg_statute;
SELECT statute.is_workday('2022-02-19');
\echo :LAST_ERROR_SQLSTATE
SELECT statute.is_workday('2022-02-19', 'ISO');
SELECT '2022-02-18'::statute.workday;
\set SHOW_CONTEXT never
-- a pack does not take over a calendar of its name
SELECT statute.define_calendar('CN', 'home-made', NULL, '{6,7}', 'Asia/Shanghai', 'CN');
CREATE EXTENSION pg_statute_cn;
SELECT statute.drop_calendar('CN');
CREATE EXTENSION pg_statute_cn;
SELECT statute.is_workday('2022-10-03');
DROP EXTENSION pg_statute_cn;
SELECT statute.is_workday('2022-10-03');
\c :here
DROP DATABASE statute_bare;
