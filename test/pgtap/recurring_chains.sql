-- Recurring duties together with the rest: what follows a deadline, rhythms by class, rules that
-- change, bindings that stop, partitions, rights, and sweeps of everything at once.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT * FROM no_plan();

CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || regexp_replace(sqlerrm, 'obligation \d+', 'obligation N');
END $$;
-- what a row has: of a recurring duty the first day of each period, else the due day; all but what was cancelled
CREATE FUNCTION duties(rule text, key text, relation regclass DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(to_char(coalesce(lower(o.period), o.due_on), 'MM-DD ') || o.state, ', ' ORDER BY coalesce(lower(o.period), o.due_on))
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding WHERE b.rule = $1 AND o.row_key = $2 AND o.state <> 'cancelled' AND b.relation = coalesce($3, b.relation)
$$;
CREATE FUNCTION late(rule text, key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(to_char(substring(v.what from '\d{4}-\d\d-\d\d')::date, 'MM-DD'), v.what), ', ' ORDER BY v.what)
	FROM statute.violation v JOIN statute.binding b ON b.id = v.binding WHERE b.rule = $1 AND v.row_key = $2 AND v.state = 'open'
$$;
SELECT define_regulation('REG', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'REG', 'art. 1', 'words');

-- Follow-up: done opens the feedback, late opens progress reports ---------------------------------------------

SELECT define_rule('reply', 'C', 'deadline', 'Reply', '{"start": "date", "done": "date"}', '{"limit": "7 workdays", "verified": true, "maximum": "15 workdays"}'),
	define_rule('feedback', 'C', 'deadline', 'Feedback', '{"start": "date", "done": "date"}', '{"limit": "5 workdays"}'),
	define_rule('progress', 'C', 'recurring', 'Progress', '{"complex": "boolean", "done": "date"}', '{"quota": "at least 1 per week", "counted_from": "event", "follows": "reply", "due": "1 workday"}', applies := 'complex');
CREATE TABLE letter (id integer PRIMARY KEY, got date, answered date, told date, reported date, complex boolean, who text);
SELECT bind('reply', 'letter', '{"start": "got", "done": "answered"}', 'who'), bind('feedback', 'letter', '{"start": "answered", "done": "told"}', 'who'),
	bind('progress', 'letter', '{"complex": "complex", "done": "reported"}', 'who');
-- 7 working days from Tuesday, 1 March 2022: Thursday, 10 March; the weeks begin on Friday, 11 March
INSERT INTO letter (id, got, answered, complex, who) VALUES (1, '2022-03-01', NULL, true, 'li'), (2, '2022-03-01', NULL, false, 'li'), (3, '2022-03-01', '2022-03-10', true, 'li'), (4, '2022-03-01', '2022-03-11', true, 'li'),
	(5, '2022-03-01', '2022-03-24', true, 'li');
SELECT is(string_agg(coalesce(duties('feedback', id::text), '-'), '; ' ORDER BY id), '-; -; 03-17 open; 03-18 open; 03-31 open', 'what is done opens the feedback, due 5 working days later') FROM letter;
CALL sweep('2022-03-10 23:59:59+08');
SELECT is(count(*), 0::bigint, 'nothing follows before the deadline is over') FROM obligation WHERE period IS NOT NULL;
CALL sweep('2022-03-11 00:00+08');
SELECT is(string_agg(coalesce(duties('progress', id::text), '-'), '; ' ORDER BY id), '03-11 open; -; -; -; 03-11 open', 'then, for what is complex and late, and not for a day') FROM letter;
CALL sweep('2022-04-01 00:00+08');
SELECT is(duties('progress', '1'), '03-11 open, 03-18 open, 03-25 open, 04-01 open', 'a report each week');
SELECT is(duties('progress', '5'), '03-11 open, 03-18 open', 'until the reply, through its day');
-- Thursday, 17 March, and a working day: Friday, 18 March
SELECT is((SELECT due_on FROM obligation WHERE row_key = '1' AND period @> date '2022-03-11'), date '2022-03-18', 'due a working day later');
UPDATE letter SET reported = '2022-03-18' WHERE id = 1;
UPDATE letter SET answered = '2022-03-31' WHERE id = 1;
SELECT is(duties('progress', '1') || '; ' || duties('reply', '1') || '; ' || duties('feedback', '1'), '03-11 done, 03-18 open, 03-25 open; 03-10 done; 04-08 open', 'the reply ends them: what began after it is not due');
SELECT is(late('progress', '1') || '; ' || late('reply', '1'), '03-18, 03-25; late', 'what was late is late');
UPDATE letter SET answered = NULL WHERE id = 1;
CALL sweep('2022-04-01 00:00+08');
SELECT is(duties('progress', '1') || '; ' || coalesce(duties('feedback', '1'), '-'), '03-11 done, 03-18 open, 03-25 open, 04-01 open; -', 'and withdrawn it does not');
-- the duty that it follows moves: by the row, and by a day off
UPDATE letter SET got = '2022-03-08' WHERE id = 1;
CALL sweep('2022-04-01 00:00+08');
-- Tuesday, 8 March: 7 working days are over on Thursday, 17
SELECT is(duties('progress', '1'), '03-11 done, 03-18 open, 03-25 open, 04-01 open', 'later by a week: the first one was done');
SELECT set_calendar_day('CN', '2022-03-17', false, 'a day off', 'a notice');
SELECT recompute_apply('a notice');
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT string_agg(to_char(lower(period), 'MM-DD'), ' ' ORDER BY period) FROM obligation WHERE row_key = '1' AND state = 'open' AND period IS NOT NULL), '03-19 03-26', 'a day off moves the beginning');
SELECT is(late('progress', '1'), '03-19', 'what it had opened before is not late');
SELECT unset_calendar_day('CN', '2022-03-17');
SELECT recompute_apply('a notice');
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT string_agg(to_char(lower(period), 'MM-DD'), ' ' ORDER BY period) FROM obligation WHERE row_key = '1' AND state = 'open' AND period IS NOT NULL), '03-18 03-25 04-01', 'and back');
-- verified on the spot by somebody else
SELECT o.id AS reply FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.rule = 'reply' AND o.row_key = '5' \gset
SELECT is(refusal(format('SELECT close(%s)', :reply)), '55000 obligation N is done, and its rule wants that verified before it is closed', 'what is reported done is not closed');
SELECT is(refusal(format('SELECT verify(%s, ''li'')', :reply)), '22023 obligation N was that of "li", who cannot verify it', 'nor verified by who did it');
SELECT verify(:reply, 'wang'), close(:reply);
SELECT is(duties('reply', '5') || '; ' || duties('progress', '5'), '03-10 closed; 03-11 open, 03-18 open', 'and then it is');
UPDATE letter SET told = '2022-04-01' WHERE id = 5;
CALL sweep('2022-04-01 00:00+08');
SELECT is(duties('progress', '5'), '03-11 open, 03-18 open', 'reports that were due until then are due still');
SELECT unbind(binding_of('reply', 'letter'));
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT count(*) FROM obligation WHERE period IS NOT NULL AND state = 'open'), 0::bigint, 'what it follows is bound no longer: nothing follows');
SELECT is((SELECT count(*) FROM violation WHERE what LIKE 'late for%' AND state = 'open'), 0::bigint, 'nor is late');
SELECT unbind(binding_of('progress', 'letter'));

