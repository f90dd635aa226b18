-- What is asked of that database and of its copies: reads, refused rows, and the
-- next changes. Three of them are errors.

SET timezone = 'Asia/Shanghai';
SELECT * FROM statute.calendar_list ORDER BY code;
SELECT c.tableoid::regclass, c.* FROM statute.calendar c ORDER BY c;
SELECT * FROM ONLY statute.calendar_day ORDER BY calendar, day;
SELECT count(*), md5(string_agg(d::text, ',' ORDER BY d)) FROM statute.calendar_day d;
SELECT * FROM statute.calendar_announcement ORDER BY calendar, announced_through;
SELECT * FROM statute.calendar_revision ORDER BY calendar, revision;
SELECT * FROM statute.convention ORDER BY code;
SELECT statute.current_calendar(), statute.current_revision();
SELECT * FROM aaa.visit ORDER BY id;
SELECT tableoid::regclass, count(*), statute.min(day), statute.max(day) FROM aaa.part GROUP BY 1 ORDER BY 1;
SELECT * FROM aaa.pairs;
SELECT * FROM aaa.due ORDER BY id;
SELECT * FROM aaa.kept ORDER BY id;
SELECT c.code, md5(string_agg(concat(statute.is_workday(d::date, c.code), statute.is_provisional(d::date, c.code)), '' ORDER BY d)) FROM statute.calendar c, generate_series(date '2003-12-01', '2028-02-01', '1 day') d GROUP BY 1 ORDER BY 1;
SELECT statute.deadline('2022-02-17 16:30+08', v.allowed, c.code, k.code) FROM (SELECT DISTINCT allowed FROM aaa.visit) v, statute.calendar c, statute.convention k ORDER BY v.allowed, c.code, k.code;
SELECT * FROM statute.explain_deadline('2022-02-17 16:30+08', '3 workdays', 'BRANCH');
SELECT * FROM statute.regulation ORDER BY code;
SELECT * FROM statute.clause ORDER BY code;
SELECT * FROM statute.reading ORDER BY code;
SELECT * FROM statute.reading_decision ORDER BY reading, recorded_at;
SELECT * FROM statute.rule ORDER BY code, version;
SELECT code, day, statute.rule_version(code, day), statute.rule_params(code, day)
	FROM unnest('{FEEDBACK,PROGRESS,SHORT}'::text[]) code, unnest('{2022-02-15,2022-06-30,2022-07-01,2022-10-31,2022-11-01,2023-01-01}'::date[]) day;
SELECT day, statute.reading_value('BYLAWS-2.due', day) FROM unnest('{2022-02-28,2022-03-01,2022-09-01}'::date[]) day;
SELECT statute.due_date('2022-02-18', statute.resolve_limit(statute.rule_params('FEEDBACK', '2022-02-18'), extended := e), 'OFFICE') FROM unnest('{f,t}'::boolean[]) e;
SELECT * FROM statute.check_rulebook('2023-06-30') WHERE problem <> 'calendar year not covered';
INSERT INTO aaa.visit (id, day) VALUES (1001, '2022-02-18');
INSERT INTO aaa.visit (id, away) VALUES (1002, '[2022-03-01,2022-03-31]');
INSERT INTO aaa.visit (id, day) VALUES (1003, '2022-02-19');
SELECT id, day FROM aaa.visit WHERE id > 1000;
DELETE FROM aaa.visit WHERE id > 1000;
SELECT statute.set_calendar_day('CN', '2022-02-17', false, 'more snow', 'a notice');
SELECT statute.set_calendar_day('BRANCH', '2022-02-17', true, 'no snow', 'a notice');
SELECT statute.define_calendar('GULF', 'elsewhere', weekend := '{6,7}', time_zone := 'Asia/Dubai', convention := 'PLAIN');
SELECT calendar, revision, change FROM ONLY statute.calendar_revision ORDER BY calendar, revision;
SELECT code, statute.current_revision(code) FROM statute.calendar ORDER BY 1;
SELECT statute.is_workday('2022-02-17', 'CN'), statute.is_workday('2022-02-17', 'OFFICE'), statute.is_workday('2022-02-17', 'BRANCH');
SELECT statute.amend_rule('FEEDBACK', '2024-01-01', params := '{"limit": "4 workdays"}');
SELECT statute.set_reading('BYLAWS-2.interval', '每季度至少1次', 'decided', 'the head', '2022-04-01');
SELECT statute.define_clause('BYLAWS-3', 'BYLAWS', '第三条', 'other words');
SELECT code, version, effective, params FROM statute.rule ORDER BY code, version;
SELECT statute.rule_params('PROGRESS', '2022-05-01'), quote FROM statute.clause WHERE code = 'BYLAWS-3';
UPDATE statute.calendar_cn SET title = 'x';
