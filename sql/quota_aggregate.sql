-- The quota aggregates, article by article.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'America/New_York';

CREATE TABLE activity (leader text, kind text, at date);
INSERT INTO activity VALUES
	('Li', 'trip', '2022-02-21'), ('Li', 'trip', '2022-05-09'), ('Li', 'trip', '2022-09-30'), ('Li', 'trip', '2022-10-08'),
	('Wang', 'trip', '2022-03-31'), ('Wang', 'trip', '2022-04-01'), ('Wang', 'trip', '2022-04-24'), ('Wang', 'trip', '2022-12-31'),
	('Zhao', 'talk', '2022-06-30'), ('Li', 'talk', '2022-07-01'), ('Li', 'talk', '2022-01-29'), ('Wang', 'talk', '2021-12-31'), ('Zhao', 'talk', '2022-12-31');

-- YN2022 art. 14: each leader at least 1 trip a quarter
SELECT leader, quota_met(at, '每季度至少1次', '[2022-01-01,2023-01-01)'), quota_shortfall(at, '每季度至少1次', '[2022-01-01,2023-01-01)')
FROM activity WHERE kind = 'trip' GROUP BY leader ORDER BY leader;
SELECT leader, p.*
FROM (SELECT leader, quota_periods(at, '每季度至少1次', '[2022-01-01,2023-01-01)') AS periods FROM activity WHERE kind = 'trip' GROUP BY leader) a, unnest(a.periods) p
ORDER BY leader, period;
-- whoever made none, too: no row of Zhao's passes the filter
SELECT leader, quota_met(at, '每季度至少1次', '[2022-01-01,2023-01-01)') FILTER (WHERE kind = 'trip') AS met,
	quota_shortfall(at, '每季度至少1次', '[2022-01-01,2023-01-01)') FILTER (WHERE kind = 'trip') AS shortfall
FROM activity GROUP BY leader ORDER BY leader;
-- the measures are in force since 16 February 2022: their first quarter is cut
SELECT leader, p.*
FROM (SELECT leader, quota_periods(at, '每季度至少1次', '[2022-02-16,2022-07-01)') AS periods FROM activity WHERE kind IN ('trip', 'talk') GROUP BY leader) a, unnest(a.periods) p
ORDER BY leader, period;

-- YN2022 art. 16 (1): talks, 每半年至少1次
SELECT leader, quota_met(at, '每半年至少1次', '[2022-01-01,2023-01-01)'), quota_shortfall(at, '每半年至少1次', '[2022-01-01,2023-01-01)')
FROM activity WHERE kind = 'talk' GROUP BY leader ORDER BY leader;

-- YN2022 art. 16 (2): research, 每年至少30日: days count once, however much happens on them
CREATE TABLE research (leader text, at date);
INSERT INTO research
SELECT 'Li', d::date FROM generate_series(timestamp '2022-03-01', '2022-03-30', '1 day') d
UNION ALL SELECT 'Wang', d::date FROM generate_series(timestamp '2022-03-01', '2022-03-29', '1 day') d, generate_series(1, 3)
UNION ALL SELECT 'Wang', d::date FROM generate_series(timestamp '2021-12-20', '2021-12-31', '1 day') d;
SELECT leader, count(*) AS entries, quota_met(at, '每年至少30日', '[2022-01-01,2023-01-01)') AS days_met, quota_shortfall(at, '每年至少30日', '[2022-01-01,2023-01-01)') AS days_short,
	quota_met(at, 'at least 30 per year', '[2022-01-01,2023-01-01)') AS times_met
FROM research GROUP BY leader ORDER BY leader;
-- and in a year that is not over it can be reached, but not missed
SELECT leader, p.* FROM (SELECT leader, quota_periods(at, '每年至少30日', '[2022-01-01,2022-07-01)') AS periods FROM research GROUP BY leader) a, unnest(a.periods) p ORDER BY leader;

-- YN2022 art. 16 (3): work on the spot, 每月至少1次, in the real months of 2022
CREATE TABLE spot (at date);
INSERT INTO spot VALUES ('2022-01-31'), ('2022-02-28'), ('2022-03-01'), ('2022-03-31'), ('2022-04-24'), ('2022-05-07'), ('2022-07-01'), ('2022-08-31'), ('2022-10-08'), ('2022-10-09'), ('2022-12-30'), (NULL), ('infinity'), ('-infinity'), ('2023-01-01');
SELECT p.period, p.counted, p.met, p.shortfall FROM unnest((SELECT quota_periods(at, '每月至少1次', '[2022-01-01,2023-01-01)') FROM spot)) p WHERE NOT p.met OR p.counted > 1;

-- GZ2020 2 (3): each responsible person visits each project once a quarter: pairs
CREATE TABLE visit (person text, project text, at date);
INSERT INTO visit VALUES ('Chen', 'A', '2020-04-01'), ('Chen', 'A', '2020-08-01'), ('Chen', 'B', '2020-06-30'), ('Chen', 'B', '2020-06-29'), ('Luo', 'A', '2020-10-01'), ('Luo', 'A', '2020-07-10'), ('Luo', 'A', '2020-05-10');
SELECT person, project, quota_met(at, '每季度至少1次', '[2020-04-01,2021-01-01)'), quota_shortfall(at, '每季度至少1次', '[2020-04-01,2021-01-01)')
FROM visit GROUP BY person, project ORDER BY person, project;