-- A rhythm for each class -----------------------------------------------------------------------------------------

SELECT define_rule('routine', 'C', 'recurring', 'x', '{"since": "date", "class": "text"}', '{"quota": "at least 1 per quarter"}', applies := 'class = ''routine'''),
	define_rule('important', 'C', 'recurring', 'x', '{"since": "date", "class": "text"}', '{"quota": "at least 1 per month"}', applies := 'class = ''important'''),
	define_rule('urgent', 'C', 'deadline', 'x', '{"start": "date", "class": "text"}', '{"limit": "3 days"}', applies := 'class = ''urgent''');
CREATE TABLE matter (id integer PRIMARY KEY, since date, class text);
SELECT bind('routine', 'matter', '{"since": "since", "class": "class"}'), bind('important', 'matter', '{"since": "since", "class": "class"}'), bind('urgent', 'matter', '{"start": "since", "class": "class"}');
INSERT INTO matter VALUES (1, '2022-02-10', 'routine'), (2, '2022-02-10', 'important'), (3, '2022-02-10', 'urgent');
CALL sweep('2022-04-10 00:00+08');
SELECT is(string_agg(concat_ws('; ', duties('routine', id::text), duties('important', id::text), duties('urgent', id::text)), ' | ' ORDER BY id),
	'01-01 open, 04-01 open | 02-01 open, 03-01 open, 04-01 open | 02-14 open', 'each class has its own') FROM matter;
