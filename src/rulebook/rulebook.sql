
-- The rulebook: regulations, their clauses, what is read into them, and the
-- rules that can be enforced.
--
-- As with calendars, an agency's own rows are in the tables themselves and what
-- a pack ships is in tables that inherit from them.

CREATE TABLE statute.regulation (
	code text PRIMARY KEY CHECK (code <> ''),
	title text NOT NULL,
	issuer text NOT NULL,
	number text,
	issued date,
	effective daterange NOT NULL CHECK (NOT isempty(effective)),
	source text
);
COMMENT ON TABLE statute.regulation IS 'published documents';
COMMENT ON COLUMN statute.regulation.code IS 'the name that clauses use';
COMMENT ON COLUMN statute.regulation.number IS 'its official number, where it has one';
COMMENT ON COLUMN statute.regulation.effective IS 'the days on which it is in force';
COMMENT ON COLUMN statute.regulation.source IS 'where the text was taken from';

CREATE TABLE statute.clause (
	code text PRIMARY KEY CHECK (code <> ''),
	regulation text NOT NULL,
	article text NOT NULL,
	quote text NOT NULL CHECK (quote <> ''),
	summary text,
	enforceable text NOT NULL CHECK (enforceable IN ('yes', 'partly', 'no')),
	why_not text,
	CHECK (enforceable = 'yes' OR coalesce(why_not, '') <> '')
);
COMMENT ON TABLE statute.clause IS 'provisions of regulations, quoted';
COMMENT ON COLUMN statute.clause.article IS 'where it stands, as the regulation numbers it';
COMMENT ON COLUMN statute.clause.quote IS 'its words, in the language of the regulation';
COMMENT ON COLUMN statute.clause.enforceable IS 'can a database enforce it: yes, partly or no';
COMMENT ON COLUMN statute.clause.why_not IS 'what stands in the way, where not wholly';

CREATE TABLE statute.reading (
	code text PRIMARY KEY CHECK (code <> ''),
	clause text NOT NULL,
	question text NOT NULL,
	type text NOT NULL,
	proposed text,
	ground text,
	decider text
);
COMMENT ON TABLE statute.reading IS 'what the words of a clause leave open: a rule that needs it is off until somebody decides';
COMMENT ON COLUMN statute.reading.type IS 'the type of the value that answers';
COMMENT ON COLUMN statute.reading.proposed IS 'the best answer known to the author; it decides nothing';
COMMENT ON COLUMN statute.reading.ground IS 'why that answer';
COMMENT ON COLUMN statute.reading.decider IS 'who may decide';

CREATE TABLE statute.reading_decision (
	reading text NOT NULL,
	effective_from date NOT NULL,
	value text,
	ground text NOT NULL CHECK (ground <> ''),
	decided_by text NOT NULL CHECK (decided_by <> ''),
	recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	recorded_by text NOT NULL DEFAULT session_user,
	PRIMARY KEY (reading, recorded_at)
);
COMMENT ON TABLE statute.reading_decision IS 'the answers, each for events from a day on: the latest such day counts, and of one day what was recorded last';
COMMENT ON COLUMN statute.reading_decision.value IS 'null: open again';
COMMENT ON COLUMN statute.reading_decision.decided_by IS 'the office that decided';

CREATE TABLE statute.rule (
	code text NOT NULL CHECK (code <> ''),
	version integer NOT NULL CHECK (version > 0),
	clause text NOT NULL,
	kind text NOT NULL,
	title text NOT NULL,
	roles jsonb NOT NULL,
	params jsonb NOT NULL,
	applies text,
	must text,
	modality text NOT NULL CHECK (modality IN ('must', 'in principle', 'as far as possible')),
	effective daterange NOT NULL,
	defined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	defined_by text NOT NULL DEFAULT session_user,
	topic text,
	PRIMARY KEY (code, version)
);
COMMENT ON TABLE statute.rule IS 'enforceable readings of clauses; each change is a new version, and the one in force at the event applies';
COMMENT ON COLUMN statute.rule.kind IS 'deadline, fixed_date, recurring, check, workflow, once, no_overlap, quota or relative_cap';
COMMENT ON COLUMN statute.rule.roles IS 'the names that the rule uses for values, each with its type';
COMMENT ON COLUMN statute.rule.params IS 'what the kind needs besides; {"reading": code} stands for a value that is read into the clause, also under a name of the rule''s own, for its expressions';
COMMENT ON COLUMN statute.rule.applies IS 'boolean SQL over roles and named values: to which rows; null for all';
COMMENT ON COLUMN statute.rule.must IS 'boolean SQL over roles and named values: what has to hold, of a check';
COMMENT ON COLUMN statute.rule.modality IS 'must; in principle: a recorded reason answers; as far as possible: a hint';
COMMENT ON COLUMN statute.rule.effective IS 'the days of the events to which this version applies';
COMMENT ON COLUMN statute.rule.topic IS 'the sort of table that it is for, as statute.word names such tables; null where suggest_bindings() leaves it out';

