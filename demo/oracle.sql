-- Every number of the report once more, in plain SQL over the tables of the agency and what was made up for them
-- (schema paper), without pg_statute: its functions are not even found. test/shell/demo.sh compares.
SET search_path = pg_catalog;
CREATE SCHEMA oracle;

-- The notice of 25 October 2021, 国办发明电〔2021〕11号, as typed from it
CREATE TABLE oracle.off (day date PRIMARY KEY);
INSERT INTO oracle.off
SELECT g::date FROM (VALUES ('2022-01-01', '2022-01-03'), ('2022-01-31', '2022-02-06'), ('2022-04-03', '2022-04-05'), ('2022-04-30', '2022-05-04'),
	('2022-06-03', '2022-06-05'), ('2022-09-10', '2022-09-12'), ('2022-10-01', '2022-10-07')) v (first, last),
	generate_series(first::date, last::date, interval '1 day') g;
CREATE TABLE oracle.worked (day date PRIMARY KEY);
INSERT INTO oracle.worked VALUES ('2022-01-29'), ('2022-01-30'), ('2022-04-02'), ('2022-04-24'), ('2022-05-07'), ('2022-10-08'), ('2022-10-09');

-- days of the year and a good part of the next, numbered by working days; 2023 matters only in that it is not 2022
CREATE TABLE oracle.day AS
SELECT d.day, d.works, sum(d.works::integer) OVER (ORDER BY d.day)::integer AS n
FROM (SELECT g::date AS day, g::date IN (SELECT day FROM oracle.worked) OR extract(isodow FROM g) < 6 AND g::date NOT IN (SELECT day FROM oracle.off) AS works
	FROM generate_series(timestamp '2022-01-01', '2023-12-31', interval '1 day') g) d;
CREATE UNIQUE INDEX ON oracle.day (day);
CREATE UNIQUE INDEX ON oracle.day (n) WHERE works;

-- the k-th working day after a day
CREATE FUNCTION oracle.after(d date, k integer) RETURNS date LANGUAGE sql STABLE
RETURN (SELECT e.day FROM oracle.day e WHERE e.works AND e.n = (SELECT s.n FROM oracle.day s WHERE s.day = d) + k);
CREATE FUNCTION oracle.working_days(from_day date, to_day date) RETURNS integer LANGUAGE sql STABLE
RETURN (SELECT e.n FROM oracle.day e WHERE e.day = to_day) - (SELECT s.n FROM oracle.day s WHERE s.day = from_day);
-- that day, where it works, or the next that does
CREATE FUNCTION oracle.from_on(d date) RETURNS date LANGUAGE sql STABLE RETURN (SELECT min(e.day) FROM oracle.day e WHERE e.works AND e.day >= d);

-- The last sweep was on the morning of New Year's Day.
CREATE FUNCTION oracle.as_of() RETURNS timestamp LANGUAGE sql IMMUTABLE RETURN timestamp '2023-01-01 09:00';

-- Each duty: whose it is, when it is over (the first instant that is too late), when it was done, and when its yellow card is.
CREATE TABLE oracle.duty (line integer, rule text, office text, key text, due timestamp, done timestamp, yellow timestamp);

-- working days: the yellow card is after four fifths of them, rounded down; none is with the event itself
CREATE TEMP TABLE counted AS
SELECT 2 AS line, '9b' AS rule, office, no::text AS key, came AS start, 7 AS days, answered AS done, NULL::timestamp AS stop, NULL::timestamp AS go
FROM oa.instruction WHERE sort IN ('批办性', '指导性') AND answer_by IS NULL AND NOT special AND came >= '2022-02-16'
UNION ALL
SELECT 2, '9c', office, no::text, came, 15, answered, NULL, NULL FROM oa.instruction WHERE sort IN ('批办性', '指导性') AND answer_by IS NULL AND special
	AND came >= '2022-02-16'
