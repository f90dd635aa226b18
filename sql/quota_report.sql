-- Pace, reports over rosters, and rotation.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';

-- pace: today counts, and working days are the calendar's
SELECT d AS as_of, p.* FROM unnest(ARRAY['2021-12-01', '2022-01-01', '2022-03-01', '2022-03-28', '2022-03-29', '2022-03-30', '2022-03-31', '2022-04-01']::date[]) d,
	quota_pace(0, '每季度至少3次', '[2022-01-01,2022-04-01)', d) p;
-- two of three done
SELECT d AS as_of, p.* FROM unnest(ARRAY['2022-03-01', '2022-03-29', '2022-03-30', '2022-03-31', '2022-04-01']::date[]) d,
	quota_pace(2, '每季度至少3次', '[2022-01-01,2022-04-01)', d) p;
-- Spring Festival 2022: off from 31 January through 6 February, working on 29 and 30 January
SELECT d AS as_of, p.* FROM unnest(ARRAY['2022-01-28', '2022-01-29', '2022-01-30', '2022-01-31', '2022-02-05', '2022-02-06']::date[]) d,
	quota_pace(0, 'at least 2 in total', '[2022-01-17,2022-02-07)', d) p;
-- National Day 2022: off from 1 through 7 October, working on Saturday 8 and Sunday 9
SELECT d AS as_of, p.* FROM unnest(ARRAY['2022-09-30', '2022-10-01', '2022-10-07', '2022-10-08', '2022-10-09', '2022-10-10']::date[]) d,
	quota_pace(0, 'at least 2 in total', '[2022-09-26,2022-10-10)', d) p;
SELECT p.* FROM quota_pace(0, 'at least 2 in total', '[2022-09-26,2022-10-10)', '2022-10-08', 'ISO') p;
-- Labour Day 2022: working on Sunday 24 April and Saturday 7 May
SELECT quota_pace(0, '每月至少1次', '[2022-04-01,2022-05-01)', '2022-04-24'), quota_pace(0, '每周至少1次', '[2022-05-02,2022-05-09)', '2022-05-07');
-- a period without a working day: never to be made good
SELECT quota_pace(0, 'at least 1 in total', '[2022-10-01,2022-10-08)', '2022-09-30');

-- at risk: what is needed is faster than twice the even pace, or there is no day to spare
SELECT d AS as_of, p.* FROM unnest(ARRAY['2022-06-30', '2022-09-01', '2022-10-09', '2022-10-10', '2022-10-11', '2022-11-21', '2022-11-22']::date[]) d,
	quota_pace(10, '每年至少30日', '[2022-01-01,2023-01-01)', d) p;
SELECT workdays_between('2021-12-31', '2022-12-31') AS whole_year;
SELECT d AS as_of, p.* FROM unnest(ARRAY['2022-08-31', '2022-09-01', '2022-09-02']::date[]) d, quota_pace(10, '每年至少30日', '[2022-01-01,2023-01-01)', d) p;
SET statute.at_risk_factor = 1;
SELECT p.* FROM quota_pace(10, '每年至少30日', '[2022-01-01,2023-01-01)', '2022-06-30') p;
SET statute.at_risk_factor = 1000;
SELECT p.* FROM quota_pace(10, '每年至少30日', '[2022-01-01,2023-01-01)', '2022-11-22') p;
SET statute.at_risk_factor = 0.5;
RESET statute.at_risk_factor;