-- YN2020 art. 6: documents of 2020, 比上年只减不增
CREATE TABLE document (office text, at date);
INSERT INTO document
SELECT office, date '2019-01-01' + j FROM (VALUES ('one', 10), ('two', 10), ('new', 0)) v (office, n), generate_series(1, n) j
UNION ALL SELECT office, date '2020-01-01' + j FROM (VALUES ('one', 10), ('two', 11), ('new', 1)) v (office, n), generate_series(1, n) j;
SELECT office, p.* FROM (SELECT office, quota_periods(at, '比上年只减不增', '[2019-01-01,2021-01-01)') AS periods FROM document GROUP BY office) d, unnest(d.periods) p ORDER BY office, period;
SELECT office, quota_met(at, '比上年只减不增', '[2019-01-01,2021-01-01)'), quota_shortfall(at, '比上年只减不增', '[2019-01-01,2021-01-01)') FROM document GROUP BY office ORDER BY office;
-- without 2019 in the span there is no base, and nothing can be told
SELECT office, quota_met(at, '比上年只减不增', '[2020-01-01,2021-01-01)') FROM document GROUP BY office ORDER BY office;
SELECT p.* FROM unnest((SELECT quota_periods(at, '比上年只减不增', '[2019-02-01,2021-01-01)') FROM document WHERE office = 'two')) p;
-- a month against the same month of the year before
SELECT p.period, p.counted, p.required, p.status FROM unnest((SELECT quota_periods(at, '每月比上年同期减少10%以上', '[2019-01-01,2020-03-01)') FROM document WHERE office = 'two')) p WHERE p.period && '[2019-12-01,2020-03-01)';

-- YN2020 art. 16: inspections of schools, 在现有基础上减少50%以上, of 9 that there were
CREATE TABLE inspection (school text, at date);
INSERT INTO inspection SELECT school, date '2020-03-01' + j * 10 FROM (VALUES ('No. 1', 4), ('No. 2', 5)) v (school, n), generate_series(1, n) j;
SELECT school, quota_met(at, quota_with_base('在现有基础上减少50%以上', 9), '[2020-01-01,2021-01-01)'), quota_shortfall(at, quota_with_base('在现有基础上减少50%以上', 9), '[2020-01-01,2021-01-01)'),
	quota_met(at, '在现有基础上减少50%以上', '[2020-01-01,2021-01-01)') AS without_base
FROM inspection GROUP BY school ORDER BY school;

