-- What enforcement costs a statement that changes rows. Variables: ledger, runs.
--
-- A table is inserted into as it is, with rules bound to it, and with what a DBA
-- would write by hand: an INSERT ... SELECT afterwards, or a trigger in PL/pgSQL,
-- into tables with the columns and indexes of the ledger.

SELECT define_regulation('B', 'bench', 'bench', '(,)'), define_clause('B-1', 'B', '1', 'bench') \g /dev/null
SELECT define_rule('deadline', 'B-1', 'deadline', 'answered in time', '{"start": "timestamptz", "done": "timestamptz"}', '{"limit": "7 workdays"}'),
    define_rule('length', 'B-1', 'check', 'not too long', '{"characters": "integer"}', must => 'characters <= 3000') \g /dev/null

-- Nothing is late, and one row in a hundred is too long.
CREATE UNLOGGED TABLE bench.source AS
SELECT i::bigint AS id, now() - i % 48 * interval '1 hour' AS got, NULL::timestamptz AS done,
    CASE WHEN i % 100 = 0 THEN 4000 ELSE 1000 END AS characters, 'office ' || i % 500 AS office
FROM generate_series(1, 500000) i;
VACUUM (ANALYZE) bench.source;

CREATE FUNCTION bench.make_table(name text) RETURNS regclass LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE bench.%I (LIKE bench.source, PRIMARY KEY (id))', name);
    RETURN format('bench.%I', name);
END $$;

CREATE FUNCTION bench.bind_rules(relation regclass) RETURNS void LANGUAGE sql AS $$
    SELECT bind('deadline', relation, '{"start": "got", "done": "done"}', 'office', calendar => 'CN'),
        bind('length', relation, '{"characters": "characters"}', 'office', calendar => 'CN')
$$;

