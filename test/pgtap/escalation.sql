-- Ladders, contacts and the sweep: when each step fires, whom it addresses, what
-- stops and moves it, and the outbox. Expected instants are counted by hand.
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
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
SELECT define_regulation('REG', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'REG', 'art. 1', 'words');
-- every day is a working day, so that what is due can be told from now
SELECT define_calendar('EVERY', 'every day', weekend => '{}', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('EVERY', 'infinity', 'house rule');
SELECT define_rule(code, 'C', 'deadline', 'Answer', '{"start": "timestamptz", "done": "timestamptz", "own_due": "timestamptz", "pauses": "tstzmultirange"}', params)
FROM (VALUES ('days', '{"limit": "7 workdays", "maximum": "15 workdays"}'::jsonb), ('months', '{"limit": "3 months"}'), ('minutes', '{"limit": "90 minutes"}'),
	('today', '{"limit": "7 days", "maximum": "15 days", "calendar": "EVERY"}'), ('plain', '{"limit": "7 workdays"}')) v (code, params);
CREATE TABLE letter (id integer PRIMARY KEY, at timestamptz, done timestamptz, due timestamptz, stops tstzmultirange, who text);
CREATE TABLE other (LIKE letter INCLUDING ALL);
CREATE TABLE a_month (LIKE letter INCLUDING ALL);
CREATE TABLE a_minute (LIKE letter INCLUDING ALL);
CREATE TABLE a_day (LIKE letter INCLUDING ALL);
CREATE TABLE no_ladder (LIKE letter INCLUDING ALL);
SELECT bind(rule, relation, '{"start": "at", "done": "done", "own_due": "due", "pauses": "stops"}', 'who')
FROM (VALUES ('days', 'letter'::regclass), ('days', 'other'), ('months', 'a_month'), ('minutes', 'a_minute'), ('today', 'a_day'), ('plain', 'no_ladder')) v (rule, relation);

CREATE FUNCTION of(relation regclass, key integer) RETURNS bigint LANGUAGE sql AS $$
	SELECT o.id FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding WHERE b.relation = $1 AND o.row_key = $2::text AND o.state <> 'cancelled'
$$;
-- the steps that are to come, and those that have fired, in the calendar's time
CREATE FUNCTION upcoming(relation regclass, key integer, until timestamptz DEFAULT '2100-01-01') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(p.step || ' ' || to_char(p.fires_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), ', ' ORDER BY p.step)
	FROM statute.sweep_preview($3) p WHERE p.obligation = public.of($1, $2)
$$;
CREATE FUNCTION fired(relation regclass, key integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(n.step || ' ' || to_char(n.fell_due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), ', ' ORDER BY n.id)
	FROM statute.notice n WHERE n.obligation = public.of($1, $2)
$$;
CREATE FUNCTION late(relation regclass) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.row_key, ',' ORDER BY v.row_key::integer) FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
	WHERE b.relation = $1 AND v.what = 'late' AND v.state = 'open'
$$;

-- Ladders -------------------------------------------------------------------------------------------

SELECT define_ladder('CARDS', 'x'), define_ladder('CARDS', 'cards');
SELECT is((SELECT title FROM ladder WHERE code = 'CARDS'), 'cards', 'a ladder gets another title');
SELECT is(refusal($$SELECT define_ladder('', 'x')$$), '23514 new row for relation "ladder" violates check constraint "ladder_code_check"', 'a ladder has a code');
SELECT is(refusal($$SELECT define_step('NONE', 1, 'due', 'red', 'x', 'x')$$), '42704 ladder "NONE" does not exist', 'a step is one of a ladder');
SELECT is(refusal($$SELECT define_step('CARDS', 1, '100.1%', 'red', 'x', 'x')$$), '22023 step 1 of ladder "CARDS" cannot be at 100.1%', 'no share above the whole');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, '-5%', 'red', 'x', 'x')$$), '22%', 'nor below nothing');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, 'soon', 'red', 'x', 'x')$$), '22P02 %', 'nor at any other time');
SELECT is(refusal($$SELECT define_step('CARDS', 1, 'due', 'blue', 'x', 'x')$$), '23514 new row for relation "ladder_step" violates check constraint "ladder_step_light_check"',
	'three lights');
