
-- Deadlines. The calendar defaults to the session's, the convention to the
-- calendar's, and nothing pauses the clock.

CREATE FUNCTION statute.deadline(
	start timestamptz, allowed statute.timelimit, calendar text DEFAULT '',
	convention text DEFAULT '', pauses tstzmultirange DEFAULT '{}')
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'statute_deadline'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.deadline(timestamptz, statute.timelimit, text, text, tstzmultirange) IS
	'the instant at which a time limit from an event ends; what is done later is late';

CREATE FUNCTION statute.deadline_before(
	event timestamptz, ahead statute.timelimit, calendar text DEFAULT '', convention text DEFAULT '')
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'statute_deadline_before'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.deadline_before(timestamptz, statute.timelimit, text, text) IS
	'the instant by which something must be done that is due a time limit ahead of an event';

CREATE FUNCTION statute.due_date(
	start date, allowed statute.timelimit, calendar text DEFAULT '',
	convention text DEFAULT '', pauses tstzmultirange DEFAULT '{}')
RETURNS date
AS 'MODULE_PATHNAME', 'statute_due_date'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.due_date(date, statute.timelimit, text, text, tstzmultirange) IS
	'the last day of a time limit from the day of an event';

CREATE FUNCTION statute.due_date_before(
	event date, ahead statute.timelimit, calendar text DEFAULT '', convention text DEFAULT '')
RETURNS date
AS 'MODULE_PATHNAME', 'statute_due_date_before'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.due_date_before(date, statute.timelimit, text, text) IS
	'the last day on which something can be done that is due a time limit ahead of an event';

CREATE FUNCTION statute.elapsed(
	start timestamptz, until timestamptz, unit text,
	pauses tstzmultirange DEFAULT '{}', calendar text DEFAULT '')
RETURNS numeric
AS 'MODULE_PATHNAME', 'statute_elapsed'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.elapsed(timestamptz, timestamptz, text, tstzmultirange, text) IS
	'workdays or days after the first day through the last, or hours or minutes, without the pauses';

CREATE FUNCTION statute.remaining(
	start timestamptz, allowed statute.timelimit, as_of timestamptz DEFAULT now(),
	calendar text DEFAULT '', convention text DEFAULT '', pauses tstzmultirange DEFAULT '{}')
RETURNS numeric
AS 'MODULE_PATHNAME', 'statute_remaining'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.remaining(timestamptz, statute.timelimit, timestamptz, text, text, tstzmultirange) IS
	'how many workdays, days, hours or minutes are left, as the limit counts; 0 on the last day, less when late';

CREATE FUNCTION statute.used_fraction(
	start timestamptz, allowed statute.timelimit, as_of timestamptz DEFAULT now(),
	calendar text DEFAULT '', convention text DEFAULT '', pauses tstzmultirange DEFAULT '{}')
RETURNS double precision
AS 'MODULE_PATHNAME', 'statute_used_fraction'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.used_fraction(timestamptz, statute.timelimit, timestamptz, text, text, tstzmultirange) IS
	'the share of a time limit that is used up: 0 to begin with, 1 at the deadline, more when late';

-- Operators: the session's calendar, its convention, no pauses ------------------

CREATE FUNCTION statute.timestamptz_pl_timelimit(timestamptz, statute.timelimit) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'statute_deadline'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.timestamptz_mi_timelimit(timestamptz, statute.timelimit) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'statute_deadline_before'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.date_pl_timelimit(date, statute.timelimit) RETURNS date
AS 'MODULE_PATHNAME', 'statute_due_date'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
CREATE FUNCTION statute.date_mi_timelimit(date, statute.timelimit) RETURNS date
AS 'MODULE_PATHNAME', 'statute_due_date_before'
LANGUAGE C STABLE STRICT PARALLEL SAFE SUPPORT statute._support;
COMMENT ON FUNCTION statute.timestamptz_pl_timelimit(timestamptz, statute.timelimit) IS 'implementation of + operator: deadline()';
COMMENT ON FUNCTION statute.timestamptz_mi_timelimit(timestamptz, statute.timelimit) IS 'implementation of - operator: deadline_before()';
COMMENT ON FUNCTION statute.date_pl_timelimit(date, statute.timelimit) IS 'implementation of + operator: due_date()';
COMMENT ON FUNCTION statute.date_mi_timelimit(date, statute.timelimit) IS 'implementation of - operator: due_date_before()';

CREATE OPERATOR statute.+ (LEFTARG = timestamptz, RIGHTARG = statute.timelimit, FUNCTION = statute.timestamptz_pl_timelimit);
CREATE OPERATOR statute.- (LEFTARG = timestamptz, RIGHTARG = statute.timelimit, FUNCTION = statute.timestamptz_mi_timelimit);
CREATE OPERATOR statute.+ (LEFTARG = date, RIGHTARG = statute.timelimit, FUNCTION = statute.date_pl_timelimit);
CREATE OPERATOR statute.- (LEFTARG = date, RIGHTARG = statute.timelimit, FUNCTION = statute.date_mi_timelimit);
COMMENT ON OPERATOR statute.+ (timestamptz, statute.timelimit) IS 'deadline of a time limit from an event';
COMMENT ON OPERATOR statute.- (timestamptz, statute.timelimit) IS 'deadline of what is due a time limit ahead of an event';
COMMENT ON OPERATOR statute.+ (date, statute.timelimit) IS 'last day of a time limit from the day of an event';
COMMENT ON OPERATOR statute.- (date, statute.timelimit) IS 'last day of what is due a time limit ahead of an event';
