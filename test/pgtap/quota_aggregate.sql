-- The quota aggregates where the executor takes them apart: in parallel, over
-- frames that move, as states that are stored and sent; and hostile callers.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = warning;
SELECT setseed(0.2022);
SELECT current_setting('data_directory') || '/quota_aggregate.tap' AS file \gset

CREATE TABLE rule (n int, quota quota, span daterange);
INSERT INTO rule VALUES
	(1, 'at least 1 per quarter', '[2022-01-01,2023-01-01)'), (2, 'at least 30 days per year', '[2021-06-01,2023-03-01)'),
	(3, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)'), (4, 'at most 3 days per 10 days', '[2022-02-16,2022-09-01)'),
	(5, 'at most 80% of previous month', '[2022-01-01,2023-01-01)'), (6, 'at least 4 per month since 2022-02-16', '[2022-01-01,2022-12-20)'),
	(7, 'exactly 20 in total', '[2022-03-01,2022-06-01)'), (8, 'at least 2 days per 14 days', '[2022-01-01,2022-07-01)');
CREATE TABLE ev AS
SELECT i, (random() * 40)::int AS who, CASE WHEN random() < 0.02 THEN NULL WHEN random() < 0.01 THEN 'infinity' ELSE date '2021-12-01' + (random() * random() * 420)::int END AS at
FROM generate_series(1, 20000) i;
ALTER TABLE ev ADD moment timestamptz;
UPDATE ev SET moment = (at + time '00:00' + (i % 1440) * interval '1 minute') AT TIME ZONE 'Asia/Shanghai';
ALTER TABLE ev SET (parallel_workers = 3);
VACUUM ANALYZE ev;

CREATE FUNCTION plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	whole text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
		whole := whole || line || E'\n';
	END LOOP;
	RETURN whole;
END
$$;
CREATE FUNCTION answer_to(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	EXECUTE format('SELECT string_agg(x::text, E''\n'' ORDER BY x::text) FROM (%s) x', query) INTO answer;
	RETURN answer;
END
$$;
-- the error of a statement, or what it gave
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE statement INTO result;
	RETURN 'result: ' || coalesce(result, 'null');
EXCEPTION WHEN OTHERS THEN
	RETURN sqlerrm;
END
$$;

SELECT plan(96);

-- 1. In parallel
CREATE TABLE query AS
SELECT r.n, format('SELECT who, quota_met(%1$s), quota_shortfall(%1$s), quota_periods(%1$s), quota_tally(%1$s), quota_periods(moment, %2$s, ''CN'') FROM ev GROUP BY who',
		'at, ' || args, args) AS grouped,
	format('SELECT quota_met(%1$s), quota_shortfall(%1$s), quota_periods(%1$s), quota_tally(%1$s) FROM ev', 'at, ' || args) AS plain,
	format('SELECT quota_met(%1$s), quota_shortfall(%1$s), quota_periods(%1$s) FROM ev WHERE who + i < 0', 'at, ' || args) AS nothing,
	format('SELECT who, quota_shortfall(%1$s) FILTER (WHERE at > ''2022-08-01'' AND who %% 2 = 0), quota_periods(%1$s) FILTER (WHERE who < 0) FROM ev GROUP BY who', 'at, ' || args) AS filtered,
	''::text AS grouped_answer, ''::text AS plain_answer, ''::text AS nothing_answer, ''::text AS filtered_answer
FROM rule r, format('%L::quota, %L::daterange', r.quota, r.span) args;
SET max_parallel_workers_per_gather = 0;
UPDATE query SET grouped_answer = answer_to(grouped), plain_answer = answer_to(plain), nothing_answer = answer_to(nothing), filtered_answer = answer_to(filtered);
SET max_parallel_workers_per_gather = 3;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT is((SELECT count(*) FROM query WHERE plan_of(plain) ~ 'Partial Aggregate' AND plan_of(grouped) ~ 'Partial HashAggregate'
		AND plan_of(nothing) ~ 'Partial Aggregate' AND plan_of(filtered) ~ 'Partial HashAggregate'), 8::bigint, 'aggregates are partial in the plan');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(grouped) <> grouped_answer), NULL, 'groups: in parallel as serial');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(plain) <> plain_answer), NULL, 'no groups: in parallel as serial');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(nothing) <> nothing_answer), NULL, 'no row: in parallel as serial');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(filtered) <> filtered_answer), NULL, 'a filter that lets nothing through: in parallel as serial');