UPDATE matter SET class = CASE class WHEN 'routine' THEN 'important' ELSE 'routine' END;
CALL sweep('2022-04-10 00:00+08');
SELECT is(string_agg(concat_ws('; ', duties('routine', id::text), duties('important', id::text), duties('urgent', id::text)), ' | ' ORDER BY id),
	'02-01 open, 03-01 open, 04-01 open | 01-01 open, 04-01 open | 01-01 open, 04-01 open', 'and another when it is another') FROM matter;
SELECT unbind(id) FROM binding WHERE relation = 'matter'::regclass;

-- Rules that change, and that wait to be read ------------------------------------------------------------------------

SELECT define_rule('old', 'C', 'recurring', 'x', '{"since": "date", "class": "text"}', '{"quota": "at least 1 per month"}', applies := 'class = ''a''');
SELECT bind('old', 'matter', '{"since": "since", "class": "class"}') AS old \gset
TRUNCATE matter;
INSERT INTO matter VALUES (1, '2022-01-10', 'a'), (2, '2022-01-10', 'b');
CALL sweep('2022-03-05 00:00+08');
SELECT amend_rule('old', '2022-04-15', params => '{"quota": "at least 1 per quarter"}', applies => 'class = ''b''');
SELECT recompute_apply('amended');
CALL sweep('2022-10-05 00:00+08');
SELECT is(duties('old', '1'), '01-01 open, 02-01 open, 03-01 open, 04-01 open', 'an amended rule: periods that began before go on as they were');
SELECT is(coalesce(duties('old', '2'), '-'), '07-01 open, 10-01 open', 'and those that begin later are those of the new version');
SELECT retire_rule('old', '2022-07-31');
SELECT recompute_apply('retired');
CALL sweep('2022-11-05 00:00+08');
SELECT is(duties('old', '2'), '07-01 open', 'a rule that has ended begins no further period');
SELECT unbind(:old);
SELECT define_reading('rhythm', 'C', 'how often', 'statute.quota');
SELECT define_rule('often', 'C', 'recurring', 'x', '{"since": "date"}', '{"quota": {"reading": "rhythm"}}');
SELECT bind('often', 'matter', '{"since": "since"}') AS often \gset
INSERT INTO matter VALUES (3, '2022-01-10', 'a');
CALL sweep('2022-05-05 00:00+08');
SELECT is(duties('often', '3'), NULL, 'what nobody has decided opens nothing');
SELECT set_reading('rhythm', 'at least 1 per month', 'a decision', 'the council', '2022-03-01');
CALL backfill(:often);
CALL sweep('2022-05-05 00:00+08');
SELECT is(duties('often', '3'), '03-01 open, 04-01 open, 05-01 open', 'decided, from the day of the decision on');
SELECT unbind(:often);

-- Bindings that stop, and rows that were there before ------------------------------------------------------------------