SELECT alike(refusal($$SELECT define_step('CARDS', 0, 'due', 'red', 'x', 'x')$$), '23514 %', 'steps are numbered from one');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', '', 'x')$$), '23514 %', 'a step addresses some part');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', 'x', NULL)$$), '23502 %', 'and has a text');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, NULL, 'red', 'x', 'x')$$), '2%', 'and a time');
SELECT is(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', 'x', 'a {tite}')$$), '22023 the text has no field "tite"', 'fields have their names');
SELECT is(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', 'x', '{{title}}')$$), '22023 the text has no field "{"', 'and one brace');
SELECT is(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', 'x', '{}')$$), '22023 the text has no field ""', 'and are not empty');
SELECT alike(refusal($$SELECT define_step('CARDS', 1, 'due', 'red', 'x', 'a {title')$$), '22023 %', 'and are closed');
SELECT is(count(*), 0::bigint, 'none of these is kept') FROM ladder_step;
DELETE FROM ladder_step;

SELECT define_step('CARDS', 10, '80%', 'yellow', 'handler', '{title}, {rule}, {article}, {table} {row}: {subject} by {due_on}, {light} for {part} {days_late}'),
	define_step('CARDS', 20, 'due', 'red', 'leader', 'due {days_late}'), define_step('CARDS', 30, '1 workday', 'red', 'superior', '{days_late} late'),
	define_step('CARDS', 40, '5 workdays', 'red', 'nobody', '{days_late} late');
SELECT is(refusal($$SELECT define_step('CARDS', 15, '80%', 'red', 'x', 'x')$$), '22023 step 15 of ladder "CARDS" at 80% is out of order', 'no two steps at one time');
SELECT is(refusal($$SELECT define_step('CARDS', 5, '90%', 'red', 'x', 'x')$$), '22023 step 5 of ladder "CARDS" at 90% is out of order', 'no step before an earlier one');
SELECT is(refusal($$SELECT define_step('CARDS', 5, '1 minute', 'red', 'x', 'x')$$), '22023 step 5 of ladder "CARDS" at 1 minute is out of order', 'before the deadline comes first');
SELECT is(refusal($$SELECT define_step('CARDS', 50, '100%', 'red', 'x', 'x')$$), '22023 step 50 of ladder "CARDS" at 100% is out of order', 'after it nothing at it');
SELECT is(refusal($$SELECT define_step('CARDS', 50, '3 workdays', 'red', 'x', 'x')$$), '22023 step 50 of ladder "CARDS" at 3 workdays is out of order', 'later is later');
SELECT is(refusal($$SELECT define_step('CARDS', 30, '6 workdays', 'red', 'x', 'x')$$), '22023 step 30 of ladder "CARDS" at 6 workdays is out of order', 'a step that changes, too');

SELECT is(refusal($$SELECT set_ladder('NONE', 'days')$$), '42704 ladder "NONE" does not exist', 'set_ladder: a ladder');
SELECT is(refusal($$SELECT set_ladder('CARDS', 'none')$$), '42704 rule "none" does not exist', 'a rule');
SELECT is(refusal($$SELECT set_ladder('NONE', binding_of('days', 'other'))$$), '42704 ladder "NONE" does not exist', 'a ladder for a binding');
SELECT is(refusal($$SELECT set_ladder('CARDS', 999)$$), '42704 binding 999 does not exist, or no longer', 'a binding');
SELECT set_ladder('CARDS', rule) FROM unnest('{days,months,minutes,today}'::text[]) rule;

-- Whom it addresses -----------------------------------------------------------------------------------

SELECT set_contact('east', 'handler', 'Li', 'Wang'), set_contact('east', 'leader', 'Zhao'), set_contact('top', 'principal', 'Boss', 'Vice', '[2022-01-01,2023-01-01)');
SELECT set_superior('east', 'top'), set_superior('top', 'crown');
SELECT set_contact('east', 'handler', 'Ma', NULL, '[2022-05-01,2022-06-01)');
SELECT set_contact('east', 'handler', 'Bai', 'Cao', '[2022-05-10,2022-05-20)');
SELECT results_eq($$SELECT person, deputy, valid FROM contact WHERE subject = 'east' AND part = 'handler' ORDER BY valid$$,
	$$VALUES ('Li', 'Wang', daterange(NULL, '2022-05-01')), ('Ma', NULL, '[2022-05-01,2022-05-10)'), ('Bai', 'Cao', '[2022-05-10,2022-05-20)'),
		('Ma', NULL, '[2022-05-20,2022-06-01)'), ('Li', 'Wang', daterange('2022-06-01', NULL))$$, 'contacts on some days split those before them');
SELECT set_contact('east', 'handler', NULL, valid => '[2022-05-05,2022-05-25)');
SELECT is(string_agg(person || valid, ' ' ORDER BY valid), 'Li(,2022-05-01) Ma[2022-05-01,2022-05-05) Ma[2022-05-25,2022-06-01) Li[2022-06-01,)', 'nobody on some days')
FROM contact WHERE subject = 'east' AND part = 'handler';
SELECT alike(refusal($$SELECT set_contact('east', 'handler', 'X', NULL, 'empty')$$), '23514 %', 'a contact on no day is none');
SELECT is((SELECT count(*) FROM contact WHERE subject = 'east' AND part = 'handler'), 4::bigint, 'and takes nobody away');
SELECT set_absence('Li', '[2022-03-08,2022-03-10)'), set_absence('Li', '[2022-03-08,2022-03-10)'), set_absence('Zhao', '[2022-03-11,2022-03-12)'), set_absence('Ma', '[2022-05-02,2022-05-03)');
SELECT is(refusal($$SELECT set_superior('crown', 'east')$$), '22023 "east" cannot be above "crown", who is above it', 'nobody is above himself by way of others');
SELECT is(refusal($$SELECT set_superior('east', 'east')$$), '22023 "east" cannot be above "east", who is above it', 'nor at once');
SELECT is((SELECT string_agg(concat_ws('<', recipient, stands_in_for), ' ' ORDER BY d) FROM generate_series(date '2022-03-07', '2022-03-10', '1 day') d, recipient('east', 'handler', d::date)),
	'Li Wang<Li Wang<Li Li', 'the deputy stands in while one is absent');
SELECT is((SELECT recipient FROM recipient('east', 'leader', '2022-03-11')), NULL, 'where there is a deputy');
SELECT is((SELECT string_agg(coalesce(recipient, '-'), ' ' ORDER BY d) FROM unnest('{2022-04-30,2022-05-01,2022-05-02,2022-05-04,2022-05-05,2022-05-24,2022-05-25,2022-06-01}'::date[]) d
		LEFT JOIN LATERAL recipient('east', 'handler', d) ON true), 'Li Ma - Ma - - Ma Li', 'whoever it is on the day');
SELECT is((SELECT recipient FROM recipient('east', 'superior', '2022-12-31')), 'Boss', 'the superior is the principal of who is above');
SELECT is((SELECT count(recipient) FROM recipient('east', 'superior', '2023-01-01')), 0::bigint, 'while there is one');
SELECT is((SELECT count(recipient) FROM recipient('top', 'superior', '2022-12-31')), 0::bigint, 'and not who is higher still');
SELECT set_contact('east', 'superior', 'Own', valid => '[2022-07-01,2022-08-01)');
SELECT is((SELECT string_agg(recipient, ' ' ORDER BY d) FROM unnest('{2022-06-30,2022-07-01}'::date[]) d, recipient('east', 'superior', d)), 'Boss Own', 'a contact of that name goes first');

-- When steps fire ---------------------------------------------------------------------------------------

-- 7 working days from Tuesday 1 March 2022: the 5th is over on Tuesday 8, the 7th on Thursday 10
INSERT INTO letter (id, at, who) VALUES (1, '2022-03-01 09:00+08', 'east'), (2, '2022-03-01 09:00+08', 'east');
SELECT is(upcoming('letter', 1), '10 03-09 00:00, 20 03-11 00:00, 30 03-12 00:00, 40 03-18 00:00', 'a share, the deadline, and working days after it');
-- from Friday 25 March: Saturday 2 April is worked, 3 to 5 are the Tomb-sweeping holiday
INSERT INTO letter (id, at, who) VALUES (3, '2022-03-25 09:00+08', 'west');
SELECT is(upcoming('letter', 3), '10 04-02 00:00, 20 04-07 00:00, 30 04-08 00:00, 40 04-14 00:00', 'over a weekend that is worked and a holiday');
-- the clock stands from Wednesday to Friday: the day on which it stops still counts, two do not
INSERT INTO letter (id, at, stops, who) VALUES (4, '2022-03-01 09:00+08', '{[2022-03-02 00:00+08,2022-03-05 00:00+08)}', 'west');
SELECT is(upcoming('letter', 4), '10 03-11 00:00, 20 03-15 00:00, 30 03-16 00:00, 40 03-22 00:00', 'pauses move them');
-- a date of its own: 100 hours from the event, 80 % of which are 80 hours
INSERT INTO letter (id, at, due, who) VALUES (5, '2022-03-07 00:00+08', '2022-03-11 04:00+08', 'west');
SELECT is(upcoming('letter', 5), '10 03-10 08:00, 20 03-11 04:00, 30 03-15 00:00, 40 03-19 00:00', 'a date of its own: the share of the time until then');
-- 4 January 9:00 to the end of 6 April (4 and 5 are holidays): 92 days and 15 hours, whatever the time zone of the session does to its clocks
INSERT INTO a_month (id, at, who) VALUES (1, '2022-01-04 09:00+08', 'west');
SELECT is(upcoming('a_month', 1), '10 03-19 11:24, 20 04-07 00:00, 30 04-08 00:00, 40 04-14 00:00', 'months: the share of the time, and the deadline as it is after a holiday');
INSERT INTO a_minute (id, at, who) VALUES (1, '2022-03-01 09:00+08', 'west');
SELECT is(upcoming('a_minute', 1), '10 03-01 10:12, 20 03-01 10:30, 30 03-03 00:00, 40 03-09 00:00', 'minutes');
SELECT define_ladder('SHORT', 'x'), define_step('SHORT', 1, '0%', 'green', 'x', '1'), define_step('SHORT', 2, '10%', 'green', 'x', '2'), define_step('SHORT', 3, '50%', 'green', 'x', '3'),
	define_step('SHORT', 4, '30 minutes', 'green', 'x', '4'), define_step('SHORT', 5, '2 hours', 'green', 'x', '5'), define_step('SHORT', 6, '1 month', 'green', 'x', '6');
SELECT set_ladder('SHORT', binding_of('days', 'other'));
INSERT INTO other (id, at, who) VALUES (1, '2022-03-01 09:00+08', 'west');
SELECT is(upcoming('other', 1), '1 03-01 09:00, 2 03-01 09:00, 3 03-05 00:00, 4 03-11 00:30, 5 03-11 02:00, 6 04-12 00:00', 'a binding has a ladder of its own, with other times');
SELECT set_ladder(NULL, binding_of('days', 'other'));
SELECT is(upcoming('other', 1), upcoming('letter', 1), 'and without it that of its rule');
SELECT set_ladder('SHORT', binding_of('days', 'other'));

-- The sweep ----------------------------------------------------------------------------------------------

SELECT alike(refusal($$CALL sweep(now() + interval '1 minute')$$), '22023 a sweep as of %', 'no sweep as of the future');
SELECT alike(refusal($$CALL sweep('infinity')$$), '22023 %', 'nor of its end');
SELECT is(refusal($$CALL sweep('2022-03-01', 0)$$), '22023 a batch has at least one obligation, or is null for one transaction', 'nor of nothing at a time');
-- as if they had been entered in time
DELETE FROM violation;
CALL sweep('2022-03-08 23:59:59.999999+08');
SELECT is(fired('letter', 1), NULL, 'not before its time');
SELECT is(late('letter'), NULL, 'nothing is late yet');
CALL sweep('2022-03-09 00:00+08', 1);
SELECT is(fired('letter', 1), '10 03-09 00:00', 'at its time');
CALL sweep('2022-03-09 00:00+08');
CALL sweep('2022-03-01 00:00+08');
CALL sweep('2022-03-10 12:00+08', 1);
SELECT is(fired('letter', 1), '10 03-09 00:00', 'once, however the clock goes');
SELECT results_eq($$SELECT light, part, recipient, stands_in_for, body, state FROM notice WHERE obligation = of('letter', 1)$$,
	$$VALUES ('yellow', 'handler', 'Wang', 'Li', 'Answer, days, REG art. 1, public.letter 1: east by 2022-03-10, yellow for handler 0', 'new')$$, 'with its text, for the deputy of who is absent');
SELECT is(late('letter'), NULL, 'nothing is late on its day');
CALL sweep('2022-03-11 00:00+08');
SELECT is(late('letter'), NULL, 'nor as it ends');
CALL sweep('2022-03-11 00:00:00.000001+08');
SELECT is(late('letter'), '1,2', 'and right after it is');
SELECT is((SELECT string_agg(v.happened_at || ' ' || v.what, ',') FROM violation v JOIN obligation o ON o.binding = v.binding AND o.row_key = v.row_key WHERE o.id = of('letter', 1)),
	'2022-03-10 11:00:00-05 late', 'as of its deadline');
INSERT INTO no_ladder (id, at, who) VALUES (1, '2022-03-01 09:00+08', 'east');

-- inside a transaction, of which nothing is committed
BEGIN;
CALL sweep('2022-04-30', NULL);
SELECT is(fired('letter', 1), '10 03-09 00:00, 20 03-11 00:00, 30 03-12 00:00, 40 03-18 00:00', 'in one transaction: weeks later, all in order');
ROLLBACK;
SELECT is(fired('letter', 1), '10 03-09 00:00, 20 03-11 00:00', 'and it is undone');
UPDATE letter SET done = '2022-03-11 09:00+08' WHERE id = 2;
CREATE TABLE foreseen AS SELECT obligation, step, fires_at, light, part, recipient, stands_in_for, body FROM sweep_preview('2022-05-31');
CREATE TABLE so_far AS SELECT id FROM notice;
CALL sweep('2022-05-31', 3);
SELECT results_eq('TABLE foreseen ORDER BY 1, 2', $$SELECT obligation, step, fell_due_at, light, part, recipient, stands_in_for, body FROM notice WHERE id NOT IN (TABLE so_far) ORDER BY 1, 2$$,
	'the preview lists what then fires');
SELECT ok((SELECT count(*) > 15 FROM foreseen), 'which is much');
SELECT is_empty($$SELECT FROM notice n JOIN notice m USING (obligation) WHERE n.id < m.id AND n.step >= m.step$$, 'each in order');
SELECT is(fired('letter', 1), '10 03-09 00:00, 20 03-11 00:00, 30 03-12 00:00, 40 03-18 00:00', 'none is skipped after weeks without a sweep');
SELECT is(fired('letter', 2), '10 03-09 00:00, 20 03-11 00:00', 'what is done has no further steps');
SELECT is((SELECT string_agg(concat_ws('/', coalesce(recipient, 'nobody'), body), ', ' ORDER BY step) FROM notice WHERE obligation = of('letter', 1) AND step > 10),
	'nobody/due 0, Boss/1 late, nobody/7 late', 'with the days that it is late');
SELECT is((SELECT recipient FROM notice WHERE obligation = of('letter', 3) AND step = 10), NULL, 'nobody is addressed where there is no contact');
SELECT is(fired('other', 1), '1 03-01 09:00, 2 03-01 09:00, 3 03-05 00:00, 4 03-11 00:30, 5 03-11 02:00, 6 04-12 00:00', 'the ladder of a binding');
SELECT is(late('no_ladder') || late('letter') || late('a_month') || late('a_minute'), '11,2,3,4,511', 'what is late is recorded with or without a ladder');
SELECT is_empty($$SELECT FROM sweep_failure$$, 'nothing failed');
CALL sweep();
SELECT is_empty($$SELECT FROM sweep_preview(now())$$, 'after a sweep nothing is due');

-- done no longer, cancelled
UPDATE letter SET done = NULL WHERE id = 2;
SELECT is(upcoming('letter', 2), '30 03-12 00:00, 40 03-18 00:00', 'what is open again goes on from where it was');
SELECT of('letter', 2) AS gone \gset
DELETE FROM letter WHERE id = 2;
CALL sweep();
SELECT is(count(*), 2::bigint, 'what is cancelled has no further steps') FROM notice WHERE obligation = :gone;

-- a ladder that changes: from where each stands
SELECT define_step('CARDS', 50, '2 months', 'red', 'nobody', 'later');
CALL sweep('2022-05-31');
SELECT is(fired('letter', 1), '10 03-09 00:00, 20 03-11 00:00, 30 03-12 00:00, 40 03-18 00:00, 50 05-11 00:00',
	'a step that is added fires for those that have climbed the rest');
SELECT set_ladder(NULL, 'days');
INSERT INTO letter (id, at, who) VALUES (6, '2022-03-01 09:00+08', 'east');
CALL sweep();
SELECT is(fired('letter', 6), NULL, 'without a ladder nothing fires');
SELECT set_ladder('CARDS', 'days');
CALL sweep('2022-03-09 00:00+08');
SELECT is(fired('letter', 6), '10 03-09 00:00', 'with one it does');
SELECT is(late('letter'), '1,3,4,5,6', 'late either way');

-- What people do ------------------------------------------------------------------------------------------

-- 7 days from noon four days ago: due with the end of the day after the day after tomorrow
CREATE TABLE today AS SELECT date_trunc('day', now(), 'UTC') AS midnight;
-- the steps that are to come, and those that have fired, as days from the beginning of today
CREATE FUNCTION ahead(key integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(p.step || ':' || extract(epoch FROM p.fires_at - t.midnight)::bigint / 86400, ' ' ORDER BY p.step) FROM today t, statute.sweep_preview('2100-01-01') p WHERE p.obligation = of('a_day', $1)
$$;
CREATE FUNCTION behind(key integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(n.step || ':' || extract(epoch FROM n.fell_due_at - t.midnight)::bigint / 86400, ' ' ORDER BY n.id) FROM today t, statute.notice n WHERE n.obligation = of('a_day', $1)
$$;
SELECT define_ladder('DAYS', 'x'), define_step('DAYS', 1, '20%', 'green', 'x', '1'), define_step('DAYS', 2, '80%', 'yellow', 'x', '2'), define_step('DAYS', 3, '100%', 'red', 'x', '3'),
	define_step('DAYS', 4, '2 days', 'red', 'x', '4'), set_ladder('DAYS', 'today');
INSERT INTO a_day (id, at, who) SELECT g, midnight - interval '4 days' + interval '12 hours', 'west' FROM today, generate_series(1, 5) g;
SELECT is(ahead(1), '1:-2 2:2 3:4 4:6', 'four days ago');
CALL sweep();
SELECT is(concat_ws(' and ', behind(1), ahead(1)), '1:-2 and 2:2 3:4 4:6', 'one step is behind');
SELECT extend(of('a_day', 1), '15 days', 'why', 'law', 'head');
SELECT is(concat_ws(' and ', behind(1), ahead(1)), '1:-2 and 2:9 3:12 4:14', 'an extension moves those to come');
CALL sweep();
SELECT is(behind(1), '1:-2', 'and fires none again');
SELECT is((SELECT next_step_at - midnight FROM obligation, today WHERE id = of('a_day', 1)), interval '9 days', 'the sweep looks at it again then');
SELECT pause(of('a_day', 2), 'why', 'law', midnight - interval '1 day') FROM today;
CALL sweep();
SELECT is(concat_ws(' and ', behind(2), ahead(2)), '1:-2', 'what is paused has no steps');
SELECT resume(of('a_day', 2), 'why', midnight + interval '1 second') FROM today;
SELECT is((SELECT array_agg(n.n - o.n ORDER BY o.step) FROM regexp_matches('2:2 3:4 4:6', '(\d):(\d+)', 'g') x, LATERAL (SELECT x[1], x[2]::integer) o (step, n),
	LATERAL (SELECT split_part(y, ':', 1), split_part(y, ':', 2)::integer FROM string_to_table(ahead(2), ' ') y) n (step, n) WHERE n.step = o.step),
	(SELECT array_fill((extract(epoch FROM due_at - midnight) / 86400 - 4)::integer, '{3}') FROM obligation, today WHERE id = of('a_day', 2)), 'what goes on has them later, by as much as the deadline');
SELECT ok((SELECT due_at - midnight > interval '4 days' FROM obligation, today WHERE id = of('a_day', 2)), 'which is later');
CALL sweep();
SELECT is(behind(2), '1:-2', 'without those that had fired');
-- a day off moves what is planned after it
INSERT INTO letter (id, at, who) VALUES (7, '2022-06-13 09:00+08', 'west');
CALL sweep('2022-06-18 00:00+08');
SELECT is(upcoming('letter', 7), '10 06-21 00:00, 20 06-23 00:00, 30 06-24 00:00, 40 06-30 00:00, 50 08-23 00:00', 'planned');
SELECT set_calendar_day('CN', '2022-06-18', true, 'make-up day', 'a notice');
SELECT recompute_apply('a notice');
CALL sweep('2022-06-20 00:00+08');
SELECT is(fired('letter', 7), '10 06-19 00:00', 'a working day that is added: what was planned is planned anew');
SELECT unset_calendar_day('CN', '2022-06-18');
SELECT recompute_apply('a notice');
-- and what is planned after a deadline that stays: 5 working days from Wednesday 13 July 2022, with a Saturday among them
INSERT INTO letter (id, at, who) VALUES (8, '2022-07-04 09:00+08', 'west');
CALL sweep('2022-07-15 12:00+08');
SELECT is(fired('letter', 8) || '; ' || upcoming('letter', 8, '2022-08-01'), '10 07-12 00:00, 20 07-14 00:00, 30 07-15 00:00; 40 07-21 00:00', 'after a deadline');
SELECT set_calendar_day('CN', '2022-07-16', true, 'make-up day', 'a notice');
SELECT recompute_apply('a notice');
CALL sweep('2022-07-20 12:00+08');
SELECT is((SELECT max(step) FROM notice WHERE obligation = of('letter', 8)), 40, 'a working day that is added after a deadline: planned anew as well');
SELECT unset_calendar_day('CN', '2022-07-16');
SELECT recompute_apply('a notice');
-- an office that closes at 17:00 and takes what comes after 16:00 for the next day's
SELECT define_convention('OURS', 'ours', 'our bylaws', closing => '17:00', receipt_cutoff => '16:00');
SELECT define_calendar('OFFICE', 'an office', 'CN', convention => 'OURS');
SELECT define_rule('office', 'C', 'deadline', 'x', '{"start": "timestamptz"}', '{"limit": "7 workdays", "calendar": "OFFICE"}'), set_ladder('CARDS', 'office');
CREATE TABLE a_file (id integer PRIMARY KEY, at timestamptz);
SELECT bind('office', 'a_file', '{"start": "at"}');
INSERT INTO a_file VALUES (1, '2022-03-01 09:00+08');
SELECT is(upcoming('a_file', 1, '2022-04-01'), '10 03-08 17:00, 20 03-10 17:00, 30 03-11 17:00, 40 03-17 17:00', 'days after a deadline in the afternoon');
-- the settings of who sweeps
INSERT INTO letter (id, at, due, who) VALUES (9, '2022-03-01 09:00+08', '2099-02-01', 'west');
SET statute.beyond_announced = error;
SET statute.calendar = 'EVERY';
CALL sweep();
SELECT is(count(*), 0::bigint, 'the setting for what is beyond the announced days plays no part') FROM sweep_failure;
RESET statute.beyond_announced;
RESET statute.calendar;

-- One that fails ------------------------------------------------------------------------------------------

INSERT INTO other (id, at, due, who) VALUES (10, '2022-03-01 09:00+08', '294276-12-30', 'west'), (11, '2022-03-01 09:00+08', NULL, 'west'), (12, '2022-03-01 09:00+08', '-infinity', 'west'),
	(13, '2022-03-01 09:00+08', 'infinity', 'west');
CALL sweep();
SELECT is(fired('other', 11), fired('other', 1), 'others fire all the same');
SELECT lives_ok($$SELECT * FROM sweep_preview(now())$$, 'one that fails is not in the way of the preview');
SELECT is_empty('SELECT FROM sweep_failure', 'nor is what goes beyond the end of time');
SELECT alike(fired('other', 10), '1 03-01 09:00%', 'of which what is due has fired');
INSERT INTO other (id, at, who) VALUES (14, '2022-03-01 09:00+08', 'west');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.obligation = public.of('public.other', 14) THEN RAISE 'no' USING ERRCODE = '22012'; END IF; RETURN NEW; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON notice FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT of('other', 14) AS bad \gset
INSERT INTO letter (id, at, who) SELECT g, '2022-03-01 09:00+08', 'west' FROM generate_series(20, 29) g;
CALL sweep('2022-03-20', 5);
SELECT results_eq('SELECT count(*), min(sqlstate) FROM sweep_failure WHERE obligation = ' || :bad, $$VALUES (1::bigint, '22012')$$, 'what fails is recorded, once for each sweep');
SELECT is((SELECT count(*) FROM notice n, generate_series(20, 29) g WHERE n.obligation = of('letter', g)), 40::bigint, 'and all others fire');
SELECT ok((SELECT next_step_at = '2022-03-20 01:00' FROM obligation WHERE id = :bad), 'it is tried again after an hour');
CALL sweep('2022-03-20 00:30');
SELECT is((SELECT count(*) FROM sweep_failure WHERE obligation = :bad), 1::bigint, 'not before');
CALL sweep('2022-03-20 01:00');
SELECT is((SELECT count(*) FROM sweep_failure WHERE obligation = :bad), 2::bigint, 'then');
DROP TRIGGER refuse ON notice;
CALL sweep();
SELECT is(fired('other', 14), fired('other', 1), 'once that is set right it goes on');
SELECT alike(late('other'), '%14%', 'and is late');

-- The outbox ----------------------------------------------------------------------------------------------

TRUNCATE notice RESTART IDENTITY;
INSERT INTO notice (obligation, binding, step, light, part, body, fell_due_at) SELECT of('letter', 1), binding_of('days', 'letter'), g, 'red', 'x', 'text ' || g, '2022-03-01' FROM generate_series(1, 5) g;
SELECT is(refusal('SELECT confirm_notice(1)'), '55000 notice 1 was not taken', 'what was not taken is not confirmed');
SELECT is(refusal('SELECT confirm_notice(99)'), '55000 notice 99 was not taken', 'nor what there is not');
SELECT is(refusal('SELECT confirm_notice(NULL)') LIKE '55000 %', true, 'nor nothing');
SELECT alike(refusal(format('SELECT take_notices(%s)', a)), '22023 notices are taken one or more at a time%', 'refused: ' || a)
FROM unnest(ARRAY['0', '-1', $$1, '0'$$, $$1, '-1 minute'$$, $$1, '1 minute', 0$$]) a;
SELECT alike(refusal(format('SELECT take_notices(%s)', a)), '22%', 'refused: ' || a) FROM unnest(ARRAY['NULL', '1, NULL', $$1, '1 minute', NULL$$]) a;
SELECT is((SELECT count(*) FROM notice WHERE state = 'new'), 5::bigint, 'none of which takes any');
UPDATE notice SET state = 'new', tries = 0, leased_until = NULL;
SELECT is((SELECT string_agg(notice || ' ' || body, ',' ORDER BY notice) FROM take_notices(2)), '1 text 1,2 text 2', 'the oldest first');
SELECT is((SELECT string_agg(notice::text, ',') FROM take_notices(2, '1 microsecond')), '3,4', 'then the next');
SELECT is((SELECT string_agg(notice::text, ',') FROM take_notices()), '3,4,5', 'again those whose lease is over, not those that are out');
SELECT is((SELECT count(*) FROM take_notices()), 0::bigint, 'and no more');
SELECT confirm_notice(1), confirm_notice(1);
SELECT results_eq('SELECT id, state, tries, leased_until > now(), settled_at IS NOT NULL FROM notice ORDER BY id',
	$$VALUES (1::bigint, 'confirmed', 1, NULL, true), (2, 'taken', 1, true, false), (3, 'taken', 2, true, false), (4, 'taken', 2, true, false), (5, 'taken', 1, true, false)$$, 'what has become of each');
UPDATE notice SET leased_until = now() - interval '1 hour' WHERE state = 'taken';
SELECT is((SELECT string_agg(notice::text, ',') FROM take_notices(tries => 2)), '2,5', 'what was tried twice is tried no more');
SELECT is((SELECT string_agg(id::text, ',' ORDER BY id) FROM notice WHERE state = 'dead' AND leased_until IS NULL AND settled_at IS NOT NULL), '3,4', 'and is dead');
SELECT is((SELECT count(*) FROM take_notices()), 0::bigint, 'for good');
SELECT confirm_notice(3);
SELECT is((SELECT state FROM notice WHERE id = 3), 'confirmed', 'what arrived after all has arrived');
UPDATE notice SET leased_until = now() - interval '1 hour', tries = 2 WHERE id = 2;
INSERT INTO notice (obligation, binding, step, light, part, body, fell_due_at) VALUES (of('letter', 1), binding_of('days', 'letter'), 6, 'red', 'x', 'text 6', '2022-03-01');
SELECT is((SELECT string_agg(notice::text, ',') FROM take_notices(1, tries => 2)), '6', 'what is given up is not counted as taken');

CREATE ROLE escalation_sees; CREATE ROLE escalation_blind;
GRANT USAGE ON SCHEMA statute TO escalation_sees, escalation_blind;
GRANT SELECT ON letter TO escalation_sees;
SELECT is((SELECT count(*) FROM notice_list WHERE rule = 'days' AND article = 'art. 1' AND row_key = '1' AND table_name = 'public.letter'), 6::bigint, 'notices are listed');
SET ROLE escalation_sees;
SELECT count(*) AS seen FROM statute.notice_list \gset
SET ROLE escalation_blind;
SELECT count(*) AS blind FROM statute.notice_list \gset
RESET ROLE;
SELECT is(:seen, 6, 'for whoever may read the table');
SELECT is(:blind, 0, 'and for nobody else');
DROP OWNED BY escalation_sees, escalation_blind;
DROP ROLE escalation_sees, escalation_blind;

-- The archive ---------------------------------------------------------------------------------------------

SELECT purge('infinity') > 0 AS purged;
CREATE TABLE said AS SELECT of('letter', key) AS obligation, key, step, state
FROM (VALUES (20, 10, 'confirmed'), (20, 20, 'dead'), (20, 30, 'confirmed'), (21, 10, 'confirmed'), (21, 20, 'new'), (22, 10, 'taken'), (24, 10, 'dead'), (25, 10, 'new'),
	(26, 10, 'confirmed')) v (key, step, state);
CREATE TABLE unsaid AS SELECT of('letter', 23) AS obligation;
-- in the order of their numbers, which is not that of the steps
INSERT INTO notice (obligation, binding, step, light, part, recipient, body, fell_due_at, state, tries, leased_until, settled_at)
SELECT obligation, binding_of('days', 'letter'), step, 'red', 'x', 'Li', E'"said"\n', '2022-03-01', state, 3, CASE state WHEN 'taken' THEN '2022-03-02'::timestamptz END,
	CASE WHEN state IN ('confirmed', 'dead') THEN '2022-03-03'::timestamptz END FROM said ORDER BY key, step DESC;
INSERT INTO notice (binding, subject, period, light, part, body, fell_due_at, state) VALUES (binding_of('days', 'letter'), 'east', '[2022-01-01,2023-01-01)', 'yellow', 'x', 'quota', '2022-03-01', 'confirmed');
UPDATE letter SET done = '2022-03-02' WHERE id BETWEEN 20 AND 23;
SELECT close(of('letter', key)) FROM generate_series(20, 23) key;
DELETE FROM letter WHERE id IN (24, 25);
CREATE TABLE noticed AS SELECT * FROM notice;
CREATE VIEW archived AS SELECT s.key, s.obligation, a.notices FROM archived_obligation a JOIN (SELECT DISTINCT key, obligation FROM said UNION SELECT 23, obligation FROM unsaid) s ON s.obligation = a.id;
SELECT is(purge('infinity'), 3::bigint, 'purge: what is over and has nothing to say any more');
SELECT is((SELECT string_agg(key::text, ' ' ORDER BY key) FROM archived), '20 23 24', 'not what waits or is out, nor what is open');
SELECT results_eq('SELECT n.* FROM archived a, jsonb_populate_recordset(NULL::notice, a.notices) WITH ORDINALITY n ORDER BY a.key, n.ordinality',
	$$SELECT n.*, row_number() OVER (PARTITION BY key ORDER BY id) FROM noticed n JOIN (SELECT DISTINCT key, obligation FROM said WHERE key IN (20, 24)) s USING (obligation) ORDER BY key, id$$,
	'with their notices as they were, in order');
SELECT is((SELECT string_agg(n ->> 'step', ' ') FROM archived a, jsonb_array_elements(a.notices) n WHERE a.key = 20), '30 20 10', 'which is that of their numbers');
SELECT is((SELECT notices FROM archived WHERE key = 23), '[]', 'where there are any');
SELECT results_eq('SELECT * FROM notice ORDER BY id', $$SELECT * FROM noticed WHERE obligation IS NULL OR obligation NOT IN (SELECT obligation FROM said WHERE key IN (20, 24)) ORDER BY id$$,
	'the others stay in the outbox, and so do those of quotas');
SELECT is((SELECT count(*) FROM take_notices()), 3::bigint, 'what waits is delivered');
SELECT confirm_notice(n.id) FROM notice n JOIN said s USING (obligation) WHERE n.state = 'taken';
SELECT is(purge('infinity'), 3::bigint, 'and archived then');
SELECT is((SELECT string_agg(DISTINCT key::text, ' ' ORDER BY key::text) FROM archived), '20 21 22 23 24 25', 'each');
SELECT is_empty($$SELECT FROM notice n WHERE n.obligation IS NOT NULL AND NOT EXISTS (SELECT FROM obligation o WHERE o.id = n.obligation)$$, 'and no notice is left behind');
SELECT is(purge(NULL), NULL, 'null for null');

SELECT * FROM finish();
