-- What a sweep costs, which should follow what is due and not what is open: with
-- 10,000 steps due among 100,000 open obligations, and ten times as many, and so on.
-- Variables: ledger, runs.

SELECT define_regulation('B', 'bench', 'bench', '(,)'), define_clause('B-1', 'B', '1', 'bench') \g /dev/null
SELECT define_rule('deadline', 'B-1', 'deadline', 'answered in time', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}') \g /dev/null
CREATE TABLE bench.letter (id bigint PRIMARY KEY, got timestamptz, done timestamptz, office text);
SELECT bind('deadline', 'bench.letter', '{"start": "got", "done": "done"}', 'office', calendar => 'CN') AS binding \gset
SELECT define_ladder('cards', 'bench'), set_ladder('cards', 'deadline') \g /dev/null
SELECT define_step('cards', 1, '80%', 'yellow', 'handler', 'to be answered by {due_on} ({article})'),
    define_step('cards', 2, 'due', 'red', 'leader', '{subject}: {row} is due'),
    define_step('cards', 3, '1 workday', 'red', 'superior', '{subject}: {row} is {days_late} days late'),
    define_step('cards', 4, '5 workdays', 'red', 'supervision', '{subject}: {row} is {days_late} days late') \g /dev/null
SELECT set_contact('office ' || i, p, p || ' of office ' || i, 'deputy') FROM generate_series(0, 499) i, unnest('{handler,leader,supervision}'::text[]) p \g /dev/null
SELECT set_absence('handler of office ' || i, '[2022-01-01,)') FROM generate_series(0, 499, 10) i \g /dev/null

-- For each of some turns 10,000 obligations, evenly among the others, that opened on 1 March 2022:
-- their first step is due on the 9th, an hour later in each turn, and the second on the 11th. The
-- others have theirs in the 300 days after that; one in two has a notice of an earlier step.
CREATE PROCEDURE bench.fill(binding integer, wanted bigint, turn integer, turns integer) LANGUAGE plpgsql AS $$
DECLARE
    there bigint := (SELECT count(*) FROM statute.obligation);
    due bigint := 10000 * turns;
BEGIN
    INSERT INTO statute.obligation (binding, rule_version, state, row_key, subject, opened_at, recorded_at, due_at,
        due_on, provisional, allowed, calendar_revision, convention, inputs, row_pauses, next_step_at)
    SELECT fill.binding, 1, 'open', i::text, 'office ' || i % 500, n.at - interval '8 days', n.at - interval '8 days', n.at + interval '2 days',
        (n.at + interval '1 day')::date, false, '7 workdays', 1, 'CN', 0, '{}', n.at + n.turn % turns * interval '1 hour'
    FROM generate_series(there + 1, wanted) i
        CROSS JOIN LATERAL (SELECT (i - there) * due / (wanted - there), (i - there - 1) * due / (wanted - there)) d (nth, before)
        CROSS JOIN LATERAL (SELECT CASE WHEN d.nth <> d.before THEN timestamptz '2022-03-09 00:00+08' + turn * interval '1 hour'
            ELSE timestamptz '2022-03-12 00:00+08' + i * 7919 % 300 * interval '1 day' END, CASE WHEN d.nth <> d.before THEN d.nth ELSE 0 END) n (at, turn);
    INSERT INTO statute.notice (obligation, binding, step, light, part, recipient, body, fell_due_at, state)
    SELECT o.id, o.binding, 1, 'yellow', 'handler', 'handler of ' || o.subject, 'to be answered by 2022-12-31 (B 1)', o.opened_at, 'confirmed'
    FROM statute.obligation o WHERE o.id > there AND o.id % 2 = 0 AND o.next_step_at >= '2022-03-12 00:00+08';
END $$;

-- The target compares the first size with all others.
CREATE PROCEDURE bench.sweep_at(size text, turn integer, turns integer) LANGUAGE plpgsql AS $$
DECLARE
    began double precision;
    took double precision;
    told bigint := (SELECT count(*) FROM statute.notice);
BEGIN
    FOR i IN 0..turns - 1 LOOP
        began := bench.clock();
        CALL statute.sweep(timestamptz '2022-03-09 00:00+08' + (turn + i) * interval '1 hour');
        took := bench.clock() - began;
        ASSERT (SELECT count(*) FROM statute.notice) = told + 10000, 'one step of each';
        told := told + 10000;
        INSERT INTO bench.timing SELECT 'sweep', size, i, took / 10000 WHERE i > 0;
        began := bench.clock();
        CALL statute.sweep(timestamptz '2022-03-09 00:00+08' + (turn + i) * interval '1 hour');
        took := bench.clock() - began;
        INSERT INTO bench.timing SELECT 'idle', size, i, took WHERE i > 0;
        COMMIT;
    END LOOP;
END $$;

INSERT INTO bench.query (topic, name, statement, nrows, against, at_most)
SELECT t.topic, s.n || ' open', 'CALL statute.sweep()', t.nrows, CASE WHEN s.n > 100000 THEN '100000 open' END, CASE WHEN s.n > 100000 AND t.topic = 'sweep' THEN 1.2 END
FROM generate_series(0, 9) e CROSS JOIN LATERAL (SELECT 100000 * (10 ^ e)::bigint) s (n), (VALUES ('sweep', 10000), ('idle', 1)) t (topic, nrows)
WHERE s.n <= greatest(:ledger, 100000);
-- each turn has an hour of its own before the second step is due
SELECT least(:runs, 47 / count(*) - 1) + 1 AS turns FROM bench.query WHERE topic = 'sweep' \gset
SELECT format('CALL bench.fill(%s, %s, %s, %s)', :binding, split_part(name, ' ', 1), turn, :turns), 'VACUUM (ANALYZE) statute.obligation, statute.notice', 'CHECKPOINT',
    format('CALL bench.sweep_at(%L, %s, %s)', name, turn, :turns)
FROM (SELECT q.name, (row_number() OVER (ORDER BY q.nr) - 1) * :turns AS turn FROM bench.query q WHERE q.topic = 'sweep') q ORDER BY turn
\gexec
\pset title 'A sweep with 10,000 steps due'
SELECT * FROM bench.report('sweep');
\pset title 'A sweep with nothing due'
SELECT r.query, r."ns/row" AS ns, r.ratio, r.quartiles, r."set against" FROM bench.report('idle') r;
\pset title 'The ledger'
SELECT pg_size_pretty(pg_table_size('statute.obligation')) AS "table", pg_size_pretty(pg_indexes_size('statute.obligation')) AS indexes,
    pg_size_pretty(pg_relation_size('statute.obligation_next')) AS "of what is next", pg_size_pretty(pg_total_relation_size('statute.notice')) AS notices,
    count(*) AS obligations FROM statute.obligation;
\pset title
EXPLAIN (COSTS OFF) SELECT id FROM statute.obligation WHERE state = 'open' AND next_step_at <= '2022-03-12' ORDER BY next_step_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED;
