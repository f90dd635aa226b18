-- The ledger: what people do to obligations and violations with every check, the
-- past, what is archived, due dates that a notice or a rule moves, and rows that
-- were there before the rule.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT plan(144);

-- what a statement comes to: its SQLSTATE and message, without the numbers of obligations, or nothing
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || regexp_replace(sqlerrm, '(obligation|violation|binding) \d+', '\1 N', 'g');
END $$;
SELECT define_regulation('R', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'R', 'art. 1', 'words');
-- every day is a working day, so that what is due can be told from now
SELECT define_calendar('EVERY', 'every day', weekend => '{}', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('EVERY', 'infinity', 'house rule');
SELECT define_rule('answer', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz", "own_due": "timestamptz", "own_limit": "statute.timelimit", "pauses": "tstzmultirange"}',
	'{"limit": "7 days", "maximum": "15 days", "calendar": "EVERY"}');
SELECT define_rule('short', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 days", "calendar": "EVERY"}');
SELECT define_rule('bounded', 'C', 'check', 'x', '{"n": "integer"}', must => 'n < 10');
CREATE TABLE letter (id integer PRIMARY KEY, at timestamptz, done timestamptz, due timestamptz, stops tstzmultirange, who text, n integer, allowed timelimit);
SELECT bind('answer', 'letter', '{"start": "at", "done": "done", "own_due": "due", "own_limit": "allowed", "pauses": "stops"}', 'who');
SELECT bind('bounded', 'letter', '{"n": "n"}', 'who');

CREATE FUNCTION of(key text) RETURNS bigint LANGUAGE sql AS $$
	SELECT o.id FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding WHERE b.rule = 'answer' AND o.row_key = $1 AND o.state <> 'cancelled'
$$;
CREATE FUNCTION state(key text) RETURNS text LANGUAGE sql AS $$
	SELECT o.state || CASE WHEN EXISTS (SELECT FROM statute.violation v WHERE v.binding = o.binding AND v.row_key = $1 AND v.what = 'late'
		AND v.state = 'open') THEN ' late' ELSE '' END
	FROM statute.obligation o WHERE o.id = of($1)
$$;
-- days from the start of the row's day to the end of its time
CREATE FUNCTION days(key text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((date_trunc('day', o.due_at, 'UTC') - date_trunc('day', o.opened_at, 'UTC'))::text, 'never') FROM statute.obligation o
		WHERE o.id = of($1) AND isfinite(o.due_at)
	UNION ALL SELECT 'never' FROM statute.obligation o WHERE o.id = of($1) AND NOT isfinite(o.due_at)
$$;
CREATE FUNCTION history(key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(e.what || ': ' || e.state_before || ' ' || e.state_after, ', ' ORDER BY e.id) FROM statute.obligation_event e WHERE e.obligation = of($1)
$$;
-- noon of a day: so many days before the day on which this began
CREATE TABLE today AS SELECT date_trunc('day', now(), 'UTC') + interval '12 hours' AS noon;
CREATE FUNCTION noon(ago integer) RETURNS timestamptz LANGUAGE sql AS $$SELECT noon - make_interval(days => ago) FROM today$$;

-- Pauses ------------------------------------------------------------------------------------------

INSERT INTO letter (id, at, who) VALUES (1, noon(5), 'a'), (2, noon(5), 'a'), (3, noon(20), 'a'), (4, noon(5), 'a');
INSERT INTO letter (id, at, due, who) VALUES (5, noon(5), noon(-3), 'a');
SELECT is(refusal($$SELECT pause(of('1'), '', 'law')$$), '22004 pause() needs a reason', 'pause: a reason');
SELECT is(refusal($$SELECT pause(of('1'), 'why', ' ')$$), '22004 pause() needs its legal basis', 'a legal basis');
SELECT is(refusal($$SELECT pause(of('1'), NULL, 'law')$$), '22004 pause() needs a reason', 'null is none');
SELECT matches(refusal($$SELECT pause(of('1'), 'why', 'law', now() + interval '1 hour')$$), '^22023 obligation N cannot be paused at ', 'not in the future');
SELECT matches(refusal($$SELECT pause(of('1'), 'why', 'law', noon(5) - interval '1 microsecond')$$), '^22023 obligation N cannot be paused at ',
	'not before the event');
SELECT matches(refusal($$SELECT pause(of('3'), 'why', 'law', noon(20) + interval '7 days 12 hours')$$), '^22023 obligation N cannot be paused at ',
	'not once it is late');
SELECT is(refusal($$SELECT pause(of('5'), 'why', 'law')$$), '55000 obligation N is due on a date of its own, whose clock does not stop',
	'not where the row gives the date');
SELECT is(refusal($$SELECT pause(-1, 'why', 'law')$$), '42704 obligation -1 does not exist', 'not where there is none');
SELECT is(refusal($$SELECT resume(of('1'))$$), '55000 obligation N is open, and resume() takes one that is paused', 'resume: only what is paused');
SELECT is(days('1') || ', ' || state('1'), '8 days, open', 'so far it is open, due with the end of the seventh day');
SELECT pause(of('1'), 'the applicant was asked', 'art. 32', noon(4));
SELECT is(days('1') || ', ' || state('1'), 'never, paused', 'while the clock stands it is never due');
SELECT is(refusal($$SELECT pause(of('1'), 'why', 'law')$$), '55000 obligation N is paused, and pause() takes one that is open',
	'what is paused is not paused again');
SELECT matches(refusal($$SELECT resume(of('1'), NULL, noon(4) - interval '1 microsecond')$$), '^22023 obligation N cannot go on at ',
	'resume: not before it stopped');
SELECT matches(refusal($$SELECT resume(of('1'), NULL, now() + interval '1 hour')$$), '^22023 obligation N cannot go on at ', 'nor in the future');
SELECT resume(of('1'), 'the applicant answered', noon(2));
SELECT is(days('1') || ', ' || state('1'), '10 days, open', 'two days more');
SELECT results_eq($$SELECT e.what, e.reason, e.basis, e.actor = session_user, e.due_before = 'infinity', e.due_after = 'infinity'
	FROM obligation_event e WHERE e.obligation = of('1') ORDER BY e.id$$,
	$$VALUES ('paused', 'the applicant was asked', 'art. 32', true, false, true), ('resumed', 'the applicant answered', NULL, true, true, false)$$,
		'on record');
SELECT pause(of('1'), 'why', 'law', noon(3));
SELECT matches(refusal($$SELECT resume(of('1'), NULL, noon(3) - interval '1 hour')$$), '^22023 obligation N cannot go on at ',
	'a pause within another begins where it begins');
SELECT resume(of('1'), NULL, noon(3) + interval '1 hour');
SELECT is(days('1'), '10 days', 'and takes nothing from the other');
SELECT pause(of('1'), 'why', 'law', noon(3));
SELECT resume(of('1'), NULL, noon(1));
SELECT is((SELECT o.pauses::text || ' ' || days('1') FROM obligation o WHERE o.id = of('1')),
	format('{[%s,%s)} 11 days', to_json(noon(4)::text), to_json(noon(1)::text)), 'pauses that overlap are one');
UPDATE letter SET stops = tstzmultirange(tstzrange(noon(5), noon(3)), tstzrange(noon(1), noon(0) - interval '10 hours')) WHERE id = 1;
SELECT is(days('1'), '13 days', 'those of the row and those on record are counted once');
UPDATE letter SET stops = tstzmultirange(tstzrange(noon(3), NULL)) WHERE id = 2;
SELECT is(days('2') || ', ' || state('2'), 'never, paused', 'a row can stop its clock');
SELECT is(refusal($$SELECT resume(of('2'))$$), '55000 obligation N was paused by its row, and goes on when that says so', 'which the row alone lets go on');
UPDATE letter SET stops = tstzmultirange(tstzrange(noon(3), noon(1))) WHERE id = 2;
SELECT is(days('2') || ', ' || state('2') || ', ' || history('2'), '10 days, open, paused: open paused, resumed: paused open', 'and does');
SELECT pause(of('2'), 'why', 'law');
UPDATE letter SET stops = tstzmultirange(tstzrange(noon(3), NULL)) WHERE id = 2;
SELECT resume(of('2'));
SELECT is(state('2'), 'paused', 'while one of the two lasts it stands');
UPDATE letter SET stops = NULL WHERE id = 2;
SELECT is(days('2') || ', ' || state('2'), '8 days, open', 'and a pause within one day costs none');
SELECT is(state('3'), 'open late', 'what is late');
SELECT pause(of('3'), 'why', 'law', noon(15));
SELECT is(state('3'), 'paused', 'is not while its clock stands');
SELECT resume(of('3'), NULL, noon(10));
SELECT is(state('3') || ', ' || days('3'), 'open late, 13 days', 'and is again when it goes on too early');
SELECT is((SELECT string_agg(v.state || coalesce(' ' || v.reason, ''), ', ' ORDER BY v.id) FROM violation v WHERE v.row_key = '3'
	AND v.what = 'late'), 'corrected paused, open', 'each on record');
SELECT pause(of('4'), 'why', 'law', noon(3));
UPDATE letter SET done = noon(2) WHERE id = 4;
SELECT is(state('4'), 'done', 'what is done while the clock stands is done');
UPDATE letter SET done = NULL WHERE id = 4;
SELECT is(state('4') || ', ' || days('4'), 'paused, never', 'and stands again when that is withdrawn');
UPDATE letter SET due = noon(-9) WHERE id = 4;
SELECT is((SELECT o.due_at FROM obligation o WHERE o.id = of('4')), noon(-9), 'a date that the row gives later is the due date, whatever was paused');
UPDATE letter SET due = NULL WHERE id = 4;
SELECT is(days('4'), 'never', 'and without it the clock stands as before');

-- Extensions ----------------------------------------------------------------------------------------

SELECT bind('short', 'letter', '{"start": "at", "done": "done"}');
INSERT INTO letter (id, at, who) VALUES (10, noon(5), 'a'), (11, noon(7) - interval '18 hours', 'a');
SELECT is(refusal($$SELECT extend(of('10'), '12 days', '', 'law', 'chief')$$), '22004 extend() needs a reason', 'extend: a reason');
SELECT is(refusal($$SELECT extend(of('10'), '12 days', 'why', NULL, 'chief')$$), '22004 extend() needs its legal basis', 'a legal basis');
SELECT is(refusal($$SELECT extend(of('10'), '12 days', 'why', 'law', '')$$), '22004 extend() needs the name of who approved it', 'who approved it');
SELECT is(refusal($$SELECT extend(of('10'), '16 days', 'why', 'law', 'chief')$$), '22023 obligation N cannot be extended to 16 days', 'not beyond the maximum');
SELECT is(refusal($$SELECT extend(of('10'), NULL, 'why', 'law', 'chief')$$), '22004 extend() needs a time limit', 'nor to nothing');
SELECT matches(refusal($$SELECT extend(of('10'), '7 days', 'why', 'law', 'chief')$$),
	'^22023 obligation N would be due at .* with a limit of . days, and is due at .* without$', 'nor to what it has');
SELECT matches(refusal($$SELECT extend(of('10'), '3 days', 'why', 'law', 'chief')$$),
	'^22023 obligation N would be due at .* with a limit of . days, and is due at .* without$', 'nor to less');
SELECT matches(refusal($$SELECT extend(of('3'), '15 days', 'why', 'law', 'chief')$$),
	'^55000 obligation N was due at .*, and an extension after that is void$', 'nor once it is late');
SELECT matches(refusal($$SELECT extend(of('11'), '15 days', 'why', 'law', 'chief')$$), '^55000 ', 'be it by half a day');
SELECT is(refusal(format('SELECT extend(%s, ''15 days'', ''why'', ''law'', ''chief'')', o.id)), '22023 the rule of obligation N knows no extension',
	'nor where the rule knows none')
	FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.rule = 'short' AND o.row_key = '10';
SELECT is(history('10'), NULL, 'of which nothing is on record');
SELECT is(extend(of('10'), '12 days', 'many documents', 'art. 9', 'chief'), date_trunc('day', noon(5), 'UTC') + interval '13 days',
	'extend returns when it is due now');
SELECT is(days('10'), '13 days', 'and so it is');
SELECT results_eq($$SELECT e.what, e.reason, e.basis, e.actor FROM obligation_event e WHERE e.obligation = of('10')$$,
	$$VALUES ('extended', 'many documents', 'art. 9', 'chief')$$, 'on record, with who approved it');
UPDATE letter SET n = 1 WHERE id = 10;
SELECT is(days('10'), '13 days', 'whatever else becomes of the row');
SELECT pause(of('10'), 'why', 'law', noon(4)), resume(of('10'), NULL, noon(3));
SELECT is(days('10'), '14 days', 'a pause comes on top');
SELECT extend(of('10'), '15 days', 'why', 'law', 'chief');
SELECT is(days('10'), '17 days', 'and so does the rest up to the maximum');
UPDATE letter SET at = noon(4) WHERE id = 10;
SELECT is(days('10'), '17 days', 'from a later start it is as long');
UPDATE letter SET due = noon(-40) WHERE id = 10;
SELECT is((SELECT o.due_at FROM obligation o WHERE o.id = of('10')), noon(-40), 'a due date that the row gets later is its own');
UPDATE letter SET due = NULL, allowed = '30 days' WHERE id = 10;
SELECT is(days('10'), '32 days', 'and so is a limit that is longer');
UPDATE letter SET allowed = NULL WHERE id = 10;
SELECT is(days('10'), '17 days', 'without them the extension counts');
DELETE FROM letter WHERE id = 11;
SELECT unbind(b.id) FROM binding b WHERE b.rule = 'short';

-- Done, verified, closed --------------------------------------------------------------------------------

SELECT is(refusal($$SELECT verify(of('10'), 'b')$$), '55000 obligation N is open, and verify() takes one that is done', 'verify: only what is done');
SELECT is(refusal($$SELECT close(of('10'))$$), '55000 obligation N is open, and close() takes one that is done or verified', 'close: likewise');
UPDATE letter SET done = noon(1) WHERE id IN (10, 2);
SELECT is(refusal($$SELECT verify(of('10'), '')$$), '22004 verify() needs the name of who verified it', 'verify: by somebody');
SELECT is(refusal($$SELECT verify(of('10'), 'a')$$), '22023 obligation N was that of "a", who cannot verify it', 'by somebody else');
SELECT is(refusal($$SELECT pause(of('10'), 'why', 'law')$$), '55000 obligation N is done, and pause() takes one that is open', 'what is done is not paused');
SELECT is(refusal($$SELECT extend(of('10'), '15 days', 'why', 'law', 'chief')$$),
	'55000 obligation N is done, and extend() takes one that is open or paused', 'nor extended');
SELECT verify(of('10'), 'b', 'looked at it');
SELECT is(refusal($$SELECT verify(of('10'), 'c')$$), '55000 obligation N is verified, and verify() takes one that is done', 'once is enough');
UPDATE letter SET n = 2 WHERE id = 10;
SELECT is(state('10'), 'verified', 'it stays so, whatever else becomes of the row');
SELECT close(of('10'));
SELECT close(of('2'), 'put away');
SELECT is(state('10') || ', ' || state('2'), 'closed, closed', 'close takes what is done and what is verified');
SELECT is(refusal($$SELECT close(of('2'))$$), '55000 obligation N is closed, and close() takes one that is done or verified', 'once');
SELECT is(history('2'), 'paused: open paused, resumed: paused open, paused: open paused, row changed: paused paused, resumed: paused paused, resumed: paused open, done: open done, closed: done closed',
	'the history of one');
SELECT results_eq($$SELECT e.what, CASE WHEN e.actor = session_user THEN 'me' ELSE e.actor END, e.reason FROM obligation_event e
	WHERE e.obligation = of('10') AND e.state_before IN ('done', 'verified') ORDER BY e.id$$,
	$$VALUES ('verified', 'b', 'looked at it'), ('closed', 'me', NULL)$$, 'with who and why');
UPDATE letter SET done = NULL WHERE id = 2;
SELECT is(state('2'), 'open', 'a row that is not done after all opens it again');
UPDATE letter SET done = noon(1), at = noon(60) WHERE id = 2;
SELECT is(state('2'), 'done late', 'what was done late is late');

-- Excuses ---------------------------------------------------------------------------------------------

CREATE FUNCTION fault(key text, what text) RETURNS bigint LANGUAGE sql AS $$SELECT max(v.id) FROM statute.violation v WHERE v.row_key = $1 AND v.what ~ $2$$;
UPDATE letter SET n = 50 WHERE id = 2;
SELECT is(refusal($$SELECT excuse(fault('2', 'late'), ' ', 'law', 'chief')$$), '22004 excuse() needs a reason', 'excuse: a reason');
SELECT is(refusal($$SELECT excuse(fault('2', 'late'), 'why', '', 'chief')$$), '22004 excuse() needs its basis', 'a basis');
SELECT is(refusal($$SELECT excuse(fault('2', 'late'), 'why', 'law', NULL)$$), '22004 excuse() needs the name of who approved it', 'who approved it');
SELECT is(refusal($$SELECT excuse(-1, 'why', 'law', 'chief')$$), '42704 violation -1 does not exist', 'and what');
SELECT excuse(fault('2', 'late'), 'flood', 'art. 180', 'chief');
SELECT excuse(fault('2', 'hold'), 'agreed', 'art. 1', 'chief');
SELECT results_eq($$SELECT v.state, v.settled_by, v.reason FROM violation v WHERE v.id IN (fault('2', 'late'), fault('2', 'hold')) ORDER BY v.id$$,
	$$VALUES ('excused', 'chief', 'flood (art. 180)'), ('excused', 'chief', 'agreed (art. 1)')$$, 'it stays on record');
SELECT is(refusal($$SELECT excuse(fault('2', 'late'), 'why', 'law', 'chief')$$), '55000 violation N is excused already', 'once');
SELECT is(refusal($$SELECT excuse((SELECT v.id FROM violation v WHERE v.state = 'corrected' LIMIT 1), 'why', 'law', 'chief')$$),
	'55000 violation N is corrected already', 'what was put right needs none');
UPDATE letter SET n = 51, who = 'z' WHERE id = 2;
SELECT is((SELECT count(*) FROM violation v WHERE v.row_key = '2' AND v.state = 'open'), 0::bigint, 'what was excused is not found again');

-- The past ----------------------------------------------------------------------------------------------

CREATE TABLE moment (n serial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION past(key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(s.state || ' ' || CASE WHEN isfinite(s.due_at) THEN (date_trunc('day', s.due_at, 'UTC') - date_trunc('day',
		o.opened_at, 'UTC'))::text ELSE 'never' END
		|| CASE WHEN s.late THEN ' late' ELSE '' END, 'nothing'), ', ' ORDER BY m.n)
	FROM moment m CROSS JOIN statute.obligation o CROSS JOIN LATERAL statute.status_at(o.id, m.at) s WHERE o.row_key = $1
$$;
INSERT INTO moment DEFAULT VALUES;
INSERT INTO letter (id, at, who) VALUES (20, noon(5), 'a'), (21, noon(30), 'a');
INSERT INTO moment DEFAULT VALUES;
SELECT pause(of('20'), 'why', 'law', noon(4));
UPDATE letter SET done = noon(25) WHERE id = 21;
INSERT INTO moment DEFAULT VALUES;
SELECT resume(of('20'), NULL, noon(2));
UPDATE letter SET done = noon(2) WHERE id = 21;
INSERT INTO moment DEFAULT VALUES;
UPDATE letter SET done = noon(1) WHERE id = 20;
UPDATE letter SET done = NULL WHERE id = 21;
INSERT INTO moment DEFAULT VALUES;
SELECT verify(of('20'), 'b');
DELETE FROM letter WHERE id = 21;
INSERT INTO moment DEFAULT VALUES;
SELECT is(past('20'), 'nothing, open 8 days, paused never, open 10 days, done 10 days, verified 10 days', 'status_at: as it was at each moment');
SELECT is(past('21'), 'nothing, open 8 days late, done 8 days, done 8 days late, open 8 days late, cancelled 8 days', 'and whether it was late then');
SELECT is((SELECT s::text FROM status_at(-1, now()) s), '(,,)', 'of none nothing is known');

-- Late entries, and what is archived ------------------------------------------------------------------------

INSERT INTO letter (id, at, who) VALUES (30, now(), 'a'), (31, noon(3), 'a');
CREATE VIEW late_entries AS SELECT string_agg(row_key, ' ' ORDER BY row_key) AS keys FROM due_list WHERE late_entry AND row_key IN ('30', '31');
SELECT is((SELECT keys FROM late_entries), '31', 'late entries: what the database learned of later than a working day after');
SET statute.late_entry = '5 days';
SELECT is((SELECT keys FROM late_entries), NULL, 'or than the setting says');
SET statute.late_entry = '0 minutes';
SELECT is((SELECT keys FROM late_entries), '30 31', 'at the latest at once');
RESET statute.late_entry;
SELECT is(refusal($$SET statute.late_entry = 'soon'$$), '22023 invalid value for parameter "statute.late_entry": "soon"', 'which is a time limit');

SELECT clock_timestamp() AS before \gset
SELECT pg_sleep(0.01);
UPDATE letter SET done = noon(0) WHERE id IN (30, 31);
SELECT close(of('30'));
CREATE TABLE kept AS SELECT * FROM obligation;
SELECT is(purge(:'before'), (SELECT count(*) FROM kept k WHERE k.state IN ('closed', 'cancelled') AND k.row_key <> '30'),
	'purge: what was closed or cancelled before');
SELECT is(purge('infinity'), 1::bigint, 'and at the end the rest');
SELECT set_eq('SELECT id FROM archived_obligation', $$SELECT id FROM kept WHERE state IN ('closed', 'cancelled')$$, 'they are in the archive');
SELECT set_eq('SELECT id FROM obligation', $$SELECT id FROM kept WHERE state NOT IN ('closed', 'cancelled')$$, 'and what is not over stays');
SELECT is((SELECT string_agg(h ->> 'what', ', ' ORDER BY (h ->> 'id')::bigint) FROM archived_obligation a, jsonb_array_elements(a.history) h
	WHERE a.obligation ->> 'row_key' = '30'), 'done, closed', 'with their history');
SELECT is((SELECT count(*) FROM obligation_event e WHERE NOT EXISTS (SELECT FROM obligation o WHERE o.id = e.obligation)), 0::bigint,
	'of which nothing is left behind');
UPDATE letter SET n = 3 WHERE id = 30;
SELECT id AS answer FROM binding WHERE rule = 'answer' \gset
CALL backfill(:answer, NULL);
SELECT is(of('30'), NULL, 'what is archived is not opened again');

-- The notice of 26 January 2020: Spring Festival goes on until 2 February ------------------------------------

-- as it was known on the 20th: the year's notice alone
SELECT define_calendar('2020', 'as known on 20 January 2020', time_zone => 'Asia/Shanghai', convention => 'CN');
SELECT set_calendar_day('2020', day, is_workday, name, source, announced_on) FROM calendar_day WHERE calendar = 'CN'
	AND day BETWEEN '2020-01-01' AND '2020-12-31' AND announced_on < '2020-01-20';
SELECT set_calendar_day('2020', '2020-02-01', true, '春节', '国办发明电〔2019〕16号', '2019-11-21');
SELECT announce_calendar('2020', '2020-12-31', '国办发明电〔2019〕16号');
SELECT define_rule('reply', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz", "own_limit": "statute.timelimit", "own_due": "date"}',
	'{"limit": "7 workdays"}');
CREATE TABLE petition (id text PRIMARY KEY, at timestamptz, done timestamptz, allowed timelimit, due date, note text);
SELECT bind('reply', 'petition', '{"start": "at", "done": "done", "own_limit": "allowed", "own_due": "due"}', calendar => '2020') AS reply \gset
INSERT INTO petition (id, at, done, allowed, due) VALUES
	('a', '2020-01-16 09:00+08', NULL, NULL, NULL), ('b', '2020-01-17 09:00+08', NULL, NULL, NULL), ('c', '2020-01-20 09:00+08', NULL, NULL, NULL),
	('d', '2020-01-08 09:00+08', NULL, NULL, NULL), ('e', '2020-01-20 09:00+08', NULL, '10 days', NULL),
		('f', '2020-01-16 09:00+08', '2020-02-03 09:00+08', NULL, NULL),
	('g', '2020-01-20 09:00+08', NULL, '48 hours', NULL), ('h', '2020-01-20 09:00+08', NULL, NULL, '2020-01-31'),
		('i', '2020-01-16 09:00+08', NULL, NULL, NULL);
CREATE VIEW due AS SELECT o.row_key, to_char(o.due_on, 'MM-DD') AS day, o.state, o.id, o.calendar_revision, o.rule_version, o.provisional, o.due_at
	FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.relation = 'petition'::regclass AND o.state <> 'cancelled';
CREATE FUNCTION dues() RETURNS text LANGUAGE sql AS $$SELECT string_agg(row_key || ' ' || day || CASE state WHEN 'open' THEN '' ELSE ' ' || state END,
	', ' ORDER BY row_key) FROM due$$;
SELECT is(dues(), 'a 01-31, b 02-01, c 02-04, d 01-17, e 01-31, f 01-31 done, g 01-22, h 01-31, i 01-31', 'due as it was known on the 20th');
SELECT is_empty('SELECT * FROM recompute_preview()', 'nothing has moved');
SELECT is(recompute_apply('nothing'), 0::bigint, 'nothing moves');
SELECT max(calendar_revision) AS known FROM due \gset
SELECT set_calendar_day('2020', '2020-01-31', false, '春节', '国办发明电〔2020〕1号', '2020-01-26');
SELECT unset_calendar_day('2020', '2020-02-01');
SELECT set_calendar_day('2020', '2020-02-01', false, '春节', '国办发明电〔2020〕1号', '2020-01-26'),
	set_calendar_day('2020', '2020-02-02', false, '春节', '国办发明电〔2020〕1号', '2020-01-26');
SELECT is(dues(), 'a 01-31, b 02-01, c 02-04, d 01-17, e 01-31, f 01-31 done, g 01-22, h 01-31, i 01-31', 'the notice alone moves nothing');
UPDATE petition SET note = 'x';
SELECT is(dues(), 'a 01-31, b 02-01, c 02-04, d 01-17, e 01-31, f 01-31 done, g 01-22, h 01-31, i 01-31',
	'nor does a change of what the due dates do not rest on');
UPDATE petition SET done = '2020-01-31 12:00+08' WHERE id = 'i';
CREATE TABLE preview AS SELECT * FROM recompute_preview();
SELECT results_eq($$SELECT row_key, to_char(due_before AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'),
	to_char(due_after AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), effect FROM preview ORDER BY row_key$$,
	$$VALUES ('a', '02-01 00:00', '02-04 00:00', 'moved'), ('b', '02-02 00:00', '02-05 00:00', 'moved'), ('c', '02-05 00:00', '02-07 00:00', 'moved'),
		('e', '02-01 00:00', '02-04 00:00', 'moved')$$,
	'recompute_preview: what the notice moves, as counted by hand');
SELECT is(dues(), 'a 01-31, b 02-01, c 02-04, d 01-17, e 01-31, f 01-31 done, g 01-22, h 01-31, i 01-31 done', 'and does not move itself');
SELECT is(refusal($$SELECT recompute_apply('')$$), '22004 a recomputation needs a reason, such as the notice that moved the dates',
	'recompute_apply: a reason');
SELECT is(recompute_apply('国办发明电〔2020〕1号'), 4::bigint, 'as many as were shown');
SELECT is(dues(), 'a 02-03, b 02-04, c 02-06, d 01-17, e 02-03, f 01-31 done, g 01-22, h 01-31, i 01-31 done', 'what is done stays as it was judged');
SELECT results_eq($$SELECT o.row_key, e.what, e.reason, e.due_before, e.due_after FROM obligation_event e JOIN obligation o ON o.id = e.obligation
	WHERE e.reason ~ '国办' ORDER BY 1$$,
	$$SELECT row_key, 'due date moved', '国办发明电〔2020〕1号', due_before, due_after FROM preview ORDER BY 1$$, 'each move is in the history, as it was shown');
SELECT is((SELECT string_agg(row_key, ' ' ORDER BY row_key) FROM due WHERE calendar_revision > :known), 'a b c e',
	'with the state of the calendar that it was computed from');
SELECT is_empty('SELECT * FROM recompute_preview()', 'then nothing has moved');
UPDATE petition SET done = CASE id WHEN 'b' THEN timestamptz '2020-02-04 23:59+08' ELSE '2020-02-05 00:00:01+08' END WHERE id IN ('a', 'b');
SELECT is((SELECT string_agg(row_key, ' ' ORDER BY row_key) FROM late_list WHERE relation = 'petition'::regclass AND done_at IS NOT NULL), 'a f',
	'what is done is judged by the new date');

-- Due dates that move across this moment --------------------------------------------------------------------

TRUNCATE petition;
SELECT unbind(:reply);
CREATE FUNCTION day_off(from_days integer, to_days integer, off boolean) RETURNS void LANGUAGE sql AS $$
	SELECT set_calendar_day('EVERY', (noon(-d) AT TIME ZONE 'UTC')::date, NOT off, 'x', 'x') FROM generate_series(from_days, to_days) d
$$;
SELECT define_rule('soon', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz", "own_limit": "statute.timelimit"}',
	'{"limit": "3 workdays", "maximum": "9 workdays"}');
SELECT bind('soon', 'petition', '{"start": "at", "done": "done", "own_limit": "allowed"}', calendar => 'EVERY') AS soon \gset
INSERT INTO petition (id, at, allowed) VALUES ('late', noon(5), NULL), ('lost', noon(20), NULL), ('open', noon(1), NULL), ('paused', noon(1), NULL),
	('early', noon(4), '8 workdays');
SELECT pause((SELECT id FROM due WHERE row_key = 'paused'), 'why', 'law');
SELECT extend((SELECT id FROM due WHERE row_key = 'open'), '4 workdays', 'why', 'law', 'chief');
SELECT day_off(-3, 2, true);
-- days of the due date from the day on which this began
CREATE FUNCTION preview() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s %s: %s', row_key, (due_before AT TIME ZONE 'UTC')::date - noon::date - 1,
		(due_after AT TIME ZONE 'UTC')::date - noon::date - 1, effect), ', ' ORDER BY row_key)
	FROM statute.recompute_preview(), (SELECT noon AT TIME ZONE 'UTC' FROM today) t (noon)
$$;
SELECT is(preview(), 'early 4 10: moved, late -2 4: no longer late, open 3 6: moved',
	'no longer late, moved; an extension counts, a clock that stands does not');
SELECT recompute_apply('days off');
SELECT is((SELECT string_agg(row_key, ' ' ORDER BY row_key) FROM late_list WHERE relation = 'petition'::regclass), 'lost', 'what was late is not');
SELECT is((SELECT string_agg(v.state || ' ' || v.reason, ', ') FROM violation v WHERE v.binding = :soon AND v.row_key = 'late'), 'corrected days off',
	'and its violation is corrected, with the reason');
SELECT unset_calendar_day('EVERY', (noon(-d) AT TIME ZONE 'UTC')::date) FROM generate_series(-3, 2) d;
SELECT is(preview(), 'early 10 4: moved, late 4 -2: newly late, open 6 3: moved', 'newly late');
SELECT recompute_apply('no days off', :answer);
SELECT is(preview(), 'early 10 4: moved, late 4 -2: newly late, open 6 3: moved', 'another binding is another matter');
BEGIN;
SELECT recompute_apply('no days off', :soon);
ROLLBACK;
SELECT is(preview(), 'early 10 4: moved, late 4 -2: newly late, open 6 3: moved', 'what is rolled back has not happened');
SELECT is(recompute_apply('no days off', :soon), 3::bigint, 'three have moved');
SELECT is((SELECT string_agg(v.state, ', ' ORDER BY v.id) FROM violation v WHERE v.binding = :soon AND v.row_key = 'late'), 'corrected, open',
	'what is late again is on record again');
SELECT is((SELECT state FROM due WHERE row_key = 'paused'), 'paused', 'the clock that stands still does');
SET session_replication_role = replica;
DELETE FROM petition WHERE id = 'lost';
RESET session_replication_role;
SELECT is((SELECT count(*) FROM recompute_preview()), recompute_apply('a row gone behind our back'), 'a row that is gone: what is shown is done');

-- Provisional due dates settle when the days are announced
SELECT define_calendar('NEW', 'not announced for long', time_zone => 'UTC', convention => 'PLAIN');
SELECT announce_calendar('NEW', '2022-03-10', 'first notice');
SELECT bind('reply', 'petition', '{"start": "at", "done": "done", "own_limit": "allowed", "own_due": "due"}', calendar => 'NEW') AS reply \gset
TRUNCATE petition;
INSERT INTO petition (id, at) VALUES ('a', '2022-03-01 12:00Z'), ('b', '2022-03-02 12:00Z'), ('c', '2022-03-04 12:00Z');
CREATE VIEW provisional AS SELECT string_agg(row_key || ' ' || day || CASE WHEN provisional THEN ' provisional' ELSE '' END, ', '
	ORDER BY row_key) AS list FROM due WHERE id IN (SELECT id FROM obligation WHERE binding IN (SELECT id FROM binding WHERE rule = 'reply'));
SELECT is((SELECT list FROM provisional), 'a 03-10, b 03-11 provisional, c 03-15 provisional', 'due beyond what is announced: provisional');
SELECT announce_calendar('NEW', '2022-03-12', 'second notice');
SELECT set_calendar_day('NEW', '2022-03-14', false, 'x', 'third notice'), announce_calendar('NEW', '2022-12-31', 'third notice');
SELECT results_eq($$SELECT row_key, effect, due_after::date - due_before::date FROM recompute_preview()
	WHERE binding IN (SELECT b.id FROM binding b WHERE b.rule = 'reply') ORDER BY 1$$, $$VALUES ('b', 'settled', 0),
	('c', 'moved', 1)$$, 'settled, or moved');
SELECT is(recompute_apply('notices', :reply), 2::bigint, 'both on record');
SELECT is((SELECT list FROM provisional), 'a 03-10, b 03-11, c 03-16', 'and known from now on');
SELECT is((SELECT string_agg(e.what, ', ' ORDER BY e.id) FROM obligation_event e WHERE e.reason = 'notices'), 'settled, due date moved', 'as what they were');

-- A rule that is amended from a past day
SELECT amend_rule('reply', '2022-03-02', params => '{"limit": "2 workdays"}', applies => 'start <> ''2022-03-04 12:00Z''');
UPDATE petition SET note = 'y';
SELECT is((SELECT list FROM provisional), 'a 03-10, b 03-11, c 03-16', 'the amendment alone moves nothing');
SELECT results_eq($$SELECT row_key, effect, due_after FROM recompute_preview() WHERE binding IN (SELECT b.id FROM binding b WHERE b.rule = 'reply') ORDER BY 1$$,
	$$VALUES ('b', 'moved', '2022-03-05 00:00Z'::timestamptz), ('c', 'cancelled', NULL)$$, 'those from its day on would move, or are no longer under it');
SELECT is(recompute_apply('amended', :reply), 2::bigint, 'as shown');
SELECT is((SELECT string_agg(row_key || ' ' || day || ' ' || rule_version, ', ' ORDER BY row_key) FROM due
	WHERE id IN (SELECT id FROM obligation WHERE binding = :reply)), 'a 03-10 1, b 03-04 2', 'with the version');
UPDATE petition SET at = at + interval '1 day' WHERE id = 'a';
SELECT is((SELECT list FROM provisional), 'a 03-04, b 03-04', 'an event that moves is judged by the rule of its day');
SELECT unbind(id) FROM binding WHERE relation = 'petition'::regclass;

-- Rows that were there before the rule ----------------------------------------------------------------------

CREATE TABLE past (id integer PRIMARY KEY, at date, done date, n integer, who text, d integer DEFAULT 1);
INSERT INTO past SELECT g, date '2022-01-03' + g * 5, CASE WHEN g % 3 > 0 THEN date '2022-01-03' + g * 5 + g % 11 END, g % 14, 'w' || g % 3
	FROM generate_series(0, 59) g;
SELECT define_rule('week', 'C', 'deadline', 'x', '{"start": "date", "done": "date"}', '{"limit": "5 days", "convention": "PLAIN"}');
SELECT define_rule('limited', 'C', 'check', 'x', '{"at": "date", "n": "integer"}', must => 'n < 10');
SELECT define_rule('seldom', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 1 per month"}');
SELECT bind('week', 'past', '{"start": "at", "done": "done"}', 'who') AS week \gset
SELECT bind('limited', 'past', '{"at": "at", "n": "n / d"}', 'who', action => 'reject') AS limited \gset
SELECT bind('seldom', 'past', '{"at": "at"}', 'who', action => 'warn') AS seldom \gset
CREATE FUNCTION contents() RETURNS text LANGUAGE sql AS $$
	SELECT md5(concat((SELECT string_agg(o::text, ',' ORDER BY o.id) FROM obligation o),
		(SELECT string_agg(e::text, ',' ORDER BY e.id) FROM obligation_event e),
		(SELECT string_agg(v::text, ',' ORDER BY v.id) FROM violation v), (SELECT string_agg(c::text, ',' ORDER BY c.binding, c.row_key) FROM occurrence c),
		(SELECT string_agg(p::text, ',' ORDER BY p) FROM occurrence_party p), (SELECT string_agg(b::text, ',') FROM backfill_progress b),
			(SELECT string_agg(f::text, ',') FROM binding_failure f)))
$$;
-- by hand: late where it was done more than 5 days after, or not at all, in the month of the moment at which it was late
CREATE VIEW expected AS
	SELECT 'week' AS rule, date_trunc('month', at + 6)::date AS month, 'late' AS what, count(*) FROM past WHERE coalesce(done > at + 5, true) GROUP BY 2
	UNION ALL SELECT 'limited', date_trunc('month', at)::date, 'does not hold: n < 10', count(*) FROM past WHERE n >= 10 GROUP BY 2
	UNION ALL SELECT 'seldom', date_trunc('month', at)::date, 'over "at most 1 per month"', count(*) - count(DISTINCT who) FROM past GROUP BY 2
		HAVING count(*) > count(DISTINCT who);
SELECT contents() AS before \gset
SELECT bag_eq(format('SELECT * FROM backfill_preview(%s)', id), format('SELECT * FROM expected WHERE rule = %L', rule),
	'backfill_preview counts by month: ' || rule) FROM binding WHERE relation = 'past'::regclass;
SELECT is(contents(), :'before', 'and writes nothing');
CALL backfill(:week, 7);
CALL backfill(:limited, NULL);
CALL backfill(:seldom, 1000);
SELECT bag_eq($$SELECT b.rule, date_trunc('month', v.happened_at AT TIME ZONE 'Asia/Shanghai')::date, v.what, count(*) FROM violation v JOIN binding b ON b.id = v.binding
	WHERE b.relation = 'past'::regclass AND v.state = 'open' GROUP BY 1, 2, 3$$, 'SELECT * FROM expected', 'backfill records them, in batches or at once, whatever the action');
SELECT is((SELECT count(*) FROM obligation WHERE binding = :week), 60::bigint, 'every row has its duty');
SELECT is_empty($$SELECT * FROM backfill_preview((SELECT id FROM binding WHERE rule = 'week' AND relation IS NOT NULL))$$, 'then there is nothing to find');
SELECT contents() AS before \gset
CALL backfill(:week, 7);
CALL backfill(:limited, 7);
CALL backfill(:seldom, 7);
SELECT is(contents(), :'before', 'and a second one changes nothing');
SELECT is_empty('SELECT * FROM backfill_progress', 'what is done is not in progress');
SELECT is(refusal(format('CALL backfill(%s, 0)', :week)), '22023 a batch has at least one row, or is null for all rows in one transaction', 'a batch has rows');
SELECT is(refusal('CALL backfill(-1, NULL)'), '42704 binding -1 does not exist, or no longer', 'a binding exists');
SELECT disable_binding(:limited);
SELECT is(refusal(format('CALL backfill(%s, NULL)', :limited)), '55000 binding N is disabled', 'and is enabled');
SELECT enable_binding(:limited);
-- what was missed
SET session_replication_role = replica;
UPDATE past SET done = at, n = 0 WHERE id < 30;
DELETE FROM past WHERE id >= 50;
UPDATE past SET d = 0 WHERE id = 45;
INSERT INTO past SELECT g, date '2022-06-01', NULL, 13, 'w9' FROM generate_series(100, 109) g;
RESET session_replication_role;
CALL backfill(:week, 7);
CALL backfill(:seldom, 7);
SELECT bag_eq($$SELECT b.rule, date_trunc('month', v.happened_at AT TIME ZONE 'Asia/Shanghai')::date, v.what, count(*) FROM violation v JOIN binding b ON b.id = v.binding
	WHERE b.relation = 'past'::regclass AND b.rule <> 'limited' AND v.state = 'open' GROUP BY 1, 2, 3$$, $$SELECT * FROM expected WHERE rule <> 'limited'$$, 'it catches up with what fired no trigger');
SELECT is((SELECT string_agg(DISTINCT e.what || ': ' || e.reason, ', ') FROM obligation_event e JOIN obligation o ON o.id = e.obligation
	WHERE o.binding = :week), 'done: judged by backfill(), row changed: judged by backfill(), row gone: found gone by backfill()', 'on record');
-- an interruption: row 45 divides by zero
SELECT is(refusal(format('CALL backfill(%s, NULL)', :limited)), '22012 rule "limited" cannot judge the rows of table "past": division by zero',
	'a row that cannot be judged stops it');
\set ON_ERROR_STOP off
\set VERBOSITY sqlstate
CALL backfill(:limited, 10);
\set ON_ERROR_STOP on
SELECT is((SELECT after FROM backfill_progress WHERE binding = :limited), '39', 'after the batches that were done');
SELECT is((SELECT string_agg(v.row_key, ' ' ORDER BY v.row_key::integer) FROM violation v WHERE v.binding = :limited AND v.state = 'open'
	AND v.row_key::integer BETWEEN 0 AND 49), (SELECT string_agg(id::text, ' ' ORDER BY id) FROM past WHERE n >= 10 AND id < 50),
	'whose violations are up to date');
SELECT is((SELECT count(*) FROM violation v WHERE v.binding = :limited AND v.row_key::integer >= 100), 0::bigint, 'what comes after is not judged yet');
SET session_replication_role = replica;
UPDATE past SET d = 1, n = 13 WHERE id IN (5, 45);
RESET session_replication_role;
CALL backfill(:limited, 10);
SELECT is((SELECT string_agg(v.row_key, ' ' ORDER BY v.row_key::integer) FROM violation v WHERE v.binding = :limited AND v.state = 'open'),
	(SELECT string_agg(id::text, ' ' ORDER BY id) FROM past WHERE n >= 10 AND id <> 5), 'it goes on where it was');
CALL backfill(:limited, 10);
SELECT is((SELECT string_agg(v.row_key, ' ' ORDER BY v.row_key::integer) FROM violation v WHERE v.binding = :limited AND v.state = 'open'),
	(SELECT string_agg(id::text, ' ' ORDER BY id) FROM past WHERE n >= 10), 'and the next one begins at the beginning');
SELECT unbind(id) FROM binding WHERE relation = 'past'::regclass;
SELECT * FROM finish();
