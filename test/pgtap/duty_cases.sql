-- What each kind of rule decides, case by case and counted by hand; what its
-- breach does; and which version of a rule applies.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SELECT plan(122);

-- what a statement comes to: its SQLSTATE with message and detail, or nothing
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(E'\n', sqlstate || ' ' || message, nullif(detail, ''));
END $$;

SELECT define_regulation('R', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'R', 'art. 1', 'words');
SELECT define_rule('feedback', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
-- the rows with an open violation
CREATE FUNCTION facts(rule text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.row_key, ' ' ORDER BY v.row_key) FROM statute.violation v JOIN statute.binding b ON b.id = v.binding WHERE b.rule = $1
		AND v.state = 'open' AND b.relation IS NOT NULL
$$;

-- Deadlines, counted by hand ----------------------------------------------------------------------

-- an obligation that is not cancelled: its state and due date in China
CREATE FUNCTION duty(rule text, key text) RETURNS text LANGUAGE sql AS $$
	SELECT o.state || ' ' || CASE WHEN isfinite(o.due_at) THEN to_char(o.due_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') ELSE o.due_at::text END
		|| CASE WHEN EXISTS (SELECT FROM statute.violation v WHERE v.binding = b.id AND v.row_key = o.row_key AND v.what = 'late'
			AND v.state = 'open') THEN ' late' ELSE '' END
	FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
	WHERE b.rule = $1 AND o.row_key = $2 AND o.state <> 'cancelled'
$$;
CREATE FUNCTION duties(rule text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(o.row_key || ' ' || duty($1, o.row_key), ', ' ORDER BY o.row_key) FROM statute.obligation o JOIN statute.binding b ON b.id = o.binding
	WHERE b.rule = $1 AND o.state <> 'cancelled'
$$;
CREATE TABLE letter (id text PRIMARY KEY, at timestamptz, day date, done timestamptz, done_day date,
	allowed timelimit, urgent boolean, due date, stops tstzmultirange, asked timestamptz, told timestamptz);
SELECT define_rule('moment', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('dates', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}');
SELECT define_rule('typed', 'C', 'deadline', 'x', '{"start": "date", "done": "date"}', '{"limit": "7 workdays"}');
SELECT bind('moment', 'letter', '{"start": "at", "done": "done"}');
SELECT bind('dates', 'letter', '{"start": "day", "done": "done_day"}');
SELECT bind('typed', 'letter', '{"start": "(at AT TIME ZONE ''Asia/Shanghai'')::date", "done": "done_day"}');
INSERT INTO letter (id, at, done) VALUES
	('a', '2022-03-01 23:59:59.999999+08', '2022-03-11 00:00+08'), ('b', '2022-03-01 23:59:59.999999+08', '2022-03-11 00:00:00.000001+08'),
	('c', '2022-03-02 00:00+08', '2022-03-11 00:00:00.000001+08'), ('d', '2022-04-21 12:00+08', '2022-04-30 00:00+08'), ('e', NULL, '2022-04-30');
SELECT is(duties('moment'), 'a done 03-11 00:00, b done 03-11 00:00 late, c done 03-12 00:00, d done 04-30 00:00',
	'instants: the last microsecond of the day is in time, the next is late');
SELECT is(duties('dates'), NULL, 'without a start there is no duty');
SELECT is(duties('typed'), 'a open 03-11 00:00 late, b open 03-11 00:00 late, c open 03-12 00:00 late, d open 04-30 00:00 late',
	'dates by an expression of the zone of the calendar');
UPDATE letter SET day = '2022-03-01', done_day = CASE id WHEN 'a' THEN date '2022-03-10' WHEN 'b' THEN '2022-03-11' WHEN 'c' THEN '2022-03-01' END
	WHERE id <> 'd';
SELECT is(duties('dates'), 'a done 03-11 00:00, b done 03-11 00:00 late, c done 03-11 00:00, e open 03-11 00:00 late',
	'dates: done on the last day is in time, on the day after is late');
SELECT is(duty('typed', 'a') || ', ' || duty('typed', 'b') || ', ' || duty('typed', 'c'), 'done 03-11 00:00, done 03-11 00:00 late, done 03-12 00:00',
	'so it is with roles of type date');
UPDATE letter SET at = NULL WHERE id = 'a';
SELECT is(duty('moment', 'a'), NULL, 'a start that is taken back');
SELECT is((SELECT e.what || ': ' || e.state_before || ' ' || e.state_after FROM obligation_event e JOIN obligation o ON o.id = e.obligation
	JOIN binding b ON b.id = o.binding
	WHERE b.rule = 'moment' AND o.row_key = 'a'), 'rule no longer applies: done cancelled', 'cancels the duty, on record');
UPDATE letter SET at = '2022-03-02 08:00+08' WHERE id = 'a';
SELECT is(duty('moment', 'a'), 'done 03-12 00:00', 'and a new one opens a new duty');
SELECT unbind(id) FROM binding WHERE relation = 'letter'::regclass;
TRUNCATE letter;

SELECT define_rule('order', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz", "own_limit": "statute.timelimit", "urgent": "boolean", "own_due": "date",
	"pauses": "tstzmultirange", "asked": "timestamptz", "told": "timestamptz"}', '{"limit": "7 workdays", "maximum": "15 workdays", "urgent": "immediate", "pauses": [["asked", "told"]]}');
SELECT bind('order', 'letter', '{"start": "at", "done": "done", "own_limit": "allowed", "urgent": "urgent", "own_due": "due", "pauses": "stops", "asked": "asked", "told": "told"}');
INSERT INTO letter (id, at, allowed, urgent, due) VALUES
	('a', '2022-03-01 09:00+08', NULL, NULL, NULL), ('b', '2022-03-01 09:00+08', '3 days', NULL, NULL), ('c', '2022-03-01 09:00+08', NULL, true, NULL),
	('d', '2022-03-05 09:00+08', NULL, true, NULL), ('e', '2022-03-01 09:00+08', '3 days', true, NULL),
		('f', '2022-03-01 09:00+08', '3 days', true, '2022-05-01'),
	('g', '2022-03-01 09:00+08', NULL, false, '2022-02-27');
SELECT is(duties('order'), 'a open 03-11 00:00 late, b open 03-05 00:00 late, c open 03-02 00:00 late, d open 03-08 00:00 late, e open 03-05 00:00 late, f open 05-02 00:00 late, g open 02-28 00:00 late',
	'its own due date, its own limit, what is urgent, the default, in this order');
SELECT results_eq($$SELECT o.row_key, o.allowed::text FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.rule = 'order' ORDER BY 1$$,
	$$VALUES ('a', '7 workdays'), ('b', '3 days'), ('c', 'immediate'), ('d', 'immediate'), ('e', '3 days'), ('f', NULL), ('g', NULL)$$,
		'and the limit is on record, where there is one');
DELETE FROM letter;
INSERT INTO letter (id, at, stops, asked, told) VALUES
	('a', '2022-03-01 09:00+08', '{[2022-03-02 10:00+08,2022-03-04 10:00+08)}', NULL, NULL),
	('b', '2022-03-01 09:00+08', NULL, '2022-03-02 10:00+08', '2022-03-04 10:00+08'),
	('c', '2022-03-01 09:00+08', '{[2022-03-02 10:00+08,2022-03-04 10:00+08)}', '2022-03-03 10:00+08', '2022-03-04 23:00+08'),
	('d', '2022-03-01 09:00+08', '{[2022-03-02 10:00+08,2022-03-03 10:00+08),[2022-03-07 10:00+08,2022-03-08 10:00+08)}', '2022-03-09 10:00+08',
		'2022-03-10 10:00+08'),
	('e', '2022-03-01 09:00+08', NULL, '2022-03-02 10:00+08', NULL),
	('f', '2022-03-01 09:00+08', NULL, '2022-03-04 10:00+08', '2022-03-02 10:00+08'),
	('g', '2022-03-01 09:00+08', NULL, NULL, '2022-03-04 10:00+08'),
	('h', '2022-03-01 09:00+08', '{[2022-03-04 18:00+08,2022-03-06 18:00+08)}', NULL, NULL);
SELECT is(duties('order'), 'a open 03-15 00:00 late, b open 03-15 00:00 late, c open 03-15 00:00 late, d open 03-16 00:00 late, e paused infinity, f open 03-11 00:00 late, g open 03-11 00:00 late, h open 03-11 00:00 late',
	'pauses: as a role, as a pair, both at once, several, without an end, none; a weekend costs nothing');
UPDATE letter SET told = '2022-03-07 10:00+08' WHERE id = 'e';
SELECT is(duty('order', 'e'), 'open 03-16 00:00 late', 'a pause that ends');
UPDATE letter SET told = NULL, done = '2022-03-02 12:00+08' WHERE id = 'e';
SELECT is(duty('order', 'e'), 'done infinity', 'and what is done within a pause is done');
SELECT results_eq($$SELECT e.what, e.state_before, e.state_after FROM obligation_event e JOIN obligation o ON o.id = e.obligation JOIN binding b ON b.id = o.binding
	WHERE b.rule = 'order' AND o.row_key = 'e' AND e.state_after <> 'cancelled' ORDER BY e.id$$, $$VALUES ('resumed', 'paused', 'open'), ('done', 'open', 'done')$$, 'all on record') ;
SELECT unbind(id) FROM binding WHERE relation = 'letter'::regclass;
TRUNCATE letter;

SELECT define_rule('minutes', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "30 minutes"}');
SELECT define_rule('rolled', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "10 days"}');
SELECT define_rule('plain', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "10 days", "convention": "PLAIN"}');
SELECT define_rule('months', 'C', 'deadline', 'x', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "3 months", "calendar": "ISO"}');
SELECT bind(r, 'letter', '{"start": "at", "done": "done"}') FROM unnest('{minutes,rolled,plain,months}'::text[]) r;
INSERT INTO letter (id, at, done) VALUES ('a', '2022-03-02 23:50+08', '2022-03-03 00:20+08'),
	('b', '2022-03-02 23:50+08', '2022-03-03 00:20:00.000001+08'), ('c', '2021-11-30 09:00Z', NULL);
SELECT is(duty('minutes', 'a') || ', ' || duty('minutes', 'b'), 'done 03-03 00:20, done 03-03 00:20 late', 'minutes, through midnight');
SELECT is(duty('rolled', 'a') || ', ' || duty('plain', 'a'), 'done 03-15 00:00, done 03-13 00:00',
	'a Saturday is rolled by the convention of the calendar, or stays by that of the rule');
SELECT is((SELECT o.due_at || ' ' || o.convention FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.rule = 'months' AND o.row_key = 'c'),
	timestamptz '2022-03-01 00:00Z' || ' PLAIN', 'the rule''s calendar with its time zone and convention');
SELECT unbind(id) FROM binding WHERE relation = 'letter'::regclass;
TRUNCATE letter;
SELECT bind('plain', 'letter', '{"start": "at", "done": "done"}', calendar => 'ISO');
INSERT INTO letter (id, at) VALUES ('a', '2022-03-02 23:50+08');
SELECT is((SELECT o.due_at FROM obligation o JOIN binding b ON b.id = o.binding WHERE b.rule = 'plain' AND o.state = 'open'),
	timestamptz '2022-03-13 00:00Z', 'or the calendar that was given when it was bound');
SELECT unbind(id) FROM binding WHERE relation = 'letter'::regclass;
TRUNCATE letter;

-- A fixed date, by the row or by the rule
SELECT define_rule('year_end', 'C', 'fixed_date', 'x', '{"due": "date", "done": "date"}', '{"due": "2022-12-31"}');
SELECT define_rule('own_date', 'C', 'fixed_date', 'x', '{"due": "timestamptz", "done": "timestamptz"}');
SELECT bind('year_end', 'letter', '{"due": "due", "done": "done_day"}'), bind('own_date', 'letter', '{"due": "at", "done": "done"}');
INSERT INTO letter (id, due, done_day, at, done) VALUES ('a', NULL, '2022-12-31', NULL, NULL),
	('b', NULL, '2023-01-01', '2022-05-01 12:00+08', '2022-05-01 12:00+08'),
	('c', '2022-06-30', '2022-07-01', '2022-05-01 12:00+08', '2022-05-01 12:00:00.000001+08'), ('d', '2023-06-30', '2023-06-30', '2022-05-01 12:00+08', NULL);
SELECT is(duties('year_end'), 'a done 01-01 00:00, b done 01-01 00:00 late, c done 07-01 00:00 late, d done 07-01 00:00',
	'a fixed date: that of the row, else that of the rule');
SELECT is(duties('own_date'), 'b done 05-01 12:00, c done 05-01 12:00 late, d open 05-01 12:00 late', 'of the row alone, to the instant');
UPDATE letter SET done_day = '2022-07-01', due = '2022-07-01' WHERE id = 'c';
SELECT is(duty('year_end', 'c'), 'done 07-02 00:00', 'a date that moves puts right what was late');
SELECT unbind(id) FROM binding WHERE relation = 'letter'::regclass;
DROP TABLE letter;

-- Checks: what is unknown passes --------------------------------------------------------------------

-- open violations, as "key: what"
CREATE FUNCTION open_facts(rule text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.row_key || ': ' || v.what, ', ' ORDER BY v.row_key, v.what) FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
	WHERE b.rule = $1 AND v.state = 'open' AND b.relation IS NOT NULL
$$;
CREATE FUNCTION history(rule text, key text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.state || coalesce(' ' || v.reason, ''), ', ' ORDER BY v.id) FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
	WHERE b.rule = $1 AND v.row_key = $2
$$;
CREATE TABLE paper (id integer PRIMARY KEY, kind text, size integer, signed text);
SELECT define_rule('short', 'C', 'check', 'x', '{"kind": "text", "size": "integer", "signed": "text"}', applies => 'kind IS DISTINCT FROM ''map''',
	must => 'size <= 3000 AND signed <> ''-''');
SELECT bind('short', 'paper', '{"kind": "lower(kind)", "size": "size", "signed": "signed"}');
INSERT INTO paper VALUES (1, 'report', 3000, 'x'), (2, 'report', 3001, 'x'), (3, 'report', NULL, 'x'), (4, 'report', NULL, '-'),
	(5, 'report', 3001, NULL), (6, 'MAP', 9000, '-'), (7, NULL, 9000, 'x');
SELECT is(facts('short'), '2 4 5 7', 'a check: null passes where nothing else fails, and it applies to some rows only');
SELECT results_eq($$SELECT v.what, v.detail, v.rule_version, v.subject, v.lasting FROM violation v WHERE v.row_key = '5' AND v.state = 'open'$$,
	$$VALUES ('does not hold: size <= 3000 AND signed <> ''-''', 'signed = null, size = 3001', 1, NULL::text, false)$$,
		'with the words of the rule and the values');
UPDATE paper SET size = 100 WHERE id = 2;
UPDATE paper SET kind = 'map' WHERE id = 7;
DELETE FROM paper WHERE id = 4;
SELECT is(history('short', '2') || '; ' || history('short', '7') || '; ' || history('short', '4'),
	'corrected put right; corrected put right; corrected row gone', 'what is put right is corrected');
UPDATE paper SET size = 5000 WHERE id = 2;
SELECT is(history('short', '2'), 'corrected put right, open', 'and a breach of later is another');
UPDATE paper SET id = 20, kind = 'x' WHERE id = 2;
SELECT is(history('short', '2') || '; ' || history('short', '20'), 'corrected put right, corrected row gone; open', 'under a new key it is another row');
SELECT unbind(id) FROM binding WHERE relation = 'paper'::regclass;

-- Workflows --------------------------------------------------------------------------------------

CREATE TABLE matter (id integer PRIMARY KEY, state text, reporter text, verifier text, note text);
SELECT define_rule('flow', 'C', 'workflow', 'x', '{"state": "text", "reporter": "text", "verifier": "text"}',
	'{"moves": {"open": ["reported"], "reported": ["verified", "open"], "verified": ["closed"]}, "begins": ["open"], "separate": ["reporter", "verifier"]}');
SELECT bind('flow', 'matter', '{"state": "state", "reporter": "reporter", "verifier": "verifier"}', 'reporter');
INSERT INTO matter VALUES (1, 'open', 'a', NULL), (2, 'reported', 'a', NULL), (3, NULL, 'a', 'a'), (4, 'open', NULL, NULL), (5, 'open', 'a', 'b'),
	(6, 'open', 'a', 'b');
SELECT is(open_facts('flow'), '2: began as reported, 3: reporter and verifier are the same', 'a workflow: where it may begin, and who may not be the same');
UPDATE matter SET state = 'reported' WHERE id IN (1, 3, 4);
UPDATE matter SET state = CASE id WHEN 5 THEN 'closed' WHEN 6 THEN NULL ELSE state END, note = 'x';
SELECT is(open_facts('flow'), '2: began as reported, 3: began as reported, 3: reporter and verifier are the same, 5: moved from open to closed, 6: moved from open to nothing',
	'the moves that are not allowed, those to a state from none, and those to none');
UPDATE matter SET state = 'verified' WHERE id = 1;
UPDATE matter SET state = 'closed' WHERE id = 1;
UPDATE matter SET state = 'verified' WHERE id = 1;
SELECT is((SELECT string_agg(v.what || CASE WHEN v.lasting THEN ' (lasting)' ELSE '' END, ', ') FROM violation v JOIN binding b ON b.id = v.binding
	WHERE b.rule = 'flow' AND v.row_key = '1'),
	'moved from closed to verified (lasting)', 'a last state has no way out');
UPDATE matter SET state = 'open', verifier = 'c' WHERE id IN (2, 3, 5);
UPDATE matter SET state = 'closed' WHERE id = 5;
SELECT is(open_facts('flow'), '1: moved from closed to verified, 2: began as reported, 3: began as reported, 5: moved from closed to open, 5: moved from open to closed, '
	|| '5: moved from open to closed, 6: moved from open to nothing', 'what happened stays, and happens again; what is so is put right');
UPDATE matter SET reporter = 'c' WHERE id = 3;
SELECT is(history('flow', '3'), 'corrected put right, open, open', 'and a fact that comes again is another');
UPDATE matter SET id = 10 WHERE id = 1;
DELETE FROM matter WHERE id IN (3, 6);
SELECT is(open_facts('flow'), '1: moved from closed to verified, 10: began as verified, 2: began as reported, 3: began as reported, 5: moved from closed to open, '
	|| '5: moved from open to closed, 5: moved from open to closed, 6: moved from open to nothing',
	'what happened stays when the row goes, and a row of another key began as it is');
SELECT unbind(id) FROM binding WHERE relation = 'matter'::regclass;
SELECT is((SELECT count(*) FROM violation v WHERE v.what = 'moved from open to closed' AND v.state = 'open'), 2::bigint,
	'unbinding leaves the facts on record');

-- Once -------------------------------------------------------------------------------------------

CREATE TABLE plan (id integer PRIMARY KEY, topic text, year integer, at timestamptz, size numeric, note text);
SELECT define_rule('topic', 'C', 'once', 'x', '{"topic": "text", "year": "integer"}', '{"key": ["topic", "year"]}', applies => 'topic <> ''any''');
SELECT define_rule('first', 'C', 'once', 'x', '{"topic": "text", "at": "timestamptz"}', '{"key": ["topic"]}');
SELECT define_rule('size', 'C', 'once', 'x', '{"size": "numeric"}', '{"key": ["size"]}');
SELECT bind('topic', 'plan', '{"topic": "topic", "year": "year"}');
INSERT INTO plan VALUES (9, 'a', 2022), (8, 'a', 2021), (7, NULL, 2022), (6, NULL, 2022), (5, 'any', 1), (4, 'any', 1);
INSERT INTO plan VALUES (3, 'a', 2022), (2, 'b', 2022);
SELECT is(facts('topic'), '3', 'once: what the database learned of later is the repetition, whatever its key; null is no value');
UPDATE plan SET note = 'x';
SELECT is(facts('topic'), '3', 'an update does not make a row new');
UPDATE plan SET topic = 'a' WHERE id = 2;
SELECT is(facts('topic'), '2 3', 'three of one');
DELETE FROM plan WHERE id = 9;
SELECT is((SELECT count(*) FROM violation v JOIN binding b ON b.id = v.binding WHERE b.rule = 'topic' AND v.state = 'open'), 1::bigint,
	'when the first goes, one of the others is the first');
SELECT unbind(id) FROM binding WHERE relation = 'plan'::regclass;
TRUNCATE plan;
SELECT bind('first', 'plan', '{"topic": "topic", "at": "at"}');
INSERT INTO plan (id, topic, at) VALUES (1, 'a', '2022-03-02'), (2, 'a', '2022-03-01'), (3, 'b', NULL);
INSERT INTO plan (id, topic, at) VALUES (4, 'b', NULL), (5, 'c', '2022-03-01'), (6, 'c', '2022-03-01');
SELECT is(facts('first'), '1 4 6', 'with a time of its own the later one is the repetition; of the same time that of the greater key');
UPDATE plan SET note = 'x' WHERE id = 3;
SELECT is(facts('first'), '1 4 6', 'where the row gives none, an update does not make it new');
UPDATE plan SET at = '2022-03-03' WHERE id = 2;
SELECT is(facts('first'), '2 4 6', 'a time that moves makes the other one the repetition');
SELECT unbind(id) FROM binding WHERE relation = 'plan'::regclass;
TRUNCATE plan;
SELECT bind('size', 'plan', '{"size": "size"}');
INSERT INTO plan (id, size) VALUES (1, 1.0), (2, 1.00), (3, 1.01);
SELECT is(facts('size'), '2', 'values that are equal are the same, however they are written');
SELECT unbind(id) FROM binding WHERE relation = 'plan'::regclass;
TRUNCATE plan;
SELECT bind('topic', 'plan', '{"topic": "topic", "year": "year"}');
SELECT is(refusal($$INSERT INTO plan (id, topic, year) SELECT g, string_agg(md5(i::text), ''), 2022 FROM generate_series(1, 300) i,
	generate_series(1, 2) g GROUP BY g$$), NULL, 'a long value can be stored');
SELECT is(facts('topic'), '2', 'and compared');
DROP TABLE plan;

-- No overlap ----------------------------------------------------------------------------------------

CREATE TABLE stay (id integer PRIMARY KEY, room text, hours tstzrange, nights daterange, place text);
SELECT define_rule('hours', 'C', 'no_overlap', 'x', '{"during": "tstzrange", "room": "text"}', '{"key": ["room"]}');
SELECT define_rule('nights', 'C', 'no_overlap', 'x', '{"during": "daterange", "place": "text", "topic": "text"}', '{"key": ["topic"], "place": "place"}');
SELECT bind('hours', 'stay', '{"during": "hours", "room": "room"}');
INSERT INTO stay (id, room, hours) VALUES
	(1, 'a', '[2022-03-01 09:00,2022-03-01 10:00)'), (2, 'a', '[2022-03-01 10:00,2022-03-01 11:00)'), (3, 'a', '[2022-03-01 10:59,2022-03-01 12:00)'),
	(4, 'b', '[2022-03-01 10:59,2022-03-01 12:00)'), (5, NULL, '[2022-03-01 10:59,2022-03-01 12:00)'), (6, 'a', 'empty'), (7, 'a', NULL),
	(8, 'a', '[2022-03-01 11:30,)'), (9, 'a', '[2023-01-01,2023-01-02)');
SELECT is(facts('hours'), '3 8 9', 'no overlap: the later ones of the same key');
UPDATE stay SET hours = '[2022-03-01 08:00,2022-03-01 09:30)' WHERE id = 3;
SELECT is(facts('hours'), '1 9', 'one that moves is judged where it was and where it is');
DELETE FROM stay WHERE id = 8;
SELECT is(facts('hours'), '1', 'and so is one that goes');
INSERT INTO stay (id, room, hours) VALUES
	(20, 'c', '[2022-03-01 09:00,2022-03-01 10:00]'), (21, 'c', '[2022-03-01 10:00,2022-03-01 11:00)'),
	(22, 'd', '[2022-03-01 09:00,2022-03-01 10:00)'), (23, 'd', '[2022-03-01 09:30,2022-03-01 09:30]'),
	(24, 'e', '(2022-03-01 08:00,2022-03-01 09:00]'), (25, 'e', '[2022-03-01 09:00,2022-03-01 10:00)'),
	(26, 'f', '[2022-03-01 09:00,2022-03-01 10:00]'), (27, 'f', '(2022-03-01 10:00,2022-03-01 11:00)'),
	(28, 'g', '(,2022-03-01 10:00)'), (29, 'g', '[2022-03-01 09:00,2022-03-01 10:00)');
SELECT is(facts('hours'), '1 21 23 25 29', 'as && has it, with each kind of bound');
SELECT unbind(id) FROM binding WHERE relation = 'stay'::regclass;
TRUNCATE stay;
SELECT define_place('CN', '中国');
SELECT define_place('YN', '云南', 'CN');
SELECT define_place('YN-DL', '大理', 'YN'), define_place('YN-KM', '昆明', 'YN'), define_place('GZ', '贵州', 'CN');
SELECT is(refusal($$SELECT define_place('CN', '中国', 'YN-DL')$$), '42P17 place "CN" cannot be in itself', 'no place is in itself');
SELECT is(refusal($$SELECT define_place('X', 'x', 'Y')$$), '42704 place "Y" does not exist', 'nor in one that does not exist');
SELECT bind('nights', 'stay', '{"during": "nights", "place": "place", "topic": "room"}');
INSERT INTO stay (id, room, nights, place) VALUES
	(1, 'a', '[2022-03-01,2022-03-03)', 'YN-DL'), (2, 'a', '[2022-03-02,2022-03-04)', 'YN-KM'), (3, 'a', '[2022-03-02,2022-03-05]', 'YN'),
		(4, 'a', '[2022-03-02,2022-03-05]', 'GZ'),
	(5, 'a', '[2022-03-05,2022-03-06)', 'CN'), (6, 'a', '[2022-03-06,2022-03-07)', 'YN'), (7, 'a', '[2022-03-01,2022-03-09)', NULL),
	(8, 'a', '[2022-03-06,2022-03-07)', 'nowhere'), (9, 'a', '[2022-03-06,2022-03-07)', 'nowhere');
SELECT is(facts('nights'), '3 5 9', 'a province overlaps with its prefectures, and they do not with each other; days end with midnight');
UPDATE stay SET place = 'GZ' WHERE id = 3;
SELECT is(facts('nights'), '4 5 9', 'a place that changes');
DROP TABLE stay;

-- Quotas -------------------------------------------------------------------------------------------

CREATE TABLE visit (id integer PRIMARY KEY, who text, at timestamptz, day date);
SELECT define_rule('twice', 'C', 'quota', 'x', '{"at": "timestamptz"}', '{"quota": "at most 2 per half year"}');
SELECT define_rule('slide', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 1 per 30 days"}');
SELECT define_rule('slide_days', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 2 days per 7 days"}');
SELECT define_rule('cap', 'C', 'relative_cap', 'x', '{"at": "date"}', '{"quota": "at most 50% of previous year"}');
SELECT define_rule('least', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at least 1 per quarter"}');
SELECT bind('twice', 'visit', '{"at": "at"}', 'who');
INSERT INTO visit (id, who, at) VALUES (1, 'a', '2022-06-30 23:00+08'), (2, 'a', '2022-06-30 23:59+08'), (3, 'a', '2022-07-01 00:00+08'),
	(4, 'a', '2022-07-02 00:00+08'),
	(5, NULL, '2022-01-01 12:00+08'), (6, NULL, '2022-01-01 12:00+08'), (7, NULL, '2022-01-01 12:00+08');
SELECT is(facts('twice'), '7', 'a quota: periods of the calendar''s zone; rows without a subject are judged together');
INSERT INTO visit (id, who, at) VALUES (9, 'a', '2022-01-15 12:00+08');
SELECT is(facts('twice'), '2 7', 'an earlier event that is entered later makes the last one too many');
DELETE FROM visit WHERE id = 1;
UPDATE visit SET who = 'b' WHERE id = 6;
SELECT is(facts('twice'), NULL, 'with one less nothing is too many');
SELECT is(history('twice', '2') || '; ' || history('twice', '7'), 'corrected put right; corrected put right', 'and what was is corrected');
SELECT unbind(id) FROM binding WHERE relation = 'visit'::regclass;
TRUNCATE visit;
SELECT bind(r, 'visit', '{"at": "day"}', 'who') FROM unnest('{slide,slide_days,cap,least}'::text[]) r;
INSERT INTO visit (id, who, day) VALUES (1, 'a', '2022-03-01'), (2, 'a', '2022-03-30'), (3, 'b', '2022-03-01'), (4, 'b', '2022-03-31'),
	(5, 'c', '2022-05-01'), (6, 'c', '2022-05-01'), (7, 'c', '2022-05-02'), (8, 'c', '2022-05-07'), (9, 'c', '2022-05-08');
SELECT is(facts('slide'), '2 6 7 8 9', 'a window of 30 days: the 30th day is in it, the 31st is not');
-- the window that ends on 05-07 has the 1st, 2nd and 7th, that on 05-08 the 2nd, 7th and 8th
SELECT is(facts('slide_days'), '8 9', 'days are counted once, however many events they have');
UPDATE visit SET day = '2022-04-02' WHERE id = 2;
DELETE FROM visit WHERE id IN (5, 7);
SELECT is(facts('slide') || '; ' || coalesce(facts('slide_days'), 'none'), '8 9; none', 'windows after a change and a deletion');
SELECT is((SELECT count(*) FROM violation v JOIN binding b ON b.id = v.binding WHERE b.rule = 'least'), 0::bigint,
	'what is asked for at least breaks nothing before its period ends');
SELECT is((SELECT string_agg(o.row_key || ' ' || o.party || ' ' || o.on_day || ' ' || o.quota, ', ' ORDER BY o.row_key) FROM occurrence o
	JOIN binding b ON b.id = o.binding
	WHERE b.rule = 'least' AND o.party IN ('a', 'b')),
	'1 a 2022-03-01 at least 1 per quarter, 2 a 2022-04-02 at least 1 per quarter, 3 b 2022-03-01 at least 1 per quarter, 4 b 2022-03-31 at least 1 per quarter',
		'and is counted');
TRUNCATE visit;
INSERT INTO visit (id, who, day) SELECT g, 'a', date '2022-01-01' + g FROM generate_series(1, 4) g;
SELECT is(facts('cap'), NULL, 'a relative cap: without a year before there is none');
INSERT INTO visit (id, who, day) VALUES (10, 'a', '2021-12-31'), (11, 'a', '2021-01-01'), (12, 'a', '2021-06-01'), (13, 'a', '2021-06-02');
SELECT is(facts('cap'), '3 4', 'a base that is entered later caps, at half of 4');
INSERT INTO visit (id, who, day) VALUES (14, 'a', '2021-06-03'), (15, 'a', '2021-06-04');
SELECT is(facts('cap'), '4', 'one that grows allows more');
UPDATE visit SET day = '2020-06-03' WHERE id IN (13, 14, 15);
-- 3 in 2020 allow 1 in 2021, whose first is on 01-01; 3 in 2021 allow 1 in 2022
SELECT is(facts('cap'), '10 12 2 3 4', 'one that shrinks allows less, and has a base itself');
UPDATE visit SET who = 'b' WHERE id IN (10, 11, 12);
SELECT is(facts('cap'), NULL, 'and another subject is another base');
DELETE FROM visit WHERE who = 'b';
SELECT is(refusal($$INSERT INTO visit (id, who, day) SELECT 100, string_agg(md5(i::text), ''), '2022-05-05' FROM generate_series(1, 300) i$$), NULL,
	'a long subject can be stored');
DROP TABLE visit;

-- periods of other shapes, and a quota that changes within its period
CREATE TABLE tally (id integer PRIMARY KEY, day date, kind text);
SELECT define_rule('total', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 2 in total"}');
SELECT define_rule('blocks', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 1 per 30 days since 2022-01-01"}');
SELECT define_rule('own_years', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 1 per year since 2022-06-01"}');
SELECT define_rule('exact', 'C', 'quota', 'x', '{"at": "date", "kind": "text"}', '{"quota": "exactly 1 per year"}', applies => 'kind = ''x''');
SELECT define_rule('fewer', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 3 per year"}');
SELECT amend_rule('fewer', '2022-02-01', params => '{"quota": "at most 2 per year"}');
SELECT define_rule('quarters', 'C', 'relative_cap', 'x', '{"at": "date"}', '{"quota": "at most 50% of previous quarter"}');
SELECT bind(r, 'tally', '{"at": "day"}') FROM unnest('{total,blocks,own_years,fewer,quarters}'::text[]) r;
SELECT bind('exact', 'tally', '{"at": "day", "kind": "kind"}');
SELECT is(refusal($$INSERT INTO tally VALUES (1, '2021-12-31', 'x'), (2, '2022-01-30', 'y'), (3, '2022-01-31', 'x'), (4, '2022-02-01', NULL),
	(5, '2022-06-01', 'x'), (6, '2023-05-31', 'x'), (7, '2023-06-01', 'y')$$), NULL, 'what is before all periods can be stored');
SELECT is(facts('total'), '3 4 5 6 7', 'a total');
-- the day of the event is not counted: from 01-02, 02-01 and so on to 2023-05-27
SELECT is(facts('blocks'), '3 7', 'blocks of 30 days');
SELECT is(facts('own_years'), '7', 'years that begin on 2 June');
SELECT is(facts('exact'), '5', 'exactly so many are also at most so many, of those to which the rule applies');
-- 2, 3, 4, 5 are in 2022: 3 may be through January, 2 after
SELECT is(facts('fewer'), '4 5', 'the quota in force at the event, of all in its period');
-- 1 in the last quarter allows none in the first, whose 3 allow 1 in the second
SELECT is(facts('quarters'), '2 3 4', 'half of one is none');
UPDATE tally SET day = '2022-06-02' WHERE id = 7;
SELECT is(facts('quarters'), '2 3 4 7', 'half of three is one');
DROP TABLE tally;

-- What a breach does: it is recorded, warned of, or rejected ------------------------------------------

CREATE TABLE form (id integer, part text, n integer, state text, topic text, day date, PRIMARY KEY (id, part));
SELECT define_rule('low', 'C', 'check', 'x', '{"n": "integer"}', must => 'n < 10');
SELECT define_rule('even', 'C', 'check', 'x', '{"n": "integer"}', must => 'n % 2 = 0');
SELECT define_rule('states', 'C', 'workflow', 'x', '{"state": "text"}', '{"moves": {"a": ["b"]}, "begins": ["a"]}');
SELECT define_rule('yearly', 'C', 'quota', 'x', '{"at": "date"}', '{"quota": "at most 1 per year"}');
SELECT define_rule('known', 'C', 'once', 'x', '{"topic": "text"}', '{"key": ["topic"]}', modality => 'in principle');
SELECT bind('low', 'form', '{"n": "n"}', action => 'warn');
SELECT is(refusal($$INSERT INTO form VALUES (1, 'x', 11, 'a', NULL, NULL)$$), NULL, 'warn: the statement passes');
SELECT is(open_facts('low'), '["1", "x"]: does not hold: n < 10', 'and the breach is on record');
SELECT unbind(id) FROM binding WHERE relation = 'form'::regclass;
DELETE FROM form;
SELECT bind(r, 'form', '{"n": "n"}', action => 'reject') FROM unnest('{low,even}'::text[]) r;
SELECT bind('states', 'form', '{"state": "state"}', action => 'reject') AS b1, bind('yearly', 'form', '{"at": "day"}', action => 'reject') AS b2;
SELECT is(refusal($$SELECT bind('known', 'form', '{"topic": "topic"}', action => 'reject')$$),
	'22023 rule "known" cannot reject: it holds "in principle", so that a breach needs a reason and is not rejected',
		'what holds in principle is not rejected');
SELECT is(refusal($$SELECT bind('feedback', 'form', '{"start": "day"}', action => 'reject')$$),
	'22023 rule "feedback" cannot reject: a deadline cannot reject: what is late is late, and has to be on record',
		'nor is a deadline');
SELECT is(refusal($$INSERT INTO form VALUES (1, 'x', 12, 'a', NULL, '2022-01-01')$$),
	E'ST003 row ["1", "x"] of table "form" breaks rule "low"\nRule "low", R art. 1, row ["1", "x"]: does not hold: n < 10 (n = 12).',
		'reject: rule, article, row, and what is wrong');
SELECT is(regexp_replace(refusal($$INSERT INTO form VALUES (1, 'x', 13, 'b', NULL, '2022-01-01'), (2, 'x', 14, 'a', NULL, '2022-01-01')$$),
	'^(ST003).*?(?=\n)', '\1'),
	E'ST003\nRule "low", R art. 1, row ["1", "x"]: does not hold: n < 10 (n = 13).\nRule "low", R art. 1, row ["2", "x"]: does not hold: n < 10 (n = 14).\n'
	'Rule "even", R art. 1, row ["1", "x"]: does not hold: n % 2 = 0 (n = 13).\nRule "states", R art. 1, row ["1", "x"]: began as b.\n'
	'Rule "yearly", R art. 1, row ["2", "x"]: over "at most 1 per year" (no. 2 of those counted in [2022-01-01,2023-01-01)).',
		'several rules broken by several rows: all are named');
SELECT matches(refusal($$INSERT INTO form SELECT g, 'x', 10, 'a', NULL, NULL FROM generate_series(1, 9) g$$),
	'^ST003 rows of table "form" break rule "low"\n([^\n]*\n){5}Rule "low", 4 more.$', 'of many rows five, and how many more');
SELECT matches(refusal($$INSERT INTO form VALUES (1, 'x', 13, 'a')$$), '^ST003 row \["1", "x"\] of table "form" breaks 2 rules\n',
	'a row that breaks two rules is one row');
SELECT is((SELECT count(*) FROM form) + (SELECT count(*) FROM violation v JOIN binding b ON b.id = v.binding WHERE b.relation = 'form'::regclass)
	+ (SELECT count(*) FROM occurrence o JOIN binding b ON b.id = o.binding WHERE b.relation = 'form'::regclass), 0::bigint,
		'nothing is stored and nothing is on record');
INSERT INTO form VALUES (1, 'x', 8, 'a', NULL, '2022-01-01'), (2, 'x', 8, 'a', NULL, '2021-01-01');
SELECT matches(refusal($$UPDATE form SET n = 10 WHERE id = 1$$), '^ST003 row ."1", "x". of table "form" breaks rule "low"', 'an UPDATE is rejected');
SELECT matches(refusal($$UPDATE form SET state = 'c'$$), '^ST003 .*moved from a to c\..*moved from a to c\.$', 'so is a forbidden move');
SELECT matches(refusal($$UPDATE form SET day = '2022-02-02' WHERE id = 2$$), '^ST003 .*row ."2", "x".: over "at most 1 per year"', 'so is one event too many');
SELECT matches(refusal($$MERGE INTO form f USING (VALUES (1),
	(3)) s (id) ON s.id = f.id WHEN MATCHED THEN UPDATE SET n = 4 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'x', 12, 'a')$$), '^ST003',
	'so is MERGE');
SELECT matches(refusal($$INSERT INTO form VALUES (1, 'x', 8, 'a') ON CONFLICT (id, part) DO UPDATE SET n = 98$$), '^ST003', 'so is ON CONFLICT DO UPDATE');
SELECT matches(refusal($$WITH d AS (DELETE FROM form RETURNING *) INSERT INTO form SELECT id, part, 76, state FROM d$$), '^ST003',
	'so is a CTE that inserts again');
SELECT is(refusal($$UPDATE form SET n = 2, state = 'b', day = day + 1 WHERE id = 1; DELETE FROM form
	WHERE id = 2; INSERT INTO form VALUES (2, 'x', 4, 'a', NULL, '2021-12-31')$$), NULL, 'what keeps to the rules passes');
SELECT is(refusal($$INSERT INTO form VALUES (5, 'x', 100 / (SELECT 0), 'a')$$), '22012 division by zero', 'and errors of the statement stay what they are');
ALTER TABLE form ADD d integer DEFAULT 1;
SELECT bind('known', 'form', '{"topic": "(1 / d)::text"}');
SELECT is(refusal($$INSERT INTO form VALUES (6, 'x', 4, 'a', NULL, '2019-01-01', 0)$$), NULL,
	'an error in an expression of a binding that records does not fail the statement');
SELECT results_eq($$SELECT f.sqlstate, f.message FROM binding_failure f$$, $$VALUES ('22012', 'division by zero')$$, 'and is on record');
SELECT define_rule('divided', 'C', 'check', 'x', '{"n": "integer"}', must => 'n > 0');
SELECT bind('divided', 'form', '{"n": "1 / d"}', action => 'reject');
SELECT is(refusal($$INSERT INTO form VALUES (7, 'x', 4, 'a', NULL, '2018-01-01', 0)$$),
	'22012 rule "divided" cannot judge the rows of table "form": division by zero', 'of a binding that rejects it does');
DROP TABLE form;

-- Versions of a rule, and what is left open -----------------------------------------------------------

CREATE TABLE entry (id text PRIMARY KEY, at date, n integer);
SELECT define_reading('how long', 'C', 'how long?', 'statute.timelimit');
SELECT define_rule('changing', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 days", "convention": "PLAIN"}', effective => '[2022-02-01,2023-01-01)');
SELECT amend_rule('changing', '2022-07-01', params => '{"limit": "3 days", "convention": "PLAIN"}', applies => 'start <> ''2022-07-20''');
SELECT define_rule('waiting', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": {"reading": "how long"}, "convention": "PLAIN"}');
SELECT define_rule('bound', 'C', 'check', 'x', '{"at": "date", "n": "integer"}', must => 'n < 10', effective => '[2022-02-01,)');
SELECT amend_rule('bound', '2022-07-01', must => 'n < 5');
SELECT bind(r, 'entry', '{"start": "at"}') FROM unnest('{changing,waiting}'::text[]) r;
SELECT bind('bound', 'entry', '{"at": "at", "n": "n"}');
INSERT INTO entry VALUES ('a', '2022-01-31', 7), ('b', '2022-02-01', 12), ('c', '2022-06-30', 7), ('d', '2022-07-01', 7), ('e', '2022-07-20', 4),
	('f', '2022-12-31', 5), ('g', '2023-01-01', 5);
SELECT is(duties('changing'), 'b open 02-09 00:00 late, c open 07-08 00:00 late, d open 07-05 00:00 late, f open 01-04 00:00 late',
	'the version in force on the day of the event applies, and none before or after');
SELECT is((SELECT string_agg(o.row_key || o.rule_version, ' ' ORDER BY o.row_key) FROM obligation o JOIN binding b ON b.id = o.binding
	WHERE b.rule = 'changing'), 'b1 c1 d2 f2', 'and is on record');
SELECT is(facts('bound'), 'b d f g', 'so it is with a check');
UPDATE entry SET at = '2022-06-30' WHERE id = 'd';
SELECT is(duty('changing', 'd') || '; ' || facts('bound'), 'open 07-08 00:00 late; b f g', 'an event that moves into an earlier version');
SELECT is(duties('waiting'), NULL, 'while a reading is open the rule is off');
SELECT set_reading('how long', '10 days', 'because', 'somebody', '2022-06-30');
INSERT INTO entry VALUES ('h', '2022-06-29', 1), ('i', '2022-06-30', 1);
SELECT is(duties('waiting'), 'i open 07-11 00:00 late', 'a decision counts from its day on');
SELECT set_reading('how long', '5 days', 'because', 'somebody', '2022-07-10');
SELECT set_reading('how long', NULL, 'because', 'somebody', '2022-08-01');
INSERT INTO entry VALUES ('j', '2022-07-09', 1), ('k', '2022-07-10', 1), ('l', '2022-07-31', 1), ('m', '2022-08-01', 1);
SELECT is(duties('waiting'), 'i open 07-11 00:00 late, j open 07-20 00:00 late, k open 07-16 00:00 late, l open 08-06 00:00 late',
	'until the next one, or until it is open again');
SELECT retire_rule('bound', '2022-07-31');
INSERT INTO entry VALUES ('n', '2022-07-31', 50), ('o', '2022-08-01', 50);
SELECT is(facts('bound'), 'b f g n', 'a rule that is retired holds for earlier events still');
SELECT disable_binding(id) FROM binding WHERE rule = 'bound' AND relation IS NOT NULL;
INSERT INTO entry VALUES ('p', '2022-07-01', 50);
SELECT enable_binding(id) FROM binding WHERE rule = 'bound' AND relation IS NOT NULL;
INSERT INTO entry VALUES ('q', '2022-07-01', 50);
SELECT is(facts('bound'), 'b f g n q', 'a binding that is disabled judges nothing, until it is enabled');

-- Named values: what was decided, by its name ------------------------------------------------------------

CREATE TABLE folio (id text PRIMARY KEY, at date, office text, sort text, pages integer, kept interval);
SELECT define_reading('most', 'C', 'how many pages?', 'integer', '3');
SELECT define_reading('quick', 'C', 'how long is that?', 'interval', '1 day');
SELECT define_reading('sorts', 'C', 'which are meant?', 'text[]', '{a}');
SELECT define_reading('bind', 'C', 'does it bind?', 'boolean', 'true');
SELECT define_rule('pages', 'C', 'check', 'x', '{"at": "date", "pages": "integer", "kept": "interval"}', '{"most": {"reading": "most"}, "usual": {"reading": "quick"}}',
	must => 'PAGES <= most AND kept <= usual');
SELECT define_rule('sorted', 'C', 'once', 'x', '{"at": "date", "office": "text", "sort": "text"}', '{"key": ["office"], "meant": {"reading": "sorts"}}', applies => 'sort = ANY (meant)');
SELECT define_rule('monthly', 'C', 'quota', 'x', '{"at": "date", "sort": "text"}', '{"quota": "at most 1 per month", "meant": {"reading": "sorts"}, "bound": {"reading": "bind"}}',
	applies => 'bound AND sort = ANY (meant)');
SELECT define_rule('answered', 'C', 'deadline', 'x', '{"start": "date", "pages": "integer"}', '{"limit": "2 days", "convention": "PLAIN", "most": {"reading": "most"}}', applies => 'pages > most');
SELECT is(refusal($$SELECT bind('pages', 'folio', '{"kept": "kept"}')$$),
	'22023 rule "pages" cannot be bound to table "public.folio": the role "pages" is missing', 'a role in an expression is needed, in capitals, too');
SELECT is(refusal($$SELECT bind('sorted', 'folio', '{"at": "at", "office": "office", "sort": "sort", "meant": "sort"}')$$),
	'22023 rule "sorted" cannot be bound to table "public.folio": "meant" is not a role of the rule', 'a named value is no role');
SELECT bind('pages', 'folio', '{"at": "at", "pages": "pages", "kept": "kept"}');
SELECT bind('sorted', 'folio', '{"at": "at", "office": "office", "sort": "sort"}');
SELECT bind('monthly', 'folio', '{"at": "at", "sort": "sort"}', 'office');
SELECT bind('answered', 'folio', '{"start": "at", "pages": "pages"}');
SELECT is((SELECT string_agg(l.rule || ' ' || l.state, ', ' ORDER BY l.rule) FROM binding_list l WHERE l.relation = 'folio'::regclass),
	'answered off, monthly off, pages off, sorted off', 'while a reading is open each is off');
SELECT is((SELECT string_agg(concat_ws(' ', s.rule, s.status, s.readings), ', ' ORDER BY s.rule) FROM rule_status s WHERE s.rule IN ('pages', 'monthly')),
	'monthly waits for a reading {bind,sorts}, pages waits for a reading {most,quick}', 'and rule_status says for what');
INSERT INTO folio VALUES ('a', '2022-01-10', 'x', 'a', 9, '2 days'), ('b', '2022-01-11', 'x', 'a', 9, '2 days');
SELECT is((SELECT count(*) FROM violation v JOIN binding b ON b.id = v.binding WHERE b.relation = 'folio'::regclass), 0::bigint, 'nothing is judged');
SELECT set_reading('most', '3', 'because', 'somebody', '2022-02-01');
INSERT INTO folio VALUES ('c', '2022-02-10', 'x', 'a', 9, '2 days');
SELECT is(concat_ws('; ', facts('pages'), duties('answered')), 'c open 02-13 00:00 late', 'one of two readings is not enough, and the rule that needs one is on');
SELECT set_reading('quick', '24:00', 'because', 'somebody', '2022-02-01');
SELECT set_reading('sorts', '{a,"it''s"}', 'because', 'somebody', '2022-02-01');
SELECT set_reading('bind', 'true', 'because', 'somebody', '2022-02-01');
SELECT is((SELECT string_agg(l.rule || ' ' || l.state, ', ' ORDER BY l.rule) FROM binding_list l WHERE l.relation = 'folio'::regclass),
	'answered enabled, monthly enabled, pages enabled, sorted enabled', 'decided, all are on');
INSERT INTO folio VALUES ('d', '2022-01-31', 'y', 'a', 4, '1 day'), ('e', '2022-02-01', 'y', 'a', 4, '1 day'), ('f', '2022-02-02', 'y', 'a', 3, '24:00'), ('g', '2022-02-03', 'y', 'b', 2, '24:01'),
	('h', '2022-02-04', 'y', 'it''s', 3, '0'), ('i', '2022-02-05', 'y', NULL, NULL, '1 day');
SELECT is(facts('pages'), 'e g', 'a check: of days from the decision on, with its values');
SELECT is((SELECT v.detail FROM violation v JOIN binding b ON b.id = v.binding WHERE b.rule = 'pages' AND v.row_key = 'g'),
	'kept = 24:01:00, most = 3, pages = 2, usual = 24:00:00', 'the detail shows them, too');
SELECT is(facts('sorted'), 'f h', 'a once: the rows to which it applies');
SELECT is(facts('monthly'), 'f h', 'a quota: the same');
SELECT is(duties('answered'), 'c open 02-13 00:00 late, e open 02-04 00:00 late', 'a deadline: the same');
SELECT set_reading('most', '9', 'a letter', 'somebody', '2022-03-01');
SELECT set_reading('bind', 'false', 'a letter', 'somebody', '2022-03-01');
INSERT INTO folio VALUES ('j', '2022-02-28', 'z', 'a', 9, '0'), ('k', '2022-03-01', 'z', 'a', 9, '0'), ('l', '2022-03-02', 'z', 'a', 10, '0');
SELECT is(concat_ws('; ', facts('pages'), facts('monthly')), 'e g j l; f h', 'a later decision counts from its day on, and a rule that is said not to bind applies to no row');
UPDATE folio SET at = '2022-03-31' WHERE id IN ('e', 'j');
SELECT is(facts('pages'), 'g l', 'rows that move into other days');
SELECT set_reading('quick', NULL, 'withdrawn', 'somebody', '2022-02-01');
INSERT INTO folio VALUES ('m', '2022-02-20', 'z', 'a', 50, '9 days');
SELECT is(facts('pages'), 'g l', 'open again, it is off again');

-- A cap is relative to what was before its rule was: rows from then were once left
-- out, so that no cap ever held in its first year.
SELECT define_regulation('NEW', 'x', 'x', '[2020-01-01,)'), define_clause('NEW-1', 'NEW', '1', 'x');
SELECT define_rule('first year', 'NEW-1', 'relative_cap', 'x', '{"at": "date"}', '{"quota": "at most 100% of previous year"}');
CREATE TABLE printed (id integer PRIMARY KEY, at date);
SELECT bind('first year', 'printed', '{"at": "at"}', '''office''');
SET datestyle = 'SQL, DMY';
INSERT INTO printed VALUES (1, '2019-05-05'), (2, '2020-05-05'), (3, '2020-05-06'), (4, '2019-12-31'), (5, '2020-01-01');
RESET datestyle;
SELECT is((SELECT string_agg(row_key || ' ' || detail, ', ') FROM violation_list WHERE rule = 'first year'), '3 no. 3 in [2020-01-01,2021-01-01), of at most 2', 'the first year of a cap has a base');
INSERT INTO printed VALUES (6, '2019-01-01');
SELECT is((SELECT count(*) FROM violation_list WHERE rule = 'first year' AND state = 'open'), 0::bigint, 'which grows by a row from then');
INSERT INTO printed SELECT g, '2019-02-01' FROM generate_series(10, 30) g;
SELECT is((SELECT count(*) FROM violation_list WHERE rule = 'first year' AND state = 'open'), 0::bigint, 'and what was before is not judged');
DELETE FROM printed WHERE at < '2020-01-01' AND id <> 1;
SELECT is((SELECT string_agg(row_key, ',' ORDER BY row_key) FROM violation_list WHERE rule = 'first year' AND state = 'open'), '2,3', 'but counts');

SELECT * FROM finish();