UNION ALL
SELECT 4, '15.2e', office, no::text, application, 50, accepted, to_state, from_state FROM oa.project WHERE is_major AND application >= '2022-02-16'
UNION ALL
SELECT CASE item WHEN '企业开办' THEN 9 WHEN '工程建设项目' THEN 11 ELSE 10 END, d.days || ' days', office, no::text, filed, d.days, decided, NULL, NULL
FROM oa.approval, LATERAL (SELECT CASE item WHEN '企业开办' THEN 1 WHEN '建设项目用地预审' THEN 8 WHEN '矿业权审批' THEN 40 WHEN '工程建设项目' THEN 70 ELSE 10 END) d (days)
WHERE item <> '其他';

INSERT INTO oracle.duty
SELECT c.line, c.rule, c.office, c.key, CASE WHEN c.stop IS NOT NULL AND c.go IS NULL THEN 'infinity' ELSE oracle.after(c.start::date, c.days + s.days) + 1 END,
	c.done,
	-- a clock that stands shows no card
	CASE WHEN c.days * 4 / 5 = 0 THEN c.start WHEN c.stop IS NOT NULL AND c.go IS NULL AND c.stop < oracle.after(c.start::date, c.days * 4 / 5) + 1 THEN 'infinity'
		ELSE oracle.after(c.start::date, c.days * 4 / 5 + CASE WHEN oracle.after(c.start::date, c.days * 4 / 5) > c.stop::date THEN s.days ELSE 0 END) + 1 END
FROM counted c, LATERAL (SELECT coalesce(oracle.working_days(c.stop::date, c.go::date), 0) OFFSET 0) s (days);

-- at once: with the first working day; the yellow card after four fifths of the time until then
INSERT INTO oracle.duty
SELECT i.line, i.rule, i.office, i.key, i.due, i.done, i.start + (i.due - i.start) * 0.8
FROM (SELECT 2, '9d', office, no::text, came, oracle.from_on(came::date) + 1, answered FROM oa.instruction WHERE sort IN ('批办性', '指导性') AND pressing
	AND came >= '2022-02-16'
	UNION ALL
	SELECT 6, '16.4e', office, no::text, came, oracle.from_on(came::date) + 1, received FROM oa.reception WHERE tier = 'township'
		AND came >= '2022-02-16') i (line, rule, office, key, start, due, done);
-- minutes
INSERT INTO oracle.duty
SELECT 3, r.rule, e.office, e.no::text, e.known + r.allowed, CASE r.rule WHEN '11c' THEN e.phoned ELSE e.wrote END, e.known + r.allowed * 0.8
FROM oa.emergency e, (VALUES ('11c', interval '30 minutes'), ('11d', interval '1 hour')) r (rule, allowed)
WHERE e.grave AND e.known >= '2022-02-16';
-- a day of its own: no yellow card
INSERT INTO oracle.duty
SELECT 2, '9a', office, no::text, answer_by + 1, answered, NULL::timestamp FROM oa.instruction WHERE sort IN ('批办性', '指导性') AND answer_by >= '2022-02-16'
UNION ALL
SELECT 7, '4.1c', office, project || '/' || n, planned_end + 1, finished + 1, NULL FROM oa.stage WHERE planned_end IS NOT NULL;

-- Duties that come again. Of the periods of one duty the oldest that had begun and was open is done by a report: the j-th
-- report in order of days is the k-th that counts, k(j) = min(j, min over i <= j of (periods begun by then + j - i)).
CREATE TEMP TABLE again AS
SELECT 1 AS line, '7c' AS rule, office, no::text AS key, issued AS since, NULL::date AS until, interval '6 months' AS length,
	date '2022-02-16' AS from_day FROM oa.document WHERE key_document AND issued >= '2022-01-01'