SELECT is((SELECT nothing_answer FROM query WHERE n = 1) ~ '^\(f,4,', true, 'no row: all four quarters are short');
SET enable_hashagg = off;
SELECT matches((SELECT plan_of(grouped) FROM query WHERE n = 1), 'Partial GroupAggregate', 'sorted, too');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(grouped) <> grouped_answer), NULL, 'sorted groups: in parallel as serial');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(filtered) <> filtered_answer), NULL, 'sorted groups that a filter empties: in parallel as serial');
SET parallel_leader_participation = off;
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(plain) <> plain_answer OR answer_to(nothing) <> nothing_answer), NULL, 'by workers only');
RESET parallel_leader_participation;
RESET enable_hashagg;
CREATE TABLE evp (LIKE ev) PARTITION BY LIST (who);
CREATE TABLE evp0 PARTITION OF evp FOR VALUES IN (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
CREATE TABLE evp1 PARTITION OF evp DEFAULT;
INSERT INTO evp SELECT * FROM ev;
ANALYZE evp;
SET enable_partitionwise_aggregate = on;
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(replace(plain, 'FROM ev', 'FROM evp')) <> plain_answer
		OR answer_to(replace(grouped, 'FROM ev', 'FROM evp')) <> grouped_answer), NULL, 'partition by partition');
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(replace(nothing, 'FROM ev', 'FROM evp')) <> nothing_answer), NULL,
	'no row, partition by partition');
SET max_parallel_workers_per_gather = 0;
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(replace(plain, 'FROM ev', 'FROM evp')) <> plain_answer
		OR answer_to(replace(nothing, 'FROM ev', 'FROM evp')) <> nothing_answer), NULL,
	'partition by partition in one process');
RESET enable_partitionwise_aggregate;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT is((SELECT array_agg(n) FROM query WHERE answer_to(grouped) <> grouped_answer), NULL, 'with little memory');
RESET work_mem;
RESET hash_mem_multiplier;

-- 2. States as values
CREATE TABLE whole AS
SELECT r.n, e.who, r.quota, r.span, quota_tally(e.at, r.quota, r.span) AS tally, quota_periods(e.at, r.quota, r.span) AS periods
FROM rule r, ev e GROUP BY r.n, e.who, r.quota, r.span;
CREATE TABLE split AS
SELECT r.n, e.who, e.i % (1 + e.who % 9) AS part, quota_tally(e.at, r.quota, r.span) AS tally
FROM rule r, ev e GROUP BY r.n, e.who, r.quota, r.span, part ORDER BY random();
SELECT is((SELECT count(*) FROM whole w JOIN (SELECT n, who, quota_merge(tally) AS tally FROM split GROUP BY n, who) s USING (n, who)
		WHERE w.tally::text <> s.tally::text OR w.periods <> quota_periods(s.tally)), 0::bigint, 'parts add up, in whatever order');
SELECT is((SELECT count(*) FROM whole w JOIN (SELECT n, who, quota_merge(tally ORDER BY random()) AS tally FROM split GROUP BY n, who) s USING (n, who)
		WHERE w.tally::text <> s.tally::text), 0::bigint, 'and in another');
SELECT is((SELECT count(*) FROM whole w JOIN (SELECT n, who, quota_merge(tally::text::quota_state ORDER BY hashint4(part)) AS tally FROM split GROUP BY n, who) s USING (n, who)
		WHERE w.tally::text <> s.tally::text), 0::bigint, 'moved as text');
