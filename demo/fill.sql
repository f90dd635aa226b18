-- What happened in 2022, made up: the places are real, and so are the two figures of the press briefing (documents,
-- projects that were started). Every number comes from the hash of a name and a row's number: the same in every run and
-- on every version. Plain SQL; :scale is a percentage of all that is counted in thousands.
--
-- Schema paper has each row as it is at the end; paper.live() enters one day's work into the tables of the agency.
CREATE SCHEMA paper;

-- the i-th of sixteen numbers that a row has, from 0 to n - 1
CREATE FUNCTION paper.pick(h bytea, i integer, n integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (get_byte(h, 2 * i) * 256 + get_byte(h, 2 * i + 1)) % n;

CREATE FUNCTION paper.hash(name text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(convert_to(name, 'UTF8'));

-- OFFSET: else the hash would be computed for each use
CREATE FUNCTION paper.numbers(name text, up_to integer) RETURNS TABLE (n integer, h bytea)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT g, paper.hash(name || g) FROM generate_series(1, up_to) g OFFSET 0';

-- a weekday of 2022, public holidays included: some work then; one in fifty is a Saturday
CREATE FUNCTION paper.weekday(h bytea, i integer) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date '2022-01-03' + paper.pick(h, i, 2600) / 50 * 7 + CASE WHEN paper.pick(h, i, 2600) % 50 = 49 THEN 5 ELSE paper.pick(h, i, 2600) % 50 % 5 END;

CREATE FUNCTION paper.clock(h bytea, i integer) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN make_interval(mins => 510 + paper.pick(h, i, 540));

-- what did not happen in 2022 has not happened
CREATE FUNCTION paper.known(at timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN at < '2023-01-01' THEN at END;

-- most within the usual days, some up to so many more, a few never
CREATE FUNCTION paper.done(at timestamp, h bytea, i integer, usual integer, more integer) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paper.pick(h, i, 100) < 98 THEN paper.known(at::date + paper.clock(h, i + 1) + make_interval(days =>
	CASE WHEN paper.pick(h, i, 100) < 82 THEN paper.pick(h, i + 2, usual) ELSE usual + paper.pick(h, i + 2, more) END)) END;

-- Who there is

\copy oa.area FROM 'demo/places.csv' (FORMAT csv, HEADER)

INSERT INTO oa.office VALUES ('省政府', 'province', '530000', NULL);
INSERT INTO oa.office
SELECT '省' || d, 'province', '530000', '省政府'
FROM unnest('{发展改革委,工业和信息化厅,教育厅,科技厅,民族宗教委,公安厅,民政厅,司法厅,财政厅,人力资源社会保障厅,自然资源厅,生态环境厅,住房城乡建设厅,交通运输厅,水利厅,农业农村厅,商务厅,文化和旅游厅,卫生健康委,退役军人厅,应急厅,审计厅,外办,国资委,市场监管局,广电局,能源局,体育局,统计局,林草局,医保局,地方金融监管局,信访局,乡村振兴局,投资促进局,机关事务局,粮食和储备局,药监局,人防办,搬迁安置办}'::text[]) d;
INSERT INTO oa.office SELECT a.name || '政府', a.tier, a.code, coalesce(p.name || '政府', '省政府') FROM oa.area a LEFT
	JOIN oa.area p ON p.code = a.belongs_to AND p.tier = 'prefecture' WHERE a.tier = 'prefecture';
INSERT INTO oa.office SELECT a.name || '政府', a.tier, a.code, p.name || '政府' FROM oa.area a JOIN oa.area p ON p.code = a.belongs_to WHERE a.tier = 'county';

CREATE TABLE paper.office AS
SELECT office, tier, area, row_number() OVER (PARTITION BY reports_to = '省政府' AND tier = 'province', tier ORDER BY area, office)::integer AS n,
	CASE WHEN reports_to IS NULL THEN 'head' WHEN tier = 'province' THEN 'department' ELSE tier END AS sort
FROM oa.office;

INSERT INTO oa.duty_roster
SELECT o.office, p.position, o.office || p.position, CASE p.position WHEN '承办人' THEN o.office || '承办人B' END
FROM oa.office o, unnest('{承办人,分管领导,主要领导,督查室}'::text[]) p (position)
-- some have named nobody yet, but not the government of the province
WHERE o.reports_to IS NULL OR paper.pick(paper.hash(o.office || p.position), 0, 20) > 0;
INSERT INTO oa.leave_slip
SELECT r.holder, d.day, d.day + 4 + paper.pick(h, 1, 10)
FROM oa.duty_roster r, paper.hash(r.holder) h, LATERAL (SELECT paper.weekday(h, 0)) d (day)
WHERE r.position = '承办人';

-- The leaders of governments: 12 of the province, 5 of each prefecture and 3 of each county (of some counties, where the scale is small).
INSERT INTO oa.official
SELECT o.office || '领导' || i, o.tier, o.office, i <= 2,
	CASE WHEN paper.pick(h, 0, 10) = 0 THEN paper.weekday(h, 1) ELSE '2021-06-01' END, NULL
FROM paper.office o, LATERAL generate_series(1, CASE o.sort WHEN 'head' THEN 12 WHEN 'prefecture' THEN 5 WHEN 'county' THEN 3 ELSE 0 END) i,
	LATERAL (SELECT paper.hash(o.office || i) OFFSET 0) x (h)
WHERE o.sort <> 'county' OR paper.pick(paper.hash(o.office), 0, 100) < :scale;
UPDATE oa.official SET left_office = date '2022-07-01' + paper.pick(paper.hash(official), 2, 180)
WHERE took_office < '2022-01-01' AND paper.pick(paper.hash(official), 3, 20) = 0;

-- Instructions and approvals

CREATE TABLE paper.instruction AS
SELECT r.n AS no, o.office, (ARRAY['批办性', '批办性', '批办性', '指导性', '阅知性'])[1 + paper.pick(h, 1, 5)] AS sort, c.came,
	CASE WHEN paper.pick(h, 4, 5) = 0 THEN c.came::date + 10 + paper.pick(h, 5, 25) END AS answer_by,
	paper.pick(h, 6, 20) = 0 AS pressing, paper.pick(h, 7, 12) = 0 AS special, c.answered
FROM paper.numbers('instruction', 200 * :scale) r
	JOIN paper.office o ON o.sort = CASE WHEN paper.pick(h, 0, 3) = 0 THEN 'department' WHEN paper.pick(h, 0, 3) = 1 THEN 'prefecture' ELSE 'county' END
		AND o.n = 1 + paper.pick(h, 8, CASE WHEN paper.pick(h, 0, 3) = 0 THEN 40 WHEN paper.pick(h, 0, 3) = 1 THEN 16 ELSE 129 END),
	LATERAL (SELECT paper.weekday(h, 2) + paper.clock(h, 3) AS came OFFSET 0) w,
	LATERAL (SELECT w.came, greatest(w.came, paper.done(w.came, h, 9, CASE WHEN paper.pick(h, 6, 20) = 0 THEN 1 WHEN paper.pick(h, 4, 5) = 0 THEN 14
		ELSE 9 END, 20)) AS answered OFFSET 0) c;
UPDATE paper.instruction SET answered = NULL WHERE paper.pick(paper.hash('unanswered' || no), 0, 50) = 0;

CREATE TABLE paper.approval AS
SELECT r.n AS no, o.office, i.item, w.filed, CASE WHEN d.decided IS NOT NULL THEN greatest(w.filed + interval '20 minutes', d.decided) END AS decided
FROM paper.numbers('approval', 300 * :scale) r
	JOIN paper.office o ON o.sort = CASE WHEN paper.pick(h, 0, 4) = 0 THEN 'prefecture' ELSE 'county' END AND o.n = 1 + paper.pick(h, 1, CASE
		WHEN paper.pick(h, 0, 4) = 0 THEN 16 ELSE 129 END),
	LATERAL (SELECT (ARRAY['企业开办', '企业开办', '企业开办', '企业开办', '建设项目用地预审', '土地征收', '农用地转用', '矿业权审批', '工程建设项目', '其他'])[1 + paper.pick(h, 2, 10)] OFFSET 0) i (item),
	LATERAL (SELECT paper.weekday(h, 3) + paper.clock(h, 4) OFFSET 0) w (filed),
	LATERAL (SELECT paper.done(w.filed, h, 5, u.usual, u.more)
		FROM (VALUES ('企业开办', 2, 5), ('建设项目用地预审', 11, 10), ('土地征收', 13, 12), ('农用地转用', 13, 12), ('矿业权审批', 54, 30), ('工程建设项目', 95, 40), ('其他', 20,
			40)) u (item, usual, more)
		WHERE u.item = i.item OFFSET 0) d (decided);

-- Projects. The first 58 are those that were signed; 39 of them had been started by the end of April.

CREATE TABLE paper.project AS
SELECT r.n AS no, k.class, a.code AS area, o.office, paper.pick(h, 2, 4) > 0 AS is_major, paper.pick(h, 3, 25) > 0 AS on_provincial_list,
	CASE WHEN paper.pick(h, 4, 30) > 0 THEN '全流程时间表' END AS schedule, CASE WHEN paper.pick(h, 5, 40) > 0 THEN a.name END AS run_by,
	CASE WHEN paper.pick(h, 6, 40) > 0 THEN '行业主管部门负责人' END AS sector_head, CASE WHEN paper.pick(h, 7, 30) > 0 THEN '省发展改革委' ELSE '省财政厅' END AS coordinator,
	CASE WHEN r.n <= 58 THEN date '2022-01-10' + paper.pick(h, 8, 80) END AS signed,
	CASE WHEN r.n <= 39 THEN date '2022-01-20' + 70 + paper.pick(h, 8, 30) WHEN r.n <= 50 THEN date '2022-05-01' + paper.pick(h, 8, 100) END AS started,
	w.application, s.to_state, s.from_state, CASE WHEN paper.pick(h, 13, 30) > 0 AND (s.to_state IS NULL OR s.from_state IS NOT NULL)
		THEN paper.known(coalesce(s.from_state, w.application) + make_interval(days => CASE WHEN s.to_state IS NULL THEN 30 ELSE 10 END + paper.pick(h, 14,
			50))) END AS accepted
FROM paper.numbers('project', greatest(16 * :scale, 58)) r
	JOIN paper.office o ON o.sort = 'prefecture' AND o.n = 1 + paper.pick(h, 0, 16) JOIN oa.area a ON a.code = o.area,
	LATERAL (SELECT (ARRAY['重中之重', '跨州市', '省本级', '一般', '一般', '一般', '一般', '一般'])[1 + paper.pick(h, 1, 8)] OFFSET 0) k (class),
	LATERAL (SELECT paper.weekday(h, 9) + paper.clock(h, 10) OFFSET 0) w (application),
	LATERAL (SELECT t.to_state, paper.known(t.to_state + make_interval(days => 8 + paper.pick(h, 12, 40)))
		FROM (SELECT CASE WHEN paper.pick(h, 11, 3) = 0 THEN paper.known(w.application + make_interval(days => 3 + paper.pick(h, 11,
			20))) END) t (to_state) OFFSET 0) s (to_state, from_state);

CREATE TABLE paper.coordination AS
SELECT p.no AS project, d.day
FROM paper.project p, generate_series(1, 4) q,
	LATERAL (SELECT date '2022-01-10' + 91 * (q - 1) + paper.pick(paper.hash('coordination' || p.no || '/' || q), 0, 75) OFFSET 0) d (day)
WHERE p.class <> '一般' AND d.day > p.application::date AND (p.accepted IS NULL OR d.day < p.accepted::date)
	AND paper.pick(paper.hash('coordination' || p.no || '/' || q), 1, 10) > 0;

CREATE TABLE paper.stage AS
SELECT p.no AS project, s.n, p.office, CASE WHEN paper.pick(h, 0, 40) > 0 THEN '责任人' || s.n END AS person,
	CASE WHEN paper.pick(h, 1, 60) > 0 THEN e.planned_end END AS planned_end,
	p.application::date + 200 AS project_end,
	CASE WHEN paper.pick(h, 3, 25) > 0 THEN paper.known((e.planned_end - 12 + CASE WHEN paper.pick(h, 4, 10) = 0 THEN 12 + paper.pick(h, 5, 20)
		ELSE paper.pick(h, 5, 12) END)::timestamp)::date END AS finished
FROM paper.project p, generate_series(1, 5) s (n), LATERAL (SELECT paper.hash('stage' || p.no || '/' || s.n) OFFSET 0) x (h),
	LATERAL (SELECT p.application::date + 35 * s.n + paper.pick(h, 2, 30) OFFSET 0) e (planned_end);

CREATE TABLE paper.livelihood_task AS
SELECT r.n AS no, CASE WHEN paper.pick(h, 1, 60) > 0 THEN o.office END AS office, CASE WHEN paper.pick(h, 2, 60) > 0 THEN o.office || '承办人' END AS person,
	CASE WHEN paper.pick(h, 3, 60) > 0 THEN date '2022-12-31' - paper.pick(h, 4, 90) END AS finish_by, CASE WHEN paper.pick(h, 5, 40) > 0 THEN '验收标准' END AS standard,
	w.given, paper.pick(h, 7, 100) AS course
FROM paper.numbers('task', 30 * :scale) r JOIN paper.office o ON o.sort = 'county' AND o.n = 1 + paper.pick(h, 0, 129),
	LATERAL (SELECT paper.weekday(h, 6) + paper.clock(h, 8) OFFSET 0) w (given);
-- one in fifty leaves out being carried out, one in ten is sent back to it
CREATE TABLE paper.task_move AS
SELECT t.no, m.n, m.status, t.given + make_interval(days => m.days) AS at
FROM paper.livelihood_task t, LATERAL (VALUES
	(1, CASE WHEN t.course < 2 THEN '推进实施' ELSE '任务部署' END, 0), (2, CASE WHEN t.course BETWEEN 2 AND 3 THEN '考评验收' ELSE '推进实施' END, 5 + t.course / 4),
	(3, CASE WHEN t.course NOT BETWEEN 2 AND 3 THEN '考评验收' END, 90 + t.course), (4, CASE WHEN t.course > 89 THEN '推进实施' END, 100 + t.course)) m (n, status, days)
WHERE m.status IS NOT NULL AND NOT (t.course < 2 AND m.n = 2) AND t.given + make_interval(days => m.days) < '2023-01-01';
-- of what is missing half is filled in later
CREATE TABLE paper.task_fix AS
SELECT t.no, t.given::date + 20 AS day
FROM paper.livelihood_task t
WHERE num_nulls(t.office, t.person, t.finish_by, t.standard) > 0 AND paper.pick(paper.hash('fix' || t.no), 0, 2) = 0 AND t.given < '2022-12-10';

-- Documents of provincial departments: 40.7 % fewer in the first quarter than a year before.

CREATE TABLE paper.document AS
SELECT r.n AS no, o.office, w.issued, k.sort, CASE WHEN paper.pick(h, 4, 15) = 0 THEN 11 + paper.pick(h, 5, 20) ELSE 1 + paper.pick(h, 5, 10) END AS pages,
	CASE WHEN paper.pick(h, 6, 15) = 0 THEN 5001 + paper.pick(h, 7, 4000) ELSE 400 + paper.pick(h, 7, 4601) END AS words,
	CASE WHEN paper.pick(h, 8, 12) = 0 THEN 60.5 + paper.pick(h, 9, 30) ELSE paper.pick(h, 9, 61) END AS copied,
	paper.pick(h, 10, 8) > 0 AS in_plan, paper.pick(h, 10, 8) = 0 AND paper.pick(h, 11, 5) > 0 AS extra,
	paper.pick(h, 12, 12) = 0 AS rush, CASE WHEN paper.pick(h, 12, 12) = 0 AND paper.pick(h, 13, 6) > 0 THEN '汛情' END AS rush_reason,
	k.sort = '配套文件' AS accompanies, k.sort = '配套文件' AND paper.pick(h, 14, 9) > 0 AS asked_for, paper.pick(h, 15, 100) = 0 AS key_document
FROM paper.numbers('document', (43 + 90 + 130) * :scale + 51 * :scale / 2) r JOIN paper.office o ON o.sort = 'department' AND o.n = 1 + paper.pick(h, 0, 40),
	LATERAL (SELECT CASE WHEN r.n <= 43 * :scale THEN date '2021-01-01' + paper.pick(h, 1, 90)
		WHEN r.n <= (43 + 90) * :scale THEN date '2021-04-01' + paper.pick(h, 1, 275)
		WHEN r.n <= (43 + 90) * :scale + 51 * :scale / 2 THEN date '2022-01-01' + paper.pick(h, 1, 90) ELSE date '2022-04-01' + paper.pick(h, 1,
			275) END OFFSET 0) w (issued),
	LATERAL (SELECT (ARRAY['通知', '通知', '函', '函', '政策性文件', '配套文件'])[1 + paper.pick(h, 2, 6)] OFFSET 0) k (sort);
CREATE TABLE paper.effect_report AS
SELECT d.no, e.day
FROM paper.document d, generate_series(1, 2) q, LATERAL (SELECT (d.issued + q * interval '6 months')::date - 30 + paper.pick(paper.hash('effect' || d.no || '/' || q), 0, 55) OFFSET 0) e (day)
WHERE d.key_document AND d.issued >= '2022-01-01' AND e.day < '2023-01-01' AND paper.pick(paper.hash('effect' || d.no || '/' || q), 1, 8) > 0;

CREATE TABLE paper.meeting AS
SELECT r.n AS no, o.office, paper.weekday(h, 1) + paper.clock(h, 2) AS held, CASE WHEN paper.pick(h, 3, 10) = 0 THEN 61 + paper.pick(h, 4, 90)
	ELSE 20 + paper.pick(h, 4, 41) END AS length,
	CASE WHEN p.whole THEN CASE WHEN paper.pick(h, 6, 9) > 0 THEN '视频' ELSE '现场' END ELSE (ARRAY['现场', '现场', '视频'])[1 + paper.pick(h, 7,
		3)] END AS medium, p.whole AS whole_province,
	paper.pick(h, 8, 7) > 0 AS in_plan, paper.pick(h, 8, 7) = 0 AND paper.pick(h, 9, 5) > 0 AS extra,
	CASE WHEN paper.pick(h, 10, 3) = 0 THEN o.office || '事项' || paper.pick(h, 11, greatest(30 * :scale / 100, 3)) END AS about
FROM paper.numbers('meeting', 150 * :scale) r JOIN paper.office o ON o.sort = 'department' AND o.n = 1 + paper.pick(h, 0, 40),
	LATERAL (SELECT paper.pick(h, 5, 20) = 0 OFFSET 0) p (whole);

CREATE TABLE paper.data_request AS
SELECT r.n AS no, d.office AS asked_by, o.office AS asked_of, '指标' || paper.pick(h, 2, 40) AS figure, to_char(w.sent, 'YYYY-MM') AS month, w.sent
FROM paper.numbers('request', 120 * :scale) r JOIN paper.office d ON d.sort = 'department' AND d.n = 1 + paper.pick(h, 0, 40)
	JOIN paper.office o ON o.sort = 'county' AND o.n = 1 + paper.pick(h, 1, 129),
	LATERAL (SELECT paper.weekday(h, 3) + paper.clock(h, 4) OFFSET 0) w (sent);

-- Leaders on the road

CREATE TABLE paper.research_trip AS
SELECT r.n AS no, o.office AS team, a.code AS area, '课题' || paper.pick(h, 2, 6) AS theme, w.day AS from_day, w.day + paper.pick(h, 4, 4) AS to_day,
	CASE WHEN paper.pick(h, 5, 15) > 0 THEN w.day - 1 - paper.pick(h, 6, 9) + paper.clock(h, 7) END AS filed
FROM paper.numbers('trip', 15 * :scale) r JOIN paper.office o ON o.sort = 'department' AND o.n = 1 + paper.pick(h, 0, 40)
	JOIN paper.office a0 ON a0.sort IN ('county', 'prefecture') AND (a0.sort = 'prefecture') = (paper.pick(h, 8, 20) = 0) AND a0.n = 1 + paper.pick(h,
		1, CASE WHEN paper.pick(h, 8, 20) = 0 THEN 16 ELSE 129 END)
	JOIN oa.area a ON a.code = a0.area,
	LATERAL (SELECT paper.weekday(h, 3) OFFSET 0) w (day);

-- so many days a year, by tier, spread evenly; one in four has fewer, and some write a day down twice
CREATE TABLE paper.field_day AS
SELECT row_number() OVER (ORDER BY o.official, k)::integer AS no, o.official, o.tier, d.day
FROM oa.official o, LATERAL (SELECT paper.hash('field ' || o.official) OFFSET 0) x (h),
	LATERAL (SELECT (CASE o.tier WHEN 'province' THEN 30 WHEN 'prefecture' THEN 60 ELSE 90 END * (80 + paper.pick(h, 0, 60)) / 100) OFFSET 0) t (days),
	LATERAL generate_series(1, t.days) k, LATERAL (SELECT date '2022-01-01' + k * 363 / t.days - CASE WHEN k % 30 = 0 THEN 363 / t.days ELSE 0 END OFFSET 0) d (day)
WHERE d.day >= o.took_office AND (o.left_office IS NULL OR d.day < o.left_office);

-- once a period, but for some; now and then twice
CREATE FUNCTION paper.turns(name text, months integer[], miss integer) RETURNS TABLE (no integer, official text, tier text, day date, h bytea)
LANGUAGE sql STABLE
AS $$
	SELECT row_number() OVER (ORDER BY o.official, m, k)::integer, o.official, o.tier, d.day, x.h
	FROM oa.official o, LATERAL (SELECT months[CASE o.tier WHEN 'province' THEN 1 WHEN 'prefecture' THEN 2 ELSE 3 END] OFFSET 0) p (months),
		LATERAL generate_series(0, 11, p.months) m, LATERAL generate_series(1, 2) k,
			LATERAL (SELECT paper.hash(name || o.official || '/' || m || '/' || k) OFFSET 0) x (h),
		LATERAL (SELECT (date '2022-01-01' + make_interval(months => m))::date + paper.pick(h, 0, p.months * 30 - 3) OFFSET 0) d (day)
	WHERE paper.pick(h, 1, 100) >= CASE k WHEN 1 THEN miss ELSE 92 END AND d.day >= o.took_office AND (o.left_office IS NULL OR d.day < o.left_office)
$$;
CREATE TABLE paper.on_site_day AS SELECT no, official, tier, day FROM paper.turns('on site', '{6,3,1}', 4);
CREATE TABLE paper.policy_talk AS SELECT no, official, tier, day FROM paper.turns('talk', '{12,6,3}', 8);
CREATE TABLE paper.investment_trip AS SELECT t.no, t.official, o.first_hand, t.day FROM paper.turns('investment', '{3,3,3}', 10) t
	JOIN oa.official o USING (official) WHERE o.first_hand;

CREATE TABLE paper.reception AS
SELECT t.no, t.official, t.tier, o.office, t.day + paper.clock(t.h, 2) AS came, t.day + paper.clock(t.h, 2) + make_interval(mins => paper.pick(t.h,
	3, 90)) AS received
FROM paper.turns('reception', '{6,3,1}', 5) t JOIN oa.official o USING (official);
INSERT INTO paper.reception
SELECT 1000000 + r.n, NULL, 'township', o.office, w.came, CASE WHEN paper.pick(h, 3, 60) > 0 THEN paper.known(w.came + CASE WHEN paper.pick(h, 4,
	25) = 0 THEN make_interval(days => 1 + paper.pick(h, 5, 6)) ELSE make_interval(mins => paper.pick(h, 5, 60)) END) END
FROM paper.numbers('visitor', 100 * :scale) r JOIN paper.office o ON o.sort = 'county' AND o.n = 1 + paper.pick(h, 0, 129),
	LATERAL (SELECT paper.weekday(h, 1) + paper.clock(h, 2) OFFSET 0) w (came);

-- Inspections, ceremonies, emergencies, and the monthly look at the numbers

CREATE TABLE paper.inspection AS
SELECT r.n AS no, o.office, o.tier, (ARRAY['党委', '政府', '部门', '部门'])[1 + paper.pick(h, 2, 4)] AS of_what, a.tier AS of_tier, a.area, w.begins,
	paper.pick(h, 5, 12) > 0 AS in_plan,
	CASE WHEN paper.pick(h, 6, 12) > 0 THEN w.begins - make_interval(days => 8 + paper.pick(h, 7, 20)) WHEN paper.pick(h, 6, 12) = 0 AND paper.pick(h,
		7, 2) = 0 THEN w.begins + interval '2 days' END AS approved,
	CASE WHEN paper.pick(h, 8, 2) = 0 THEN w.begins - make_interval(days => 7 + paper.pick(h, 9, 9)) END AS filed, paper.pick(h, 10, 40) AS course
FROM paper.numbers('inspection', 60 * :scale) r
	JOIN paper.office o ON o.sort = CASE WHEN paper.pick(h, 0, 3) = 0 THEN 'prefecture' ELSE 'department' END AND o.n = 1 + paper.pick(h, 1, CASE
		WHEN paper.pick(h, 0, 3) = 0 THEN 16 ELSE 40 END)
	JOIN paper.office a ON a.sort = 'county' AND a.n = 1 + paper.pick(h, 3, 129),
	LATERAL (SELECT paper.weekday(h, 4) + time '09:00' OFFSET 0) w (begins);
-- one in forty goes without a look at its plan
CREATE TABLE paper.inspection_move AS
SELECT i.no, m.n, m.status, i.begins + make_interval(days => m.days) AS at
FROM paper.inspection i, LATERAL (VALUES (1, '纳入计划', -6), (2, '查方案', -3), (3, '督作风', 0), (4, '看成效', 9)) m (n, status, days)
WHERE NOT (i.course = 0 AND m.n = 2) AND i.begins + make_interval(days => m.days) BETWEEN '2022-01-01' AND '2022-12-31 23:59';

-- the prefectures in turn, but one in twelve has another one at once
CREATE TABLE paper.ceremony AS
SELECT t.no, a.area, date '2022-01-15' + t.no * 343 / 64 AS day
FROM (SELECT r.n AS no, count(*) FILTER (WHERE paper.pick(r.h, 0, 12) > 0) OVER (ORDER BY r.n) AS turn FROM paper.numbers('ceremony', 64) r) t
	JOIN paper.office a ON a.sort = 'prefecture' AND a.n = 1 + t.turn % 16;

CREATE TABLE paper.emergency AS
SELECT r.n AS no, o.office, paper.pick(h, 1, 3) > 0 AS grave, w.known,
	CASE WHEN paper.pick(h, 4, 40) > 0 THEN paper.known(w.known + make_interval(mins => CASE WHEN paper.pick(h, 5, 10) = 0 THEN 30 + paper.pick(h, 6, 90)
		ELSE 3 + paper.pick(h, 6, 28) END)) END AS phoned,
	CASE WHEN paper.pick(h, 7, 40) > 0 THEN paper.known(w.known + make_interval(mins => CASE WHEN paper.pick(h, 8, 10) = 0 THEN 60 + paper.pick(h, 9,
		300) ELSE 10 + paper.pick(h, 9, 51) END)) END AS wrote
FROM paper.numbers('emergency', greatest(6 * :scale, 60)) r JOIN paper.office o ON o.sort = 'county' AND o.n = 1 + paper.pick(h, 0, 129),
	LATERAL (SELECT date '2022-01-01' + paper.pick(h, 2, 365) + make_interval(mins => paper.pick(h, 3, 1440)) OFFSET 0) w (known);

CREATE TABLE paper.review AS
SELECT o.office, d.day
FROM paper.office o, generate_series(1, 12) m, LATERAL (SELECT make_date(2022, m, 12) + paper.pick(paper.hash('review' || o.office || m), 0, 18) OFFSET 0) d (day)
WHERE o.sort = 'department' AND d.day < '2023-01-01' AND paper.pick(paper.hash('review' || o.office || m), 1, 60) > 0;

-- What was there before the year
INSERT INTO oa.document SELECT d.*, NULL FROM paper.document d WHERE d.issued < '2022-01-01';
INSERT INTO oa.monthly_review SELECT office, '2022-01-01' FROM paper.office WHERE sort = 'department';
