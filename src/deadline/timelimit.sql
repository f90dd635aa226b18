
-- Type timelimit: a whole number of one unit, as a rule states it.

CREATE TYPE statute.timelimit;

CREATE FUNCTION statute.timelimit_in(cstring) RETURNS statute.timelimit
AS 'MODULE_PATHNAME', 'statute_timelimit_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_out(statute.timelimit) RETURNS cstring
AS 'MODULE_PATHNAME', 'statute_timelimit_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_recv(internal) RETURNS statute.timelimit
AS 'MODULE_PATHNAME', 'statute_timelimit_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_send(statute.timelimit) RETURNS bytea
AS 'MODULE_PATHNAME', 'statute_timelimit_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE statute.timelimit (
	INPUT = statute.timelimit_in, OUTPUT = statute.timelimit_out,
	RECEIVE = statute.timelimit_recv, SEND = statute.timelimit_send,
	LIKE = pg_catalog.int8, CATEGORY = 'T'
);
COMMENT ON TYPE statute.timelimit IS 'a quantity of time fixed by a rule, such as 7 workdays';
COMMENT ON FUNCTION statute.timelimit_in(cstring) IS 'internal: input of timelimit';
COMMENT ON FUNCTION statute.timelimit_out(statute.timelimit) IS 'internal: output of timelimit';
COMMENT ON FUNCTION statute.timelimit_recv(internal) IS 'internal: binary input of timelimit';
COMMENT ON FUNCTION statute.timelimit_send(statute.timelimit) IS 'internal: binary output of timelimit';

CREATE FUNCTION statute.timelimit(span interval) RETURNS statute.timelimit
AS 'MODULE_PATHNAME', 'statute_timelimit_from_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute."interval"(allowed statute.timelimit) RETURNS interval
AS 'MODULE_PATHNAME', 'statute_timelimit_to_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.timelimit(interval) IS 'the interval as a time limit, where it has one unit';
COMMENT ON FUNCTION statute."interval"(statute.timelimit) IS 'the time limit as an interval, where it has a fixed length';

CREATE CAST (interval AS statute.timelimit) WITH FUNCTION statute.timelimit(interval);
CREATE CAST (statute.timelimit AS interval) WITH FUNCTION statute."interval"(statute.timelimit);

CREATE FUNCTION statute.timelimit_lt(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_le(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_eq(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_ne(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_ge(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_gt(statute.timelimit, statute.timelimit) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_timelimit_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_cmp(statute.timelimit, statute.timelimit) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_timelimit_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_hash(statute.timelimit) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_timelimit_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.timelimit_hash_extended(statute.timelimit, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'statute_timelimit_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.timelimit_lt(statute.timelimit, statute.timelimit) IS 'implementation of < operator';
COMMENT ON FUNCTION statute.timelimit_le(statute.timelimit, statute.timelimit) IS 'implementation of <= operator';
COMMENT ON FUNCTION statute.timelimit_eq(statute.timelimit, statute.timelimit) IS 'implementation of = operator';
COMMENT ON FUNCTION statute.timelimit_ne(statute.timelimit, statute.timelimit) IS 'implementation of <> operator';
COMMENT ON FUNCTION statute.timelimit_ge(statute.timelimit, statute.timelimit) IS 'implementation of >= operator';
COMMENT ON FUNCTION statute.timelimit_gt(statute.timelimit, statute.timelimit) IS 'implementation of > operator';
COMMENT ON FUNCTION statute.timelimit_cmp(statute.timelimit, statute.timelimit) IS 'less-equal-greater';
COMMENT ON FUNCTION statute.timelimit_hash(statute.timelimit) IS 'hash';
COMMENT ON FUNCTION statute.timelimit_hash_extended(statute.timelimit, bigint) IS 'hash';

CREATE OPERATOR statute.< (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_lt,
	COMMUTATOR = OPERATOR(statute.>), NEGATOR = OPERATOR(statute.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR statute.<= (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_le,
	COMMUTATOR = OPERATOR(statute.>=), NEGATOR = OPERATOR(statute.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR statute.= (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_eq,
	COMMUTATOR = OPERATOR(statute.=), NEGATOR = OPERATOR(statute.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR statute.<> (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_ne,
	COMMUTATOR = OPERATOR(statute.<>), NEGATOR = OPERATOR(statute.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR statute.>= (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_ge,
	COMMUTATOR = OPERATOR(statute.<=), NEGATOR = OPERATOR(statute.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR statute.> (LEFTARG = statute.timelimit, RIGHTARG = statute.timelimit, FUNCTION = statute.timelimit_gt,
	COMMUTATOR = OPERATOR(statute.<), NEGATOR = OPERATOR(statute.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR statute.< (statute.timelimit, statute.timelimit) IS 'less than';
COMMENT ON OPERATOR statute.<= (statute.timelimit, statute.timelimit) IS 'less than or equal';
COMMENT ON OPERATOR statute.= (statute.timelimit, statute.timelimit) IS 'equal: the same number of the same unit';
COMMENT ON OPERATOR statute.<> (statute.timelimit, statute.timelimit) IS 'not equal';
COMMENT ON OPERATOR statute.>= (statute.timelimit, statute.timelimit) IS 'greater than or equal';
COMMENT ON OPERATOR statute.> (statute.timelimit, statute.timelimit) IS 'greater than';

CREATE OPERATOR CLASS statute.timelimit_ops DEFAULT FOR TYPE statute.timelimit USING btree AS
	OPERATOR 1 statute.<, OPERATOR 2 statute.<=, OPERATOR 3 statute.=,
	OPERATOR 4 statute.>=, OPERATOR 5 statute.>,
	FUNCTION 1 statute.timelimit_cmp(statute.timelimit, statute.timelimit);
CREATE OPERATOR CLASS statute.timelimit_ops DEFAULT FOR TYPE statute.timelimit USING hash AS
	OPERATOR 1 statute.=,
	FUNCTION 1 statute.timelimit_hash(statute.timelimit),
	FUNCTION 2 statute.timelimit_hash_extended(statute.timelimit, bigint);