COPY split TO :'file' WITH (FORMAT binary);
CREATE TABLE moved (LIKE split);
COPY moved FROM :'file' WITH (FORMAT binary);
SELECT is((SELECT count(*) FROM moved), (SELECT count(*) FROM split), 'moved as bytes');
SELECT is((SELECT count(*) FROM whole w JOIN (SELECT n, who, quota_merge(tally ORDER BY part DESC) AS tally FROM moved GROUP BY n, who) s USING (n, who)
		WHERE w.tally::text <> s.tally::text OR quota_met(w.tally) IS DISTINCT FROM quota_met(s.tally)
		OR quota_shortfall(w.tally) IS DISTINCT FROM quota_shortfall(s.tally)), 0::bigint, 'and merged afterwards');
COPY rule TO :'file' WITH (FORMAT binary);
CREATE TABLE moved_rule (LIKE rule);
COPY moved_rule FROM :'file' WITH (FORMAT binary);
SELECT is((SELECT array_agg(m.quota ORDER BY n) FROM moved_rule m), (SELECT array_agg(quota ORDER BY n) FROM rule), 'quotas moved as bytes');
ALTER TABLE split SET (parallel_workers = 3);
SET max_parallel_workers_per_gather = 3;
SELECT matches(plan_of('SELECT n, who, quota_merge(tally) FROM split GROUP BY n, who'), 'Partial', 'merged in parallel');
SELECT is((SELECT count(*) FROM whole w JOIN (SELECT n, who, quota_merge(tally) AS tally FROM split GROUP BY n, who) s USING (n, who)
		WHERE w.tally::text <> s.tally::text), 0::bigint, 'with the same sums');
RESET max_parallel_workers_per_gather;
SELECT is((SELECT count(*) FROM whole w CROSS JOIN LATERAL (SELECT quota_merge(t) AS tally FROM unnest(ARRAY[
				w.tally, NULL, _quota_add(NULL::quota_state, NULL::date, w.quota, w.span), _quota_add(NULL::quota_state, '1999-01-01'::date, w.quota, w.span), NULL]) t) s
		WHERE w.tally::text <> s.tally::text), 0::bigint, 'nothing added is nothing');
SELECT is((SELECT quota_merge(NULL) FROM ev)::text, NULL, 'only NULLs are no state');
SELECT ok((SELECT _quota_combine(NULL, tally) IS NULL AND _quota_combine(tally, NULL) IS NULL FROM whole LIMIT 1), 'called directly, too');
SELECT is(outcome('SELECT quota_merge(tally) FROM split'), 'quota and span must be the same in all rows of a group', 'states of other quotas do not add up');

