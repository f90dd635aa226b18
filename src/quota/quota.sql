-- Type quota: how often, on how many days, at most how many, as a rule states it.

CREATE TYPE statute.quota;

CREATE FUNCTION statute.quota_in(cstring) RETURNS statute.quota
AS 'MODULE_PATHNAME', 'statute_quota_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_out(statute.quota) RETURNS cstring
AS 'MODULE_PATHNAME', 'statute_quota_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_recv(internal) RETURNS statute.quota
AS 'MODULE_PATHNAME', 'statute_quota_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_send(statute.quota) RETURNS bytea
AS 'MODULE_PATHNAME', 'statute_quota_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE statute.quota (
	INPUT = statute.quota_in, OUTPUT = statute.quota_out,
	RECEIVE = statute.quota_recv, SEND = statute.quota_send,
	INTERNALLENGTH = 20, ALIGNMENT = int4, STORAGE = plain
);
COMMENT ON TYPE statute.quota IS 'how often something must or may happen, such as at least 1 per quarter';
COMMENT ON FUNCTION statute.quota_in(cstring) IS 'internal: input of quota';
COMMENT ON FUNCTION statute.quota_out(statute.quota) IS 'internal: output of quota';
COMMENT ON FUNCTION statute.quota_recv(internal) IS 'internal: binary input of quota';
COMMENT ON FUNCTION statute.quota_send(statute.quota) IS 'internal: binary output of quota';

-- The order is there for sorting, as DISTINCT needs it; it says nothing of what a quota asks.
CREATE FUNCTION statute.quota_lt(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_le(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_eq(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_ne(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_ge(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_gt(statute.quota, statute.quota) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_cmp(statute.quota, statute.quota) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_quota_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_hash(statute.quota) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_quota_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_hash_extended(statute.quota, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'statute_quota_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_lt(statute.quota, statute.quota) IS 'implementation of < operator';
COMMENT ON FUNCTION statute.quota_le(statute.quota, statute.quota) IS 'implementation of <= operator';
COMMENT ON FUNCTION statute.quota_eq(statute.quota, statute.quota) IS 'implementation of = operator';
COMMENT ON FUNCTION statute.quota_ne(statute.quota, statute.quota) IS 'implementation of <> operator';
COMMENT ON FUNCTION statute.quota_ge(statute.quota, statute.quota) IS 'implementation of >= operator';
COMMENT ON FUNCTION statute.quota_gt(statute.quota, statute.quota) IS 'implementation of > operator';
COMMENT ON FUNCTION statute.quota_cmp(statute.quota, statute.quota) IS 'less-equal-greater';
COMMENT ON FUNCTION statute.quota_hash(statute.quota) IS 'hash';
COMMENT ON FUNCTION statute.quota_hash_extended(statute.quota, bigint) IS 'hash';

CREATE OPERATOR statute.< (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_lt,
	COMMUTATOR = OPERATOR(statute.>), NEGATOR = OPERATOR(statute.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR statute.<= (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_le,
	COMMUTATOR = OPERATOR(statute.>=), NEGATOR = OPERATOR(statute.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR statute.= (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_eq,
	COMMUTATOR = OPERATOR(statute.=), NEGATOR = OPERATOR(statute.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR statute.<> (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_ne,
	COMMUTATOR = OPERATOR(statute.<>), NEGATOR = OPERATOR(statute.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR statute.>= (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_ge,
	COMMUTATOR = OPERATOR(statute.<=), NEGATOR = OPERATOR(statute.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR statute.> (LEFTARG = statute.quota, RIGHTARG = statute.quota, FUNCTION = statute.quota_gt,
	COMMUTATOR = OPERATOR(statute.<), NEGATOR = OPERATOR(statute.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR statute.< (statute.quota, statute.quota) IS 'less than in an order for sorting';
COMMENT ON OPERATOR statute.<= (statute.quota, statute.quota) IS 'less than or equal in an order for sorting';
COMMENT ON OPERATOR statute.= (statute.quota, statute.quota) IS 'equal: the same words';
COMMENT ON OPERATOR statute.<> (statute.quota, statute.quota) IS 'not equal';
COMMENT ON OPERATOR statute.>= (statute.quota, statute.quota) IS 'greater than or equal in an order for sorting';
COMMENT ON OPERATOR statute.> (statute.quota, statute.quota) IS 'greater than in an order for sorting';

CREATE OPERATOR CLASS statute.quota_ops DEFAULT FOR TYPE statute.quota USING btree AS
	OPERATOR 1 statute.<, OPERATOR 2 statute.<=, OPERATOR 3 statute.=,
	OPERATOR 4 statute.>=, OPERATOR 5 statute.>,
	FUNCTION 1 statute.quota_cmp(statute.quota, statute.quota);
CREATE OPERATOR CLASS statute.quota_ops DEFAULT FOR TYPE statute.quota USING hash AS
	OPERATOR 1 statute.=,
	FUNCTION 1 statute.quota_hash(statute.quota),
	FUNCTION 2 statute.quota_hash_extended(statute.quota, bigint);

CREATE FUNCTION statute.quota_bounds(quota statute.quota) RETURNS numrange
AS 'MODULE_PATHNAME', 'statute_quota_bounds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_bounds(statute.quota) IS
	'the numbers that meet the quota: of times, of days or of percent, as quota_unit() says';

CREATE FUNCTION statute.quota_unit(quota statute.quota) RETURNS text
AS 'MODULE_PATHNAME', 'statute_quota_unit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_unit(statute.quota) IS 'what the quota counts: times, days or percent';

CREATE FUNCTION statute.quota_with_base(quota statute.quota, base integer) RETURNS statute.quota
AS 'MODULE_PATHNAME', 'statute_quota_with_base' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_with_base(statute.quota, integer) IS
	'the quota of a base, with that number for its base';

CREATE FUNCTION statute.quota_since(quota statute.quota, event date) RETURNS statute.quota
AS 'MODULE_PATHNAME', 'statute_quota_since' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_since(statute.quota, date) IS
	'the quota with its periods counted from an event, whose own day does not count';

CREATE FUNCTION statute.quota_period_of(day date, quota statute.quota) RETURNS daterange
AS 'MODULE_PATHNAME', 'statute_quota_period_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_period_of(date, statute.quota) IS
	'the period of the quota that the day is in, or the window that ends with it; null through the day of the event that periods are counted from, and for an infinite date';

CREATE FUNCTION statute.list_quota_periods(quota statute.quota, span daterange, OUT period daterange, OUT partial boolean)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'statute_list_quota_periods' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION statute.list_quota_periods(statute.quota, daterange) IS
	'the periods of the quota that have a day in the span, in order, and whether the span cuts them';

CREATE FUNCTION statute.quota_pace(counted integer, quota statute.quota, period daterange, as_of date, calendar text DEFAULT '',
	OUT pace text, OUT shortfall integer, OUT workdays_left integer, OUT last_day date)
AS 'MODULE_PATHNAME', 'statute_quota_pace' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_pace(integer, statute.quota, daterange, date, text) IS
	'how a quota stands on a date: met, on track, at risk, out of reach or missed; and the last working day on which what is missing can still be made good, one a day';

