-- Properties of the working-day functions over random cases, against an
-- oracle that steps from day to day through the rows of the tables.
-- STATUTE_CASES in the environment sets how many (100,000).
\set ON_ERROR_STOP on
\set cases 100000
\getenv cases STATUTE_CASES
SET search_path = public, statute;
SET statute.beyond_announced = assume;
SET client_min_messages = warning;

-- what the tables say of a day, without the compiled calendar
CREATE FUNCTION works(cal text, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT coalesce(
		(SELECT d.is_workday FROM statute._calendar_chain(cal) h JOIN statute.calendar_day d ON d.calendar = h.code
		WHERE d.day = works.day ORDER BY h.depth LIMIT 1),
		extract(isodow FROM day) <> ALL (CASE cal WHEN 'ODD' THEN '{3,4,7}' ELSE '{6,7}' END::int[]))
$$;
SELECT define_calendar('ODD', 'three days off, and many exceptions', NULL, '{3,4,7}', 'UTC', 'PLAIN');
SELECT setseed(0.2022);
INSERT INTO calendar_day SELECT 'ODD', date '1999-01-01' + i, random() < 0.5, 'x' FROM generate_series(0, 9000) i WHERE random() < 0.1;

CREATE TABLE known AS
SELECT c AS cal, d::date AS day, works(c, d::date) AS works
FROM unnest(ARRAY['CN', 'DALI', 'ODD']) c, generate_series(timestamp '1997-01-01', '2032-12-31', '1 day') d;
CREATE TABLE week AS
SELECT cal, array_agg(works ORDER BY day) AS works FROM known GROUP BY cal;

CREATE FUNCTION step_add(works boolean[], day date, n int) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	i int := day - date '1997-01-01' + 1;
	k int := n;
BEGIN
	WHILE k <> 0 LOOP
		i := i + sign(n)::int;
		IF works[i] THEN
			k := k - sign(n)::int;
		END IF;
	END LOOP;
	RETURN date '1997-01-01' + (i - 1);
END
$$;

CREATE TABLE cases AS
SELECT i, (ARRAY['CN', 'DALI', 'ODD'])[1 + i % 3] AS cal,
	date '1998-06-01' + (random() * 11600)::int AS a, (random() * random() * 200 - 50)::int AS n, (random() * random() * 300)::int AS span
FROM generate_series(1, :cases) i;

SELECT plan(11);
SELECT is((SELECT count(*) FROM known k WHERE k.works IS DISTINCT FROM is_workday(k.day, k.cal)), 0::bigint,
	'is_workday: every day of 36 years, three calendars, as the tables say');
SELECT is((SELECT count(*) FROM cases c JOIN week w USING (cal)
		WHERE add_workdays(c.a, c.n, c.cal) IS DISTINCT FROM step_add(w.works, c.a, c.n)), 0::bigint,
	'add_workdays: as stepping from day to day');
SELECT is((SELECT count(*) FROM cases c
		WHERE workdays_between(c.a, c.a + c.span, c.cal)
			<> (SELECT count(*) FILTER (WHERE w.works[j]) FROM week w,
				generate_series(c.a - date '1997-01-01' + 2, c.a + c.span - date '1997-01-01' + 1) j WHERE w.cal = c.cal)
			AND c.i <= 20000), 0::bigint,
	'workdays_between: as counting one by one');
SELECT is((SELECT count(*) FROM cases c WHERE works(c.cal, c.a + c.span) AND c.i <= 20000
		AND add_workdays(c.a, workdays_between(c.a, c.a + c.span, c.cal), c.cal) <> c.a + c.span AND c.span > 0), 0::bigint,
	'inverse: add_workdays(a, workdays_between(a, b)) = b');
SELECT is((SELECT count(*) FROM cases c WHERE c.n <> 0
		AND workdays_between(c.a, add_workdays(c.a, c.n, c.cal), c.cal) <> c.n + (c.n < 0 AND NOT is_workday(c.a, c.cal))::int), 0::bigint,
	'inverse: workdays_between(a, add_workdays(a, n)) = n, but back from a day off, itself no working day');
SELECT is((SELECT count(*) FROM cases c WHERE add_workdays(c.a, c.n + 1, c.cal) <= add_workdays(c.a, c.n, c.cal)
		AND NOT (c.n = 0 OR c.n = -1)), 0::bigint, 'monotone in n');
SELECT is((SELECT count(*) FROM cases c WHERE add_workdays(c.a + 1, c.n, c.cal) < add_workdays(c.a, c.n, c.cal)), 0::bigint, 'monotone in the date');
SELECT is((SELECT count(*) FROM cases c WHERE add_workdays(add_workdays(c.a, 1 + abs(c.n), c.cal), c.span, c.cal)
		<> add_workdays(c.a, 1 + abs(c.n) + c.span, c.cal)), 0::bigint, 'additivity of add_workdays');
SELECT is((SELECT count(*) FROM cases c WHERE workdays_between(c.a, c.a + c.n, c.cal) + workdays_between(c.a + c.n, c.a + c.span, c.cal)
		<> workdays_between(c.a, c.a + c.span, c.cal)), 0::bigint, 'additivity of workdays_between');
SELECT is((SELECT count(*) FROM cases c WHERE workdays_between(c.a + c.span, c.a, c.cal) <> -workdays_between(c.a, c.a + c.span, c.cal)), 0::bigint, 'symmetry');
SELECT is((SELECT count(*) FROM cases c WHERE c.i <= 20000 AND (count_workdays(daterange(c.a, c.a + c.span), c.cal)
		<> (SELECT count(*) FROM list_workdays(daterange(c.a, c.a + c.span), c.cal)))), 0::bigint, 'count_workdays is the length of list_workdays');
SELECT * FROM finish();
