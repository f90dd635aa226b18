-- Every explanation ends where the arithmetic does, and what is used up of a
-- limit is 1 at its deadline, over random limits, conventions, calendars and
-- pauses. STATUTE_CASES in the environment sets how many (5,000).
\set ON_ERROR_STOP on
\set cases 5000
\getenv cases STATUTE_CASES
SET search_path = public, statute;
SET statute.beyond_announced = assume;
SET client_min_messages = warning;

SELECT define_convention('T1', 't', 't', event_day_counts => true, roll_forward => 'modified_following', roll_backward => 'nearest',
	month_end => 'next', closing => '17:00', receipt_cutoff => '16:00');
SELECT define_convention('T2', 't', 't', clear_forward => true, roll_forward => 'nearest', short_days => 10, min_workdays => 3, min_workdays_from => 4);
SELECT define_convention('T3', 't', 't', roll_forward => 'modified_preceding', roll_backward => 'modified_following', roll_hours => true, full_hours => true);
SELECT define_calendar('NY', 'New York', time_zone => 'America/New_York', convention => 'US-FRCP');
SELECT setseed(0.42);

CREATE TABLE cases AS
SELECT i, start,
	(floor(n * (ARRAY[15, 40, 6, 4, 2, 100, 500])[1 + u % 7])::int || ' ' || (ARRAY['workdays', 'days', 'weeks', 'months', 'years', 'hours', 'minutes'])[1 + u % 7])::timelimit AS allowed,
	(ARRAY['CN', 'DALI', 'ISO', 'NY'])[1 + c % 4] AS cal,
	(ARRAY['', 'PLAIN', 'CN', 'EU', 'US-FRCP', 'DE', 'UK-CPR', 'T1', 'T2', 'T3'])[1 + v % 10] AS conv,
	CASE WHEN r1 < 0.5 THEN '{}' ELSE
		tstzmultirange(tstzrange(start + (r2 - 0.3) * interval '10 days', start + (r2 - 0.3) * interval '10 days' + r3 * interval '9 days'))
		+ CASE WHEN r1 < 0.7 THEN '{}' WHEN r1 < 0.98
			THEN tstzmultirange(tstzrange(start + (r2 + 1.3) * interval '10 days', start + (r2 + 1.3) * interval '10 days' + r3 * interval '19 days'))
			ELSE tstzmultirange(tstzrange(start + (r2 + 1.3) * interval '10 days', NULL)) END
	END AS pauses
FROM (SELECT i, date_trunc('milliseconds', timestamptz '2004-02-01' + random() * interval '22 years') AS start, (random() * 1e6)::int AS u, (random() * 1e6)::int AS c,
		(random() * 1e6)::int AS v, random() * random() AS n, random() AS r1, random() AS r2, random() AS r3
	FROM generate_series(1, :cases) i) r;

-- the first message of an explanation that fails, which is when it and deadline() disagree
CREATE FUNCTION explanation_of(c cases) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF c.i % 4 = 0 THEN
		PERFORM FROM statute.explain_deadline_before(c.start, c.allowed, c.cal, c.conv);
	ELSE
		PERFORM FROM statute.explain_deadline(c.start, c.allowed, c.cal, c.conv, c.pauses);
	END IF;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN format('case %s: %s', c.i, sqlerrm);
END
$$;

CREATE TABLE answers AS
SELECT c.*, deadline(c.start, c.allowed, c.cal, c.conv, c.pauses) AS due FROM cases c;

SELECT plan(7);
SELECT is((SELECT min(explanation_of(c)) FROM cases c), NULL, 'explain_deadline() ends where deadline() does');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due) AND due > start
		AND abs(used_fraction(start, allowed, due, cal, conv, pauses) - 1) > 1e-9), 0::bigint, 'used_fraction() is 1 at the deadline');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due) AND due > start + interval '1 minute'
		AND used_fraction(start, allowed, due - interval '1 second', cal, conv, pauses) > 1), 0::bigint, 'and not more before it');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due)
		AND used_fraction(start, allowed, due + interval '1 second', cal, conv, pauses) < 1), 0::bigint, 'and not less after it');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due) AND used_fraction(start, allowed, start, cal, conv, pauses) > 0
		AND conv <> 'T1' AND allowed <> 'immediate' AND due > start AND allowed > '0 days'), 0::bigint, 'nothing is used at the event, unless its day counts');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due)
		AND used_fraction(start, allowed, start + (due - start) * 0.3, cal, conv, pauses) > used_fraction(start, allowed, start + (due - start) * 0.6, cal, conv, pauses) + 1e-12),
	0::bigint, 'used_fraction() never falls');
SELECT is((SELECT count(*) FROM answers WHERE isfinite(due) AND pauses <> '{}' AND due < deadline(start, allowed, cal, conv)
		AND conv !~ '^T' AND allowed::text !~ 'hour|minute'), 0::bigint,
	'a pause never brings a last day forward, where it rolls to the next working day');
SELECT * FROM finish();