-- stored states, and their groups' groups
CREATE MATERIALIZED VIEW monthly AS
SELECT who, date_trunc('month', at) AS month, quota_tally(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)') AS tally FROM ev WHERE isfinite(at) GROUP BY who, month;
SELECT is((SELECT count(*) FROM (SELECT who, quota_periods(quota_merge(tally)) AS p FROM monthly GROUP BY who) m
		JOIN (SELECT who, quota_periods(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)') AS p FROM ev GROUP BY who) e USING (who) WHERE m.p <> e.p), 0::bigint,
	'a materialized view of states, rolled up');
INSERT INTO ev SELECT 30000 + i, 3, '2022-07-01', '2022-07-01 12:00+08' FROM generate_series(1, 300) i;
REFRESH MATERIALIZED VIEW monthly;
SELECT is((SELECT quota_merge(tally)::text FROM monthly WHERE who = 3), (SELECT quota_tally(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)')::text FROM ev WHERE who = 3),
	'and again, with a day of more than 255 events');

-- the size is that of the span
SELECT is((SELECT count(*) FROM (SELECT DISTINCT n, size FROM rule r CROSS JOIN LATERAL (
			SELECT pg_column_size(quota_tally(d, r.quota, r.span)) AS size FROM generate_series(1, 3) k, LATERAL
				(SELECT '2022-02-17'::date + (j * 37 % 300) FROM generate_series(1, (ARRAY[1, 60, 9000])[k]) j) x (d) GROUP BY k) s) t), 8::bigint,
	'a state does not grow with its events');

-- 3. Frames that move, against each row's frame as an array
CREATE FUNCTION frames_wrong(n int, frame text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	args text := (SELECT format('%L::quota, %L::daterange', r.quota, r.span) FROM rule r WHERE r.n = frames_wrong.n);
	wrong bigint;
BEGIN
	EXECUTE format('SELECT count(*) FROM (
			SELECT quota_met(at, %1$s) OVER w AS met, quota_shortfall(at, %1$s) OVER w AS shortfall, quota_periods(at, %1$s) OVER w AS periods,
				quota_periods(moment, %1$s, ''CN'') OVER w AS by_moment, quota_periods(quota_tally(at, %1$s) OVER w) AS tally, array_agg(at) OVER w AS days
			FROM ev WHERE who IN (0, 40) WINDOW w AS (PARTITION BY who ORDER BY at %2$s)) x
		CROSS JOIN LATERAL (SELECT quota_met(d, %1$s) AS m, quota_shortfall(d, %1$s) AS s, quota_periods(d, %1$s) AS p FROM unnest(x.days) d) y
		WHERE (met, shortfall, periods, by_moment) IS DISTINCT FROM (m, s, p, p) OR (days IS NOT NULL AND tally IS DISTINCT FROM p)', args, frame) INTO wrong;
	RETURN wrong;
END
$$;
CREATE FUNCTION frame_wrong(frame text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('rule %s: %s', n, wrong), ', ')
	FROM (SELECT r.n, frames_wrong(r.n, frame) AS wrong FROM rule r OFFSET 0) x WHERE wrong > 0
$$;
SELECT is(frame_wrong(f), NULL, f) FROM unnest(ARRAY[
	'ROWS BETWEEN 3 PRECEDING AND CURRENT ROW', 'ROWS BETWEEN 40 PRECEDING AND 20 PRECEDING', 'ROWS BETWEEN 2 FOLLOWING AND 90 FOLLOWING',
	'ROWS BETWEEN UNBOUNDED PRECEDING AND 5 PRECEDING', 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING', 'ROWS BETWEEN 5 PRECEDING AND 9 PRECEDING',
	'RANGE BETWEEN interval ''30 days'' PRECEDING AND CURRENT ROW', 'RANGE BETWEEN interval ''9 days'' PRECEDING AND interval ''3 days'' PRECEDING',
	'RANGE BETWEEN interval ''1 month'' FOLLOWING AND interval ''2 months'' FOLLOWING', 'RANGE UNBOUNDED PRECEDING',
	'GROUPS BETWEEN 4 PRECEDING AND 2 FOLLOWING', 'GROUPS BETWEEN 3 FOLLOWING AND 3 FOLLOWING',
	'ROWS BETWEEN 9 PRECEDING AND 9 FOLLOWING EXCLUDE CURRENT ROW', 'GROUPS BETWEEN 5 PRECEDING AND CURRENT ROW EXCLUDE GROUP',
	'ROWS BETWEEN CURRENT ROW AND CURRENT ROW EXCLUDE CURRENT ROW', 'GROUPS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE TIES']) f;
SELECT ok((SELECT bool_and(tally::text ~ '; exact$') FROM (SELECT quota_tally(at, 'at least 30 days per year', '[2022-01-01,2023-01-01)') OVER (ORDER BY at ROWS 3 PRECEDING) AS tally FROM ev) w),
	'frames that move do so by taking events out');
SELECT is((SELECT count(*) FROM (SELECT quota_shortfall(at, 'at least 1 per month', '[2022-01-01,2023-01-01)') FILTER (WHERE i % 3 = 0) OVER w AS got,
			array_agg(at) FILTER (WHERE i % 3 = 0) OVER w AS days FROM ev WHERE who < 6 WINDOW w AS (PARTITION BY who ORDER BY at ROWS 7 PRECEDING)) x
		WHERE got IS DISTINCT FROM (SELECT quota_shortfall(d, 'at least 1 per month', '[2022-01-01,2023-01-01)') FROM unnest(days) d)), 0::bigint, 'frames with a filter');
SELECT is((SELECT count(*) FROM (SELECT r.quota, r.span, quota_periods(at, r.quota, r.span) OVER w AS got, array_agg(at) OVER w AS days
			FROM ev, rule r WHERE who < 3 WINDOW w AS (PARTITION BY who, n ORDER BY at ROWS BETWEEN 9 PRECEDING AND 2 PRECEDING)) x
		WHERE days IS NOT NULL AND got IS DISTINCT FROM (SELECT quota_periods(d, x.quota, x.span) FROM unnest(days) d)), 0::bigint, 'frames of a quota for each partition');

-- 4. A day of 300 events
CREATE TABLE busy AS SELECT i, CASE WHEN i <= 300 THEN '2022-03-10' ELSE '2022-03-11' END::date AS at FROM generate_series(1, 310) i;
SELECT is((SELECT array_agg((p.counted, p.shortfall)::text) FROM unnest((SELECT quota_periods(at, q, '[2022-03-01,2022-04-01)') FROM busy)) p), a, q::text)
FROM (VALUES ('at most 2 per 30 days'::quota, '{"(300,298)","(10,8)"}'::text[]), ('at most 2 days per 31 days', NULL), ('at least 310 per month', '{"(310,0)"}'),
	('at most 299 per day', '{"(300,1)"}'), ('at least 3 days per month', '{"(2,1)"}'), ('at least 301 per 30 days', NULL)) v (q, a);
SELECT is((SELECT string_agg(format('%s: %s', i, got), ', ') FROM (SELECT i, quota_periods(at, q::quota, '[2022-03-01,2022-04-01)') OVER w AS got, array_agg(at) OVER w AS days
			FROM busy WINDOW w AS (ORDER BY i ROWS BETWEEN 290 PRECEDING AND 1 PRECEDING)) x
		WHERE days IS NOT NULL AND got IS DISTINCT FROM (SELECT quota_periods(d, q::quota, '[2022-03-01,2022-04-01)') FROM unnest(days) d)), NULL, 'a frame over it: ' || q)
FROM unnest(ARRAY['at most 2 per 30 days', 'at least 2 days per month', 'at most 288 per day']) q;
SELECT is((SELECT quota_merge(t)::text FROM (SELECT quota_tally(at, q::quota, '[2022-03-01,2022-04-01)') FROM busy GROUP BY i % k) s (t)),
		(SELECT quota_tally(at, q::quota, '[2022-03-01,2022-04-01)')::text FROM busy), format('merged from %s: %s', k, q))
FROM unnest(ARRAY['at most 2 per 30 days', 'at least 2 days per month']) q, unnest(ARRAY[2, 40]) k;

-- 5. Hostile callers
SELECT is(outcome(s), o, s) FROM (VALUES
	($$SELECT _quota_add(NULL, '2022-02-01', NULL, '[2022-01-01,2023-01-01)')$$, 'quota must not be null'),
	($$SELECT _quota_add(NULL, '2022-02-01', 'at least 1 per quarter', NULL)$$, 'span of a quota must not be null'),
	($$SELECT _quota_add(NULL::quota_state, '2022-02-01'::date, 'at least 1 per quarter', '[2022-01-01,2023-01-01)')$$, 'result: at least 1 per quarter; 8036..8400; 0:1'),
	($$SELECT _quota_add('at least 1 per month; 8036..8400; 0:1', '2022-02-01'::date, 'at least 1 per quarter', '[2022-01-01,2023-01-01)')$$,
		'quota and span must be the same in all rows of a group'),
	($$SELECT _quota_add('at least 1 per quarter; 8036..8401; 0:1', '2022-02-01'::date, 'at least 1 per quarter', '[2022-01-01,2023-01-01)')$$,
		'quota and span must be the same in all rows of a group'),
	($$SELECT _quota_combine('at least 1 per month; 8036..8400; 0:1', 'at least 1 per quarter; 8036..8400; 0:1')$$, 'quota and span must be the same in all rows of a group'),
	($$SELECT _quota_combine('at least 1 per month; 8036..8400; 0:2147483647', 'at least 1 per month; 8036..8400; 0:1')$$, 'number of events in a period of a quota is out of range'),
	($$SELECT _quota_add('at least 1 per month; 8036..8400; 0:2147483647', '2022-01-01'::date, 'at least 1 per month', '[2022-01-01,2023-01-01)')$$,
		'number of events in a period of a quota is out of range'),
	($$SELECT _quota_remove(NULL::quota_state, '2022-02-01'::date, 'at least 1 per quarter', '[2022-01-01,2023-01-01)')$$,
		'cannot take an event from a quota_state that does not have it'),
	($$SELECT quota_met('at least 1 per month; 8036..8401')$$, 'invalid input syntax for type quota_state: "at least 1 per month; 8036..8401"'),
	($$SELECT quota_met(NULL::quota_state)$$, 'result: null'),
	($$SELECT quota_shortfall('at least 1 in total; -2451507..2145031948; 0:1')$$, 'result: 0')) v (s, o);
CREATE TABLE kept AS SELECT quota_tally(at, 'at most 2 per 30 days', '[2022-03-01,2022-04-01)') AS tally FROM busy;
SELECT is((SELECT count(DISTINCT _quota_add(tally, '2022-03-20'::date, 'at most 2 per 30 days', '[2022-03-01,2022-04-01)')::text) FROM kept, generate_series(1, 3)), 1::bigint,
	'a stored state is not changed where it lies');

-- aggregates of somebody's own
CREATE AGGREGATE begun(date, quota, daterange) (SFUNC = _quota_add, STYPE = quota_state, INITCOND = 'at least 1 per quarter; 8036..8400; 0:1', FINALFUNC = quota_periods);
CREATE AGGREGATE begun_wide(date, quota, daterange) (SFUNC = _quota_add, STYPE = quota_state, INITCOND = 'at most 2 per 30 days; 8095..8125; 0:300');
CREATE AGGREGATE moved_wrongly(date, quota, daterange) (SFUNC = _quota_add, STYPE = quota_state,
	MSFUNC = _quota_add, MINVFUNC = _quota_remove, MSTYPE = quota_state, FINALFUNC = quota_met, MFINALFUNC = quota_met);
SELECT is(outcome($$SELECT begun(at, 'at least 1 per month', '[2022-01-01,2023-01-01)') FROM busy$$), 'quota and span must be the same in all rows of a group', 'an aggregate that begins with another quota');
SELECT is(outcome($$SELECT begun(at, 'at least 1 per quarter', '[2022-01-01,2022-12-01)') FROM busy$$), 'quota and span must be the same in all rows of a group', 'or with another span');
SELECT is(outcome($$SELECT (begun(at, 'at least 1 per quarter', '[2022-01-01,2023-01-01)'))[1].counted FROM busy$$), 'result: 311', 'or with a count');
SELECT is(outcome($$SELECT begun_wide(at, 'at most 2 per 30 days', '[2022-03-01,2022-04-01)') FROM busy$$), 'result: at most 2 per 30 days; 8095..8125; 0:300 9:300 10:10', 'or with a wide one');
SELECT is(outcome($$SELECT count(moved_wrongly) FROM (SELECT moved_wrongly(at, 'at least 2 days per month', '[2022-03-01,2022-04-01)') OVER (ORDER BY i ROWS 3 PRECEDING) FROM busy) x$$),
	'quota and span must be the same in all rows of a group', 'or takes out what it did not keep');

-- bytes from outside: an error, or a value like any other
CREATE TABLE outside (tally quota_state);
CREATE FUNCTION receive(bytes bytea, path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	object oid := lo_from_bytea(0, '\x5047434f50590aff0d0a00'::bytea || '\x0000000000000000'::bytea || '\x0001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea);
	result text;
BEGIN
	PERFORM lo_export(object, path);
	PERFORM lo_unlink(object);
	DELETE FROM outside;
	EXECUTE format('COPY outside FROM %L WITH (FORMAT binary)', path);
	SELECT CASE WHEN tally::text::quota_state::text <> tally::text THEN 'differs as text'
		WHEN quota_merge(tally)::text <> tally::text THEN 'differs when merged'
		ELSE left('fine' || left(quota_met(tally)::text, 0) || left(quota_shortfall(tally)::text, 0) || left(quota_periods(tally)::text, 0), 4) END
	INTO result FROM outside GROUP BY tally::text, tally::text::quota_state::text, quota_met(tally), quota_shortfall(tally), quota_periods(tally)::text;
	RETURN coalesce(result, 'fine');
EXCEPTION WHEN invalid_binary_representation OR protocol_violation THEN
	RETURN 'refused';
WHEN numeric_value_out_of_range THEN
	RETURN 'out of range';
END
$$;
CREATE TABLE spoilt AS
SELECT k, CASE k % 4
		WHEN 0 THEN set_byte(b, (random() * (length(b) - 1))::int, (random() * 255)::int)
		WHEN 1 THEN set_bit(set_byte(b, (random() * (length(b) - 1))::int, (random() * 255)::int), (random() * (length(b) * 8 - 1))::int, k % 2)
		WHEN 2 THEN substr(b, 1, (random() * length(b))::int)
		ELSE overlay(b PLACING int8send((random() * 1e18)::bigint) FROM 1 + (random() * (length(b) - 8))::int) END AS bytes
FROM (SELECT k, (ARRAY(SELECT quota_state_send(w.tally) FROM whole w WHERE w.who = 5 ORDER BY w.n))[1 + k / 7 % 8] AS b FROM generate_series(1, 2000) k) x;
CREATE TABLE received (k int, result text);
-- in small transactions, as what they leave behind makes them slow
CREATE PROCEDURE receive_all(path text) LANGUAGE plpgsql AS $$
BEGIN
	FOR batch IN 0 .. 39 LOOP
		INSERT INTO received SELECT k, receive(bytes, path) FROM spoilt WHERE k % 40 = batch;
		COMMIT;
	END LOOP;
END
$$;
CALL receive_all(:'file');
SELECT is((SELECT array_agg(k || ': ' || result) FROM received WHERE result NOT IN ('fine', 'refused', 'out of range')), NULL, '2,000 states with spoilt bytes');
SELECT cmp_ok((SELECT least(count(*) FILTER (WHERE result = 'fine'), count(*) FILTER (WHERE result = 'refused')) FROM received), '>', 100::bigint, 'some of which are states');

-- 6. One call site, many quotas
SET plan_cache_mode = force_generic_plan;
PREPARE ask(quota, daterange) AS SELECT quota_periods(at, $1, $2) FROM ev WHERE who = 7;
CREATE FUNCTION asked() RETURNS TABLE (n int, by_query text, by_call text, by_execute text) LANGUAGE plpgsql AS $$
DECLARE
	r rule;
	d record;
	s quota_state;
BEGIN
	FOR i IN 1 .. 2 LOOP
		FOR r IN SELECT * FROM rule ORDER BY rule.n LOOP
			n := r.n;
			SELECT quota_periods(at, r.quota, r.span) INTO by_query FROM ev WHERE who = 7;
			s := NULL;
			FOR d IN SELECT at FROM ev WHERE who = 7 LOOP
				s := _quota_add(s, d.at, r.quota, r.span);
			END LOOP;
			by_call := quota_periods(s)::text;
			EXECUTE format('EXECUTE ask(%L, %L)', r.quota, r.span) INTO by_execute;
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
SELECT is((SELECT count(*) FROM asked() a JOIN whole w USING (n) WHERE w.who = 7 AND w.periods::text = ALL (ARRAY[a.by_query, a.by_call, a.by_execute])), 16::bigint,
	'loops, calls and prepared statements with one quota after the other');
PREPARE nobody(quota, daterange) AS SELECT quota_shortfall(at, $1, $2) FROM ev WHERE who + i < 0;
CREATE TABLE nobody (shortfall) AS EXECUTE nobody('at least 1 per quarter', '[2022-01-01,2023-01-01)');
SELECT is((SELECT shortfall FROM nobody), 4, 'no row, and parameters');
RESET plan_cache_mode;
SELECT is((SELECT count(*) FROM (SELECT r.n, e.who, quota_periods(at, r.quota, r.span ORDER BY random()) AS p FROM rule r, ev e WHERE who <> 3 GROUP BY r.n, e.who) s
		JOIN whole w USING (n, who) WHERE s.p <> w.periods), 0::bigint, 'quotas that differ from group to group, events in any order');
SELECT is((SELECT quota_tally(DISTINCT at, 'at most 2 per 30 days', '[2022-03-01,2022-04-01)')::text FROM busy), 'at most 2 per 30 days; 8095..8125; 9:1 10:1', 'DISTINCT');
SELECT is((SELECT quota_shortfall(DISTINCT at, 'at least 5 per month', '[2022-03-01,2022-04-01)') FROM busy), 3, 'DISTINCT before it is counted');

CREATE TABLE sets AS
SELECT who, i % 3 AS kind, quota_periods(at, 'at least 30 per quarter', '[2022-01-01,2023-01-01)') AS periods, quota_tally(at, 'at most 3 days per 10 days', '[2022-02-16,2022-09-01)') AS tally,
	grouping(who, i % 3) AS g
FROM ev GROUP BY CUBE (who, i % 3);
SELECT is((SELECT count(*) FROM sets), 41 * 3 + 41 + 3 + 1::bigint, 'CUBE');
SELECT is((SELECT count(*) FROM sets s CROSS JOIN LATERAL (SELECT quota_periods(at, 'at least 30 per quarter', '[2022-01-01,2023-01-01)') AS p,
				quota_tally(at, 'at most 3 days per 10 days', '[2022-02-16,2022-09-01)') AS t
			FROM ev WHERE (s.g & 2 > 0 OR ev.who = s.who) AND (s.g & 1 > 0 OR i % 3 = s.kind)) e
		WHERE e.p <> s.periods OR e.t::text <> s.tally::text), 0::bigint, 'CUBE: each set as by itself');
SELECT is((SELECT string_agg(format('%s %s', coalesce(who::text, 'all'), s), ', ' ORDER BY who)
		FROM (SELECT who, quota_shortfall(at, 'at least 1 per quarter', '[2022-01-01,2023-01-01)') AS s FROM ev WHERE who = 99 GROUP BY GROUPING SETS ((), (who))) x), 'all 4', 'the total of nothing');
SELECT is(outcome('SELECT quota_met(at, quota, span) FROM ev, rule GROUP BY ROLLUP (n)'), 'quota and span must be the same in all rows of a group', 'quotas have no total');
SELECT is(outcome('SELECT quota_met(at, NULL, span) FROM ev, rule'), 'quota must not be null', 'a null quota');
SELECT is(outcome('SELECT quota_met(at, quota, CASE WHEN n > 1 THEN span END) FROM ev, rule WHERE n = 1 OR n = 2 GROUP BY n'), 'span of a quota must not be null', 'a null span');

-- SERIALIZABLE transactions read states like anything else
BEGIN ISOLATION LEVEL SERIALIZABLE;
CREATE TABLE rolled AS SELECT who, quota_merge(tally) AS tally FROM monthly GROUP BY who;
COMMIT;
SELECT is((SELECT count(*) FROM rolled r JOIN (SELECT who, quota_met(at, 'at most 2 per 30 days', '[2022-01-01,2023-01-01)') AS met FROM ev GROUP BY who) e USING (who)
		WHERE quota_met(r.tally) <> e.met), 0::bigint, 'a table of sums');

-- aggregates of somebody's own over things that are no quotas
CREATE FUNCTION ignore(quota_state, int, int, int) RETURNS quota_state LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE no_quota(int, int, int) (SFUNC = ignore, STYPE = quota_state, FINALFUNC = quota_met);
CREATE AGGREGATE no_periods(int, int, int) (SFUNC = ignore, STYPE = quota_state, FINALFUNC = quota_periods);
SELECT is(outcome('SELECT no_quota(i, 5, 6) FROM busy WHERE false'), 'result: null', 'an aggregate over other things, without a row');
SELECT is(outcome('SELECT no_periods(i, 5, 6) FILTER (WHERE false) FROM busy'), 'result: null', 'or with a filter');
SELECT is(outcome('SELECT no_quota(i, 5, 6) OVER (ORDER BY i ROWS BETWEEN 5 PRECEDING AND 5 PRECEDING) FROM busy LIMIT 1'), 'result: null', 'or over a frame without one');

SELECT format('rm -f %L', :'file') AS remove \gset
COPY (SELECT) TO PROGRAM :'remove';
SELECT * FROM finish();
