-- Type quota.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';

-- what regulations write, and its one form
SELECT t AS written, t::quota
FROM unnest(ARRAY['at least 1 per quarter', 'at least 30 days per year', 'at most 2 per 30 days', 'exactly 2 per month', 'at least 1 in total',
	'more than 2 per week', 'less than 3 times each half-year', 'no fewer than 1 time a month', 'no more than 4 every year', 'up to 2 per day',
	' AT  LEAST 1  Per Half Year ', 'at least 10 days per 90 days since 2022-02-16', 'at most 1 per quarter since 2022-02-16',
	'at most 100% of previous year', 'less than 66.67% of the previous month', 'at least 120 percent of same quarter of previous year',
	'at most 80% of same year of previous year', 'at most 50% of base', 'at most 50% of 120', 'at most 50.50% of 120 per year', 'more than 100% of base per month']) t;
SELECT t AS written, t::quota
FROM unnest(ARRAY['每季度至少1次', '每半年至少1次', '每年至少30日', '每月不少于两次', '每周最多三篇', '每30日不超过2次', '每30日内不超过2次', '每年3次以上', '每年3次以内',
	'每年3次以下', '每年超过3次', '每年不足3次', '每季正好1场', '共不超过12件', '至少共12件', '自2022年2月16日起每半年至少1次', '自2022年2月16日起每30日至少5日',
	'每年至少三十天', '每月不超过１０份', '比上年只减不增', '在现有基础上减少50%以上', '比上年同期减少百分之二十以上', '每季度比上年同期减少超过20%',
	'不超过上年', '不超过上年的80%', '每月不超过上月的百分之八十', '每季度同比减少33.3%以上']) t;

-- 以上, 以内, 不超过 include the number, 超过 does not (Civil Code art. 1259)
SELECT t AS quota, quota_bounds(t), quota_unit(t)
FROM unnest(ARRAY['每年3次以上', '每年3次以内', '每年不超过3次', '每年超过3次', '每年少于3次', '每年至少30日', 'exactly 2 per month',
	'more than 50% of previous year', 'less than 50% of previous year', 'at most 33.3% of base', 'at least 120% of 10']::quota[]) t;

-- what is no quota: the word that was not understood
SELECT 'often'::quota;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::quota;
SELECT 'at least one per quarter'::quota;
SELECT 'at least 1.5 per quarter'::quota;
SELECT 'at least 1'::quota;
SELECT 'at least 1 per fortnight'::quota;
SELECT 'at least 1 per quarter or so'::quota;
SELECT 'at least 1 per months'::quota;
SELECT 'at most 50%'::quota;
SELECT 'at most 50% per year'::quota;
SELECT 'at most 50.125% of base'::quota;
SELECT 'at most 50% of same quarter'::quota;
SELECT 'at least 1 per quarter since yesterday'::quota;
SELECT 'at least 1 per quarter since 2022-02-30'::quota;
SELECT '每双周至少1次'::quota;
SELECT '每季度1次'::quota;
SELECT '每季度至少1趟'::quota;
SELECT '至少1次'::quota;
SELECT '比前年减少50%以上'::quota;
SELECT '比上年减少50%'::quota;
SELECT '自2022年2月30日起每季度至少1次'::quota;
-- and what a quota cannot ask for
SELECT 'at least 0 per quarter'::quota;
\echo :LAST_ERROR_SQLSTATE
SELECT 'at least -1 per quarter'::quota;
SELECT 'less than 1 per quarter'::quota;
SELECT '每年不足1次'::quota;
SELECT '比上年减少100%以上'::quota;
SELECT 'at most 1000% of previous year'::quota;
SELECT 'at most 1000.01% of previous year'::quota;
\echo :LAST_ERROR_SQLSTATE
SELECT 'at least 3000000000 per year'::quota;
SELECT 'more than 2147483647 per year'::quota;
SELECT 'at least 1 per 36601 days'::quota;
SELECT 'at least 1 per 0 days'::quota;
SELECT 'at least 8 days per week'::quota;
SELECT 'at most 8 days per week'::quota;
SELECT 'at least 31 days per 30 days'::quota;
SELECT 'exactly 50% of previous year'::quota;
SELECT 'exactly 2 per 30 days'::quota;
SELECT 'at most 50% of previous 30 days'::quota;
SELECT 'at most 50% of same week of previous year'::quota;
SELECT 'at least 1 in total since 2022-02-16'::quota;
SELECT '每季度不超过上年的80%'::quota;

-- equal are the same words, in either language
SELECT 'at least 1 per quarter'::quota = '每季度至少1次' AS same, 'more than 2 per year'::quota = 'at least 3 per year' AS the_same_number,
	'at least 1 per 30 days'::quota <> 'at least 1 per month' AS other, 'at most 100% of previous year'::quota = '不超过上年' AS same_cap;
