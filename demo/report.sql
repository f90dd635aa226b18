-- What a supervision office wants on one screen. Each table is a view of schema report, so that it can be asked again.
CREATE SCHEMA report;

-- the instant of the last sweep: what is late is late then
CREATE FUNCTION report.as_of() RETURNS timestamptz LANGUAGE sql STABLE RETURN (SELECT max(as_of) FROM statute.sweep_run);

CREATE TABLE report.duty_line (no integer PRIMARY KEY, regulation text, article text, duty text, rules text[]);
INSERT INTO report.duty_line VALUES
	(1, 'YN2022', '第七条', 'key documents: effect, half-yearly', '{YN2022-7c}'),
	(2, 'YN2022', '第九条', 'instructions: 7 or 15 working days', '{YN2022-9a,YN2022-9b,YN2022-9c,YN2022-9d}'),
	(3, 'YN2022', '第十一条', 'emergencies: 30 minutes, 1 hour', '{YN2022-11c,YN2022-11d}'),
	(4, 'YN2022', '第十五条', 'major projects: 50 working days', '{YN2022-15.2e.clock}'),
	(5, 'YN2022', '第十五条', 'key projects coordinated, quarterly', '{YN2022-15.3b}'),
	(6, 'YN2022', '第十六条', 'visitors to townships: at once', '{YN2022-16.4e}'),
	(7, 'YN2015', '四（一）', 'stages of projects: by their day', '{YN2015-4.1c}'),
	(8, 'YN2020', '三、6.', 'numbers of documents watched, monthly', '{YN2020-6c}'),
	(9, 'PC2022', '劉艾林發布 二、', 'businesses started: 1 working day', '{PC2022-47}'),
	(10, 'PC2022', '陳朝良發布 三、二是', 'land and mines: 8, 10, 40 working days', '{PC2022-31,PC2022-32,PC2022-33}'),
	(11, 'PC2022', '劉艾林發布 二、', 'construction: 70 working days', '{PC2022-48}');

CREATE VIEW report.duties AS
SELECT l.no, l.regulation, l.article, l.duty, count(*) AS "all", count(*) FILTER (WHERE o.done_at <= o.due_at) AS in_time,
	count(*) FILTER (WHERE o.done_at > o.due_at) AS late,
	count(*) FILTER (WHERE o.done_at IS NULL) AS open, count(*) FILTER (WHERE o.light = 'green') AS green, count(*) FILTER (WHERE o.light = 'yellow') AS yellow,
	count(*) FILTER (WHERE o.light = 'red') AS red
FROM report.duty_line l CROSS JOIN LATERAL unnest(l.rules) r (rule) JOIN (
	SELECT o.rule, o.done_at, o.due_at, CASE WHEN o.done_at IS NOT NULL THEN NULL WHEN o.due_at < a.as_of THEN 'red' WHEN y.obligation IS NOT NULL THEN 'yellow' ELSE 'green' END AS light
	FROM (SELECT report.as_of()) a (as_of) CROSS JOIN statute.obligation_list o
		LEFT JOIN (SELECT DISTINCT n.obligation FROM statute.notice n WHERE n.light = 'yellow') y ON y.obligation = o.obligation
	WHERE o.state <> 'cancelled') o ON o.rule = r.rule
GROUP BY l.no, l.regulation, l.article, l.duty;

CREATE VIEW report.reception_day AS SELECT official, came::date AS day FROM oa.reception WHERE official IS NOT NULL;
CREATE VIEW report.first_hand_of_province AS SELECT * FROM oa.first_hand WHERE tier = 'province';
CREATE VIEW report.first_hand_of_prefecture AS SELECT * FROM oa.first_hand WHERE tier = 'prefecture';
CREATE VIEW report.first_hand_of_county AS SELECT * FROM oa.first_hand WHERE tier = 'county';

