-- The quota aggregates. Their state is a value like any other: it can be
-- stored, sent elsewhere and combined there.

CREATE TYPE statute.quota_state;

CREATE FUNCTION statute.quota_state_in(cstring) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_state_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_state_out(statute.quota_state) RETURNS cstring
AS 'MODULE_PATHNAME', 'statute_quota_state_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_state_recv(internal) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_state_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION statute.quota_state_send(statute.quota_state) RETURNS bytea
AS 'MODULE_PATHNAME', 'statute_quota_state_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE statute.quota_state (
	INPUT = statute.quota_state_in, OUTPUT = statute.quota_state_out,
	RECEIVE = statute.quota_state_recv, SEND = statute.quota_state_send,
	INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE statute.quota_state IS 'what was counted for a quota over a span; the state of the quota aggregates';
COMMENT ON FUNCTION statute.quota_state_in(cstring) IS 'internal: input of quota_state';
COMMENT ON FUNCTION statute.quota_state_out(statute.quota_state) IS 'internal: output of quota_state';
COMMENT ON FUNCTION statute.quota_state_recv(internal) IS 'internal: binary input of quota_state';
COMMENT ON FUNCTION statute.quota_state_send(statute.quota_state) IS 'internal: binary output of quota_state';

CREATE TYPE statute.quota_period AS (
	period daterange,
	counted integer,
	required integer,
	met boolean,
	shortfall integer,
	status text,
	pro_rata numeric
);
COMMENT ON TYPE statute.quota_period IS 'one period of a quota, or one window that breaks it';
COMMENT ON COLUMN statute.quota_period.period IS 'the whole period, also where the span cuts it';
COMMENT ON COLUMN statute.quota_period.counted IS 'times or distinct days counted in the span';
COMMENT ON COLUMN statute.quota_period.required IS 'the number asked for, least or most; null where there is no base';
COMMENT ON COLUMN statute.quota_period.met IS 'null where it cannot be told: no base, or a cut period';
COMMENT ON COLUMN statute.quota_period.shortfall IS 'how many are missing, or too many';
COMMENT ON COLUMN statute.quota_period.status IS 'met, not met, partial or no base';
COMMENT ON COLUMN statute.quota_period.pro_rata IS 'of a cut period the number asked for in proportion to its days in the span; advice only';