UNION ALL
SELECT 5, '15.3b', office, no::text, application::date, accepted::date, '3 months', '2022-02-16' FROM oa.project WHERE class <> '一般'
UNION ALL
SELECT 8, '6c', office, office, since, NULL, '1 month', '2022-01-01' FROM oa.monthly_review WHERE reviewed IS NOT NULL;
CREATE TEMP TABLE report AS
SELECT '7c' AS rule, no::text AS key, day FROM paper.effect_report
UNION ALL SELECT '15.3b', project::text, day FROM paper.coordination
UNION ALL SELECT '6c', office, day FROM paper.review;
-- a period counts for the rule that is in force on its first day, or on that on which the duty begins
CREATE TEMP TABLE turn AS
SELECT a.*, p.first, p.next, row_number() OVER (PARTITION BY a.rule, a.key ORDER BY p.first) AS k
FROM again a, LATERAL (
	SELECT g::date AS first, (g + a.length)::date AS next FROM generate_series(timestamp '2022-01-01', '2023-01-01', a.length) g WHERE a.rule <> '7c'
	-- half years since the issue, whose day is not counted
	UNION ALL
	SELECT (a.since + g * a.length)::date + 1, (a.since + (g + 1) * a.length)::date + 1 FROM generate_series(0, 1) g
	WHERE a.rule = '7c' AND (a.since + g * a.length)::date < '2023-01-01') p
WHERE p.next > a.since AND greatest(p.first, a.since) >= a.from_day;
INSERT INTO oracle.duty
SELECT t.line, t.rule, t.office, t.key || ' ' || t.first, t.next, r.day + 1, NULL
FROM turn t LEFT JOIN (
	SELECT j.rule, j.key, j.day, j.k, lag(j.k, 1, 0::bigint) OVER (PARTITION BY j.rule, j.key ORDER BY j.day) AS k_before
	FROM (SELECT b.*, least(b.j, min(b.begun - b.j) OVER (PARTITION BY b.rule, b.key ORDER BY b.day) + b.j) AS k
		FROM (SELECT r.rule, r.key, r.day, row_number() OVER (PARTITION BY r.rule, r.key ORDER BY r.day) AS j,
				(SELECT count(*) FROM turn t WHERE (t.rule, t.key) = (r.rule, r.key) AND greatest(t.first, t.since) <= r.day) AS begun
			FROM report r) b) j) r
	ON (r.rule, r.key, r.k) = (t.rule, t.key, t.k) AND r.k > r.k_before
-- a period that is not over when the duty ends is due only where it was done before
WHERE t.until IS NULL OR t.next - 1 <= t.until OR r.day IS NOT NULL;

CREATE TABLE oracle.duties AS
SELECT d.line AS no, count(*) AS "all", count(*) FILTER (WHERE d.done <= d.due) AS in_time, count(*) FILTER (WHERE d.done > d.due) AS late,
	count(*) FILTER (WHERE d.done IS NULL) AS open,
	count(*) FILTER (WHERE d.done IS NULL AND d.due >= oracle.as_of() AND coalesce(d.yellow > oracle.as_of(), true)) AS green,
	count(*) FILTER (WHERE d.done IS NULL AND d.due >= oracle.as_of() AND d.yellow <= oracle.as_of()) AS yellow,
	count(*) FILTER (WHERE d.done IS NULL AND d.due < oracle.as_of()) AS red
FROM oracle.duty d GROUP BY d.line;

-- Steps. One that fell due between two midnights is found by the sweep of the second one, if what was entered until then left it open.
CREATE TEMP TABLE card AS
SELECT d.line, d.office, s.step, s.at
FROM oracle.duty d,
	LATERAL (SELECT (d.due - interval '1 microsecond')::date AS last_day, CASE d.line WHEN 3 THEN '-infinity'
		ELSE (d.done - interval '1 microsecond')::date END AS entered WHERE d.due < 'infinity' OR d.yellow < 'infinity') x,
	LATERAL (VALUES (1, d.yellow), (2, d.due), (3, CASE WHEN d.due < '2023-01-01' THEN oracle.after(x.last_day, 1) + 1 END), (4, CASE
		WHEN d.due < '2023-01-01' THEN oracle.after(x.last_day, 5) + 1 END)) s (step, at)
