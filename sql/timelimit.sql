-- Type timelimit.
SET search_path = public, statute;
\set SHOW_CONTEXT never

SELECT t AS written, t::timelimit
FROM unnest(ARRAY['7 workdays', '1 workday', '10 days', '2 weeks', '3 months', '1 year', '30 minutes', '1 hour', '0 minutes',
	'immediate', ' 7  Working   Days ', '5 business days', '1 calendar day', '24HOURS', 'half a year',
	'7个工作日', '10日', '10日内', '三个月', '3个月', '半年', '30分钟', '1小时', '立即', '随到随办',
	'十五个工作日', '二十日以内', '两年', '一百八十日', '三百六十五天', '１５日', '半小时', '24个小时', '一个星期', '2周之内', '7工作日']) t;

SELECT '3月'::timelimit;
\echo :LAST_ERROR_SQLSTATE
SELECT '-7 days'::timelimit;
SELECT '3000000000 days'::timelimit;
\echo :LAST_ERROR_SQLSTATE
SELECT '7'::timelimit;
SELECT 'days'::timelimit;
SELECT ''::timelimit;
SELECT '7 days ago'::timelimit;
SELECT '1.5 days'::timelimit;
SELECT '1 day 2 hours'::timelimit;
SELECT '7 fortnights'::timelimit;
SELECT '百五十日'::timelimit;
SELECT '一百五日'::timelimit;
SELECT '十个半月'::timelimit;
SELECT '7 个 工作日'::timelimit;

-- order: nominal length, then unit; equal only if the same words
SELECT t::timelimit FROM unnest(ARRAY['1 year', '12 months', '365 days', '1 week', '7 days', '5 workdays', '168 hours',
	'immediate', '0 days', '1 day', '24 hours', '1440 minutes', '1 workday', '1 month', '30 days']) t ORDER BY 1;
SELECT '7 days'::timelimit = '一星期'::timelimit, '7日'::timelimit = '7 days', '1 week'::timelimit > '7 days',
	'7 workdays'::timelimit <> '7 days', '1 month'::timelimit >= '30 days', '1 day'::timelimit < '1 workday', '1 day'::timelimit <= '1 day';
SELECT timelimit_hash('7日') = timelimit_hash('7 days'), timelimit_hash_extended('7日', 5) = timelimit_hash_extended('7 days', 5);
SELECT t::timelimit, count(*) FROM unnest(ARRAY['7日', '7 days', '七天', '7 workdays']) t GROUP BY 1 ORDER BY 1;

-- intervals, where that is exact
SELECT interval '3 days'::timelimit, interval '2 years'::timelimit, interval '18 months'::timelimit, interval '90 minutes'::timelimit,
	interval '2 hours'::timelimit, interval '0'::timelimit;
SELECT '3 days'::timelimit::interval, '2 weeks'::timelimit::interval, '1 year'::timelimit::interval, '5 months'::timelimit::interval,
	'90 minutes'::timelimit::interval, '2 hours'::timelimit::interval;
SELECT interval '1 month 3 days'::timelimit;
SELECT interval '30 seconds'::timelimit;
SELECT interval '-3 days'::timelimit;
SELECT '7 workdays'::timelimit::interval;
\echo :LAST_ERROR_SQLSTATE
SELECT 'immediate'::timelimit::interval;
SELECT '2147483647 years'::timelimit::interval;

-- binary form
SELECT timelimit_send('7 workdays'), timelimit_send('immediate');
SELECT typlen, typbyval, typcategory FROM pg_type WHERE oid = 'timelimit'::regtype;

CREATE TABLE rule_limit (name text, allowed timelimit);
CREATE INDEX ON rule_limit (allowed);
CREATE INDEX ON rule_limit USING hash (allowed);
INSERT INTO rule_limit SELECT 'r' || i, (i || ' workdays')::timelimit FROM generate_series(0, 200) i;
SET enable_seqscan = off;
SELECT name FROM rule_limit WHERE allowed = '7个工作日';
SELECT count(*) FROM rule_limit WHERE allowed < '7 workdays';
DROP TABLE rule_limit;
