-- Rosters: what a period lacked for everyone who had to, whose turn it was not, and
-- warnings while a period runs; compared with counts in plain SQL and with quota_report().
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SET timezone = 'America/New_York';
SET datestyle = 'German, DMY';
SELECT * FROM no_plan();

CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN sqlstate || ' ' || sqlerrm;
END $$;
-- who was short in which period, by its first day
CREATE FUNCTION short(binding integer) RETURNS text LANGUAGE sql SET datestyle = 'ISO' AS $$
	SELECT string_agg(format('%s %s%s', v.subject, to_char(lower(v.period), 'YYYY-MM-DD'), CASE v.state WHEN 'open' THEN '' ELSE ' ' || v.state END), ', ' ORDER BY lower(v.period), v.subject, v.id)
	FROM statute.violation v WHERE v.binding = $1 AND v.row_key IS NULL
$$;
CREATE FUNCTION warned(binding integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s %s%s', n.subject, n.body, ' for ' || n.recipient || coalesce('<' || n.stands_in_for, '')), ', ' ORDER BY n.id)
	FROM statute.notice n WHERE n.binding = $1 AND n.period IS NOT NULL
$$;
SELECT define_regulation('REG', 'a regulation', 'an issuer', '[2000-01-01,)');
SELECT define_clause('C', 'REG', 'art. 1', 'words');
SELECT define_rule(code, 'C', 'quota', 'Visits', '{"at": "date"}', jsonb_build_object('quota', quota))
FROM (VALUES ('week', 'at least 1 per week'), ('month', 'at least 2 days per month'), ('quarter', 'at least 1 per quarter'), ('half', 'at least 3 per half year'), ('year', 'at least 6 days per year'),
	('sliding', 'at least 1 per 30 days'), ('most', 'at most 2 per month')) v (code, quota);
SELECT define_rule('late', 'C', 'deadline', 'x', '{"start": "date"}', '{"limit": "7 workdays"}');
SELECT define_rule('turns', 'C', 'once', 'x', '{"who": "text", "at": "date"}', '{"key": ["who"], "rotation": true}'),
	define_rule('pairs', 'C', 'once', 'x', '{"who": "text", "whom": "text"}', '{"key": ["who", "whom"], "rotation": true}');
CREATE TABLE visit (id integer PRIMARY KEY, who text, whom text, day date);
CREATE TABLE official (name text, since date, until date, n integer);
SELECT bind(rule, 'visit', '{"at": "day"}', 'who') FROM unnest('{week,month,quarter,half,year,sliding,most}'::text[]) rule;
SELECT bind('late', 'visit', '{"start": "day"}', 'who'), bind('turns', 'visit', '{"who": "who", "at": "day"}', 'who'), bind('pairs', 'visit', '{"who": "who", "whom": "whom"}', 'who');
SELECT binding_of('week', 'visit') AS week, binding_of('month', 'visit') AS month, binding_of('quarter', 'visit') AS quarter, binding_of('half', 'visit') AS half, binding_of('year', 'visit') AS year,
	binding_of('sliding', 'visit') AS sliding, binding_of('most', 'visit') AS most, binding_of('late', 'visit') AS late, binding_of('turns', 'visit') AS turns, binding_of('pairs', 'visit') AS pairs \gset

-- Errors ---------------------------------------------------------------------------------------------

CREATE FUNCTION fault(binding integer, rest text) RETURNS text LANGUAGE sql AS $$SELECT refusal(format('SELECT set_roster(%s, %s)', $1, $2))$$;
SELECT is(fault(:late, '''official'', ''name'''), '22023 rule "late" cannot have a roster: it is no quota and no rotation', 'a deadline has no roster');
SELECT is(fault(:pairs, '''official'', ''name'''), '22023 rule "pairs" cannot have a roster: a rotation goes by one role, of type text', 'nor have pairs');
SELECT is(fault(:sliding, '''official'', ''name'''), '22023 rule "sliding" cannot have a roster: its periods do not end one after the other', 'nor what slides');
SELECT is(fault(:week, '''official'', ''name'', template => ''{who}'''), '22023 the text has no field "who"', 'fields have their names');
SELECT alike(fault(:week, '''official'', ''nobody'''), '42703 %', 'a column that there is');
SELECT alike(fault(:week, '''official'', ''name'', ''since'''), '42804 %', 'days are a range');
SELECT alike(fault(:week, '''official'', ''name''''; DROP TABLE official; --'''), '42601 %', 'an expression is one');
SELECT alike(fault(:week, '''official'', ''count(*)::text'''), '42803 %', 'and no aggregate');
SELECT is(fault(:week, '''official'', NULL'), '22004 a roster needs a subject, a part and a text', 'a subject');
SELECT is(fault(:week, '''official'', ''name'', part => NULL'), '22004 a roster needs a subject, a part and a text', 'a part');
SELECT alike(fault(:week, '''official'', ''name'', part => '''''), '23514 %', 'which is not empty');
SELECT alike(fault(999, '''official'', ''name'''), '42704 binding 999 %', 'a binding');
SELECT is((SELECT count(*) FROM roster), 0::bigint, 'none of these is kept');

CREATE ROLE roster_owner;
CREATE ROLE roster_heir;
CREATE ROLE roster_clerk;
GRANT CREATE ON SCHEMA public TO roster_owner, roster_heir;
GRANT INSERT, DELETE, UPDATE, SELECT ON visit TO roster_clerk;
SET ROLE roster_owner;
SELECT alike(fault(:week, '''official'', ''name'''), '42501 %', 'whoever does not own the bound table sets no roster');
CREATE TABLE own_visit (id integer PRIMARY KEY, who text, day date);
SELECT bind('quarter', 'own_visit', '{"at": "day"}', 'who') AS own \gset
SELECT alike(fault(:own, '''official'', ''name'''), '42501 %', 'nor on a table of others');
RESET ROLE;

-- A year of data -----------------------------------------------------------------------------------------

-- nine officials, of whom two come and go; visits by a rule of thumb, on few days or on many
INSERT INTO official VALUES ('a', NULL, NULL), ('b', NULL, NULL), ('c', '2022-02-15', NULL), ('d', NULL, '2022-08-01'), ('e', '2022-04-01', '2022-10-01'), ('f', NULL, NULL), ('none', NULL, NULL),
	('twice', NULL, '2022-03-31'), ('twice', '2022-04-15', NULL), ('joined', NULL, '2022-05-10'), ('joined', '2022-05-10', NULL), ('never', '2022-05-05', '2022-05-05');
INSERT INTO visit
SELECT row_number() OVER (ORDER BY d, w.who, n), w.who, 'x', d::date
FROM generate_series(timestamp '2022-01-01', '2022-12-31', '1 day') d,
	(VALUES ('a', 3, 1), ('b', 17, 2), ('c', 40, 1), ('d', 90, 3), ('e', 29, 1), ('f', 120, 1), ('twice', 11, 1), ('joined', 23, 2), ('stranger', 10, 1)) w (who, every, times),
	generate_series(1, w.times) n
WHERE extract(doy FROM d)::integer % w.every = w.every / 2;
SELECT set_roster(b, 'official', 'name', 'daterange(since, until)', '2022-01-01') FROM unnest(ARRAY[:week, :month, :quarter, :half, :year, :most]) b;

-- whole periods only, counted from the rows
CREATE FUNCTION oracle(through date) RETURNS TABLE (rule text, subject text, first date, last date, counted bigint) LANGUAGE sql AS $$
	WITH unit (rule, step, first) AS (
		VALUES ('week', interval '7 days', date '2022-01-03'), ('month', '1 month', '2022-01-01'), ('quarter', '3 months', '2022-01-01'), ('half', '6 months', '2022-01-01'), ('year', '1 year', '2022-01-01')
	), period AS (
		SELECT u.rule, (u.first + k * u.step)::date AS first, (u.first + (k + 1) * u.step)::date - 1 AS last FROM unit u, generate_series(0, 60) k
	), member AS (
		SELECT o.name, range_agg(daterange(o.since, o.until)) AS days FROM public.official o GROUP BY 1
	)
	SELECT p.rule, m.name, p.first, p.last, CASE WHEN p.rule IN ('month', 'year') THEN count(DISTINCT v.day) ELSE count(v.day) END
	FROM period p CROSS JOIN member m LEFT JOIN public.visit v ON v.who = m.name AND v.day BETWEEN p.first AND p.last
	WHERE p.last <= through AND m.days @> daterange(p.first, p.last, '[]')
	GROUP BY 1, 2, 3, 4
	HAVING CASE WHEN p.rule IN ('month', 'year') THEN count(DISTINCT v.day) ELSE count(v.day) END < CASE p.rule WHEN 'month' THEN 2 WHEN 'half' THEN 3 WHEN 'year' THEN 6 ELSE 1 END
$$;
CREATE FUNCTION found() RETURNS TABLE (rule text, subject text, first date, last date, counted bigint) LANGUAGE sql AS $$
	SELECT b.rule, v.subject, lower(v.period), upper(v.period) - 1, split_part(v.detail, ' ', 1)::bigint
	FROM statute.violation v JOIN statute.binding b ON b.id = v.binding WHERE v.row_key IS NULL AND v.state = 'open' AND b.relation = 'public.visit'::regclass
$$;
-- each day across the end of a quarter, once a fortnight before that, and then months without a run
CREATE PROCEDURE sweep_days(first timestamp, last timestamp, step interval) LANGUAGE plpgsql AS $$
DECLARE
	d timestamp;
BEGIN
	FOR d IN SELECT g FROM generate_series(first, last, step) g LOOP
		CALL statute.sweep(d AT TIME ZONE 'Asia/Shanghai');
	END LOOP;
END $$;
CALL sweep_days('2022-01-03 08:00', '2022-03-28 08:00', '14 days');
CALL sweep_days('2022-03-29', '2022-03-31', '1 day');
SELECT bag_eq('SELECT * FROM found()', $$SELECT * FROM oracle('2022-03-30')$$, 'before the last midnight of a quarter');
CALL sweep('2022-03-31 23:59:59.999999+08');
SELECT bag_eq('SELECT * FROM found()', $$SELECT * FROM oracle('2022-03-30')$$, 'nothing is judged that is not over');
CALL sweep('2022-04-01 00:00+08', 1);
SELECT ok((SELECT count(*) > 20 FROM oracle('2022-03-31')), 'there is something to find');
SELECT bag_eq('SELECT * FROM found()', $$SELECT * FROM oracle('2022-03-31')$$, 'who was short, also without a row, in whole periods only');
SELECT is((SELECT count(*) FROM violation WHERE row_key IS NULL AND state <> 'open'), 0::bigint, 'each once');
CREATE TABLE before AS SELECT to_jsonb(v) AS v FROM violation v UNION ALL SELECT to_jsonb(n) FROM notice n UNION ALL SELECT to_jsonb(r) - '{horizon,looked_at,next_look_at,pending_through,settled_through}'::text[] FROM roster r UNION ALL SELECT to_jsonb(c) FROM quota_course c;
CALL sweep('2022-04-01 00:00+08');
CALL sweep('2022-02-10 00:00+08', NULL);
CALL sweep('2022-04-01 23:00+08', 1000);
SELECT bag_eq('TABLE before', $$SELECT to_jsonb(v) AS v FROM violation v UNION ALL SELECT to_jsonb(n) FROM notice n UNION ALL SELECT to_jsonb(r) - '{horizon,looked_at,next_look_at,pending_through,settled_through}'::text[] FROM roster r UNION ALL SELECT to_jsonb(c) FROM quota_course c$$,
	'the same again, or a clock that goes back, changes nothing');
CALL sweep('2022-09-30 12:00+08');
SELECT bag_eq('SELECT * FROM found()', $$SELECT * FROM oracle('2022-09-29')$$, 'half a year without a run: nothing is skipped');
CALL sweep('2023-01-01 00:00+08');
SELECT bag_eq('SELECT * FROM found()', $$SELECT * FROM oracle('2022-12-31')$$, 'a whole year');
CREATE VIEW listed AS SELECT name AS who, daterange(since, until) AS held FROM official WHERE since < until IS NOT FALSE;
SELECT bag_eq(format('SELECT subject, first, counted::integer FROM found() WHERE rule = %L', rule),
	format('SELECT subject_key[1], lower(period), counted FROM quota_report(''visit'', ''listed'', %L, ''[2022-01-01,2023-01-01)'', ''{who}'', ''day'', ''held'') WHERE status = ''not met''', params ->> 'quota'),
	'as quota_report() has it: ' || rule)
FROM (SELECT code AS rule, params FROM rule WHERE code IN ('week', 'month', 'quarter', 'half', 'year')) r;

-- What is entered late --------------------------------------------------------------------------------------

SELECT is((SELECT count(*) FROM violation WHERE binding = :most AND row_key IS NULL), 0::bigint, 'a maximum leaves nobody short');
DELETE FROM visit;
DELETE FROM official;
DELETE FROM violation;
DELETE FROM notice;
SELECT set_roster(b, NULL) FROM unnest(ARRAY[:week, :month, :half, :year, :most]) b;
SELECT is((SELECT count(*) FROM roster_member m WHERE m.binding <> :quarter), 0::bigint, 'without a roster there are no members');
INSERT INTO official VALUES ('li'), ('wang'), ('zhao');
SELECT set_roster(:quarter, 'official', 'name', since => '2022-02-01');
INSERT INTO visit VALUES (1, 'li', 'x', '2022-05-05');
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'wang 2022-04-01, zhao 2022-04-01', 'from the first period on that begins after the day');
SELECT excuse(max(id), 'ill', 'art. 9', 'chief') FROM violation WHERE subject = 'zhao';
INSERT INTO visit VALUES (2, 'wang', 'x', '2022-04-01'), (3, 'zhao', 'x', '2022-06-30');
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'wang 2022-04-01 corrected, zhao 2022-04-01 excused', 'an event that is entered late puts it right; what was excused stays');
DELETE FROM visit WHERE id IN (2, 3);
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'wang 2022-04-01 corrected, wang 2022-04-01, zhao 2022-04-01 excused', 'deleted, it is short again, once');
UPDATE visit SET day = '2022-03-31' WHERE id = 1;
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'li 2022-04-01, wang 2022-04-01 corrected, wang 2022-04-01, zhao 2022-04-01 excused', 'moved to another period');
UPDATE visit SET who = 'wang', day = '2022-04-30' WHERE id = 1;
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'li 2022-04-01, wang 2022-04-01 corrected, wang 2022-04-01 corrected, zhao 2022-04-01 excused', 'or to somebody else');
TRUNCATE visit;
CALL sweep('2022-07-01 00:00+08');
SELECT is(short(:quarter), 'li 2022-04-01, wang 2022-04-01 corrected, wang 2022-04-01 corrected, wang 2022-04-01, zhao 2022-04-01 excused', 'TRUNCATE takes it away');
-- the roster says today who had to
UPDATE official SET since = '2022-05-01' WHERE name = 'li';
SELECT set_roster(:quarter, 'official', 'name', 'daterange(since, until)', '2022-02-01');
CALL sweep('2022-07-01 00:00+08');
SELECT is((SELECT string_agg(subject, ' ') FROM violation WHERE binding = :quarter AND state = 'open'), 'wang', 'who was there for a part of it is not short');
SELECT alike((SELECT detail FROM violation WHERE binding = :quarter AND state = 'open'), '0 of 1 from 2022-04-01 through 2022-06-30', 'with what was counted');
SELECT results_eq($$SELECT rule, what, subject, row_key, happened_at = '2022-07-01 00:00+08' FROM violation_list WHERE state = 'open' AND subject = 'wang'$$,
	$$VALUES ('quarter', 'short of "at least 1 per quarter"', 'wang', NULL::text, true)$$, 'listed');