CREATE FUNCTION bench.make_ledger(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE bench.%I (LIKE statute.obligation INCLUDING ALL)', name || '_duty');
    EXECUTE format('CREATE TABLE bench.%I (LIKE statute.violation INCLUDING ALL)', name || '_fault');
END $$;

-- For each turn tables of its own; the ledger is one for all.
SELECT bench.make_table('plain' || i), bench.make_table('hand' || i), bench.make_ledger('hand' || i),
    bench.bind_rules(bench.make_table('bound' || i))
FROM generate_series(1, :runs + 1) i \g /dev/null
CREATE SEQUENCE bench.turn;

CREATE FUNCTION bench.insert_rows(kind text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    name text := kind || (SELECT count(*) + 1 FROM bench.done_turns d WHERE d.kind = insert_rows.kind);
BEGIN
    INSERT INTO bench.done_turns VALUES (kind);
    EXECUTE format('INSERT INTO bench.%I SELECT * FROM bench.source', name);
    GET DIAGNOSTICS n = ROW_COUNT;
    IF kind = 'hand' THEN
        EXECUTE format($q$
            INSERT INTO bench.%I (binding, rule_version, state, row_key, subject, opened_at, recorded_at, due_at,
                due_on, provisional, allowed, calendar_revision, convention, inputs, row_pauses)
            SELECT 1, 1, 'open', s.id::text, s.office, s.got, now(), d.due_at,
                ((d.due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date, false, '7 workdays', 1, 'CN', 0, '{}'
            FROM bench.%I s CROSS JOIN LATERAL (SELECT statute.deadline(s.got, '7 workdays', 'CN') OFFSET 0) d (due_at)$q$, name || '_duty', name);
        EXECUTE format($q$
            INSERT INTO bench.%I (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
            SELECT 2, 1, s.id::text, s.office, now(), 'does not hold: characters <= 3000', 'characters = ' || s.characters, false
            FROM bench.%I s WHERE NOT s.characters <= 3000$q$, name || '_fault', name);
    END IF;
    RETURN n;
END $$;
CREATE TABLE bench.done_turns (kind text);

INSERT INTO bench.query (topic, name, statement, nrows, against, at_most)
SELECT 'bulk', q.name, format('SELECT bench.insert_rows(%L)', q.kind), 500000, q.against, q.at_most
FROM (VALUES ('INSERT of 500,000 rows', 'plain', NULL, NULL::numeric),
    ('the same and INSERT ... SELECT by hand', 'hand', 'INSERT of 500,000 rows', NULL),
    ('the same, a deadline and a check bound', 'bound', 'the same and INSERT ... SELECT by hand', 1.3)) q (name, kind, against, at_most);
CALL bench.measure('bulk', :runs, 1);

-- They must have written the same before their times mean anything.
DO $$
BEGIN
    ASSERT (SELECT count(*) FROM bench.hand1_duty) = 500000 AND (SELECT count(*) FROM bench.hand1_fault) = 5000;
    ASSERT NOT EXISTS (
        SELECT h.row_key, h.due_at, h.due_on, h.subject FROM bench.hand1_duty h
        EXCEPT SELECT o.row_key, o.due_at, o.due_on, o.subject FROM statute.obligation o WHERE o.binding = binding_of('deadline', 'bench.bound1'));
    ASSERT NOT EXISTS (
        SELECT h.row_key, h.what, h.detail FROM bench.hand1_fault h
        EXCEPT SELECT v.row_key, v.what, v.detail FROM statute.violation v WHERE v.binding = binding_of('length', 'bench.bound1'));
END $$;
\pset title 'Enforcement of one deadline and one check, many rows at once'
SELECT * FROM bench.report('bulk');

-- One row at a time ----------------------------------------------------------

-- What a DBA would write who is not to look at other rows: no corrections, no history
CREATE FUNCTION bench.by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    due timestamptz := statute.deadline(NEW.got, '7 workdays', 'CN');
BEGIN
    INSERT INTO bench.single_duty (binding, rule_version, state, row_key, subject, opened_at, recorded_at, due_at,
        due_on, provisional, allowed, calendar_revision, convention, inputs, row_pauses)
    VALUES (1, 1, 'open', NEW.id::text, NEW.office, NEW.got, clock_timestamp(), due,
        ((due - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date,
        statute.is_provisional((due AT TIME ZONE 'Asia/Shanghai')::date, 'CN'), '7 workdays', statute.current_revision('CN'), 'CN', 0, '{}');
    IF NOT NEW.characters <= 3000 THEN
        INSERT INTO bench.single_fault (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
        VALUES (2, 1, NEW.id::text, NEW.office, now(), 'does not hold: characters <= 3000', 'characters = ' || NEW.characters, false);
    END IF;
    RETURN NULL;
END $$;

SELECT bench.make_ledger('single'), bench.make_table('single_plain'), bench.make_table('single_hand'),
    bench.bind_rules(bench.make_table('single_bound')) \g /dev/null
CREATE TRIGGER by_hand AFTER INSERT ON bench.single_hand FOR EACH ROW EXECUTE FUNCTION bench.by_hand();

CREATE FUNCTION bench.insert_singly(name text, n integer) RETURNS bigint LANGUAGE plpgsql AS $fn$
DECLARE
    last bigint;
BEGIN
    EXECUTE format('SELECT coalesce(max(id), 0) FROM bench.%I', name) INTO last;
    EXECUTE format($f$
        CREATE FUNCTION pg_temp.go(last bigint, n integer) RETURNS void LANGUAGE plpgsql AS $go$
        BEGIN
            FOR i IN 1..n LOOP
                INSERT INTO bench.%I VALUES (last + i, now(), NULL, CASE WHEN i %% 100 = 0 THEN 4000 ELSE 1000 END, 'office');
            END LOOP;
        END $go$ $f$, name);
    PERFORM pg_temp.go(last, n);
    DROP FUNCTION pg_temp.go(bigint, integer);
    RETURN n;
END $fn$;

INSERT INTO bench.query (topic, name, statement, nrows, against)
SELECT 'single', q.name, format('SELECT bench.insert_singly(%L, 20000)', q.kind), 20000, q.against
FROM (VALUES ('INSERT of one row', 'single_plain', NULL),
    ('the same, a row trigger in PL/pgSQL', 'single_hand', 'INSERT of one row'),
    ('the same, a deadline and a check bound', 'single_bound', 'the same, a row trigger in PL/pgSQL')) q (name, kind, against);
CALL bench.measure('single', :runs, 1);
\pset title 'The same, one row at a time'
SELECT r.query, r."ns/row", round((q.ns - min(q.ns) OVER ()) / 1000) AS "microseconds added", r.ratio, r.quartiles, r."set against"
FROM bench.report('single') r JOIN bench.result q ON q.topic = 'single' AND q.name = r.query ORDER BY q.nr;

-- A ledger of many years -------------------------------------------------------

-- The same statements before and after the ledger is filled with obligations of
-- others, of which one in a hundred is open.
SELECT bench.bind_rules(bench.make_table('years')), bench.bind_rules(bench.make_table('years_after')) \g /dev/null
CREATE VIEW bench.due_soon AS
SELECT count(*) AS n FROM statute.due_list WHERE due_at < now() + interval '1 day' AND table_name = 'bench.years';

INSERT INTO bench.query (topic, name, statement, nrows, against, at_most)
SELECT 'years', q.*
FROM (VALUES ('INSERT of one row, a ledger as above', 'SELECT bench.insert_singly(''years'', 5000)', 5000, NULL, NULL::numeric)) q;
CALL bench.measure('years', :runs, 1);

INSERT INTO statute.obligation (binding, rule_version, state, row_key, subject, opened_at, recorded_at, due_at, done_at,
    due_on, provisional, allowed, calendar_revision, convention, inputs, row_pauses)
SELECT binding_of('deadline', 'bench.years_after'), 1, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'closed' END, 'x' || i, 'office', t, t, t + interval '10 days',
    CASE WHEN i % 100 <> 0 THEN t END, (t + interval '9 days')::date, false, '7 workdays', 1, 'CN', 0, '{}'
FROM generate_series(1, :ledger) i, LATERAL (SELECT now() - i % 3650 * interval '1 day') d (t);
VACUUM (ANALYZE) statute.obligation;

INSERT INTO bench.query (topic, name, statement, nrows, against, at_most)
VALUES ('years', format('the same, %s more obligations', :ledger), 'SELECT bench.insert_singly(''years'', 5000)', 5000,
    'INSERT of one row, a ledger as above', 1.2);
DELETE FROM bench.timing WHERE topic = 'years' AND name LIKE 'the same%';
DO $$ BEGIN UPDATE bench.query SET topic = 'years before' WHERE topic = 'years' AND name LIKE 'INSERT%'; END $$;
CALL bench.measure('years', :runs, 1);
UPDATE bench.query SET topic = 'years' WHERE topic = 'years before';
\pset title 'A large ledger'
SELECT * FROM bench.report('years');
SELECT pg_size_pretty(pg_table_size('statute.obligation')) AS "table", pg_size_pretty(pg_indexes_size('statute.obligation')) AS indexes,
    pg_size_pretty(pg_relation_size('statute.obligation_due')) AS "of what is due", count(*) AS obligations FROM statute.obligation;
EXPLAIN (COSTS OFF) SELECT obligation, due_at FROM statute.due_list WHERE due_at < now() ORDER BY due_at LIMIT 20;
