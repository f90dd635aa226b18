-- What the DBA does: which rule of which article is for which table, who decided what the words leave open, whom a
-- notice goes to, and who is held to a quota. Nothing in the tables or the programs of the agency changes.
\set quiet '\\g /dev/null'
SET client_min_messages = warning;
CREATE EXTENSION pg_statute_cn CASCADE;
SET search_path = public, statute;

-- What the text leaves open was decided, with a ground
SELECT set_reading(code, proposed, '省推进作风革命加强机关效能建设工作领导小组办公室复函（演示）', '省委办公厅、省政府办公厅', '2022-02-16')
FROM reading WHERE code IN ('YN2022-9d-urgent', 'YN2022-15.3b-interval', 'YN2022-16.4e-wait', 'YN2022-18b-fewer', 'YN2022-18c-close') :quiet

-- Places, of which one contains others
SELECT define_place(code, name, belongs_to) FROM oa.area ORDER BY code :quiet

-- Instructions, approvals, emergencies: deadlines
SELECT bind('YN2022-9a', 'oa.instruction', '{"due": "answer_by", "done": "answered", "kind": "sort"}', 'office') :quiet
SELECT bind('YN2022-9b', 'oa.instruction', '{"start": "came", "done": "answered", "own_due": "answer_by", "special": "special", "kind": "sort"}', 'office') :quiet
SELECT bind('YN2022-9c', 'oa.instruction', '{"start": "came", "done": "answered", "own_due": "answer_by", "special": "special", "kind": "sort"}', 'office') :quiet
SELECT bind('YN2022-9d', 'oa.instruction', '{"start": "came", "done": "answered", "urgent": "pressing", "kind": "sort"}', 'office') :quiet
SELECT bind(rule, 'oa.approval', '{"start": "filed", "done": "decided", "kind": "item"}', 'office')
FROM unnest('{PC2022-31,PC2022-32,PC2022-33,PC2022-47,PC2022-48}'::text[]) rule :quiet
SELECT bind('YN2022-11c', 'oa.emergency', '{"start": "known", "done": "phoned", "urgent": "grave"}', 'office') :quiet
SELECT bind('YN2022-11d', 'oa.emergency', '{"start": "known", "done": "wrote", "urgent": "grave"}', 'office') :quiet
SELECT bind('YN2022-16.4e', 'oa.reception', '{"start": "came", "done": "received", "level": "tier"}', 'office') :quiet

-- Projects: the clock stands while the State approves
SELECT bind('YN2022-15.2e.clock', 'oa.project', '{"start": "application", "done": "accepted", "state_from": "to_state", "state_until": "from_state", "major": "is_major"}', 'office') :quiet
SELECT bind('YN2022-15.3b', 'oa.project', '{"since": "application::date", "until": "accepted", "done": "met_on", "project_class": "class"}', 'office') :quiet
SELECT bind('YN2022-15.3c', 'oa.project', '{"project_class": "class", "linked_head": "sector_head", "coordinated_by": "coordinator", "managed_by": "run_by"}', 'office') :quiet
SELECT bind('YN2022-10b.listed', 'oa.project', '{"major": "is_major", "listed": "on_provincial_list"}', 'office') :quiet
SELECT bind('YN2022-10d.schedule', 'oa.project', '{"major": "is_major", "timetable": "schedule"}', 'office') :quiet
SELECT bind('YN2022-15.1b', 'oa.stage', '{"due": "planned_end", "project_due": "project_end", "responsible_person": "person"}', 'office') :quiet
SELECT bind('YN2015-4.1c', 'oa.stage', '{"due": "planned_end", "done": "finished"}', 'office') :quiet
SELECT bind('YN2022-15.2b', 'oa.ceremony', '{"place": "area", "at": "day"}', 'area') :quiet

