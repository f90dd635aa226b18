-- What is asked of its bound tables: the ledger, the views, and what the next
-- rows come to. Two of them are errors.

SET client_min_messages = warning;
SET statute.beyond_announced = assume;
SELECT * FROM statute.binding ORDER BY id;
SELECT * FROM statute.binding_list ORDER BY binding;
SELECT * FROM statute.binding_failure ORDER BY id;
SELECT * FROM statute.backfill_progress ORDER BY binding;
SELECT * FROM statute.obligation ORDER BY id;
SELECT * FROM statute.obligation_event ORDER BY id;
SELECT * FROM statute.violation ORDER BY id;
SELECT * FROM statute.occurrence ORDER BY binding, row_key;
SELECT * FROM statute.occurrence_party ORDER BY binding, party;
SELECT * FROM statute.place ORDER BY code;
SELECT * FROM statute.archived_obligation ORDER BY id;
SELECT obligation, rule, row_key, subject, due_at, due_on, state, light, allowed, extended, late_entry, provisional, calendar_revision FROM statute.due_list ORDER BY 1;
SELECT obligation, due_on, done_at, state FROM statute.late_list ORDER BY 1;
SELECT * FROM statute.violation_list ORDER BY violation;
SELECT * FROM statute.history_list ORDER BY happened_at, obligation;
SELECT clause, rule, status, tables FROM statute.rule_status ORDER BY 1, 2;
SELECT o.id, l.* FROM statute.obligation o, statute.status_at(o.id, '2022-03-05') l ORDER BY 1;
SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgfoid = 'statute.enforce'::regproc ORDER BY tgrelid::regclass::text, tgname;
INSERT INTO aaa.letter (got, done, urgent, pages, topic, days, place, state) VALUES
	('2022-03-07 09:00+08', NULL, false, 50, 'a', '[2022-03-08,2022-03-09]', '53', 'seen'), ('2022-03-08 09:00+08', '2022-03-09', true, 5, 'z', NULL, NULL, 'new');
SELECT statute.resume(1, 'x', '2022-03-06 10:00+08');
UPDATE aaa.letter SET done = '2022-03-09', state = 'seen' WHERE id = 1;
DELETE FROM aaa.letter WHERE id = 2;
INSERT INTO aaa.check_up_1_1 VALUES ('1', '2022-03-03 09:00+08', 7, 'z');
INSERT INTO aaa.check_up_2 (region, at, n, topic) VALUES ('3', '2022-03-03 09:00+08', 70, 'z');
UPDATE aaa.check_up SET region = '9' WHERE n = 5;
INSERT INTO zzz.note VALUES (md5('y')::uuid, 12, 'next');
DROP TRIGGER statute_update ON aaa.check_up_1_1;
CREATE TABLE aaa.check_up_1_2 PARTITION OF aaa.check_up_1 FOR VALUES FROM (100) TO (200);
CALL statute.backfill(9);
SELECT rule, month, what, violations FROM statute.backfill_preview(9);
SELECT row_key, effect FROM statute.recompute_preview() ORDER BY 1;
SELECT statute.bind('PAGES', 'aaa.visit', '{"pages": "id"}');
SELECT id, binding, row_key, state, due_on, done_at, subject FROM statute.obligation ORDER BY id;
SELECT obligation, what, state_before, state_after, due_after, actor, reason FROM statute.obligation_event ORDER BY id;
SELECT id, binding, row_key, what, detail, state, reason FROM statute.violation ORDER BY id;
SELECT * FROM statute.backfill_progress ORDER BY binding;