SELECT quota_hash('每季度至少1次') = quota_hash('at least 1 per quarter') AS hash, quota_hash_extended('每季度至少1次', 7) = quota_hash_extended('at least 1 per quarter', 7) AS hash_extended;
SELECT DISTINCT q::quota FROM unnest(ARRAY['每季度至少1次', 'at least 1 per quarter', 'at least 1 time each quarter', 'at most 1 per quarter', '每月至少1次', 'at least 2 per month',
	'at least 2 days per month', 'at least 2 per month since 2022-02-16']) q ORDER BY 1;
CREATE TABLE q_rule (article text, quota quota);
CREATE INDEX ON q_rule (quota);
CREATE INDEX ON q_rule USING hash (quota);
INSERT INTO q_rule SELECT 'r' || i, format('at least %s per month', i)::quota FROM generate_series(1, 200) i;
SET enable_seqscan = off;
SELECT article FROM q_rule WHERE quota = '每月至少7次';
SELECT count(*) FROM q_rule WHERE quota < 'at least 7 per month';
SELECT count(*) FROM q_rule a JOIN q_rule b USING (quota);
RESET enable_seqscan;
DROP TABLE q_rule;

-- binary form
SELECT quota_send('at least 1 per quarter'), quota_send('at most 50.5% of 120 per 30 days since 2022-02-16');
SELECT typlen, typbyval, typalign, typcategory FROM pg_type WHERE oid = 'quota'::regtype;

-- a base that is known later
SELECT quota_with_base('在现有基础上减少50%以上', 120), quota_with_base('at most 50% of base per month', 0), quota_with_base('at most 50% of 120 per year', 90);
SELECT quota_with_base('at most 50% of previous year', 120);
\echo :LAST_ERROR_SQLSTATE
SELECT quota_with_base('at most 50% of base', -1);
SELECT quota_with_base(NULL, 1) IS NULL AND quota_with_base('at most 50% of base', NULL) IS NULL AS null_in_null_out;
-- an event from which periods are counted
SELECT quota_since('每半年至少1次', '2022-02-16'), quota_since('at most 2 per 30 days', '2022-02-16'), quota_since('at least 1 per quarter since 2020-01-01', '2022-02-16');
SELECT quota_since('at least 1 in total', '2022-02-16');
SELECT quota_since('每半年至少1次', 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT quota_since('每半年至少1次', '0044-03-15 BC');

-- periods: of the calendar, since an event (whose own day does not count), clamped to short months
SELECT q AS quota, quota_period_of('2022-05-31', q::quota)
FROM unnest(ARRAY['at least 1 per week', 'at least 1 per month', 'at least 1 per quarter', 'at least 1 per half year', 'at least 1 per year', 'at least 1 in total',
	'at most 2 per 30 days', 'at most 2 per day', 'at least 1 per month since 2022-01-31', 'at least 1 per quarter since 2022-02-16',
	'at least 1 per week since 2022-05-31', 'at least 1 per 10 days since 2022-05-21']) q;
SELECT d AS day, quota_period_of(d, 'at least 1 per half year since 2022-02-16')
FROM unnest(ARRAY['2022-02-15', '2022-02-16', '2022-02-17', '2022-08-16', '2022-08-17', 'infinity', '-infinity']::date[]) d;
SELECT quota_period_of('5874897-12-31', 'at least 1 per year'), quota_period_of('4714-11-24 BC', 'at least 1 per year');

SELECT * FROM list_quota_periods('每季度至少1次', '[2022-02-16,2023-01-01)');
SELECT * FROM list_quota_periods('at least 1 per month since 2022-01-31', '[2022-01-01,2022-07-01)');
SELECT * FROM list_quota_periods('at least 1 per 30 days since 2022-02-16', '[2022-03-01,2022-05-01)');
SELECT * FROM list_quota_periods('at least 1 in total', '[2022-02-16,2023-01-01)');
SELECT * FROM list_quota_periods('at least 1 per week', '[2022-02-16,2022-02-17)');
SELECT count(*) AS none_before_the_event FROM list_quota_periods('at least 1 per quarter since 2022-02-16', '[2021-01-01,2022-02-17)');
SELECT * FROM list_quota_periods('at most 2 per 30 days', '[2022-01-01,2023-01-01)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_quota_periods('at least 1 per week', 'empty');
SELECT * FROM list_quota_periods('at least 1 per week', '[2022-01-01,)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM list_quota_periods('at least 1 per week', '[2022-01-01,infinity)');