-- Warnings -----------------------------------------------------------------------------------------------------

SELECT set_roster(:quarter, NULL);
DELETE FROM violation;
DELETE FROM notice;
DELETE FROM official;
INSERT INTO official VALUES ('li'), ('wang');
SELECT set_contact('wang', 'handler', 'Wu', 'Deng'), set_absence('Wu', '[2022-03-25,2022-03-29)'), set_contact('li', 'leader', 'Zhu');
SELECT set_roster(:month, 'official', 'name', since => '2022-01-01', template => '{pace} {counted}/{required} {shortfall} by {last_day}');
-- two days in March 2022: the last two working days are Wednesday 30 and Thursday 31
INSERT INTO visit VALUES (1, 'li', 'x', '2022-03-02'), (2, 'li', 'x', '2022-03-02');
CALL sweep('2022-03-02 12:00+08');
SELECT is(warned(:month), NULL, 'on track');
CALL sweep_days('2022-03-03 09:00', '2022-03-31 09:00', '1 day');
SELECT is_empty($$SELECT n.subject, n.body FROM notice n WHERE n.period IS NOT NULL GROUP BY n.subject, n.period, split_part(n.body, ' ', 1), n.body HAVING count(*) > 1$$, 'no warning twice');
-- as quota_pace() has it for each of these days, and only where it changes
SELECT bag_eq($$SELECT n.subject, n.body, n.fell_due_at, n.light || ' ' || n.part AS whom FROM notice n WHERE n.period = '[2022-03-01,2022-04-01)'$$, $$
	WITH day AS (
		SELECT m.name, d::date AS today, (SELECT count(DISTINCT v.day)::integer FROM visit v WHERE v.who = m.name AND v.day BETWEEN '2022-03-01' AND d::date) AS counted
		FROM official m, generate_series(timestamp '2022-03-02', '2022-03-31', '1 day') d
	), course AS (
		SELECT x.name, x.today, x.counted, p.*, lag(p.pace, 1, 'on track') OVER (PARTITION BY x.name ORDER BY x.today) AS before
		FROM day x, quota_pace(x.counted, 'at least 2 days per month', '[2022-03-01,2022-04-01)', x.today, 'CN') p
	)
	SELECT c.name, format('%s %s/2 %s by %s', c.pace, c.counted, c.shortfall, to_char(c.last_day, 'YYYY-MM-DD')) AS body, (c.today + time '09:00') AT TIME ZONE 'Asia/Shanghai' AS at, 'yellow handler' AS whom
	FROM course c WHERE c.pace <> c.before AND c.pace IN ('at risk', 'out of reach')$$, 'each change of pace once, on its day');
