
-- Working days on dates. Every function takes a calendar last; empty, the
-- default, is the session's.

CREATE FUNCTION statute._support(internal) RETURNS internal
AS 'MODULE_PATHNAME', 'statute_support'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute._support(internal) IS 'internal: planner support';

CREATE FUNCTION statute.is_workday(day date, calendar text DEFAULT '') RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_is_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.is_workday(date, text) IS 'is the day worked; null for an infinite date';

CREATE FUNCTION statute.is_provisional(day date, calendar text DEFAULT '') RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_is_provisional'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.is_provisional(date, text) IS
	'is the day beyond those that the calendar''s notices have announced; null for an infinite date';

CREATE FUNCTION statute.add_workdays(day date, n integer, calendar text DEFAULT '') RETURNS date
AS 'MODULE_PATHNAME', 'statute_add_workdays'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.add_workdays(date, integer, text) IS
	'the n-th working day after the date, before it for negative n, the date itself for 0';

CREATE FUNCTION statute.workdays_between(after date, through date, calendar text DEFAULT '') RETURNS integer
AS 'MODULE_PATHNAME', 'statute_workdays_between'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.workdays_between(date, date, text) IS
	'number of working days after the first date through the second; negative where the second is earlier';

CREATE FUNCTION statute.next_workday(day date, calendar text DEFAULT '') RETURNS date
AS 'MODULE_PATHNAME', 'statute_next_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.next_workday(date, text) IS 'the first working day after the date';

CREATE FUNCTION statute.prev_workday(day date, calendar text DEFAULT '') RETURNS date
AS 'MODULE_PATHNAME', 'statute_prev_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.prev_workday(date, text) IS 'the last working day before the date';

CREATE FUNCTION statute.roll_workday(day date, roll text, calendar text DEFAULT '') RETURNS date
AS 'MODULE_PATHNAME', 'statute_roll_workday'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.roll_workday(date, text, text) IS
	'the date if it is worked, else the working day that the roll leads to: following, preceding, modified_following, modified_preceding, nearest or none';

CREATE FUNCTION statute.count_workdays(days daterange, calendar text DEFAULT '') RETURNS integer
AS 'MODULE_PATHNAME', 'statute_count_workdays'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.count_workdays(daterange, text) IS 'number of working days in a range of dates';

CREATE FUNCTION statute.list_workdays(days daterange, calendar text DEFAULT '') RETURNS SETOF date
AS 'MODULE_PATHNAME', 'statute_list_workdays'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support ROWS 250;
COMMENT ON FUNCTION statute.list_workdays(daterange, text) IS 'the working days in a range of dates, in order';
