
-- Type workday and its range. Everything but the check on the way in and the
-- arithmetic is core's: a workday is stored as the date that it is.

CREATE TYPE statute.workday;

CREATE FUNCTION statute.workday_in(cstring) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_workday_in' LANGUAGE C STABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_out(statute.workday) RETURNS cstring
AS 'date_out' LANGUAGE internal STABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_recv(internal) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_workday_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_send(statute.workday) RETURNS bytea
AS 'date_send' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE statute.workday (
	INPUT = statute.workday_in, OUTPUT = statute.workday_out,
	RECEIVE = statute.workday_recv, SEND = statute.workday_send,
	LIKE = pg_catalog.date, CATEGORY = 'D'
);
COMMENT ON TYPE statute.workday IS 'a date on which the session''s calendar works';
COMMENT ON FUNCTION statute.workday_in(cstring) IS 'internal: input of workday';
COMMENT ON FUNCTION statute.workday_out(statute.workday) IS 'internal: output of workday';
COMMENT ON FUNCTION statute.workday_recv(internal) IS 'internal: binary input of workday';
COMMENT ON FUNCTION statute.workday_send(statute.workday) IS 'internal: binary output of workday';

CREATE FUNCTION statute.workday(day date) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_workday_from_date'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.workday(date) IS 'the date as a working day; an error where the session''s calendar does not work on it';

CREATE CAST (statute.workday AS date) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (date AS statute.workday) WITH FUNCTION statute.workday(date) AS ASSIGNMENT;

-- Arithmetic in working days ------------------------------------------------

CREATE FUNCTION statute.workday_pl(statute.workday, integer) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_workday_pl'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.int_pl_workday(integer, statute.workday) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_int_pl_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.workday_mi(statute.workday, integer) RETURNS statute.workday
AS 'MODULE_PATHNAME', 'statute_workday_mi'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.workday_diff(statute.workday, statute.workday) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_workday_diff'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.workday_pl(statute.workday, integer) IS 'implementation of + operator: the n-th working day after';
COMMENT ON FUNCTION statute.int_pl_workday(integer, statute.workday) IS 'implementation of + operator: the n-th working day after';
COMMENT ON FUNCTION statute.workday_mi(statute.workday, integer) IS 'implementation of - operator: the n-th working day before';
COMMENT ON FUNCTION statute.workday_diff(statute.workday, statute.workday) IS 'implementation of - operator: working days from the second to the first';

CREATE OPERATOR statute.+ (LEFTARG = statute.workday, RIGHTARG = integer,
	FUNCTION = statute.workday_pl, COMMUTATOR = OPERATOR(statute.+));
CREATE OPERATOR statute.+ (LEFTARG = integer, RIGHTARG = statute.workday,
	FUNCTION = statute.int_pl_workday, COMMUTATOR = OPERATOR(statute.+));
CREATE OPERATOR statute.- (LEFTARG = statute.workday, RIGHTARG = integer, FUNCTION = statute.workday_mi);
CREATE OPERATOR statute.- (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_diff);
COMMENT ON OPERATOR statute.+ (statute.workday, integer) IS 'the n-th working day after';
COMMENT ON OPERATOR statute.+ (integer, statute.workday) IS 'the n-th working day after';
COMMENT ON OPERATOR statute.- (statute.workday, integer) IS 'the n-th working day before';
COMMENT ON OPERATOR statute.- (statute.workday, statute.workday) IS 'working days from the second to the first';

-- Comparison: core's functions for dates, under names of ours -----------------