WHERE d.rule NOT IN ('7c', '15.3b', '6c') AND s.at <= oracle.as_of() AND (d.done IS NULL OR x.entered >= date_trunc('day',
	s.at + interval '1 day' - interval '1 microsecond'));

-- Reminders of quotas that were judged: how each leader stood at each midnight, by what had been handed in.
CREATE TEMP TABLE quota AS
SELECT * FROM (VALUES (2, 'province', 6, '第十六条'), (2, 'prefecture', 3, '第十六条'), (2, 'county', 1, '第十六条'), (3, 'province', 6, '第十六条'),
	(3, 'prefecture', 3, '第十六条'), (3, 'county', 1, '第十六条'),
	(4, 'prefecture', 6, '第十六条'), (4, 'county', 3, '第十六条'), (5, 'province', 3, '第十四条'), (5, 'prefecture', 3, '第十四条'), (5, 'county', 3, '第十四条')) q (line,
		tier, months, article);
CREATE TEMP TABLE event AS
SELECT 2 AS line, official, day, NULL::date AS entered FROM oa.on_site_day UNION ALL SELECT 3, official, came::date, came::date FROM oa.reception
	WHERE official IS NOT NULL
UNION ALL SELECT 4, official, day, NULL FROM oa.policy_talk UNION ALL SELECT 5, official, day, NULL FROM oa.investment_trip WHERE first_hand;
-- registers come on Fridays and on the last day of the month
UPDATE event SET entered = least(day + (12 - extract(isodow FROM day)::integer) % 7, (date_trunc('month', day) + interval '1 month - 1 day')::date)
	WHERE entered IS NULL;
CREATE TEMP TABLE held AS
SELECT q.line, q.tier, q.article, o.official, o.office, p.first, (p.first + q.months * interval '1 month')::date AS next
FROM quota q JOIN oa.official o ON o.tier = q.tier AND (q.line <> 5 OR o.first_hand), LATERAL (SELECT g::date AS first
	FROM generate_series(timestamp '2022-01-01', '2022-12-31', q.months * interval '1 month') g) p
WHERE p.first >= '2022-02-16' AND o.took_office <= p.first AND (o.left_office IS NULL OR o.left_office >= (p.first + q.months * interval '1 month')::date);
CREATE TEMP TABLE reminder AS
SELECT s.line, s.office, s.day
FROM (
	SELECT p.*, lag(p.pace, 1, 'on track') OVER (PARTITION BY p.line, p.official, p.first ORDER BY p.day) AS pace_before
	FROM (
		SELECT h.line, h.official, h.office, h.first, d.day, CASE
			WHEN d.day > f.first_seen THEN 'met'
			WHEN l.left_days < 1 THEN 'out of reach' WHEN l.left_days = 1 OR 1.0 / l.left_days > 2.0 / w.all_days THEN 'at risk' ELSE 'on track' END AS pace
		FROM held h
			LEFT JOIN LATERAL (SELECT min(e.entered) AS first_seen FROM event e WHERE e.line = h.line AND e.official = h.official AND e.day >= h.first
				AND e.day < h.next) f ON true
			CROSS JOIN LATERAL (SELECT (SELECT n FROM oracle.day WHERE day = h.next - 1) - (SELECT n FROM oracle.day WHERE day = h.first - 1) AS all_days) w
			JOIN oracle.day d ON d.day >= h.first AND d.day < h.next
			CROSS JOIN LATERAL (SELECT (SELECT n FROM oracle.day WHERE day = h.next - 1) - d.n + d.works::integer AS left_days) l
	) p
) s
WHERE s.pace IN ('at risk', 'out of reach') AND s.pace <> s.pace_before;