CREATE FUNCTION statute._quota_add(statute.quota_state, date, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add(statute.quota_state, date, statute.quota, daterange) IS 'internal: count one event';
CREATE FUNCTION statute._quota_add(statute.quota_state, timestamptz, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_instant' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add(statute.quota_state, timestamptz, statute.quota, daterange) IS 'internal: count one event';
CREATE FUNCTION statute._quota_add(statute.quota_state, timestamptz, statute.quota, daterange, text) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_instant' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add(statute.quota_state, timestamptz, statute.quota, daterange, text) IS 'internal: count one event';
CREATE FUNCTION statute._quota_add_exact(statute.quota_state, date, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_date_exact' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add_exact(statute.quota_state, date, statute.quota, daterange) IS 'internal: count one event of a moving frame';
CREATE FUNCTION statute._quota_add_exact(statute.quota_state, timestamptz, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_instant_exact' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add_exact(statute.quota_state, timestamptz, statute.quota, daterange) IS 'internal: count one event of a moving frame';
CREATE FUNCTION statute._quota_add_exact(statute.quota_state, timestamptz, statute.quota, daterange, text) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_add_instant_exact' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_add_exact(statute.quota_state, timestamptz, statute.quota, daterange, text) IS 'internal: count one event of a moving frame';
CREATE FUNCTION statute._quota_remove(statute.quota_state, date, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_remove_date' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_remove(statute.quota_state, date, statute.quota, daterange) IS 'internal: take one event out of a moving frame';
CREATE FUNCTION statute._quota_remove(statute.quota_state, timestamptz, statute.quota, daterange) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_remove_instant' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_remove(statute.quota_state, timestamptz, statute.quota, daterange) IS 'internal: take one event out of a moving frame';
CREATE FUNCTION statute._quota_remove(statute.quota_state, timestamptz, statute.quota, daterange, text) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_remove_instant' LANGUAGE C STABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_remove(statute.quota_state, timestamptz, statute.quota, daterange, text) IS 'internal: take one event out of a moving frame';

CREATE FUNCTION statute._quota_combine(statute.quota_state, statute.quota_state) RETURNS statute.quota_state
AS 'MODULE_PATHNAME', 'statute_quota_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute._quota_combine(statute.quota_state, statute.quota_state) IS 'internal: add up two counts';

-- Not strict: an aggregate without a row asks too.
CREATE FUNCTION statute.quota_met(tally statute.quota_state) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_quota_met' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_met(statute.quota_state) IS 'is the quota met in every period that can be judged; null where none can';

CREATE FUNCTION statute.quota_shortfall(tally statute.quota_state) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_quota_shortfall' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_shortfall(statute.quota_state) IS
	'how many are missing, or too many, in all periods that can be judged, or in the windows that quota_periods lists; null where none can';

CREATE FUNCTION statute.quota_periods(tally statute.quota_state) RETURNS statute.quota_period[]
AS 'MODULE_PATHNAME', 'statute_quota_periods' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION statute.quota_periods(statute.quota_state) IS
	'each period with what was counted and required; of sliding windows those that break the quota';

CREATE AGGREGATE statute.quota_met(at date, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_met, MFINALFUNC = statute.quota_met,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_met(date, statute.quota, daterange) IS 'is the quota met in every period of the span that can be judged; null where none can';
CREATE AGGREGATE statute.quota_met(at timestamptz, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_met, MFINALFUNC = statute.quota_met,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_met(timestamptz, statute.quota, daterange) IS 'is the quota met in every period of the span that can be judged; null where none can; dates in the time zone of the session''s calendar';
CREATE AGGREGATE statute.quota_met(at timestamptz, quota statute.quota, span daterange, calendar text) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_met, MFINALFUNC = statute.quota_met,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_met(timestamptz, statute.quota, daterange, text) IS 'is the quota met in every period of the span that can be judged; null where none can; dates in the time zone of the calendar';

CREATE AGGREGATE statute.quota_shortfall(at date, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_shortfall, MFINALFUNC = statute.quota_shortfall,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_shortfall(date, statute.quota, daterange) IS 'how many are missing, or too many, in all periods of the span that can be judged, or in the windows that quota_periods lists; null where none can';
CREATE AGGREGATE statute.quota_shortfall(at timestamptz, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_shortfall, MFINALFUNC = statute.quota_shortfall,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_shortfall(timestamptz, statute.quota, daterange) IS 'how many are missing, or too many, in all periods of the span that can be judged, or in the windows that quota_periods lists; null where none can; dates in the time zone of the session''s calendar';
CREATE AGGREGATE statute.quota_shortfall(at timestamptz, quota statute.quota, span daterange, calendar text) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_shortfall, MFINALFUNC = statute.quota_shortfall,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_shortfall(timestamptz, statute.quota, daterange, text) IS 'how many are missing, or too many, in all periods of the span that can be judged, or in the windows that quota_periods lists; null where none can; dates in the time zone of the calendar';

CREATE AGGREGATE statute.quota_periods(at date, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_periods, MFINALFUNC = statute.quota_periods,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_periods(date, statute.quota, daterange) IS 'each period of the span with what was counted and required; of sliding windows those that break the quota';
CREATE AGGREGATE statute.quota_periods(at timestamptz, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_periods, MFINALFUNC = statute.quota_periods,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_periods(timestamptz, statute.quota, daterange) IS 'each period of the span with what was counted and required; of sliding windows those that break the quota; dates in the time zone of the session''s calendar';
CREATE AGGREGATE statute.quota_periods(at timestamptz, quota statute.quota, span daterange, calendar text) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	FINALFUNC = statute.quota_periods, MFINALFUNC = statute.quota_periods,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_periods(timestamptz, statute.quota, daterange, text) IS 'each period of the span with what was counted and required; of sliding windows those that break the quota; dates in the time zone of the calendar';

CREATE AGGREGATE statute.quota_tally(at date, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_tally(date, statute.quota, daterange) IS 'what was counted, to be stored or combined with quota_merge';
CREATE AGGREGATE statute.quota_tally(at timestamptz, quota statute.quota, span daterange) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_tally(timestamptz, statute.quota, daterange) IS 'what was counted, to be stored or combined with quota_merge; dates in the time zone of the session''s calendar';
CREATE AGGREGATE statute.quota_tally(at timestamptz, quota statute.quota, span daterange, calendar text) (
	SFUNC = statute._quota_add, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	MSFUNC = statute._quota_add_exact, MINVFUNC = statute._quota_remove, MSTYPE = statute.quota_state,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_tally(timestamptz, statute.quota, daterange, text) IS 'what was counted, to be stored or combined with quota_merge; dates in the time zone of the calendar';

CREATE AGGREGATE statute.quota_merge(tally statute.quota_state) (
	SFUNC = statute._quota_combine, STYPE = statute.quota_state, SSPACE = 100,
	COMBINEFUNC = statute._quota_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE statute.quota_merge(statute.quota_state) IS 'the sum of counts that were made apart';

