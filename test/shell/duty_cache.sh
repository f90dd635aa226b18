#!/bin/sh
# What a backend has cached of bindings never outlives them: what one session sees
# of its own changes. What it sees of other sessions' is in test/isolation.
. "$ROOT/test/shell/lib.sh"

database duty_cache pg_statute_cn
PGOPTIONS='-c search_path=public,statute -c client_min_messages=error'
export PGOPTIONS
# The rules: lax lets 100 pass, strict 10. judged() stores one row with n = 50 and
# tells which rules it breaks.
run duty_cache "
	CREATE TABLE act (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, n integer);
	CREATE FUNCTION make_rules() RETURNS void LANGUAGE sql AS \$\$
		SELECT statute.define_regulation('X', 'x', 'x', '[2000-01-01,)');
		SELECT statute.define_clause('X-1', 'X', '1', 'x');
		SELECT statute.define_rule('lax', 'X-1', 'check', 'lax', '{\"n\": \"integer\"}', must => 'n <= 100');
		SELECT statute.define_rule('strict', 'X-1', 'check', 'strict', '{\"n\": \"integer\"}', must => 'n <= 10');
	\$\$;
	CREATE FUNCTION bind_it(rule text, action text DEFAULT 'record') RETURNS integer LANGUAGE sql AS \$\$
		SELECT statute.bind(rule, 'act', '{\"n\": \"n\"}', action => action)
	\$\$;
	CREATE FUNCTION judged(n integer DEFAULT 50) RETURNS text LANGUAGE plpgsql AS \$\$
	DECLARE
		key integer;
		result text;
	BEGIN
		INSERT INTO act (n) VALUES (judged.n) RETURNING id INTO key;
		SELECT coalesce(string_agg(b.rule, ' ' ORDER BY b.id), 'nothing') INTO result
		FROM statute.violation v JOIN statute.binding b ON b.id = v.binding
		WHERE v.row_key = key::text;
		RETURN result;
	END \$\$;
	SELECT make_rules()"

answers duty_cache <<'SQL'
\warn = nothing | before anything is bound
SELECT judged();
SELECT bind_it('lax') \gset lax_
\warn = nothing | bound, and kept
SELECT judged();
SELECT bind_it('strict') \gset strict_
\warn = strict | the next rule, for the next row
SELECT judged();
\warn = lax strict | both
SELECT judged(500);

BEGIN;
SELECT unbind(:strict_bind_it);
\warn = lax | unbound
SELECT judged(500);
ROLLBACK;
\warn = lax strict | but not for good
SELECT judged(500);

BEGIN;
SELECT disable_binding(:strict_bind_it);
SAVEPOINT a;
SELECT disable_binding(:lax_bind_it);
\warn = nothing | both are disabled
SELECT judged(500);
ROLLBACK TO a;
\warn = lax | one is, after all
SELECT judged(500);
SAVEPOINT b;
SELECT enable_binding(:strict_bind_it);
\warn = lax strict | none is
SELECT judged(500);
RELEASE b;
COMMIT;
\warn = lax strict | and so it stays
SELECT judged(500);

BEGIN;
SELECT amend_rule('lax', '2000-01-01', must => 'n <= 20');
\warn = lax strict | an amended rule
SELECT judged();
SAVEPOINT a;
SELECT amend_rule('lax', '2000-01-01', must => 'n <= 1000');
\warn = strict | again
SELECT judged(500);
ROLLBACK TO a;
\warn = lax strict | the first change only
SELECT judged();
\warn = ERROR: 22012 | an error
SELECT 1 / 0;
ROLLBACK;
\warn = strict | takes all of it back
SELECT judged();

BEGIN;
SELECT unbind(:strict_bind_it);
SELECT bind_it('strict', 'reject') AS other \gset
\warn = ERROR: ST003 | a binding that rejects, in a transaction
INSERT INTO act (n) VALUES (50);
ROLLBACK;
\warn = strict | is gone with it
SELECT judged();

-- one call that changes and stores by turns
CREATE FUNCTION turns(binding integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text := '';
BEGIN
	FOR i IN 1 .. 3 LOOP
		PERFORM disable_binding(binding);
		result := concat_ws(', ', nullif(result, ''), judged());
		PERFORM enable_binding(binding);
		result := concat_ws(', ', result, judged());
		BEGIN
			PERFORM disable_binding(binding);
			RAISE EXCEPTION 'no';
		EXCEPTION WHEN raise_exception THEN
			result := concat_ws(', ', result, judged());
		END;
	END LOOP;
	RETURN result;
END $$;
\warn = nothing, strict, strict, nothing, strict, strict, nothing, strict, strict | within one call
SELECT turns(:strict_bind_it);

-- changes of the table
ALTER TABLE act ADD COLUMN note text;
\warn = strict | a new column
SELECT judged();
ALTER TABLE act DROP COLUMN note;
\warn = strict | and gone
SELECT judged();
ALTER TABLE act RENAME TO deed;
CREATE VIEW act AS SELECT * FROM deed;
\warn = strict | another name
SELECT judged();
DROP VIEW act;
ALTER TABLE deed RENAME TO act;
\warn = strict | as before
SELECT judged();
VACUUM FULL act;
\warn = strict | another file
SELECT judged();
DISCARD ALL;
SET search_path = public, statute;
\warn = strict | DISCARD ALL
SELECT judged();

-- the extension goes and comes back
DROP EXTENSION pg_statute CASCADE;
\warn = ERROR: 42P01 | there is no ledger
SELECT judged();
INSERT INTO act (n) VALUES (500);
\warn = t | the table is as if it had never been bound
SELECT count(*) = 0 FROM pg_trigger WHERE tgrelid = 'act'::regclass AND NOT tgisinternal;
CREATE EXTENSION pg_statute_cn CASCADE;
\warn = nothing | a new ledger, and nothing is bound
SELECT judged(500);
SELECT make_rules();
SELECT bind_it('strict') \gset strict_
\warn = strict | bound again
SELECT judged(500);
\warn = 1 | the ledger is new, and its numbers
SELECT binding FROM statute.violation;
BEGIN;
DROP EXTENSION pg_statute CASCADE;
CREATE EXTENSION pg_statute_cn CASCADE;
SELECT make_rules();
SELECT bind_it('lax') \gset lax_
\warn = lax | anew in a transaction
SELECT judged(500);
ROLLBACK;
\warn = strict | which is rolled back
SELECT judged(500);
BEGIN;
DROP EXTENSION pg_statute CASCADE;
ROLLBACK;
\warn = strict | so is this
SELECT judged(500);
DROP EXTENSION pg_statute CASCADE;
CREATE EXTENSION pg_statute_cn CASCADE;
SELECT make_rules();
SELECT bind_it('lax') \gset lax_
SELECT bind_it('strict') \gset strict_
\warn = lax strict | and once more
SELECT judged(500);

-- the table goes and comes back
DROP TABLE act;
\warn = t | its bindings end with it
SELECT bool_and(relation IS NULL) FROM statute.binding;
CREATE TABLE act (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (START 1000), n integer);
\warn = nothing | a table of the same name is another one
SELECT judged(500);
SELECT bind_it('strict') \gset strict_
\warn = strict | until it is bound
SELECT judged(500);
SQL
finish