CREATE FUNCTION statute.workday_lt(statute.workday, statute.workday) RETURNS boolean
AS 'date_lt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_le(statute.workday, statute.workday) RETURNS boolean
AS 'date_le' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_eq(statute.workday, statute.workday) RETURNS boolean
AS 'date_eq' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_ne(statute.workday, statute.workday) RETURNS boolean
AS 'date_ne' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_ge(statute.workday, statute.workday) RETURNS boolean
AS 'date_ge' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_gt(statute.workday, statute.workday) RETURNS boolean
AS 'date_gt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_cmp(statute.workday, statute.workday) RETURNS integer
AS 'date_cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_lt(statute.workday, date) RETURNS boolean
AS 'date_lt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_le(statute.workday, date) RETURNS boolean
AS 'date_le' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_eq(statute.workday, date) RETURNS boolean
AS 'date_eq' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_ne(statute.workday, date) RETURNS boolean
AS 'date_ne' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_ge(statute.workday, date) RETURNS boolean
AS 'date_ge' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_gt(statute.workday, date) RETURNS boolean
AS 'date_gt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_date_cmp(statute.workday, date) RETURNS integer
AS 'date_cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_lt(date, statute.workday) RETURNS boolean
AS 'date_lt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_le(date, statute.workday) RETURNS boolean
AS 'date_le' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_eq(date, statute.workday) RETURNS boolean
AS 'date_eq' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_ne(date, statute.workday) RETURNS boolean
AS 'date_ne' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_ge(date, statute.workday) RETURNS boolean
AS 'date_ge' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_gt(date, statute.workday) RETURNS boolean
AS 'date_gt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.date_workday_cmp(date, statute.workday) RETURNS integer
AS 'date_cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