-- Of the quotas of a year only the numbers: the year had begun when the regulation came into force.
CREATE TABLE report.quota_line (no integer, what text, tier text, rule text, quota statute.quota, events regclass, roster regclass, span daterange);
INSERT INTO report.quota_line VALUES
	(1, 'days of research at the grassroots, a year*', 'province', 'YN2022-16.2a', '每年至少30日', 'oa.field_day', 'oa.leader_of_province', '[2022-01-01,2023-01-01)'),
	(1, 'days of research at the grassroots, a year*', 'prefecture', 'YN2022-16.2b', '每年至少60日', 'oa.field_day', 'oa.leader_of_prefecture', '[2022-01-01,2023-01-01)'),
	(1, 'days of research at the grassroots, a year*', 'county', 'YN2022-16.2c', '每年至少90日', 'oa.field_day', 'oa.leader_of_county', '[2022-01-01,2023-01-01)'),
	(2, 'work on site: half year, quarter, month', 'province', 'YN2022-16.3a', '每半年至少1次', 'oa.on_site_day', 'oa.leader_of_province', '[2022-07-01,2023-01-01)'),
	(2, 'work on site: half year, quarter, month', 'prefecture', 'YN2022-16.3b', '每季度至少1次', 'oa.on_site_day', 'oa.leader_of_prefecture', '[2022-04-01,2023-01-01)'),
	(2, 'work on site: half year, quarter, month', 'county', 'YN2022-16.3c', '每月至少1次', 'oa.on_site_day', 'oa.leader_of_county', '[2022-03-01,2023-01-01)'),
	(3, 'petitioners received: half year, quarter, month', 'province', 'YN2022-16.4b', '每半年至少1次', 'report.reception_day', 'oa.leader_of_province', '[2022-07-01,2023-01-01)'),
	(3, 'petitioners received: half year, quarter, month', 'prefecture', 'YN2022-16.4c', '每季度至少1次', 'report.reception_day', 'oa.leader_of_prefecture', '[2022-04-01,2023-01-01)'),
	(3, 'petitioners received: half year, quarter, month', 'county', 'YN2022-16.4d', '每月至少1次', 'report.reception_day', 'oa.leader_of_county', '[2022-03-01,2023-01-01)'),
	(4, 'policy explained: year*, half year, quarter', 'province', 'YN2022-16.1a', '每年至少1次', 'oa.policy_talk', 'oa.leader_of_province', '[2022-01-01,2023-01-01)'),
	(4, 'policy explained: year*, half year, quarter', 'prefecture', 'YN2022-16.1b', '每半年至少1次', 'oa.policy_talk', 'oa.leader_of_prefecture', '[2022-07-01,2023-01-01)'),
	(4, 'policy explained: year*, half year, quarter', 'county', 'YN2022-16.1c', '每季度至少1次', 'oa.policy_talk', 'oa.leader_of_county', '[2022-04-01,2023-01-01)'),
	(5, 'trips for investment, each quarter', 'province', 'YN2022-14b', '每季度至少1次', 'oa.investment_trip', 'report.first_hand_of_province', '[2022-04-01,2023-01-01)'),
	(5, 'trips for investment, each quarter', 'prefecture', 'YN2022-14b', '每季度至少1次', 'oa.investment_trip', 'report.first_hand_of_prefecture', '[2022-04-01,2023-01-01)'),
	(5, 'trips for investment, each quarter', 'county', 'YN2022-14b', '每季度至少1次', 'oa.investment_trip', 'report.first_hand_of_county', '[2022-04-01,2023-01-01)');

-- Judged by the sweeps: what is on record as short, of what quota_report() says was to be judged
CREATE VIEW report.quotas AS
SELECT l.no, l.what, max(n.told) FILTER (WHERE l.tier = 'province') AS province, max(n.told) FILTER (WHERE l.tier = 'prefecture') AS prefecture,
	max(n.told) FILTER (WHERE l.tier = 'county') AS county
FROM report.quota_line l
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE q.status <> 'partial') AS judged, count(*) FILTER (WHERE q.status = 'not met') AS short
		FROM statute.quota_report(l.events, l.roster, l.quota, l.span, '{official}', 'day', 'in_office') q) r
	CROSS JOIN LATERAL (SELECT format('%s of %s', CASE WHEN l.quota::text ~ 'year' AND l.quota::text !~ 'half' THEN r.short
		ELSE (SELECT count(*) FROM statute.violation_list v JOIN oa.official o ON o.official = v.subject
			WHERE v.rule = l.rule AND v.state = 'open' AND v.what LIKE 'short of%' AND o.tier = l.tier) END, r.judged)) n (told)