-- Tasks and inspections: what has to be there, and the way that they go
SELECT bind('YN2022-15a', 'oa.livelihood_task', '{"responsible_unit": "office", "responsible_person": "person", "due": "finish_by", "standard": "standard"}', 'office') :quiet
SELECT bind('YN2022-15b', 'oa.livelihood_task', '{"state": "status", "at": "status_since"}', 'office') :quiet
SELECT bind('YN2022-20b.approved', 'oa.inspection', '{"at": "begins", "target_kind": "of_what", "target_level": "of_tier", "issuer_level": "tier", "approved_at": "approved"}', 'office') :quiet
SELECT bind('YN2022-20c', 'oa.inspection', '{"at": "begins", "planned": "in_plan", "approved_at": "approved", "filed_at": "filed"}', 'office') :quiet
SELECT bind('YN2020-9b', 'oa.inspection', '{"state": "status", "at": "status_since"}', 'office') :quiet

-- Documents, meetings, requests for figures
SELECT bind('PC2022-23', 'oa.document', '{"pages": "pages"}', 'office') :quiet
SELECT bind('PC2022-24', 'oa.document', '{"copied_share": "copied"}', 'office') :quiet
SELECT bind('PC2022-26', 'oa.document', '{"kind": "sort", "characters": "words"}', 'office') :quiet
SELECT bind('YN2020-7f', 'oa.document', '{"urgent": "rush", "urgency_reason": "rush_reason"}', 'office') :quiet
SELECT bind('YN2022-18a.document', 'oa.document', '{"planned": "in_plan", "ad_hoc": "extra"}', 'office') :quiet
SELECT bind('YN2022-18b.document', 'oa.document', '{"at": "issued", "ad_hoc": "extra"}', 'office') :quiet
SELECT bind('YN2022-18g', 'oa.document', '{"supporting": "accompanies", "supporting_required": "asked_for"}', 'office') :quiet
SELECT bind('YN2022-7c', 'oa.document', '{"since": "issued", "done": "effect_reported", "important": "key_document"}', 'office') :quiet
SELECT bind('PC2022-30', 'oa.meeting', '{"minutes": "length"}', 'office') :quiet
SELECT bind('YN2022-18a.meeting', 'oa.meeting', '{"planned": "in_plan", "ad_hoc": "extra"}', 'office') :quiet
SELECT bind('YN2022-18c', 'oa.meeting', '{"at": "held", "matter": "about"}', 'about') :quiet
SELECT bind('YN2022-18d', 'oa.meeting', '{"province_wide": "whole_province", "format": "medium"}', 'office') :quiet
SELECT bind('YN2020-18b', 'oa.data_request', '{"target_unit": "asked_of", "item": "figure", "period": "month", "at": "sent"}', 'asked_by') :quiet
SELECT bind('YN2020-6c', 'oa.monthly_review', '{"since": "since", "done": "reviewed"}', 'office') :quiet

-- Leaders on the road: compliance and reminders, no scores (articles 21 and 25)
SELECT bind('PC2022-14', 'oa.research_trip', '{"filed_at": "filed"}', 'team') :quiet
SELECT bind('YN2022-21b', 'oa.research_trip', '{"during": "daterange(from_day, to_day, ''[]'')", "place": "area"}', 'team') :quiet
SELECT bind('YN2020-14a2', 'oa.research_trip', '{"during": "daterange(from_day, to_day, ''[]'')", "place": "area", "topic": "theme"}', 'team') :quiet
SELECT bind('YN2022-16.1' || l.letter, 'oa.policy_talk', '{"at": "day", "level": "tier"}', 'official'),
	bind('YN2022-16.2' || l.letter, 'oa.field_day', '{"at": "day", "level": "tier"}', 'official'),
	bind('YN2022-16.3' || l.letter, 'oa.on_site_day', '{"at": "day", "level": "tier"}', 'official')
FROM unnest('{a,b,c}'::text[]) l (letter) :quiet
SELECT bind('YN2022-16.4' || l.letter, 'oa.reception', '{"at": "came", "level": "tier"}', 'official') FROM unnest('{b,c,d}'::text[]) l (letter) :quiet
SELECT bind('YN2022-14b', 'oa.investment_trip', '{"at": "day", "is_principal": "first_hand"}', 'official') :quiet