-- 1 the handler, or B where A is on leave; 2 the leader in charge; 3 the principal; 4 the principal above
CREATE TABLE oracle.escalations AS
SELECT c.step, count(*) AS notices,
	count(*) FILTER (WHERE c.step = 1 AND r.office IS NOT NULL AND EXISTS (SELECT FROM oa.leave_slip l WHERE l.who = r.holder
		AND c.at::date BETWEEN l.from_day AND l.to_day)) AS to_a_deputy,
	count(*) FILTER (WHERE r.office IS NULL) AS to_nobody
FROM card c JOIN oa.office o USING (office)
	LEFT JOIN oa.duty_roster r ON r.office = CASE c.step WHEN 4 THEN o.reports_to ELSE o.office END AND r.position = (ARRAY['承办人', '分管领导', '主要领导', '主要领导'])[c.step]
GROUP BY c.step
UNION ALL
SELECT NULL, count(*), 0, count(*) FILTER (WHERE NOT EXISTS (SELECT FROM oa.duty_roster r WHERE r.office = m.office AND r.position = '督查室')) FROM reminder m;

-- Quotas
CREATE TEMP TABLE short AS
SELECT h.*, NOT EXISTS (SELECT FROM event e WHERE e.line = h.line AND e.official = h.official AND e.day >= h.first AND e.day < h.next) AS short FROM held h;
CREATE TEMP TABLE year AS
SELECT 1 AS line, o.tier, (SELECT count(DISTINCT f.day) FROM oa.field_day f WHERE f.official = o.official) < CASE o.tier WHEN 'province' THEN 30
	WHEN 'prefecture' THEN 60 ELSE 90 END AS short
FROM oa.official o WHERE o.took_office <= '2022-01-01' AND (o.left_office IS NULL OR o.left_office >= '2023-01-01')
UNION ALL
SELECT 4, o.tier, NOT EXISTS (SELECT FROM oa.policy_talk t WHERE t.official = o.official)
FROM oa.official o WHERE o.tier = 'province' AND o.took_office <= '2022-01-01' AND (o.left_office IS NULL OR o.left_office >= '2023-01-01');
CREATE TABLE oracle.quotas AS
SELECT s.line AS no, s.tier, count(*) FILTER (WHERE s.short) || ' of ' || count(*) AS told
FROM (SELECT line, tier, short FROM short UNION ALL SELECT line, tier, short FROM year) s GROUP BY s.line, s.tier;

-- What broke a rule, each fact once, by article
CREATE TEMP TABLE broken (regulation text, article text, rule text, facts bigint, put_right bigint DEFAULT 0);
INSERT INTO broken
SELECT 'YN2022', '第十条', '10b', count(*) FROM oa.project WHERE is_major AND NOT on_provincial_list
UNION ALL SELECT 'YN2022', '第十条', '10d', count(*) FROM oa.project WHERE is_major AND schedule IS NULL
UNION ALL SELECT 'YN2022', '第十五条', '15.3c', count(*) FROM oa.project WHERE class <> '一般' AND (sector_head IS NULL OR run_by IS NULL OR coordinator <> '省发展改革委')
UNION ALL SELECT 'YN2022', '第十五条', '15.1b', count(*) FROM oa.stage WHERE planned_end IS NULL OR planned_end > project_end OR person IS NULL
-- 布置 without carrying out; begun without 布置
UNION ALL SELECT 'YN2022', '第十五条', '15b', count(*) FROM (SELECT status, lag(status) OVER (PARTITION BY no ORDER BY at) AS before, at FROM paper.task_move) m
	WHERE at >= '2022-02-16' AND (before IS NULL AND status <> '任务部署' OR before = '任务部署' AND status = '考评验收')
UNION ALL SELECT 'YN2022', '第二十条', '20b', count(*) FROM oa.inspection
	WHERE begins >= '2022-02-16' AND of_what <> '部门' AND (tier = 'province' OR tier = 'prefecture' AND of_tier = 'county') AND (approved IS NULL OR approved > begins)