GROUP BY l.no, l.what;

-- A statement measures its rows by the clock of today, a sweep by its own. What was late by today's only is left out.
CREATE VIEW report.violations AS
SELECT v.regulation, coalesce(substring(v.article FROM '^第.*条'), v.article) AS article,
	count(*) FILTER (WHERE v.state = 'open' AND v.what LIKE 'late%' AND v.happened_at < a.as_of) AS late,
	count(*) FILTER (WHERE v.state = 'open' AND v.what LIKE 'short of%') AS short,
	count(*) FILTER (WHERE v.state = 'open' AND v.what !~ '^(late|short of)') AS broken,
	count(*) FILTER (WHERE v.state = 'corrected' AND v.what !~ '^late') AS put_right
FROM (SELECT report.as_of()) a (as_of) CROSS JOIN statute.violation_list v
GROUP BY 1, 2
HAVING count(*) FILTER (WHERE v.what !~ '^late' OR v.state = 'open' AND v.happened_at < a.as_of) > 0;

CREATE VIEW report.escalations AS
SELECT n.step, n.light, n.part, count(*) AS notices, count(n.stands_in_for) AS to_a_deputy, count(*) FILTER (WHERE n.recipient IS NULL) AS to_nobody
FROM statute.notice n
GROUP BY n.step, n.light, n.part;

CREATE VIEW report.briefing AS
SELECT '一季度省级部门发文同比' AS figure, format('%s, %s a year before', d.now, d.before) AS here, format('%s %%', round(100.0 * d.now / nullif(d.before,
	0) - 100, 1)) AS share, '-40.7 %' AS briefing
FROM (SELECT count(*) FILTER (WHERE issued BETWEEN '2022-01-01' AND '2022-03-31') AS now, count(*) FILTER (WHERE issued BETWEEN '2021-01-01'
	AND '2021-03-31') AS before FROM oa.document) d
UNION ALL
SELECT '签约项目四月底前开工', format('%s of %s', p.started, p.signed), format('%s %%', round(100.0 * p.started / nullif(p.signed, 0), 2)), '67.24 %'
FROM (SELECT count(*) FILTER (WHERE started <= '2022-04-30') AS started, count(signed) AS signed FROM oa.project) p;

-- What the server counts of the tables that rules are bound to, as the year begins and as it ends
CREATE TABLE report.lap (what text PRIMARY KEY, at timestamptz NOT NULL, rows bigint NOT NULL, changes bigint NOT NULL);
CREATE PROCEDURE report.note_lap(what text)
LANGUAGE sql
AS $$
	INSERT INTO report.lap
	SELECT note_lap.what, clock_timestamp(), sum(t.n_tup_ins), sum(t.n_tup_upd)
	FROM pg_stat_user_tables t WHERE t.relid IN (SELECT b.relation FROM statute.binding_list b)
$$;
CREATE VIEW report.work AS
SELECT e.rows, b.rows AS before, e.changes - b.changes AS changes, c.bindings, c.rules, c.texts,
	(SELECT count(*) FROM statute.obligation_list o WHERE o.state <> 'cancelled') AS obligations,
	(SELECT sum(v.late + v.short + v.broken + v.put_right) FROM report.violations v) AS violations,
	(SELECT count(*) FROM statute.notice) AS notices,
	round(l.took - s.took) AS statements, round((e.rows - b.rows + e.changes - b.changes) / (l.took - s.took)) AS a_second, round(s.took) AS swept, s.sweeps,
	coalesce((SELECT p.what FROM report.lap p WHERE p.what = 'pg_cron'), 'psql, as pg_cron is not here') AS last_by
FROM report.lap b JOIN report.lap e ON (b.what, e.what) = ('begin', 'end') CROSS JOIN LATERAL (SELECT extract(epoch FROM e.at - b.at)) l (took),
	(SELECT count(*) AS sweeps, sum(extract(epoch FROM ended_at - started_at)) AS took FROM statute.sweep_run WHERE as_of < report.as_of()) s,
	(SELECT count(*) AS bindings, count(DISTINCT rule) AS rules, count(DISTINCT split_part(rule, '-', 1)) AS texts FROM statute.binding_list) c;