SELECT define_rule('monthly', 'C', 'recurring', 'x', '{"since": "date", "until": "date", "done": "date"}', '{"quota": "at least 1 per month"}');
CREATE TABLE task (id integer, since date, closed date, done date, part integer DEFAULT 1, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
CREATE TABLE task_1 PARTITION OF task FOR VALUES IN (1);
CREATE TABLE task_2 PARTITION OF task FOR VALUES IN (2);
INSERT INTO task VALUES (1, '2022-01-10', NULL, '2022-01-31', 1), (2, '2022-02-10', NULL, NULL, 2);
SELECT bind('monthly', 'task', '{"since": "since", "until": "closed", "done": "done"}') AS monthly \gset
CALL sweep('2022-03-05 00:00+08');
SELECT is((SELECT count(*) FROM obligation WHERE binding = :monthly), 0::bigint, 'rows that were there before have none');
CALL backfill(:monthly, 1);
CALL sweep('2022-03-05 00:00+08');
CREATE VIEW all_duties AS SELECT row_key, state, period, done_at FROM obligation WHERE binding = :monthly;
CREATE TABLE first AS TABLE all_duties;
SELECT is(duties('monthly', '["1", "1"]') || '; ' || duties('monthly', '["2", "2"]'), '01-01 done, 02-01 open, 03-01 open; 02-01 open, 03-01 open', 'until they are judged');
SELECT count(*) AS events FROM obligation_event \gset
CALL backfill(:monthly);
CALL sweep('2022-03-05 00:00+08');
SELECT bag_eq('TABLE all_duties', 'TABLE first', 'twice is once');
SELECT is((SELECT count(*) FROM obligation_event), :events::bigint, 'of which nothing is on record');
SELECT disable_binding(:monthly);
UPDATE task_1 SET done = '2022-03-02';
DELETE FROM task WHERE id = 2;
INSERT INTO task VALUES (3, '2022-03-01', NULL, NULL, 2);
CALL sweep('2022-04-05 00:00+08');
SELECT bag_eq('TABLE all_duties', 'TABLE first', 'a binding that is off opens and settles nothing');
SELECT enable_binding(:monthly);
CALL backfill(:monthly);
CALL sweep('2022-04-05 00:00+08');
SELECT is(duties('monthly', '["1", "1"]') || '; ' || coalesce(duties('monthly', '["2", "2"]'), '-') || '; ' || duties('monthly', '["3", "2"]'), '01-01 done, 02-01 done, 03-01 open, 04-01 open; -; 03-01 open, 04-01 open', 'on again, it catches up');
UPDATE task SET part = 2 WHERE id = 1;
CALL sweep('2022-04-05 00:00+08');
SELECT is(coalesce(duties('monthly', '["1", "1"]'), '-') || '; ' || duties('monthly', '["1", "2"]'), '-; 01-01 done, 02-01 open, 03-01 open, 04-01 open', 'a row that moves to another partition has another key');
TRUNCATE task_2;
SELECT is((SELECT count(*) FROM recurrence WHERE binding = :monthly) + (SELECT count(*) FROM all_duties WHERE state <> 'cancelled'), 0::bigint, 'a partition that is emptied has no rows');

-- Rights ------------------------------------------------------------------------------------------------------------

CREATE ROLE recurring_clerk;
GRANT SELECT (id), UPDATE (done) ON task TO recurring_clerk;
GRANT INSERT ON task TO recurring_clerk;
SET ROLE recurring_clerk;
INSERT INTO task VALUES (4, '2022-01-10', NULL, NULL, 1);
UPDATE task SET done = '2022-01-20' WHERE id = 4;
SELECT is(refusal('SELECT FROM statute.recurrence'), '42501 permission denied for table recurrence', 'who reports sees nothing of the ledger');
SELECT is(refusal('CALL statute.sweep()'), '42501 permission denied for function _record_run', 'and does not sweep');
SELECT is(refusal(format('SELECT statute.%s', f)), '42501 permission denied for function ' || substring(f from '\w+'), 'nor writes it: ' || f)
FROM unnest('{"_begin(1, ARRAY[''x''], current_date)","_judge_next_amended(now())","_begin_periods(now(), 1)","_judge_next_roster(now(), now())"}'::text[]) f
WHERE to_regproc('statute.' || substring(f from '\w+')) IS NOT NULL;
RESET ROLE;
SELECT is(duties('monthly', '["4", "1"]'), '01-01 done', 'its report counts');
SELECT is((SELECT actor FROM obligation_event e JOIN obligation o ON o.id = e.obligation WHERE o.row_key = '["4", "1"]' AND what = 'done'), 'recurring_clerk', 'as its own');
DROP OWNED BY recurring_clerk;
DROP ROLE recurring_clerk;

-- All at once, in batches of any size ----------------------------------------------------------------------------------

TRUNCATE task, letter, matter;
DELETE FROM violation; DELETE FROM obligation; DELETE FROM obligation_event; DELETE FROM notice;
SELECT define_rule('visit', 'C', 'quota', 'Visit', '{"at": "date"}', '{"quota": "at least 1 per quarter"}');
CREATE TABLE visit (id integer PRIMARY KEY, who text, day date);
CREATE TABLE official (name text);
SELECT bind('visit', 'visit', '{"at": "day"}', 'who') AS visit \gset
SELECT bind('reply', 'letter', '{"start": "got", "done": "answered"}', 'who'), bind('progress', 'letter', '{"complex": "complex", "done": "reported"}', 'who');
SELECT define_ladder('L', 'x'), define_step('L', 1, '80%', 'yellow', 'handler', 'x'), define_step('L', 2, 'due', 'red', 'leader', 'x'), define_step('L', 3, '1 workday', 'red', 'boss', 'x'),
	set_ladder('L', 'reply'), set_ladder('L', 'progress'), set_ladder('L', 'monthly');
CREATE VIEW ledger AS
	SELECT 'obligation' AS what, b.rule, o.row_key, concat_ws(' ', o.period, o.state, o.due_at, o.next_step_at) AS rest FROM obligation o JOIN binding b ON b.id = o.binding
	UNION ALL SELECT 'violation', b.rule, v.row_key, concat_ws(' ', v.subject, v.period, v.what, v.detail, v.state) FROM violation v JOIN binding b ON b.id = v.binding
	UNION ALL SELECT 'event', o.rule_version::text, o.row_key, concat_ws(' ', o.period, e.what) FROM obligation_event e JOIN obligation o ON o.id = e.obligation
	UNION ALL SELECT 'notice', n.subject, o.row_key, concat_ws(' ', n.period, o.period, n.step, n.fell_due_at, n.body) FROM notice n LEFT JOIN obligation o ON o.id = n.obligation
	UNION ALL SELECT 'recurrence', r.binding::text, r.row_key, r.next_open_at::text FROM recurrence r
	UNION ALL SELECT 'roster', r.binding::text, NULL, r.judged_through::text FROM roster r;
CREATE TABLE outcome (batch text, what text, rule text, row_key text, rest text);
CREATE PROCEDURE run(batch integer) LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE task, letter, visit, official;
	DELETE FROM violation; DELETE FROM notice; DELETE FROM obligation_event; DELETE FROM obligation; DELETE FROM quota_course;
	INSERT INTO official VALUES ('li'), ('wang');
	PERFORM set_roster(binding_of('visit', 'visit'), 'official', 'name', since => '2022-01-01');
	INSERT INTO task (id, since, closed) SELECT g, date '2022-01-03' + g * 9, CASE WHEN g % 3 = 0 THEN date '2022-05-31' END FROM generate_series(1, 4) g;
	INSERT INTO letter (id, got, answered, complex, who) SELECT g, date '2022-02-01' + g * 7, CASE WHEN g % 3 = 0 THEN date '2022-04-20' END, g % 2 = 1, 'li' FROM generate_series(1, 5) g;
	INSERT INTO visit VALUES (1, 'li', '2022-02-02');
	COMMIT;
	CALL sweep('2022-03-15 00:00+08', batch);
	UPDATE task SET done = '2022-03-16' WHERE id < 3;
	COMMIT;
	CALL sweep('2022-04-06 12:00+08', batch);
	INSERT INTO public.outcome SELECT coalesce(batch::text, 'all'), l.* FROM public.ledger l;
	CALL sweep('2022-04-06 12:00+08', batch);
	INSERT INTO public.outcome SELECT coalesce(batch::text, 'all') || ' again', l.* FROM public.ledger l;
	CALL sweep('2022-03-20 00:00+08', batch);
	INSERT INTO public.outcome SELECT coalesce(batch::text, 'all') || ' earlier', l.* FROM public.ledger l;
END $$;
CALL run(1);
CALL run(NULL);
CALL run(1000);
SELECT ok((SELECT count(*) > 60 AND count(DISTINCT what) = 6 FROM outcome WHERE batch = '1'), 'there is some of everything');
SELECT bag_eq(format('SELECT what, rule, row_key, rest FROM outcome WHERE batch = %L', b), $$SELECT what, rule, row_key, rest FROM outcome WHERE batch = '1'$$, 'the same: ' || b)
FROM unnest('{1 again,1 earlier,all,all again,all earlier,1000,1000 again}'::text[]) b;
SELECT is_empty('SELECT FROM sweep_failure', 'nothing fails');

SELECT * FROM finish();
