-- Type workday, its range and its indexes.
SET search_path = public, statute;
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET extra_float_digits = 0;

SELECT '2022-02-18'::workday, workday '2022-01-30' AS a_make_up_sunday, 'Feb 18 2022'::workday;
SELECT '2022-02-19'::workday;
\echo :LAST_ERROR_SQLSTATE
SELECT '2022-10-03'::workday;
SELECT 'infinity'::workday;
SELECT 'gestern'::workday;
SELECT '2022-02-30'::workday;
SELECT date '2022-02-19'::workday;
SELECT pg_typeof('2022-02-18'::workday::date), ('2022-02-18'::workday)::date;
SET statute.calendar = 'DALI';
SELECT '2022-04-15'::workday;
RESET statute.calendar;
SELECT '2027-03-01'::workday;

-- arithmetic in working days
SELECT '2022-09-30'::workday + 1, '2022-10-08'::workday - 1, 5 + '2022-09-30'::workday,
	'2022-10-10'::workday - '2022-09-30'::workday, '2022-09-30'::workday - '2022-10-10'::workday;
SELECT pg_typeof('2022-09-30'::workday + 1), pg_typeof('2022-10-10'::workday - '2022-09-30'::workday);
SET statute.beyond_announced = assume;
SELECT '2022-09-30'::workday + 2147483647;
RESET statute.beyond_announced;

-- it is a date wherever a date is wanted
SELECT extract(dow FROM '2022-02-18'::workday), date_trunc('month', '2022-02-18'::workday::date)::date,
	'2022-02-18'::workday < date '2022-02-19', date '2022-02-19' > '2022-02-18'::workday,
	'2022-02-18'::workday = date '2022-02-18', '2022-02-18'::workday::date::timestamptz = timestamptz '2022-02-18',
	'2022-02-18'::workday BETWEEN '2022-02-17'::workday AND date '2022-02-20';

CREATE TABLE act (id int PRIMARY KEY, on_day workday);
INSERT INTO act SELECT i, d FROM (SELECT row_number() OVER () AS i, d FROM list_workdays('[2004-01-01,2026-12-28]') d) v;
INSERT INTO act VALUES (0, date '2022-02-19');
INSERT INTO act VALUES (0, '2022-02-19');
SELECT count(*), min(on_day), max(on_day), pg_typeof(min(on_day)) FROM act;
ANALYZE act;

-- indexes: each kind finds what a scan finds, by a workday and by a date
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		RETURN NEXT line;
	END LOOP;
END
$$;
CREATE INDEX act_btree ON act (on_day);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT plan('SELECT id FROM act WHERE on_day >= ''2022-09-30''::statute.workday AND on_day < date ''2022-10-09''');
SELECT id, on_day FROM act WHERE on_day >= '2022-09-30' AND on_day < date '2022-10-09' ORDER BY on_day;
SELECT count(*) FROM plan('SELECT max(on_day) FROM act') p WHERE p LIKE '%Backward using act_btree%';
SELECT plan('SELECT * FROM act a JOIN act b ON a.on_day = b.on_day ORDER BY a.on_day');
DROP INDEX act_btree;
CREATE INDEX act_hash ON act USING hash (on_day);
SELECT plan('SELECT id FROM act WHERE on_day = ''2022-09-30''');
SELECT id, on_day FROM act WHERE on_day = '2022-09-30';
DROP INDEX act_hash;
SET enable_bitmapscan = on;
CREATE INDEX act_brin ON act USING brin (on_day);
SELECT plan('SELECT id FROM act WHERE on_day < date ''2004-01-10''');
SELECT count(*) FROM act WHERE on_day < date '2004-01-10';
DROP INDEX act_brin;
CREATE INDEX act_brin_multi ON act USING brin (on_day workday_minmax_multi_ops);
SELECT count(*) FROM act WHERE on_day <= '2004-01-09';
DROP INDEX act_brin_multi;
RESET enable_seqscan;
SELECT plan('SELECT count(*) FROM act a JOIN act b USING (on_day)');
SELECT count(DISTINCT on_day) FROM act;

-- the operator classes are whole
SELECT c.opcname, amname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod
WHERE c.opcnamespace = 'statute'::regnamespace ORDER BY 1, 2;

-- ranges
SELECT workdayrange('2022-09-30', '2022-10-10'), workdayrange('2022-09-30', '2022-10-10', '[]'),
	'[2022-09-30,2022-10-08]'::workdayrange = '[2022-09-30,2022-10-09)'::workdayrange AS no_canonical_form;
SELECT '[2022-09-30,2022-10-08]'::workdayrange @> '2022-10-08'::workday,
	count_workdays('[2022-09-30,2022-10-08]'::workdayrange), count_workdays('(2022-09-30,2022-10-08)'::workdayrange),
	count_workdays('[2022-04-14,2022-04-18]'::workdayrange, 'DALI'), count_workdays('empty'::workdayrange);
SELECT '[2022-10-01,2022-10-08]'::workdayrange;
SELECT '{[2022-09-28,2022-09-30),[2022-10-08,2022-10-10]}'::workdaymultirange
	+ '{[2022-09-30,2022-10-08)}'::workdaymultirange;
CREATE TABLE stay (place text, during workdayrange, EXCLUDE USING gist (during WITH &&));
INSERT INTO stay VALUES ('Dali', '[2022-02-14,2022-02-18]'), ('Kunming', '(2022-02-18,2022-02-25]');
INSERT INTO stay VALUES ('Lijiang', '[2022-02-25,2022-02-28]');
\echo :LAST_ERROR_SQLSTATE
CREATE INDEX stay_spgist ON stay USING spgist (during);
SET enable_seqscan = off;
SET enable_indexonlyscan = off;
SELECT place FROM stay WHERE during @> '2022-02-21'::workday;
RESET enable_seqscan;
RESET enable_indexonlyscan;

-- binary form, as COPY and drivers use it
SELECT workday_send('2022-02-18') = date_send('2022-02-18') AS a_date;

-- in a restore only the date is checked
SET check_function_bodies = off;
SELECT '2022-02-19'::workday AS unchecked;
SELECT '2022-02-30'::workday;
RESET check_function_bodies;

DROP TABLE act, stay;
DROP FUNCTION plan(text);