SELECT ok((SELECT count(*) >= 3 FROM notice WHERE period = '[2022-03-01,2022-04-01)'), 'there were some');
SELECT is((SELECT count(*) FROM notice WHERE subject = 'li' AND recipient IS NOT NULL), 0::bigint, 'without a contact nobody is addressed');
SELECT is_empty($$SELECT FROM notice n WHERE n.subject = 'wang' AND (n.recipient, n.stands_in_for) IS DISTINCT FROM
	CASE WHEN (fell_due_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN '2022-03-25' AND '2022-03-28' THEN ROW('Deng'::text, 'Wu'::text) ELSE ROW('Wu'::text, NULL::text) END$$, 'or the deputy, on days of absence');
CREATE TABLE told AS SELECT count(*) AS n FROM notice;
INSERT INTO visit VALUES (3, 'wang', 'x', '2022-03-30'), (4, 'wang', 'x', '2022-03-31');
CALL sweep('2022-03-31 10:00+08');
SELECT is((SELECT count(*) - n FROM notice, told GROUP BY n), 0::bigint, 'what was met is no reason for one');
CALL sweep('2022-04-01 00:00+08');
SELECT is(short(:month), 'li 2022-01-01, wang 2022-01-01, li 2022-02-01, wang 2022-02-01, li 2022-03-01', 'and is not short');
DELETE FROM visit WHERE id = 4;
CALL sweep('2022-03-31 10:00+08');
CALL sweep('2022-04-01 12:00+08');
SELECT is(short(:month), 'li 2022-01-01, wang 2022-01-01, li 2022-02-01, wang 2022-02-01, li 2022-03-01, wang 2022-03-01', 'until that is deleted');
SELECT set_roster(:month, 'official', 'name', since => '2022-01-01', template => 'other');
SELECT is((SELECT count(*) FROM violation WHERE binding = :month), 6::bigint, 'to set the roster again');
CALL sweep('2022-04-01 12:00+08');
SELECT is((SELECT count(*) FROM violation WHERE binding = :month), 6::bigint, 'finds the same');
SELECT is((SELECT count(*) FROM notice WHERE body = 'other' AND period = '[2022-03-01,2022-04-01)'), 0::bigint, 'and warns of nothing again');
SELECT set_roster(:month, NULL);

-- Turns ----------------------------------------------------------------------------------------------------------

DELETE FROM visit;
DELETE FROM violation;
DELETE FROM official;
INSERT INTO official VALUES ('a', NULL), ('b', NULL), ('c', '2022-03-10');
SELECT set_roster(:turns, 'official', 'name', 'daterange(since, until)', '2022-03-01');
-- a b | a a(repeat) b | from the 10th on there are three: c is in turn, a and b have had theirs in this round
INSERT INTO visit VALUES (1, 'a', 'x', '2022-03-01'), (2, 'b', 'x', '2022-03-02'), (3, 'a', 'x', '2022-03-03'), (4, 'a', 'x', '2022-03-04'), (5, 'b', 'x', '2022-03-05'), (6, 'stranger', 'x', '2022-03-06'),
	(7, 'b', 'x', '2022-03-07'), (8, 'b', 'x', '2022-03-08');
CREATE FUNCTION turned(binding integer) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.row_key || ' ' || v.state, ', ' ORDER BY v.row_key::integer, v.id) FROM statute.violation v WHERE v.binding = $1 AND v.what = 'out of turn'
$$;
CALL sweep('2022-03-08 23:00+08');
SELECT is(turned(:turns), '4 open', 'a second turn before everyone had one');
CALL sweep('2022-03-09 00:00+08');
SELECT is(turned(:turns), '4 open, 8 open', 'each day when it is over');
UPDATE visit SET who = 'b' WHERE id = 4;
CALL sweep('2022-03-09 00:00+08');
-- a b a b | b b b: 5 begins a round, 7 and 8 repeat
SELECT is(turned(:turns), '4 corrected, 7 open, 8 open', 'one that changes changes those after it');
DELETE FROM visit WHERE id = 5;
CALL sweep('2022-03-09 00:00+08');
SELECT is(turned(:turns), '4 corrected, 7 corrected, 8 open', 'also where one is gone');
SELECT set_roster(:turns, NULL);