UNION ALL SELECT 'YN2022', '第二十条', '20c', count(*) FROM oa.inspection WHERE begins >= '2022-02-16' AND NOT (in_plan AND (approved IS NOT NULL
	AND approved <= begins OR filed IS NOT NULL AND filed <= begins))
UNION ALL SELECT 'YN2020', '三、7.', '7f', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND rush AND rush_reason IS NULL
UNION ALL SELECT 'PC2022', '陳朝良發布 三、二是', '23', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND pages > 10
UNION ALL SELECT 'PC2022', '陳朝良發布 三、二是', '24', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND copied > 60
UNION ALL SELECT 'PC2022', '陳朝良發布 三、二是', '26', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND sort = '政策性文件' AND words > 5000
UNION ALL SELECT 'PC2022', '陳朝良發布 三、二是', '30', count(*) FROM oa.meeting WHERE length > 60
UNION ALL SELECT 'PC2022', '陳朝良發布 二、五是', '14', count(*) FROM oa.research_trip WHERE filed IS NULL
UNION ALL SELECT 'YN2022', '第十八条', '18a', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND NOT in_plan AND NOT extra
UNION ALL SELECT 'YN2022', '第十八条', '18a', count(*) FROM oa.meeting WHERE NOT in_plan AND NOT extra
UNION ALL SELECT 'YN2022', '第十八条', '18d', count(*) FROM oa.meeting WHERE whole_province AND medium <> '视频'
UNION ALL SELECT 'YN2022', '第十八条', '18g', count(*) FROM oa.document WHERE issued >= '2022-01-01' AND accompanies AND NOT asked_for
-- fewer than in the year before: what comes when one less is reached
UNION ALL SELECT 'YN2022', '第十八条', '18b', count(*)
	FROM (SELECT office, issued, row_number() OVER (PARTITION BY office ORDER BY issued, no::text) AS n FROM oa.document WHERE extra AND issued >= '2022-01-01') d
		JOIN (SELECT office, count(*) AS before FROM oa.document WHERE extra AND issued < '2022-01-01' GROUP BY office) b USING (office)
	WHERE d.n > b.before - 1 AND d.issued >= '2022-02-16'
-- another meeting on the matter within the seven days that end with it
UNION ALL SELECT 'YN2022', '第十八条', '18c', count(*) FROM oa.meeting m
	WHERE m.held >= '2022-02-16' AND EXISTS (SELECT FROM oa.meeting e WHERE e.about = m.about AND e.held >= '2022-02-16'
		AND e.held::date > m.held::date - 7 AND (e.held, e.no::text) < (m.held, m.no::text))
UNION ALL SELECT 'YN2020', '七、18.', '18b', count(*) - count(DISTINCT (asked_of, figure, month)) FROM oa.data_request
UNION ALL SELECT 'YN2022', '第二十一条', '21b', count(*) FROM oa.research_trip t JOIN oa.area a ON a.code = t.area
	WHERE t.from_day >= '2022-02-16' AND EXISTS (SELECT FROM oa.research_trip e JOIN oa.area b ON b.code = e.area WHERE e.from_day >= '2022-02-16'
		AND (e.from_day, e.no::text) < (t.from_day, t.no::text)
		AND e.to_day >= t.from_day AND (a.code IN (b.code, b.belongs_to) OR b.code = a.belongs_to))
UNION ALL SELECT 'YN2020', '五、14.', '14a2', count(*) FROM oa.research_trip t JOIN oa.area a ON a.code = t.area
	WHERE EXISTS (SELECT FROM oa.research_trip e JOIN oa.area b ON b.code = e.area WHERE e.theme = t.theme AND (e.from_day, e.no::text) < (t.from_day, t.no::text)
		AND e.to_day >= t.from_day AND (a.code IN (b.code, b.belongs_to) OR b.code = a.belongs_to));