-- caps: at risk when nothing more may happen, met when the period is over
SELECT n AS counted, d AS as_of, (quota_pace(n, 'at most 2 per month', '[2022-03-01,2022-04-01)', d)).*
FROM unnest(ARRAY[1, 2, 3]) n, unnest(ARRAY['2022-03-10', '2022-04-01']::date[]) d;
SELECT n AS counted, d AS as_of, (quota_pace(n, 'exactly 2 per month', '[2022-03-01,2022-04-01)', d)).*
FROM unnest(ARRAY[1, 2, 3]) n, unnest(ARRAY['2022-03-10', '2022-03-31', '2022-04-01']::date[]) d;
SELECT quota_pace(3, 'at most 50% of 9', '[2022-01-01,2023-01-01)', '2022-05-05'), quota_pace(5, quota_with_base('在现有基础上减少50%以上', 9), '[2022-01-01,2023-01-01)', '2022-05-05');
SELECT quota_pace(5, '在现有基础上减少50%以上', '[2022-01-01,2023-01-01)', '2022-05-05');
SELECT quota_pace(3, '比上年只减不增', '[2022-01-01,2023-01-01)', '2022-05-05');
\echo :LAST_ERROR_SQLSTATE
SELECT quota_pace(-1, '每季度至少3次', '[2022-01-01,2022-04-01)', '2022-03-01');
SELECT quota_pace(1, '每季度至少3次', 'empty', '2022-03-01');
SELECT quota_pace(1, '每季度至少3次', '[2022-01-01,2022-04-01)', '2022-03-01', 'NOWHERE');
SELECT quota_pace(1, '每季度至少3次', '[2022-01-01,2022-04-01)', NULL) IS NULL AS null_in_null_out;
-- days that are not announced
SELECT p.* FROM quota_pace(0, '每季度至少1次', '[2027-01-01,2027-04-01)', '2027-02-01') p;

-- a report has everyone, also who did nothing
CREATE TABLE leader (subject text, region text, office daterange);
INSERT INTO leader VALUES ('Li', 'Dali', '[2020-01-01,)'), ('Wang', 'Lijiang', NULL), ('Zhao', 'Dali', '[2022-04-01,2022-12-01)'),
	('Qian', 'Diqing', '[2021-01-01,2022-04-01)'), ('Qian', 'Diqing', '[2022-04-01,2022-07-01)'), ('Sun', 'Diqing', '[2019-01-01,2020-01-01)'),
	('Zhou', 'Nujiang', '[2022-01-01,2022-04-01)'), ('Zhou', 'Nujiang', '[2022-10-01,2023-01-01)');
CREATE TABLE trip (subject text, at date);
INSERT INTO trip VALUES ('Li', '2022-02-21'), ('Li', '2022-05-09'), ('Li', '2022-05-10'), ('Li', '2022-09-30'), ('Wang', '2022-01-31'), ('Zhao', '2022-11-30'), ('Zhao', '2022-12-30'),
	('Zhou', '2022-03-31'), ('Zhou', '2022-05-05'), ('Stranger', '2022-05-05'), ('Qian', NULL);
SELECT * FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,2023-01-01)', valid => 'office', as_of => '2022-09-28');
-- without the validity of office everyone counts for the whole span
SELECT subject_key, sum(shortfall) AS shortfall, count(*) FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,2023-01-01)') GROUP BY 1 ORDER BY 1;
-- an event table with instants, in the calendar's zone
CREATE TABLE entry (subject text, made timestamptz);
INSERT INTO entry VALUES ('Li', '2022-03-31 16:00+00'), ('Wang', '2022-03-31 15:59:59+00');
SELECT subject_key, period, counted FROM quota_report('entry', 'leader', '每季度至少1次', '[2022-01-01,2022-07-01)', at => 'made') WHERE counted > 0;
SELECT subject_key, period, counted FROM quota_report('entry', 'leader', '每季度至少1次', '[2022-01-01,2022-07-01)', at => 'made', calendar => 'ISO') WHERE counted > 0;

-- GZ2020 2 (3): each responsible person, each project, each quarter
CREATE TABLE responsible (person text, project text, since daterange);
INSERT INTO responsible VALUES ('Chen', 'A', '[2020-04-01,)'), ('Chen', 'B', '[2020-05-15,)'), ('Luo', 'B', '[2020-04-01,2020-07-01)');
CREATE TABLE "Visit" (person text, project text, "on" date);
INSERT INTO "Visit" VALUES ('Chen', 'A', '2020-04-30'), ('Chen', 'A', '2020-07-30'), ('Luo', 'A', '2020-05-05'), ('Chen', 'B', '2020-06-30');
SELECT * FROM quota_report('"Visit"', 'responsible', '每季度至少1次', '[2020-04-01,2020-10-01)', subject => '{person,project}', at => 'on', valid => 'since', as_of => '2020-09-29');