-- Who is held to the quotas, also without a row
CREATE VIEW oa.leader AS SELECT official, tier, first_hand, daterange(took_office, left_office) AS in_office FROM oa.official;
CREATE VIEW oa.leader_of_province AS SELECT * FROM oa.leader WHERE tier = 'province';
CREATE VIEW oa.leader_of_prefecture AS SELECT * FROM oa.leader WHERE tier = 'prefecture';
CREATE VIEW oa.leader_of_county AS SELECT * FROM oa.leader WHERE tier = 'county';
CREATE VIEW oa.prefecture AS SELECT code FROM oa.area WHERE tier = 'prefecture';
CREATE VIEW oa.first_hand AS SELECT * FROM oa.leader WHERE first_hand;
SELECT set_roster(binding_of(r.rule, r.relation), r.roster, 'official', 'in_office', '2022-01-01', '督查室')
FROM (VALUES ('YN2022-14b', 'oa.investment_trip'::regclass, 'oa.first_hand'::regclass),
	('YN2022-16.1a', 'oa.policy_talk', 'oa.leader_of_province'), ('YN2022-16.1b', 'oa.policy_talk', 'oa.leader_of_prefecture'),
		('YN2022-16.1c', 'oa.policy_talk', 'oa.leader_of_county'),
	('YN2022-16.3a', 'oa.on_site_day', 'oa.leader_of_province'), ('YN2022-16.3b', 'oa.on_site_day', 'oa.leader_of_prefecture'),
		('YN2022-16.3c', 'oa.on_site_day', 'oa.leader_of_county'),
	('YN2022-16.4b', 'oa.reception', 'oa.leader_of_province'), ('YN2022-16.4c', 'oa.reception', 'oa.leader_of_prefecture'),
		('YN2022-16.4d', 'oa.reception', 'oa.leader_of_county')) r (rule, relation, roster) :quiet
-- and whose turn it is
SELECT set_roster(binding_of('YN2022-15.2b', 'oa.ceremony'), 'oa.prefecture', 'code', since => '2022-01-01') :quiet

-- Who hears of it
SELECT define_ladder('cards', '黄牌、红牌、督办、点名') :quiet
SELECT define_step('cards', 1, '80%', 'yellow', '承办人', '黄牌：{title}，{row}号应于{due_on}前办结（{article}）') :quiet
SELECT define_step('cards', 2, 'due', 'red', '分管领导', '红牌：{subject}{row}号于{due_on}到期未办结（{article}）') :quiet
SELECT define_step('cards', 3, '1 workday', 'red', '主要领导', '督办：{subject}{row}号超期{days_late}日（{article}）') :quiet
SELECT define_step('cards', 4, '5 workdays', 'red', 'superior', '点名通报：{subject}{row}号超期{days_late}日（{article}）') :quiet
SELECT set_ladder('cards', binding) FROM binding_list b JOIN rule r ON r.code = b.rule WHERE r.kind = 'deadline' :quiet
-- what has a date of its own gets the cards that come with and after it
SELECT define_ladder('dates', '红牌、督办、点名') :quiet
INSERT INTO ladder_step SELECT 'dates', step, share, after, light, part, template FROM ladder_step WHERE ladder = 'cards' AND step > 1;
SELECT set_ladder('dates', binding) FROM binding_list b JOIN rule r ON r.code = b.rule WHERE r.kind = 'fixed_date' :quiet
SELECT set_contact(office, position, holder, b_role) FROM oa.duty_roster :quiet
SELECT set_contact(o.office, 'principal', r.holder) FROM oa.office o JOIN oa.duty_roster r ON r.office = o.office AND r.position = '主要领导' :quiet
SELECT set_contact(o.official, '督查室', r.holder) FROM oa.official o JOIN oa.duty_roster r ON r.office = o.office AND r.position = '督查室' :quiet
SELECT set_superior(office, reports_to) FROM oa.office WHERE reports_to IS NOT NULL ORDER BY tier DESC :quiet
SELECT set_absence(who, daterange(from_day, to_day, '[]')) FROM oa.leave_slip :quiet

-- What was there before: the documents of 2021, which those of 2022 are compared with
CALL backfill(binding_of('YN2022-18b.document', 'oa.document'));
