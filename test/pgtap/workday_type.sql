-- What the planner makes of workday columns.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SELECT plan(6);

CREATE TABLE act AS SELECT i AS id, add_workdays('2004-01-01', 1 + i % 5700) AS on_date, add_workdays('2004-01-01', 1 + i % 5700)::workday AS on_day
FROM generate_series(1, 57000) i;
ANALYZE act;

CREATE FUNCTION estimate(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
-- Within a bin of the histogram, a hundredth of the table, for either end:
-- core interpolates inside a bin for its own types only.
CREATE FUNCTION is_near(query text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n numeric;
BEGIN
	EXECUTE 'SELECT count(*) FROM (' || query || ') q' INTO n;
	RETURN ok(abs(estimate(query) - n) <= n / 20 + 570, format('%s: %s estimated, %s there', what, estimate(query), n));
END
$$;
SELECT is_near($$SELECT * FROM act WHERE on_day < '2006-03-01'::workday$$, 'a range uses the histogram');
SELECT is_near($$SELECT * FROM act WHERE on_day >= date '2024-10-01'$$, 'a range that ends with a date, too');
SELECT is_near($$SELECT * FROM act WHERE on_day BETWEEN '2010-03-01'::workday AND '2010-08-31'::workday$$, 'both ends');
SELECT is_near($$SELECT * FROM act WHERE on_day = '2022-09-30'$$, 'equality');
SELECT cmp_ok(estimate('SELECT * FROM act a JOIN act b USING (on_day)'), '<', 2 * 570000::numeric, 'a join knows the number of values');
SELECT cmp_ok(estimate('SELECT * FROM statute.list_workdays(''[2022-01-01,2022-12-31]'')'), '<=', 250::numeric, 'a list of working days is no thousand');
SELECT * FROM finish();