-- of those who left out the look at the plan; an inspection is on record from its first step
INSERT INTO broken
SELECT 'YN2020', '四、9.', '9b', count(*) FROM paper.inspection i WHERE i.course = 0 AND i.begins - interval '6 days' >= '2022-01-01'
	AND i.begins <= '2022-12-31 23:59';
INSERT INTO broken
SELECT 'YN2022', '第十五条', '15a', count(*) FILTER (WHERE f.no IS NULL), count(f.no)
FROM paper.livelihood_task t JOIN oa.livelihood_task USING (no) LEFT JOIN paper.task_fix f USING (no)
WHERE num_nulls(t.office, t.person, t.finish_by, t.standard) > 0;

-- by turns: who had one in this round does not have another before it is over
INSERT INTO broken
WITH RECURSIVE held AS (
	SELECT row_number() OVER (ORDER BY day, no) AS n, area FROM oa.ceremony WHERE day >= '2022-02-16'
), walk AS (
	SELECT 0::bigint AS n, '{}'::text[] AS had, false AS again
	UNION ALL
	SELECT h.n, CASE WHEN h.area = ANY (w.had) THEN w.had WHEN cardinality(w.had) = 15 THEN '{}' ELSE w.had || h.area END, h.area = ANY (w.had)
	FROM walk w JOIN held h ON h.n = w.n + 1
)
SELECT 'YN2022', '第十五条', '15.2b', count(*) FILTER (WHERE again) FROM walk;

CREATE TABLE oracle.violations AS
SELECT a.regulation, a.article, sum(a.late) AS late, sum(a.short) AS short, sum(a.broken) AS broken, sum(a.put_right) AS put_right
FROM (
	SELECT r.regulation, r.article, count(*) AS late, 0 AS short, 0 AS broken, 0 AS put_right
	FROM oracle.duty d JOIN (VALUES (1, 'YN2022', '第七条'), (2, 'YN2022', '第九条'), (3, 'YN2022', '第十一条'), (4, 'YN2022', '第十五条'), (5, 'YN2022', '第十五条'),
		(6, 'YN2022', '第十六条'),
		(7, 'YN2015', '四（一）'), (8, 'YN2020', '三、6.'), (9, 'PC2022', '劉艾林發布 二、'), (10, 'PC2022', '陳朝良發布 三、二是'), (11, 'PC2022', '劉艾林發布 二、')) r (line,
			regulation, article) USING (line)
	WHERE d.done > d.due OR d.done IS NULL AND d.due < oracle.as_of()
	GROUP BY 1, 2
	UNION ALL SELECT 'YN2022', article, 0, count(*), 0, 0 FROM short WHERE short GROUP BY article
	UNION ALL SELECT regulation, article, 0, 0, facts, put_right FROM broken
) a
GROUP BY 1, 2
HAVING sum(a.late + a.short + a.broken + a.put_right) > 0;

CREATE TABLE oracle.briefing AS
SELECT now || ', ' || before || ' a year before' AS here, round(100.0 * now / before - 100, 1) || ' %' AS share
FROM (SELECT (SELECT count(*) FROM paper.document WHERE issued >= '2022-01-01' AND issued < '2022-04-01') AS now, (SELECT count(*) FROM paper.document
	WHERE issued >= '2021-01-01' AND issued < '2021-04-01') AS before) d
UNION ALL
SELECT started || ' of ' || signed, round(100.0 * started / signed, 2) || ' %'
FROM (SELECT (SELECT count(*) FROM paper.project WHERE started < '2022-05-01') AS started, (SELECT count(*) FROM paper.project
	WHERE signed IS NOT NULL) AS signed) p;

