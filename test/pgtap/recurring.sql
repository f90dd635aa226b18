-- Recurring duties: which periods there are and when they are due, by an oracle in
-- plain SQL; what opens, settles, cancels and revives them.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT * FROM no_plan();

-- what a statement comes to: its SQLSTATE and message, without numbers of obligations, or nothing
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || regexp_replace(sqlerrm, 'obligation \d+', 'obligation N');
END $$;
-- the periods of a row: the first day of each, its state, and the day on which it was done
CREATE FUNCTION periods(relation regclass, key text, rule text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(to_char(lower(o.period), 'MM-DD') || ' ' || o.state || coalesce(to_char(o.done_at AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond', ' MM-DD'), ''), ', ' ORDER BY o.period)
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
	WHERE b.relation = $1 AND o.row_key = $2 AND o.period IS NOT NULL AND b.rule = coalesce($3, b.rule)
$$;
-- the months that are on record as late
CREATE FUNCTION late(relation regclass, key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(substring(v.what from '^late for (.*) through') || CASE v.state WHEN 'open' THEN '' ELSE ' ' || v.state END, ', ' ORDER BY v.what, v.id)
	FROM statute.violation v JOIN statute.binding b ON b.id = v.binding WHERE b.relation = $1 AND v.row_key = $2 AND v.what <> 'late'
$$;
CREATE FUNCTION history(relation regclass, key text, first date) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s: %s %s', e.what, e.state_before, e.state_after), ', ' ORDER BY e.id)
	FROM statute.obligation_event e JOIN statute.obligation o ON o.id = e.obligation JOIN statute.binding b ON b.id = o.binding
	WHERE b.relation = $1 AND o.row_key = $2 AND lower(o.period) = $3
$$;
CREATE FUNCTION of(relation regclass, key text, first date) RETURNS bigint LANGUAGE sql AS $$
	SELECT o.id FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding WHERE b.relation = $1 AND o.row_key = $2 AND lower(o.period) = $3
$$;
SELECT define_regulation('REG', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'REG', 'art. 1', 'words');
\set roles '{"since": "date", "until": "date", "done": "date", "class": "text"}'
\set mapped '{"since": "since", "until": "closed", "done": "done", "class": "class"}'

-- Rules ------------------------------------------------------------------------------------------------

CREATE FUNCTION rule_fault(roles jsonb, params jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT regexp_replace(refusal(format('SELECT define_rule(''X'', ''C'', ''recurring'', ''x'', %L, %L)', $1, $2)), '^42P17 rule "X" cannot be defined: ', '')
$$;
SELECT is(rule_fault(:'roles', '{}'), 'a rule of kind recurring needs the parameter "quota"', 'a quota');
SELECT is(rule_fault(:'roles', format('{"quota": "%s"}', q)::jsonb), format('a recurring duty is due once each period, such as "at least 1 per month", and not: "%s"', q), q)
FROM unnest('{at least 2 per month,at most 1 per month,at least 1 day per month}'::text[]) q;
SELECT isnt(rule_fault(:'roles', '{"quota": "at least 1 in total"}'), NULL, 'a total has no periods');
SELECT isnt(rule_fault(:'roles', '{"quota": "at least 1 per 30 days"}'), NULL, 'days have periods only from an event on');
SELECT is(rule_fault('{"until": "date"}', '{"quota": "at least 1 per month", "counted_from": "event"}'), 'to count from an event it needs the role "since", the day of the event', 'an event');
SELECT is(rule_fault(:'roles', '{"quota": "at least 1 per month", "counted_from": "moon"}'), 'periods are counted from the calendar or from an event, not from "moon"', 'or the calendar');
SELECT is(rule_fault(:'roles', '{"quota": "at least 1 per month", "follows": "nothing"}'), 'what it follows is no rule with a deadline: "nothing"', 'what it follows');
SELECT is(count(*), 0::bigint, 'none of these is kept') FROM rule WHERE code = 'X';

-- Which periods, and when they are due ---------------------------------------------------------------------

CREATE TABLE spec (rule text, step interval, unit text, event boolean, workdays integer);
INSERT INTO spec
SELECT u.unit || CASE WHEN e.event THEN ' from event' ELSE '' END, u.step, u.unit, e.event, u.workdays
FROM (VALUES ('week', interval '7 days', 0), ('month', '1 month', 5), ('quarter', '3 months', 3), ('half year', '6 months', 10), ('year', '1 year', 0)) u (unit, step, workdays),
	(VALUES (false), (true)) e (event);
SELECT define_rule(rule, 'C', 'recurring', 'Report', '{"since": "date", "until": "date"}',
	jsonb_build_object('quota', 'at least 1 per ' || unit, 'counted_from', CASE WHEN event THEN 'event' ELSE 'calendar' END)
		|| CASE WHEN workdays > 0 THEN jsonb_build_object('due', workdays || ' workdays') ELSE '{}' END)
FROM spec ORDER BY rule;
CREATE TABLE swept (id integer PRIMARY KEY, since date, closed date);
SELECT bind(rule, relation, '{"since": "since", "until": "closed"}') FROM spec, (VALUES ('swept'::regclass)) v (relation) ORDER BY rule;

-- day after day, by what PostgreSQL says of months and the calendar of working days
CREATE FUNCTION oracle(through date) RETURNS TABLE (rule text, row_key text, period daterange, opened_on date, due_on date) LANGUAGE sql AS $$
	SELECT s.rule, r.id::text, daterange(f.first, l.last, '[]'), greatest(f.first, r.since),
		CASE WHEN s.workdays = 0 THEN l.last ELSE
			(SELECT d::date FROM generate_series(l.last + 1, l.last + 60, interval '1 day') d WHERE is_workday(d::date, 'CN') ORDER BY d OFFSET s.workdays - 1 LIMIT 1) END
	FROM public.spec s CROSS JOIN public.swept r
		CROSS JOIN LATERAL generate_series(0, 400) k
		CROSS JOIN LATERAL (SELECT CASE WHEN s.unit = 'half year' THEN make_date(extract(year FROM r.since)::integer, CASE WHEN extract(month FROM r.since) < 7 THEN 1 ELSE 7 END, 1)
			ELSE date_trunc(s.unit, r.since::timestamp)::date END) c (first)
		CROSS JOIN LATERAL (SELECT CASE WHEN s.event THEN (r.since + k * s.step)::date + 1 ELSE (c.first + k * s.step)::date END) f (first)
		CROSS JOIN LATERAL (SELECT CASE WHEN s.event THEN (r.since + (k + 1) * s.step)::date ELSE (c.first + (k + 1) * s.step)::date - 1 END) l (last)
	WHERE greatest(f.first, r.since) <= through AND (r.closed IS NULL OR l.last <= r.closed)
$$;
CREATE FUNCTION found(relation regclass) RETURNS TABLE (rule text, row_key text, period daterange, opened_on date, due_on date) LANGUAGE sql AS $$
	SELECT b.rule, o.row_key, o.period, (o.opened_at AT TIME ZONE 'Asia/Shanghai')::date, o.due_on
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
	WHERE b.relation = $1 AND o.state = 'open' AND extract(hour FROM o.opened_at AT TIME ZONE 'Asia/Shanghai') = 0
		AND o.due_at = (o.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;
-- on the last of a month and on a leap day, at the ends of periods, in the future, and ended on, before and after a boundary
INSERT INTO swept VALUES (1, '2021-10-31', NULL), (2, '2020-02-29', '2022-02-28'), (3, '2022-01-01', '2022-03-30'), (4, '2021-12-31', '2022-03-31'), (5, '2022-07-01', NULL), (6, '2022-06-15', '2022-06-01');
INSERT INTO swept VALUES (7, 'infinity'), (8, NULL), (9, '-infinity');
SELECT is((SELECT count(*) FROM obligation), 0::bigint, 'nothing is opened before the sweep');
SELECT is((SELECT count(*) FROM recurrence r WHERE r.row_key IN ('7', '8', '9')), 0::bigint, 'nor ever without a first day');
DELETE FROM swept WHERE id > 6;
CALL sweep('2022-06-20 12:00+08');
SELECT ok((SELECT count(*) > 400 FROM oracle('2022-06-20')), 'the oracle has periods');
SELECT bag_eq($$SELECT * FROM found('swept')$$, $$SELECT * FROM oracle('2022-06-20')$$, 'the sweep opens what has begun');
CREATE TABLE before AS SELECT to_jsonb(o) FROM obligation o UNION ALL SELECT to_jsonb(e) FROM obligation_event e UNION ALL SELECT to_jsonb(v) FROM violation v UNION ALL SELECT to_jsonb(r) FROM recurrence r;
CALL sweep('2022-06-20 12:00+08');
CALL sweep('2022-06-01 12:00+08', 1);
CALL sweep('2022-06-20 23:59:59+08', NULL);
SELECT is_empty($$(TABLE before EXCEPT ALL (SELECT to_jsonb(o) FROM obligation o UNION ALL SELECT to_jsonb(e) FROM obligation_event e UNION ALL SELECT to_jsonb(v) FROM violation v
	UNION ALL SELECT to_jsonb(r) FROM recurrence r))$$, 'a second sweep changes nothing, nor does a clock that goes back');
-- every period that was over when it was opened is marked so
SELECT is((SELECT count(DISTINCT obligation) FROM obligation_event e JOIN obligation o ON o.id = e.obligation JOIN binding b ON b.id = o.binding WHERE b.relation = 'swept'::regclass AND e.what = 'opened late'),
	(SELECT count(*) FROM oracle('2022-06-20') WHERE upper(period) <= '2022-06-20'), 'what was over is opened late');
SELECT is_empty($$SELECT FROM obligation_event e WHERE e.what <> 'opened late'$$, 'and nothing else happens');
-- at each midnight from then on, in the calendar's zone, whatever sweeps came between
CALL sweep('2022-06-30 23:59:59.999999+08');
SELECT bag_eq($$SELECT * FROM found('swept')$$, $$SELECT * FROM oracle('2022-06-30')$$, 'on the last evening of a quarter');
CALL sweep('2022-07-01 00:00+08', 7);
SELECT bag_eq($$SELECT * FROM found('swept')$$, $$SELECT * FROM oracle('2022-07-01')$$, 'and at its end');
CALL sweep('2022-06-25 00:00+08');
CALL sweep('2022-07-02 00:00+08');
SELECT bag_eq($$SELECT * FROM found('swept')$$, $$SELECT * FROM oracle('2022-07-02')$$, 'after a clock that went back');
SELECT is_empty($$SELECT e.obligation FROM obligation_event e GROUP BY 1 HAVING count(*) > 1$$, 'opened once each');
-- late: all that was due by then, once
SELECT bag_eq($$SELECT b.rule, v.row_key, v.what FROM violation v JOIN binding b ON b.id = v.binding WHERE b.relation = 'swept'::regclass AND v.state = 'open'$$,
	$$SELECT rule, row_key, format('late for %s through %s', lower(period), upper(period) - 1) FROM oracle('2022-07-02') WHERE due_on < '2022-07-02'$$, 'what was not done in time is on record for each period');
SELECT is_empty('SELECT FROM sweep_failure', 'nothing fails');
SELECT unbind(id) FROM binding WHERE relation = 'swept'::regclass;
SELECT is((SELECT count(*) FROM recurrence) + (SELECT count(*) FROM obligation WHERE state <> 'cancelled'), 0::bigint, 'unbound: all have ended');
DELETE FROM violation;

-- What settles them -----------------------------------------------------------------------------------------

SELECT define_rule('monthly', 'C', 'recurring', 'Monthly report', :'roles', '{"quota": "at least 1 per month", "due": "5 workdays", "verified": true}', applies := 'class IS DISTINCT FROM ''none''');
CREATE TABLE task (id integer PRIMARY KEY, since date, closed date, done date, class text, who text, note text);
SELECT bind('monthly', 'task', :'mapped', 'who') AS task \gset
INSERT INTO task (id, since, who) VALUES (1, '2022-01-10', 'a');
CALL sweep('2022-01-20 00:00+08');
SELECT is(periods('task', '1'), '01-01 open', 'the first period is a part of one');
UPDATE task SET note = 'x';
CALL sweep('2022-01-20 00:00+08');
SELECT is(periods('task', '1') || coalesce(history('task', '1', '2022-01-01'), ''), '01-01 open', 'and stays when its row changes');
CALL sweep('2022-02-20 00:00+08');
SELECT is(coalesce(history('task', '1', '2022-01-01'), '') || coalesce(history('task', '1', '2022-02-01'), ''), '', 'what is opened in time has no history yet');
-- the due days: 5 working days after 31 January 2022 is Friday, 11 February (the Spring Festival ends on the 6th), and after 28 February Monday, 7 March
SELECT is((SELECT array_agg(to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24') ORDER BY id) FROM obligation WHERE row_key = '1' AND binding = :task), '{"02-12 00","03-08 00"}', 'over a holiday');
UPDATE task SET done = '2022-02-12';
SELECT is(periods('task', '1'), '01-01 done 02-12, 02-01 open', 'what is done counts for the oldest open one');
SELECT is(late('task', '1'), '2022-01-01, 2022-02-01', 'late by one day, and open since');
UPDATE task SET done = '2022-02-11';
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 open', 'an earlier day corrects it');
SELECT is(late('task', '1'), '2022-01-01 corrected, 2022-02-01', 'which is in time');
UPDATE task SET note = 'y';
UPDATE task SET done = '2022-02-11';
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 open', 'the same day once');
UPDATE task SET done = '2022-03-07';
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 done 03-07, 03-01 open', 'the next counts for the next, and opens what has begun by then');
UPDATE task SET done = NULL;
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 open, 03-01 open', 'withdrawn, the last one is open again');
UPDATE task SET done = '2022-03-07';
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 done 03-07, 03-01 open', 'and done again');
UPDATE task SET done = '2022-02-11';
SELECT is(periods('task', '1'), '01-01 done 02-11, 02-01 open, 03-01 open', 'the value before it is not counted again');
UPDATE task SET done = '2022-03-07';
UPDATE task SET done = '2999-01-01';
SELECT ok((SELECT max(lower(period)) <= now()::date FROM obligation WHERE row_key = '1' AND binding = :task), 'a day far ahead opens nothing ahead');
UPDATE task SET done = '2022-03-07';
DELETE FROM task;
SELECT is((SELECT string_agg(DISTINCT state, ' ') FROM obligation WHERE binding = :task), 'cancelled', 'a row that is gone has none');
SELECT is((SELECT string_agg(DISTINCT state || ' ' || coalesce(reason, ''), ', ') FROM violation WHERE state = 'open'), NULL, 'nor is it late');
SELECT is((SELECT count(*) FROM recurrence), 0::bigint, 'nor remembered');

-- Several at once, from the first day on, before, and after the end
INSERT INTO task (id, since, closed, done) VALUES (11, '2022-02-01', NULL, '2022-02-01'), (12, '2022-02-01', NULL, '2022-01-31'), (13, '2022-02-01', '2022-01-31', '2022-02-05'),
	(14, '2022-02-01', '2022-04-30', '2022-05-06'), (15, '2022-03-31', '2022-03-31', '2022-03-31');
SELECT is(periods('task', '11'), '02-01 done 02-01', 'done on its first day');
SELECT is(periods('task', '12'), NULL, 'what was done before it began counts for nothing');
SELECT is(periods('task', '13'), NULL, 'what had ended before it began has no periods');
SELECT is(periods('task', '14'), '02-01 done 05-06, 03-01 open, 04-01 open', 'done after the end: for the first');
SELECT is(periods('task', '15'), '03-01 done 03-31', 'one day can be a period');
CALL sweep('2022-06-30 00:00+08');
SELECT is(periods('task', '12') || '; ' || periods('task', '14'), '02-01 open, 03-01 open, 04-01 open, 05-01 open, 06-01 open; 02-01 done 05-06, 03-01 open, 04-01 open', 'nor later');
SELECT is(history('task', '14', '2022-02-01'), 'opened late: open open, done: open done', 'what opens with its row can be late as well');
SELECT is(history('task', '11', '2022-02-01'), 'opened late: open open, done: open done', 'whatever the day on which it was done');

-- The end, forth and back ---------------------------------------------------------------------------------------

DELETE FROM task;
INSERT INTO task (id, since, who, done) VALUES (21, '2022-01-10', 'a', '2022-02-10');
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 open, 05-01 open', 'open');
UPDATE task SET closed = '2022-04-29';
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 cancelled, 05-01 cancelled', 'ended a day before the end of a month');
UPDATE task SET closed = '2022-04-30';
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 open, 05-01 cancelled', 'or with it');
UPDATE task SET closed = '2022-01-15';
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 cancelled, 03-01 cancelled, 04-01 cancelled, 05-01 cancelled', 'what was done stays');
SELECT is(late('task', '21'), '2022-02-01 corrected, 2022-03-01 corrected', 'what is not due is not late');
UPDATE task SET closed = NULL, who = 'b';
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 open, 05-01 open', 'and all of it back');
SELECT is(history('task', '21', '2022-03-01'), 'opened late: open open, no longer due: open cancelled, opened again: cancelled open', 'on record');
SELECT is((SELECT string_agg(DISTINCT subject, ',') FROM obligation WHERE row_key = '21' AND state = 'open'), 'b', 'for whom it is today');
UPDATE task SET who = 'c';
SELECT is((SELECT string_agg(DISTINCT subject, ',') FROM obligation WHERE row_key = '21' AND state = 'open'), 'c', 'a subject that changes has what is open');
UPDATE task SET class = 'none';
SELECT is(periods('task', '21'), '01-01 cancelled 02-10, 02-01 cancelled, 03-01 cancelled, 04-01 cancelled, 05-01 cancelled', 'a rule that no longer applies');
SELECT is((SELECT count(*) FROM violation WHERE state = 'open' AND row_key = '21'), 0::bigint, 'finds nothing late');
UPDATE task SET class = NULL;
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 open, 05-01 open', 'and where it applies again all is as it was');
SELECT is_empty($$SELECT FROM obligation WHERE state = 'open' AND done_at IS NOT NULL$$, 'what is open was not done');
UPDATE task SET done = '2022-03-08';
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 done 03-08, 03-01 open, 04-01 open, 05-01 open', 'and goes on');
-- the first day moves
UPDATE task SET since = '2022-02-28', done = NULL;
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 open, 03-01 open, 04-01 open, 05-01 open', 'it begins later: what was done stays');
UPDATE task SET since = '2022-04-01';
CALL sweep('2022-05-01 12:00+08');
SELECT is(periods('task', '21'), '01-01 done 02-10, 02-01 cancelled, 03-01 cancelled, 04-01 open, 05-01 open', 'and what is no longer due is not');
-- another key is another row, and so is an empty table
UPDATE task SET id = 22, since = '2022-03-01';
CALL sweep('2022-05-01 12:00+08');
SELECT is((SELECT string_agg(DISTINCT state, ' ') FROM obligation WHERE row_key = '21'), 'cancelled', 'a key that changes: the row before is gone');
SELECT is(periods('task', '22'), '03-01 open, 04-01 open, 05-01 open', 'and the new one has its own');
TRUNCATE task;
SELECT is((SELECT string_agg(DISTINCT state, ' ') FROM obligation WHERE row_key = '22') || (SELECT count(*) FROM recurrence), 'cancelled0', 'TRUNCATE ends all');
BEGIN;
INSERT INTO task (id, since, done) VALUES (23, '2022-01-10', '2022-02-10');
ROLLBACK;
SELECT is((SELECT count(*) FROM recurrence) + (SELECT count(*) FROM obligation WHERE row_key = '23'), 0::bigint, 'nothing is left of what was rolled back');

-- What people do to them -------------------------------------------------------------------------------------------

INSERT INTO task (id, since, closed, who, done) VALUES (31, '2022-01-10', '2022-03-31', 'a', '2022-02-10');
CALL sweep('2022-03-15 12:00+08');
SELECT is(refusal(format('SELECT pause(%s, ''why'', ''law'')', of('task', '31', '2022-02-01'))), '55000 obligation N is due on a date of its own, whose clock does not stop', 'a period has no clock');
SELECT is(refusal(format('SELECT extend(%s, ''15 days'', ''why'', ''law'', ''chief'')', o.id)), '22023 the rule of obligation N knows no extension', 'nor an extension') FROM (
	SELECT o.id FROM obligation o WHERE o.row_key = '31' AND o.state = 'open' AND o.due_at > now()) o;
SELECT is(refusal(format('SELECT close(%s)', of('task', '31', '2022-01-01'))), '55000 obligation N is done, and its rule wants that verified before it is closed', 'verified before it is closed');
SELECT is(refusal(format('SELECT verify(%s, ''a'')', of('task', '31', '2022-01-01'))), '22023 obligation N was that of "a", who cannot verify it', 'by somebody else');
SELECT is(refusal(format('SELECT verify(%s, ''b'')', of('task', '31', '2022-02-01'))), '55000 obligation N is open, and verify() takes one that is done', 'when it is done');
SELECT verify(of('task', '31', '2022-01-01'), 'b');
UPDATE task SET note = 'x' WHERE id = 31;
SELECT is(periods('task', '31'), '01-01 verified 02-10, 02-01 open, 03-01 open', 'verified it stays');
UPDATE task SET done = '2022-03-08' WHERE id = 31;
SELECT is(periods('task', '31'), '01-01 verified 02-10, 02-01 done 03-08, 03-01 open', 'and the next is the next');
SET datestyle = 'German, DMY';
SELECT verify(of('task', '31', '01.02.2022'), 'b'), close(of('task', '31', '01.01.2022')), close(of('task', '31', '01.02.2022'));
RESET datestyle;
SELECT is(late('task', '31'), '2022-02-01, 2022-03-01', 'one day late is on record once, whatever the date style');
SELECT is((SELECT detail FROM violation WHERE row_key = '31' AND what LIKE 'late for 2022-02%'), 'due on 2022-03-07, done on 2022-03-08', 'with the days');
SET datestyle = 'SQL, DMY';
SELECT purge('infinity') > 0 AS purged;
RESET datestyle;
SELECT is((SELECT string_agg(obligation ->> 'period', ' ' ORDER BY id) FROM archived_obligation WHERE row_key = '31' AND state = 'closed'),
	'[2022-01-01,2022-02-01) [2022-02-01,2022-03-01)', 'what is archived can be read, whatever the date style');
CALL sweep('2022-03-15 12:00+08');
UPDATE task SET note = 'y' WHERE id = 31;
CALL sweep('2022-03-15 12:00+08');
SELECT is(periods('task', '31'), '03-01 open', 'what is archived is not opened again');
SELECT is((SELECT count(*) FROM violation WHERE row_key = '31' AND what LIKE 'late for 2022-01%'), 0::bigint, 'nor late');
UPDATE task SET done = '2022-04-05' WHERE id = 31;
SELECT is(periods('task', '31'), '03-01 done 04-05', 'and the next goes on');
DELETE FROM task;

-- Steps -------------------------------------------------------------------------------------------------------------

SELECT define_ladder('L', 'x'), define_step('L', 1, '50%', 'yellow', 'handler', '{subject} {due_on}'), define_step('L', 2, 'due', 'red', 'leader', '{title} {row}'), define_step('L', 3, '1 workday', 'red', 'boss', '{days_late}'),
	set_ladder('L', 'monthly');
INSERT INTO task (id, since, who) VALUES (41, '2022-01-01', 'a'), (42, '2022-02-01', 'b');
CALL sweep('2022-02-12 00:00+08');
CALL sweep('2022-02-12 00:00+08');
CREATE FUNCTION told(key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s %s', to_char(lower(o.period), 'MM'), n.step, n.body), ', ' ORDER BY n.id) FROM statute.notice n JOIN statute.obligation o ON o.id = n.obligation WHERE o.row_key = $1
$$;
SELECT is(told('41'), '01 1 a 2022-02-11, 01 2 Monthly report 41', 'steps of one period');
CALL sweep('2022-03-08 00:00+08', 1);
CALL sweep('2022-03-08 00:00+08', NULL);
-- half of the time from 1 February to 8 March, 0:00, is over at noon on 18 February
SELECT is(told('41'), '01 1 a 2022-02-11, 01 2 Monthly report 41, 01 3 3, 02 1 a 2022-03-07, 02 2 Monthly report 41', 'and of the next, in their order');
SELECT is(told('42'), '02 1 b 2022-03-07, 02 2 Monthly report 42', 'of each row');
SELECT is((SELECT to_char(fell_due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') FROM notice n JOIN obligation o ON o.id = n.obligation WHERE o.row_key = '42' AND step = 1), '02-18 12:00', 'at their time');
UPDATE task SET done = '2022-02-28' WHERE id = 42;
CALL sweep('2022-03-21 00:00+08');
SELECT alike(told('42'), '02 1 b 2022-03-07, 02 2 Monthly report 42, 03 1 b %', 'what is done has no more of them');
-- a period that comes back: with its steps while it is in the ledger, and without them once it was archived
INSERT INTO task (id, since, who) VALUES (43, '2022-01-01', 'c');
CALL sweep('2022-02-12 00:00+08');
UPDATE task SET closed = '2022-01-15' WHERE id = 43;
SELECT is(periods('task', '43'), '01-01 cancelled, 02-01 cancelled', 'not due any more');
UPDATE task SET closed = NULL WHERE id = 43;
CALL sweep('2022-02-12 00:00+08');
SELECT is(periods('task', '43') || '; ' || told('43'), '01-01 open, 02-01 open; 01 1 c 2022-02-11, 01 2 Monthly report 43', 'due after all: what has fired does not fire again');
UPDATE task SET closed = '2022-01-15' WHERE id = 43;
UPDATE notice n SET state = 'confirmed' FROM obligation o WHERE o.id = n.obligation AND o.row_key = '43';
SELECT purge('infinity') > 0 AS purged;
SELECT is(periods('task', '43'), NULL, 'archived');
UPDATE task SET closed = NULL WHERE id = 43;
CALL sweep('2022-02-12 00:00+08');
SELECT is(periods('task', '43') || '; ' || told('43'), '01-01 open, 02-01 open; 01 1 c 2022-02-11, 01 2 Monthly report 43', 'it is another obligation, with its own steps');
SELECT set_ladder(NULL, 'monthly');
DELETE FROM task;

-- Calendars ----------------------------------------------------------------------------------------------------------

INSERT INTO task (id, since, closed) VALUES (51, '2022-06-01', '2022-06-30');
CALL sweep('2022-07-01 12:00+08');
-- 5 working days after 30 June 2022, a Thursday: Thursday, 7 July
SELECT is((SELECT due_on FROM obligation WHERE row_key = '51'), date '2022-07-07', 'before');
SELECT set_calendar_day('CN', '2022-07-04', false, 'a day off', 'a notice');
SELECT results_eq($$SELECT row_key, (due_before AT TIME ZONE 'Asia/Shanghai')::date, (due_after AT TIME ZONE 'Asia/Shanghai')::date, effect FROM recompute_preview() WHERE row_key = '51'$$,
	$$VALUES ('51', date '2022-07-08', date '2022-07-09', 'moved')$$, 'a day off moves what is open');
SELECT is((SELECT due_on FROM obligation WHERE row_key = '51'), date '2022-07-07', 'when it is applied');
SELECT recompute_apply('a notice');
SELECT is((SELECT due_on FROM obligation WHERE row_key = '51'), date '2022-07-08', 'as here');
SELECT is(history('task', '51', '2022-06-01'), 'opened late: open open, due date moved: open open', 'on record');
SELECT is_empty($$SELECT FROM recompute_preview()$$, 'once');
SELECT unset_calendar_day('CN', '2022-07-04');
SELECT recompute_apply('a notice');
SELECT is(late('task', '51'), '2022-06-01', 'late as before, once');
DELETE FROM task;
-- beyond what is announced the due day is provisional, and settles
SELECT define_calendar('OURS', 'ours', time_zone := 'Asia/Kathmandu', convention := 'PLAIN'), announce_calendar('OURS', '2022-03-02', 'x');
CREATE TABLE local (id integer PRIMARY KEY, since date, closed date, done date, class text);
SELECT bind('monthly', 'local', :'mapped', calendar := 'OURS');
INSERT INTO local VALUES (1, '2022-02-01', '2022-02-28');
CALL sweep('2022-01-31 23:59:59+05:45');
SELECT is(periods('local', '1'), NULL, 'not before midnight in the zone of its calendar');
CALL sweep('2022-02-01 00:00+05:45');
SELECT is((SELECT format('%s %s %s', opened_at = '2022-02-01 00:00+05:45', due_at = '2022-03-08 00:00+05:45', provisional) FROM obligation o WHERE o.state = 'open'), 't t t', 'then, and provisional');
SELECT announce_calendar('OURS', '2022-12-31', 'x');
SELECT is((SELECT string_agg(effect, ',') FROM recompute_preview()), 'settled', 'it settles');
SELECT recompute_apply('the notice');
SELECT is((SELECT provisional FROM obligation WHERE state = 'open'), false, 'and has settled');
SELECT is(history('local', '1', '2022-02-01'), 'settled: open open', 'on record');
DROP TABLE local;

SELECT * FROM finish();
