-- The work of one day, as the agency's programs enter it: what comes in and what is finished each day, registers
-- each Friday and at the end of the month.
CREATE INDEX ON paper.instruction ((came::date));
CREATE INDEX ON paper.instruction ((answered::date));
CREATE INDEX ON paper.approval ((filed::date));
CREATE INDEX ON paper.approval ((decided::date));
CREATE INDEX ON paper.project ((application::date));
CREATE INDEX ON paper.stage (finished);
CREATE INDEX ON paper.task_move ((at::date));
CREATE INDEX ON paper.document (issued);
CREATE INDEX ON paper.meeting ((held::date));
CREATE INDEX ON paper.data_request ((sent::date));
CREATE INDEX ON paper.field_day (day);
CREATE INDEX ON paper.reception ((came::date));
CREATE INDEX ON paper.reception ((received::date));
CREATE INDEX ON paper.inspection_move ((at::date));

-- the days of which registers are handed in on a day; null on others
CREATE FUNCTION paper.register(d date) RETURNS daterange
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN extract(isodow FROM d) = 5 OR extract(day FROM d + 1) = 1
	THEN daterange(greatest(date_trunc('month', d)::date, d - CASE extract(isodow FROM d)::integer WHEN 5 THEN 6 WHEN 6 THEN 0 WHEN 7 THEN 1
		ELSE extract(isodow FROM d)::integer + 1 END), d, '[]') END;

CREATE PROCEDURE paper.live(d date)
LANGUAGE plpgsql
AS $$
DECLARE
	days daterange := paper.register(d);
BEGIN
	INSERT INTO oa.instruction
	SELECT no, office, sort, came, answer_by, pressing, special, CASE WHEN answered::date = d THEN answered END FROM paper.instruction WHERE came::date = d;
	UPDATE oa.instruction i SET answered = p.answered FROM paper.instruction p WHERE p.no = i.no AND p.answered::date = d AND p.came::date < d;

	INSERT INTO oa.approval
	SELECT no, office, item, filed, CASE WHEN decided::date = d THEN decided END FROM paper.approval WHERE filed::date = d;
	UPDATE oa.approval a SET decided = p.decided FROM paper.approval p WHERE p.no = a.no AND p.decided::date = d AND p.filed::date < d;

	INSERT INTO oa.project
	SELECT no, class, area, office, is_major, on_provincial_list, schedule, run_by, sector_head, coordinator, signed, started, application
		FROM paper.project WHERE application::date = d;
	UPDATE oa.project o
	SET to_state = CASE WHEN p.to_state::date <= d THEN p.to_state END, from_state = CASE WHEN p.from_state::date <= d THEN p.from_state END,
		accepted = CASE WHEN p.accepted::date <= d THEN p.accepted END
	FROM paper.project p WHERE p.no = o.no AND d IN (p.to_state::date, p.from_state::date, p.accepted::date);
	UPDATE oa.project p SET met_on = d FROM paper.coordination c WHERE c.project = p.no AND c.day = d;
	INSERT INTO oa.stage
	SELECT s.project, s.n, s.office, s.person, s.planned_end, s.project_end FROM paper.stage s JOIN paper.project p ON p.no = s.project WHERE p.application::date = d;
	UPDATE oa.stage o SET finished = d FROM paper.stage s WHERE (s.project, s.n) = (o.project, o.n) AND s.finished = d;

	INSERT INTO oa.livelihood_task
	SELECT t.no, t.office, t.person, t.finish_by, t.standard, m.status, m.at FROM paper.task_move m JOIN paper.livelihood_task t USING (no) WHERE m.n = 1
		AND m.at::date = d;
	UPDATE oa.livelihood_task t SET status = m.status, status_since = m.at FROM paper.task_move m WHERE m.no = t.no AND m.n > 1 AND m.at::date = d;
	UPDATE oa.livelihood_task t
	SET office = coalesce(t.office, '省政府'), person = coalesce(t.person, '补填责任人'), finish_by = coalesce(t.finish_by, '2022-12-31'),
		standard = coalesce(t.standard, '补填标准')
	FROM paper.task_fix f WHERE f.no = t.no AND f.day = d;

	INSERT INTO oa.inspection
	SELECT i.no, i.office, i.tier, i.of_what, i.of_tier, i.area, i.begins, i.in_plan, CASE WHEN i.approved::date <= d THEN i.approved END, CASE
		WHEN i.filed::date <= d THEN i.filed END, m.status, m.at
	FROM paper.inspection_move m JOIN paper.inspection i USING (no) WHERE m.n = 1 AND m.at::date = d;
	UPDATE oa.inspection o
	SET status = m.status, status_since = m.at, approved = CASE WHEN i.approved::date <= d THEN i.approved END, filed = CASE WHEN i.filed::date <= d THEN i.filed END
	FROM paper.inspection_move m JOIN paper.inspection i USING (no) WHERE i.no = o.no AND m.n > 1 AND m.at::date = d;

	INSERT INTO oa.reception
	SELECT no, official, tier, office, came, CASE WHEN received::date = d THEN received END FROM paper.reception WHERE came::date = d;
	UPDATE oa.reception o SET received = p.received FROM paper.reception p WHERE p.no = o.no AND p.received::date = d AND p.came::date < d;
	INSERT INTO oa.emergency SELECT * FROM paper.emergency WHERE known::date = d;
	INSERT INTO oa.ceremony SELECT * FROM paper.ceremony WHERE day = d;
	UPDATE oa.monthly_review m SET reviewed = d FROM paper.review r WHERE r.office = m.office AND r.day = d;
	UPDATE oa.document o SET effect_reported = d FROM paper.effect_report e WHERE e.no = o.no AND e.day = d;

	IF days IS NOT NULL THEN
		INSERT INTO oa.document SELECT p.*, NULL FROM paper.document p WHERE p.issued BETWEEN lower(days) AND d;
		INSERT INTO oa.meeting SELECT * FROM paper.meeting WHERE held::date BETWEEN lower(days) AND d;
		INSERT INTO oa.data_request SELECT * FROM paper.data_request WHERE sent::date BETWEEN lower(days) AND d;
		INSERT INTO oa.research_trip SELECT * FROM paper.research_trip WHERE from_day BETWEEN lower(days) AND d;
		INSERT INTO oa.field_day SELECT * FROM paper.field_day WHERE day BETWEEN lower(days) AND d;
		INSERT INTO oa.on_site_day SELECT * FROM paper.on_site_day WHERE day BETWEEN lower(days) AND d;
		INSERT INTO oa.policy_talk SELECT * FROM paper.policy_talk WHERE day BETWEEN lower(days) AND d;
		INSERT INTO oa.investment_trip SELECT * FROM paper.investment_trip WHERE day BETWEEN lower(days) AND d;
	END IF;
END
$$;