-- What was entered in the year, and in how many changes: a row that changes twice in a day is changed at once
CREATE TEMP TABLE entered (what text, rows bigint, before bigint DEFAULT 0);
INSERT INTO entered
SELECT 'documents', count(*), count(*) FILTER (WHERE issued < '2022-01-01') FROM paper.document WHERE issued < '2023-01-01'
UNION ALL SELECT 'reviews', count(*), count(*) FROM paper.office WHERE sort = 'department';
INSERT INTO entered
SELECT 'instructions', count(*) FROM paper.instruction WHERE came < '2023-01-01' UNION ALL SELECT 'approvals', count(*) FROM paper.approval WHERE filed < '2023-01-01'
UNION ALL SELECT 'projects', count(*) FROM paper.project WHERE application < '2023-01-01'
UNION ALL SELECT 'stages', count(*) FROM paper.stage s JOIN paper.project p ON p.no = s.project WHERE p.application < '2023-01-01'
UNION ALL SELECT 'tasks', count(*) FROM paper.task_move WHERE n = 1 UNION ALL SELECT 'inspections', count(*) FROM paper.inspection_move WHERE n = 1
UNION ALL SELECT 'visitors', count(*) FROM paper.reception WHERE came < '2023-01-01' UNION ALL SELECT 'emergencies', count(*) FROM paper.emergency WHERE known < '2023-01-01'
UNION ALL SELECT 'ceremonies', count(*) FROM paper.ceremony WHERE day < '2023-01-01' UNION ALL SELECT 'meetings', count(*) FROM paper.meeting WHERE held < '2023-01-01'
UNION ALL SELECT 'requests', count(*) FROM paper.data_request WHERE sent < '2023-01-01' UNION ALL SELECT 'trips', count(*) FROM paper.research_trip WHERE from_day < '2023-01-01'
UNION ALL SELECT 'days', count(*) FROM (SELECT day FROM paper.field_day UNION ALL SELECT day FROM paper.on_site_day UNION ALL SELECT day FROM paper.policy_talk
	UNION ALL SELECT day FROM paper.investment_trip) d WHERE day < '2023-01-01';
CREATE TEMP TABLE change (what text, key text, day date);
INSERT INTO change
SELECT 'instruction', no::text, answered::date FROM paper.instruction WHERE answered::date > came::date
UNION SELECT 'approval', no::text, decided::date FROM paper.approval WHERE decided::date > filed::date
UNION SELECT 'project', no::text, d::date FROM paper.project, unnest(ARRAY[to_state, from_state, accepted]) d WHERE d IS NOT NULL
UNION SELECT 'coordination', project::text, day FROM paper.coordination
UNION SELECT 'stage', project || '/' || n, finished FROM paper.stage WHERE finished IS NOT NULL
UNION SELECT 'task', no::text, at::date FROM paper.task_move WHERE n > 1 UNION SELECT 'task put right', no::text, day FROM paper.task_fix
UNION SELECT 'inspection', no::text, at::date FROM paper.inspection_move WHERE n > 1 AND no IN (SELECT no FROM paper.inspection_move WHERE n = 1)
UNION SELECT 'visitor', no::text, received::date FROM paper.reception WHERE received::date > came::date
UNION SELECT 'review', office, day FROM paper.review UNION SELECT 'effect', no::text, day FROM paper.effect_report;
CREATE TABLE oracle.work AS
SELECT e.rows, e.before, (SELECT count(*) FROM change WHERE day < '2023-01-01') AS changes, r.rules AS bindings, r.rules,
	(SELECT count(DISTINCT regulation) FROM oracle.violations) AS texts, (SELECT count(*) FROM oracle.duty) AS obligations,
	(SELECT sum(late + short + broken + put_right) FROM oracle.violations) AS violations, (SELECT sum(notices) FROM oracle.escalations) AS notices
FROM (SELECT sum(rows), sum(before) FROM entered) e (rows, before),
	-- of the quotas one rule is for leaders of each tier, but for trips
	(SELECT (SELECT count(DISTINCT (line, rule)) FROM oracle.duty) + (SELECT count(DISTINCT (no, CASE WHEN no < 5 THEN tier END)) FROM oracle.quotas)
		+ (SELECT count(*) FROM broken)) r (rules);