CREATE OPERATOR statute.< (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_lt,
	COMMUTATOR = OPERATOR(statute.>), NEGATOR = OPERATOR(statute.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR statute.<= (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_le,
	COMMUTATOR = OPERATOR(statute.>=), NEGATOR = OPERATOR(statute.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR statute.= (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_eq,
	COMMUTATOR = OPERATOR(statute.=), NEGATOR = OPERATOR(statute.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR statute.<> (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_ne,
	COMMUTATOR = OPERATOR(statute.<>), NEGATOR = OPERATOR(statute.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR statute.>= (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_ge,
	COMMUTATOR = OPERATOR(statute.<=), NEGATOR = OPERATOR(statute.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR statute.> (LEFTARG = statute.workday, RIGHTARG = statute.workday, FUNCTION = statute.workday_gt,
	COMMUTATOR = OPERATOR(statute.<), NEGATOR = OPERATOR(statute.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR statute.< (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_lt,
	COMMUTATOR = OPERATOR(statute.>), NEGATOR = OPERATOR(statute.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR statute.<= (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_le,
	COMMUTATOR = OPERATOR(statute.>=), NEGATOR = OPERATOR(statute.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR statute.= (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_eq,
	COMMUTATOR = OPERATOR(statute.=), NEGATOR = OPERATOR(statute.<>), RESTRICT = eqsel, JOIN = eqjoinsel, MERGES);
CREATE OPERATOR statute.<> (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_ne,
	COMMUTATOR = OPERATOR(statute.<>), NEGATOR = OPERATOR(statute.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR statute.>= (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_ge,
	COMMUTATOR = OPERATOR(statute.<=), NEGATOR = OPERATOR(statute.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR statute.> (LEFTARG = statute.workday, RIGHTARG = date, FUNCTION = statute.workday_date_gt,
	COMMUTATOR = OPERATOR(statute.<), NEGATOR = OPERATOR(statute.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR statute.< (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_lt,
	COMMUTATOR = OPERATOR(statute.>), NEGATOR = OPERATOR(statute.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR statute.<= (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_le,
	COMMUTATOR = OPERATOR(statute.>=), NEGATOR = OPERATOR(statute.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR statute.= (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_eq,
	COMMUTATOR = OPERATOR(statute.=), NEGATOR = OPERATOR(statute.<>), RESTRICT = eqsel, JOIN = eqjoinsel, MERGES);
CREATE OPERATOR statute.<> (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_ne,
	COMMUTATOR = OPERATOR(statute.<>), NEGATOR = OPERATOR(statute.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR statute.>= (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_ge,
	COMMUTATOR = OPERATOR(statute.<=), NEGATOR = OPERATOR(statute.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR statute.> (LEFTARG = date, RIGHTARG = statute.workday, FUNCTION = statute.date_workday_gt,
	COMMUTATOR = OPERATOR(statute.<), NEGATOR = OPERATOR(statute.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);

DO $$
DECLARE
	o record;
BEGIN
	FOR o IN
		SELECT p.oid, p.oprcode, p.oprname, w.word
		FROM pg_operator p
		JOIN (VALUES ('<', 'less than'), ('<=', 'less than or equal'), ('=', 'equal'),
			('<>', 'not equal'), ('>=', 'greater than or equal'), ('>', 'greater than')) w (name, word)
			ON w.name = p.oprname
		WHERE p.oprnamespace = 'statute'::regnamespace
	LOOP
		EXECUTE format('COMMENT ON OPERATOR %s IS %L', o.oid::regoperator, o.word);
		EXECUTE format('COMMENT ON FUNCTION %s IS %L', o.oprcode::oid::regprocedure,
			format('implementation of %s operator', o.oprname));
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute.workday_cmp(statute.workday, statute.workday) IS 'less-equal-greater';
COMMENT ON FUNCTION statute.workday_date_cmp(statute.workday, date) IS 'less-equal-greater';
COMMENT ON FUNCTION statute.date_workday_cmp(date, statute.workday) IS 'less-equal-greater';

CREATE FUNCTION statute.workday_sortsupport(internal) RETURNS void
AS 'date_sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_hash(statute.workday) RETURNS integer
AS 'hashint4' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_hash_extended(statute.workday, bigint) RETURNS bigint
AS 'hashint4extended' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION statute.workday_subdiff(statute.workday, statute.workday) RETURNS float8
AS 'daterange_subdiff' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_distance(internal, internal) RETURNS float8
AS 'brin_minmax_multi_distance_date' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.workday_sortsupport(internal) IS 'internal: sort support';
COMMENT ON FUNCTION statute.workday_hash(statute.workday) IS 'hash';
COMMENT ON FUNCTION statute.workday_hash_extended(statute.workday, bigint) IS 'hash';
COMMENT ON FUNCTION statute.workday_subdiff(statute.workday, statute.workday) IS 'internal: days between two bounds of a range';
COMMENT ON FUNCTION statute.workday_distance(internal, internal) IS 'internal: BRIN multi minmax support';

-- Index access ----------------------------------------------------------------

CREATE OPERATOR FAMILY statute.workday_ops USING btree;
CREATE OPERATOR CLASS statute.workday_ops DEFAULT FOR TYPE statute.workday USING btree
	FAMILY statute.workday_ops AS
	OPERATOR 1 statute.<, OPERATOR 2 statute.<=, OPERATOR 3 statute.=,
	OPERATOR 4 statute.>=, OPERATOR 5 statute.>,
	FUNCTION 1 statute.workday_cmp(statute.workday, statute.workday),
	FUNCTION 2 statute.workday_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
ALTER OPERATOR FAMILY statute.workday_ops USING btree ADD
	OPERATOR 1 statute.< (statute.workday, date), OPERATOR 2 statute.<= (statute.workday, date),
	OPERATOR 3 statute.= (statute.workday, date), OPERATOR 4 statute.>= (statute.workday, date),
	OPERATOR 5 statute.> (statute.workday, date),
	OPERATOR 1 statute.< (date, statute.workday), OPERATOR 2 statute.<= (date, statute.workday),
	OPERATOR 3 statute.= (date, statute.workday), OPERATOR 4 statute.>= (date, statute.workday),
	OPERATOR 5 statute.> (date, statute.workday),
	OPERATOR 1 pg_catalog.< (date, date), OPERATOR 2 pg_catalog.<= (date, date),
	OPERATOR 3 pg_catalog.= (date, date), OPERATOR 4 pg_catalog.>= (date, date),
	OPERATOR 5 pg_catalog.> (date, date),
	FUNCTION 1 (statute.workday, date) statute.workday_date_cmp(statute.workday, date),
	FUNCTION 1 (date, statute.workday) statute.date_workday_cmp(date, statute.workday),
	FUNCTION 1 (date, date) pg_catalog.date_cmp(date, date);

CREATE OPERATOR CLASS statute.workday_ops DEFAULT FOR TYPE statute.workday USING hash AS
	OPERATOR 1 statute.=,
	FUNCTION 1 statute.workday_hash(statute.workday),
	FUNCTION 2 statute.workday_hash_extended(statute.workday, bigint);

CREATE OPERATOR FAMILY statute.workday_minmax_ops USING brin;
CREATE OPERATOR CLASS statute.workday_minmax_ops DEFAULT FOR TYPE statute.workday USING brin
	FAMILY statute.workday_minmax_ops AS
	OPERATOR 1 statute.<, OPERATOR 2 statute.<=, OPERATOR 3 statute.=,
	OPERATOR 4 statute.>=, OPERATOR 5 statute.>,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
ALTER OPERATOR FAMILY statute.workday_minmax_ops USING brin ADD
	OPERATOR 1 statute.< (statute.workday, date), OPERATOR 2 statute.<= (statute.workday, date),
	OPERATOR 3 statute.= (statute.workday, date), OPERATOR 4 statute.>= (statute.workday, date),
	OPERATOR 5 statute.> (statute.workday, date);
CREATE OPERATOR CLASS statute.workday_minmax_multi_ops FOR TYPE statute.workday USING brin AS
	OPERATOR 1 statute.<, OPERATOR 2 statute.<=, OPERATOR 3 statute.=,
	OPERATOR 4 statute.>=, OPERATOR 5 statute.>,
	FUNCTION 1 pg_catalog.brin_minmax_multi_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_multi_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_multi_consistent(internal, internal, internal, integer),
	FUNCTION 4 pg_catalog.brin_minmax_multi_union(internal, internal, internal),
	FUNCTION 5 pg_catalog.brin_minmax_multi_options(internal),
	FUNCTION 11 statute.workday_distance(internal, internal);

CREATE FUNCTION statute.workday_smaller(statute.workday, statute.workday) RETURNS statute.workday
AS 'date_smaller' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.workday_larger(statute.workday, statute.workday) RETURNS statute.workday
AS 'date_larger' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.workday_smaller(statute.workday, statute.workday) IS 'the earlier of two';
COMMENT ON FUNCTION statute.workday_larger(statute.workday, statute.workday) IS 'the later of two';
CREATE AGGREGATE statute.min(statute.workday) (
	SFUNC = statute.workday_smaller, STYPE = statute.workday,
	COMBINEFUNC = statute.workday_smaller, SORTOP = OPERATOR(statute.<), PARALLEL = SAFE);
CREATE AGGREGATE statute.max(statute.workday) (
	SFUNC = statute.workday_larger, STYPE = statute.workday,
	COMBINEFUNC = statute.workday_larger, SORTOP = OPERATOR(statute.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE statute.min(statute.workday) IS 'the earliest working day';
COMMENT ON AGGREGATE statute.max(statute.workday) IS 'the latest working day';

-- No canonical form: PostgreSQL wants that immutable, and a calendar is not.
CREATE TYPE statute.workdayrange AS RANGE (
	SUBTYPE = statute.workday,
	SUBTYPE_OPCLASS = statute.workday_ops,
	SUBTYPE_DIFF = statute.workday_subdiff,
	MULTIRANGE_TYPE_NAME = statute.workdaymultirange
);
COMMENT ON TYPE statute.workdayrange IS 'range of working days';
COMMENT ON TYPE statute.workdaymultirange IS 'multirange of working days';

CREATE FUNCTION statute.count_workdays(days statute.workdayrange, calendar text DEFAULT '') RETURNS integer
AS 'MODULE_PATHNAME', 'statute_count_workdays'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.count_workdays(statute.workdayrange, text) IS 'number of working days in a range of them';