-- caps: only the windows that exceed; a share of the year before has no pace
SELECT * FROM quota_report('trip', 'leader', 'at most 1 per 30 days', '[2022-01-01,2023-01-01)', as_of => '2022-09-28');
SELECT subject_key, period, counted, required, status, pace FROM quota_report('trip', 'leader', '每季度不超过上季度', '[2022-01-01,2023-01-01)', as_of => '2022-09-28') WHERE subject_key = '{Li}';

SELECT * FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,2023-01-01)', at => 'made');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,2023-01-01)', at => 'subject');
SELECT * FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,2023-01-01)', subject => '{}');
SELECT * FROM quota_report('trip', 'leader', NULL, '[2022-01-01,2023-01-01)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM quota_report('trip', 'leader', '每季度至少1次', '[2022-01-01,)');
SELECT * FROM quota_report('trip', 'nobody', '每季度至少1次', '[2022-01-01,2023-01-01)');

-- YN2022 art. 15 (2): 16 prefectures in rotation, one a quarter
SELECT array_agg(p ORDER BY n) AS prefectures, 'x' AS x
FROM unnest('{昆明,曲靖,玉溪,昭通,保山,丽江,普洱,临沧,楚雄,红河,文山,西双版纳,大理,德宏,怒江,迪庆}'::text[]) WITH ORDINALITY AS v (p, n) \gset
SELECT * FROM list_rotation(:'prefectures', '{大理,昆明,丽江,大理,北京,NULL,昆明}');
SELECT rotation_left(:'prefectures', '{大理,昆明,丽江,大理,北京}');
-- after all of them a new round begins
SELECT t.* FROM list_rotation(:'prefectures', :'prefectures'::text[] || '{迪庆,昆明,迪庆}'::text[]) t WHERE turn > 14;
SELECT cardinality(rotation_left(:'prefectures', :'prefectures')) AS all_again, cardinality(rotation_left(:'prefectures', '{}')) AS nobody_yet,
	cardinality(rotation_left(:'prefectures', :'prefectures'::text[] || '{迪庆,昆明,迪庆}'::text[])) AS second_round;
SELECT rotation_left('{a}', '{a,a}'), rotation_left('{a,b}', NULL);
SELECT * FROM list_rotation('{a,a}', '{a}');
\echo :LAST_ERROR_SQLSTATE
SELECT rotation_left('{a,NULL}', '{a}');
SELECT * FROM list_rotation('{}', '{a}');

DROP TABLE leader, trip, entry, responsible, "Visit";

-- nobody takes turns
SELECT rotation_left('{}', '{}');

-- as of a day, what comes later has not happened: midnight in Shanghai is 16:00 in UTC
CREATE TABLE later (subject text, on_day date, at timestamptz);
INSERT INTO later VALUES ('Li', '2022-03-31', '2022-03-31 15:59 UTC'), ('Li', '2022-04-01', '2022-03-31 16:00 UTC');
SELECT a, r.counted, r.pace FROM (VALUES (date '2022-03-30'), ('2022-03-31'), ('2022-04-01')) v (a),
	quota_report('later', 'later', 'at least 2 per half year', '[2022-01-01,2022-07-01)', at => 'on_day', as_of => a) r;
SELECT a, r.counted, r.pace FROM (VALUES (date '2022-03-30'), ('2022-03-31'), ('2022-04-01')) v (a),
	quota_report('later', 'later', 'at least 2 per half year', '[2022-01-01,2022-07-01)', as_of => a, calendar => 'CN') r;
DROP TABLE later;