GRANT SELECT ON statute.regulation, statute.clause, statute.reading, statute.reading_decision, statute.rule TO PUBLIC;

SELECT pg_extension_config_dump('statute.regulation', '');
SELECT pg_extension_config_dump('statute.clause', '');
SELECT pg_extension_config_dump('statute.reading', '');
SELECT pg_extension_config_dump('statute.reading_decision', '');
SELECT pg_extension_config_dump('statute.rule', '');

-- What each kind of rule is made of ---------------------------------------------

-- Parsed when it is made, and not pinned, so that queries inline it.
CREATE FUNCTION statute._rule_kinds()
RETURNS TABLE (kind text, part text, name text, types text[], required boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 40
BEGIN ATOMIC
	VALUES
		('deadline', 'role', 'start', '{timestamptz,date}'::text[], true),
		('deadline', 'role', 'done', '{timestamptz,date}', false),
		('deadline', 'role', 'own_limit', '{statute.timelimit}', false),
		('deadline', 'role', 'own_due', '{timestamptz,date}', false),
		('deadline', 'role', 'urgent', '{boolean}', false),
		('deadline', 'role', 'pauses', '{tstzmultirange}', false),
		('deadline', 'param', 'limit', '{statute.timelimit}', true),
		('deadline', 'param', 'maximum', '{statute.timelimit}', false),
		('deadline', 'param', 'urgent', '{statute.timelimit}', false),
		('deadline', 'param', 'pauses', '{jsonb}', false),
		('deadline', 'param', 'verified', '{boolean}', false),
		('deadline', 'param', 'calendar', '{text}', false),
		('deadline', 'param', 'convention', '{text}', false),
		('fixed_date', 'role', 'due', '{timestamptz,date}', false),
		('fixed_date', 'role', 'done', '{timestamptz,date}', false),
		('fixed_date', 'param', 'due', '{date}', false),
		('fixed_date', 'param', 'verified', '{boolean}', false),
		('recurring', 'role', 'since', '{date}', false),
		('recurring', 'role', 'until', '{timestamptz,date}', false),
		('recurring', 'role', 'done', '{timestamptz,date}', false),
		('recurring', 'param', 'quota', '{statute.quota}', true),
		('recurring', 'param', 'due', '{statute.timelimit}', false),
		('recurring', 'param', 'counted_from', '{text}', false),
		('recurring', 'param', 'follows', '{text}', false),
		('recurring', 'param', 'verified', '{boolean}', false),
		('recurring', 'param', 'calendar', '{text}', false),
		('recurring', 'param', 'convention', '{text}', false),
		('check', 'role', 'at', '{timestamptz,date}', false),
		('workflow', 'role', 'state', '{text}', true),
		('workflow', 'role', 'at', '{timestamptz,date}', false),
		('workflow', 'param', 'moves', '{jsonb}', true),
		('workflow', 'param', 'begins', '{jsonb}', false),
		('workflow', 'param', 'separate', '{jsonb}', false),
		('once', 'role', 'at', '{timestamptz,date}', false),
		('once', 'param', 'key', '{jsonb}', true),
		('once', 'param', 'rotation', '{boolean}', false),
		('no_overlap', 'role', 'during', '{daterange,tstzrange}', true),
		('no_overlap', 'param', 'key', '{jsonb}', true),
		('no_overlap', 'param', 'place', '{text}', false),
		('quota', 'role', 'at', '{timestamptz,date}', true),
		('quota', 'param', 'quota', '{statute.quota}', true),
		('quota', 'param', 'per', '{text}', false),
		('relative_cap', 'role', 'at', '{timestamptz,date}', true),
		('relative_cap', 'param', 'quota', '{statute.quota}', true),
		('relative_cap', 'param', 'per', '{text}', false);
END;
COMMENT ON FUNCTION statute._rule_kinds() IS 'internal: the roles and parameters that each kind of rule knows';

-- Lookups -------------------------------------------------------------------------

CREATE FUNCTION statute.reading_value(reading text, on_day date DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN (
		SELECT d.value
		FROM statute.reading_decision d
		WHERE d.reading = $1 AND d.effective_from <= coalesce($2, current_date)
		ORDER BY d.effective_from DESC, d.recorded_at DESC
		LIMIT 1
	);
END
$$;
COMMENT ON FUNCTION statute.reading_value(text, date) IS 'what was decided of a reading for events of a day, today where none is given; null while it is open';

CREATE FUNCTION statute.rule_version(rule text, on_day date DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN (
		SELECT r.version
		FROM statute.rule r
		WHERE r.code = $1 AND r.effective @> coalesce($2, current_date)
		ORDER BY r.version DESC
		LIMIT 1
	);
END
$$;
COMMENT ON FUNCTION statute.rule_version(text, date) IS 'the version of a rule for events of a day, today where none is given; null where none is in force';

-- A window that ends with each day overlaps the next one, and all time has no end.
CREATE FUNCTION statute._has_periods(quota statute.quota) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT NOT lower_inf(p.one) AND NOT (upper(p.one) > lower(p.other) AND p.one <> p.other)
	FROM (SELECT statute.quota_period_of('2000-01-15', $1), statute.quota_period_of('2000-01-16', $1)) p (one, other)
$$;
COMMENT ON FUNCTION statute._has_periods(statute.quota) IS 'internal: do the periods of a quota end one after the other';

CREATE FUNCTION statute._reading_of(kind text, name text, value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT $3 ->> 'reading'
		WHERE jsonb_typeof($3) = 'object'
			AND NOT EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.kind = $1 AND k.part = 'param' AND k.name = $2 AND k.types = '{jsonb}'));
END
$$;
COMMENT ON FUNCTION statute._reading_of(text, text, jsonb) IS 'internal: the reading that a parameter takes its value from, or null';

-- A parameter that the kind does not know is a named value: where its reading
-- is decided, its name stands for the answer in the expressions of the rule.
CREATE FUNCTION statute._is_named_value(kind text, name text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.kind = $1 AND k.part = 'param' AND k.name = $2);
END
$$;
COMMENT ON FUNCTION statute._is_named_value(text, text) IS 'internal: is a parameter of a rule none that its kind knows';

CREATE FUNCTION statute._named_values(kind text, params jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		-- what is the agency's own comes last and wins
		SELECT coalesce(jsonb_object_agg(p.key, d.type ORDER BY d.tableoid = 'statute.reading'::regclass), '{}')
		FROM jsonb_each($2) p JOIN statute.reading d ON d.code = statute._reading_of($1, p.key, p.value)
		WHERE statute._is_named_value($1, p.key));
END
$$;
COMMENT ON FUNCTION statute._named_values(text, jsonb) IS 'internal: the named values of a rule, each with its type, which is that of its reading';

CREATE FUNCTION statute._mentions(expression text, name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT expression ~* format('\m%s\M', name)$$;
COMMENT ON FUNCTION statute._mentions(text, text) IS 'internal: does a name occur in an expression; it may do so in a text there';

CREATE FUNCTION statute._resolve_params(kind text, params jsonb, on_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN (
		SELECT coalesce(jsonb_object_agg(p.key, CASE WHEN d.reading IS NULL THEN p.value
			ELSE to_jsonb(statute.reading_value(d.reading, $3)) END), '{}')
		FROM jsonb_each($2) p CROSS JOIN LATERAL statute._reading_of($1, p.key, p.value) d (reading)
	);
END
$$;
COMMENT ON FUNCTION statute._resolve_params(text, jsonb, date) IS 'internal: parameters with the values of their readings, null while one is open';

CREATE FUNCTION statute.rule_params(rule text, on_day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN (
		SELECT p.params
		FROM statute.rule r CROSS JOIN LATERAL statute._resolve_params(r.kind, r.params, $2) p (params)
		WHERE r.code = $1 AND r.version = statute.rule_version($1, $2)
			AND NOT EXISTS (SELECT FROM jsonb_each(p.params) v WHERE v.value = 'null')
	);
END
$$;
COMMENT ON FUNCTION statute.rule_params(text, date) IS
	'the parameters of a rule for events of a day, with what was decided for its readings; null while one is open, so that the rule is off, or where no version is in force';

-- Not pinned, so that it is inlined; everything in it has its schema.
CREATE FUNCTION statute.resolve_limit(params jsonb, own_limit statute.timelimit DEFAULT NULL,
	urgent boolean DEFAULT NULL, extended boolean DEFAULT NULL)
RETURNS statute.timelimit
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT CASE
		WHEN own_limit IS NOT NULL THEN own_limit
		WHEN urgent AND (params OPERATOR(pg_catalog.->>) 'urgent') IS NOT NULL
			THEN (params OPERATOR(pg_catalog.->>) 'urgent')::statute.timelimit
		WHEN extended AND (params OPERATOR(pg_catalog.->>) 'maximum') IS NOT NULL
			THEN (params OPERATOR(pg_catalog.->>) 'maximum')::statute.timelimit
		ELSE (params OPERATOR(pg_catalog.->>) 'limit')::statute.timelimit
	END
$$;
COMMENT ON FUNCTION statute.resolve_limit(jsonb, statute.timelimit, boolean, boolean) IS
	'the time limit of a deadline rule: the instrument''s own, else that of what is urgent, else the maximum where an extension is on record, else the default';