-- caps that slide: windows that exceed, as short as can be, none of which overlap
CREATE TABLE meeting (at date);
INSERT INTO meeting VALUES ('2022-01-05'), ('2022-01-20'), ('2022-02-03'), ('2022-02-04'), ('2022-03-05'), ('2022-03-06'), ('2022-04-03'), ('2022-06-01'), ('2022-07-01'), ('2022-07-31');
SELECT p.* FROM unnest((SELECT quota_periods(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)') FROM meeting)) p;
SELECT p.* FROM unnest((SELECT quota_periods(at, 'at most 1 per 30 days', '[2022-06-01,2023-01-01)') FROM meeting)) p;
SELECT quota_met(at, 'at most 2 per 31 days', '[2022-06-01,2022-08-01)') AS thirty_days_apart, quota_met(at, 'at most 1 per 31 days', '[2022-06-01,2022-08-01)') AS in_31_days,
	quota_met(at, 'at most 1 per 30 days', '[2022-06-01,2022-08-01)') AS in_30_days, quota_shortfall(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)') AS too_many FROM meeting;
-- a minimum that slides: whole windows that lack
SELECT p.period, p.counted, p.shortfall FROM unnest((SELECT quota_periods(at, 'at least 1 per 45 days', '[2022-01-01,2022-12-01)') FROM meeting)) p;
SELECT quota_met(at, 'at least 2 per 30 days', '[2022-02-01,2022-02-11)') AS reached, quota_met(at, 'at least 3 per 30 days', '[2022-02-01,2022-02-11)') AS too_early FROM meeting;

-- cut periods: a cap that is exceeded and a minimum that is reached are certain, and nothing else
SELECT q AS quota, p.* FROM unnest(ARRAY['at least 2 per month', 'at least 3 per month', 'at most 1 per month', 'at most 2 per month', 'exactly 1 per month', 'exactly 2 per month']::quota[]) q,
	LATERAL (SELECT quota_periods(at, q, '[2022-01-02,2022-01-31)') AS periods FROM meeting) a, unnest(a.periods) p;
SELECT quota_met(at, 'at least 3 per month', '[2022-01-02,2022-01-31)') AS nothing_to_judge, quota_shortfall(at, 'at least 3 per month', '[2022-01-02,2022-01-31)') FROM meeting;

-- instants count on the calendar's day, wherever the session is
CREATE TABLE instant (at timestamptz);
INSERT INTO instant VALUES ('2022-03-31 23:59:59.999999+08'), ('2022-04-01 00:00+08'), ('2022-06-30 23:30+08'), ('2022-12-31 16:00+00'), (NULL), ('infinity');
SELECT p.period, p.counted FROM unnest((SELECT quota_periods(at, '每季度至少1次', '[2022-01-01,2023-01-01)') FROM instant)) p;
SELECT p.period, p.counted FROM unnest((SELECT quota_periods(at, '每季度至少1次', '[2022-01-01,2023-01-01)', 'ISO') FROM instant)) p;
SELECT quota_met(at, '每季度至少1次', '[2022-01-01,2023-01-01)', 'NOWHERE') FROM instant;
SELECT quota_met(at, '每季度至少1次', '[2022-01-01,2023-01-01)', NULL) FROM instant;

-- no row: everything is short, unless quota and span are in the rows
SELECT quota_met(at, '每季度至少1次', '[2022-01-01,2023-01-01)'), quota_shortfall(at, '每季度至少1次', '[2022-01-01,2023-01-01)'),
	quota_met(at, 'at most 2 per year', '[2022-01-01,2023-01-01)') AS cap, cardinality(quota_periods(at, '每季度至少1次', '[2022-01-01,2023-01-01)')) AS periods,
	quota_tally(at, '每季度至少1次', '[2022-01-01,2023-01-01)') FROM activity WHERE leader = 'nobody';
SELECT quota_met(at, quota, '[2022-01-01,2023-01-01)'), quota_shortfall(at, quota, '[2022-01-01,2023-01-01)') FROM (SELECT at, leader::quota AS quota FROM activity WHERE leader = 'nobody') a;
SELECT at, quota_shortfall(at, '每季度至少1次', '[2022-01-01,2023-01-01)') OVER (ORDER BY at ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM activity WHERE leader = 'Li' ORDER BY at;

-- states: stored, moved, added up
SELECT quota_tally(at, 'at least 30 days per year', '[2022-01-01,2022-01-31)') AS days, quota_tally(at, 'at most 2 per 30 days', '[2022-01-01,2022-03-01)') AS windows,
	quota_tally(at, '每季度至少1次', '[2022-01-01,2023-01-01)') AS periods FROM meeting;
SELECT quota_shortfall(quota_merge(s::quota_state)) FROM unnest(ARRAY['at least 2 per quarter; 8036..8400; 0:1 3:5', NULL, 'at least 2 per quarter; 8036..8400; 0:1 2:1']) s;
SELECT quota_met('at least 1 per quarter; 8036..8400; 0:1 1:1 2:1 3:1'::quota_state), quota_state_send('at least 1 per quarter; 8036..8400; 1:300');
SELECT s::quota_state FROM unnest(ARRAY['at least 1 per quarter; 8036..8400; 4:1']) s;
SELECT 'at least 1 per quarter; 8400..8036; 0:1'::quota_state;
SELECT 'at least 1 per quarter; 8036..8400; 0:1 0:1'::quota_state;
SELECT 'at least 1 per quarter; 8036..8400; 0:-1'::quota_state;
SELECT 'at least 30 days per year; 8036..8400; 0:2'::quota_state;
SELECT 'at least 1 per fortnight; 8036..8400; 0:1'::quota_state;
SELECT ''::quota_state;
\echo :LAST_ERROR_SQLSTATE

-- what cannot be asked
SELECT quota_met(at, NULL, '[2022-01-01,2023-01-01)') FROM activity;
\echo :LAST_ERROR_SQLSTATE
SELECT quota_met(at, '每季度至少1次', NULL) FROM activity;
SELECT quota_met(at, '每季度至少1次', 'empty') FROM activity;
SELECT quota_met(at, '每季度至少1次', '[2022-01-01,)') FROM activity;
\echo :LAST_ERROR_SQLSTATE
SELECT quota_met(at, '每季度至少1次', '(,2022-01-01)') FROM activity WHERE false;
SELECT quota_met(at, 'at most 2 per 30 days', '[0001-01-01,2022-01-01)') FROM activity;
\echo :LAST_ERROR_SQLSTATE
SELECT quota_met(at, CASE leader WHEN 'Li' THEN 'at least 1 per month' ELSE 'at least 1 per quarter' END::quota, '[2022-01-01,2023-01-01)') FROM activity;
\echo :LAST_ERROR_SQLSTATE
SELECT quota_met(at, '每季度至少1次', daterange('2022-01-01', at, '[]')) FROM activity WHERE at > '2022-01-01';

DROP TABLE activity, research, spot, visit, document, inspection, meeting, instant;

-- a state of a moving frame keeps more, and merges with one that does not
SELECT quota_merge(t::quota_state) FROM (VALUES ('at least 3 days per year; 8036..8400; 3:2; exact'), ('at least 3 days per year; 8036..8400; 3:1 4:1')) v (t);
-- days that an integer cannot hold are no days
SELECT 'at least 1 per quarter; 4294975332..8400; 1:1'::quota_state;
SELECT 'at least 1 per quarter; 8036..8400; 1:99999999999999999999'::quota_state;