-- Rights and failures ----------------------------------------------------------------------------------------------

DELETE FROM violation;
DELETE FROM sweep_failure;
CREATE TABLE witness (who name, n integer);
GRANT INSERT ON witness TO PUBLIC;
SET ROLE roster_owner;
CREATE TABLE own_roster (name text, secret text);
INSERT INTO own_roster VALUES ('li', 'x'), ('wang', 'y');
CREATE FUNCTION spy(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.witness VALUES (current_user); RETURN $1; END $$;
SELECT alike(fault(:own, '''own_roster'', ''public.spy(name)'''), '42P17 %', 'no volatile expressions');
ALTER FUNCTION spy STABLE;
SELECT set_roster(:own, 'own_roster', 'public.spy(name)', since => '2022-01-01');
ALTER FUNCTION spy VOLATILE;
RESET ROLE;
INSERT INTO own_visit VALUES (1, 'li', '2022-02-02');
SELECT set_roster(:quarter, 'official', 'name', since => '2022-01-01');
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT string_agg(DISTINCT who, ' ') FROM witness), 'roster_owner', 'expressions run with the rights of who owns the roster, whoever sweeps');
SELECT is(short(:own), 'wang 2022-01-01', 'and find who was short');
-- in each of these the other roster goes on
CREATE FUNCTION failed(during text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM statute.sweep_failure; DELETE FROM statute.violation;
	EXECUTE during;
	UPDATE statute.roster SET next_look_at = '-infinity', judged_through = '2021-12-31', settled_through = '2021-12-31', pending_through = NULL;
	RETURN NULL;
END $$;
CREATE FUNCTION outcome() RETURNS text LANGUAGE sql AS $$
	SELECT (SELECT string_agg(format('%s %s', f.sqlstate, f.binding = (SELECT max(id) FROM statute.binding)), ', ') FROM statute.sweep_failure f) || '; ' ||
		(SELECT count(*) FROM statute.violation v WHERE v.row_key IS NULL)
$$;
SELECT failed('ALTER TABLE own_roster RENAME TO renamed_roster');
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT count(*) FROM sweep_failure), 0::bigint, 'a roster that has another name is the same');
SELECT failed('ALTER TABLE renamed_roster RENAME COLUMN name TO title');
CALL sweep('2022-04-01 00:00+08');
SELECT is(outcome(), '42703 t; 1', 'a column that is gone: on record, and the others are judged');
CALL sweep('2022-04-01 00:00+08');
SELECT is(outcome(), '42703 t; 1', 'once');
CALL sweep('2022-04-01 01:00+08');
SELECT is(outcome(), '42703 t, 42703 t; 1', 'and again in an hour');
SELECT failed('ALTER TABLE renamed_roster RENAME COLUMN title TO name');
CALL sweep('2022-04-01 00:00+08');
SELECT is(coalesce(outcome(), '') || short(:own), 'wang 2022-01-01', 'put right, it goes on');
SELECT failed('ALTER TABLE renamed_roster OWNER TO roster_heir');
CALL sweep('2022-04-01 00:00+08');
SELECT is(outcome(), '55000 t; 1', 'another owner did not agree to run its expressions');
SELECT failed('ALTER TABLE renamed_roster OWNER TO roster_owner; ALTER TABLE renamed_roster ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON renamed_roster USING (name = ''li'')');
CALL sweep('2022-04-01 00:00+08');
SELECT is(short(:own), 'wang 2022-01-01', 'its own policies do not hide rows from the owner');
SELECT failed('ALTER TABLE renamed_roster FORCE ROW LEVEL SECURITY');
CALL sweep('2022-04-01 00:00+08');
SELECT ok(outcome() IS NOT NULL OR short(:own) = 'wang 2022-01-01', 'or it fails rather than leave somebody out');
SELECT failed($$ALTER TABLE renamed_roster NO FORCE ROW LEVEL SECURITY; CREATE OR REPLACE FUNCTION spy(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''search_path'', ''public'', false), set_config(''timezone'', ''UTC'', false); RETURN $1; END'$$);
CALL sweep('2022-04-01 00:00+08');
SELECT is(coalesce(outcome(), short(:own)), 'wang 2022-01-01', 'an expression may set what it likes');
SELECT is(current_setting('timezone') || ' ' || current_setting('search_path'), 'America/New_York public, statute', 'which is undone');
SELECT failed($$CREATE OR REPLACE FUNCTION spy(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN SET ROLE postgres; RETURN $1; END'$$);
CALL sweep('2022-04-01 00:00+08');
SELECT is(outcome(), '42501 t; 1', 'an expression takes on no other role');
SELECT failed($$CREATE OR REPLACE FUNCTION spy(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM set_config(''search_path'', ''public'', false); CREATE TEMP TABLE IF NOT EXISTS violation (x text); RETURN $1; END'$$);
CALL sweep('2022-04-01 00:00+08');
SELECT is(outcome(), '42501 t; 1', 'nor does it put a table in the way');
SELECT failed('DROP TABLE renamed_roster');
CALL sweep('2022-04-01 00:00+08');
SELECT is((SELECT count(*) FROM roster WHERE binding = :own) + (SELECT count(*) FROM sweep_failure), 0::bigint, 'a roster whose table is gone is gone');
SELECT is((SELECT what FROM binding_event WHERE binding = :own ORDER BY id DESC LIMIT 1), 'roster dropped', 'on record');
SELECT is((SELECT count(*) FROM violation WHERE binding = :quarter AND row_key IS NULL), 1::bigint, 'and the others are judged');
SELECT is(current_setting('search_path') || ' ' || current_user, 'public, statute postgres', 'nothing is left of it');

-- Whoever may enter events needs no rights on any of it
SET ROLE roster_clerk;
INSERT INTO visit VALUES (100, 'a', 'x', '2022-03-01');
DELETE FROM visit WHERE id = 100;
RESET ROLE;
SELECT is((SELECT settled_through <= '2022-02-28' AND next_look_at = '-infinity' FROM roster WHERE binding = :quarter), true, 'and yet the period is judged again');
SELECT unbind(:quarter);
SELECT is((SELECT count(*) FROM roster WHERE binding = :quarter) + (SELECT count(*) FROM roster_member WHERE binding = :quarter) + (SELECT count(*) FROM quota_course WHERE binding = :quarter), 0::bigint,
	'a binding that ends has no roster');
DROP OWNED BY roster_owner, roster_heir, roster_clerk;
DROP ROLE roster_owner, roster_heir, roster_clerk;

SELECT * FROM finish();
