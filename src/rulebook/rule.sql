-- Is a rule well made? Each part has one function that says what is wrong.

-- Under a search_path of ours: expressions use built-in functions and those of
-- this extension by their plain names, others with their schema.
CREATE FUNCTION statute._check_expression(expression text, what text, names text[], types text[]) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_check_expression'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, statute, pg_temp;
COMMENT ON FUNCTION statute._check_expression(text, text, text[], text[]) IS
	'internal: fails where the text is no boolean expression over the roles; can it ever hold';

CREATE FUNCTION statute._rule_expression(r statute.rule, expression text, what text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT statute._check_expression(expression, format('%s of rule "%s"', what, r.code),
			ARRAY(SELECT e.key FROM jsonb_each_text(v.names) e ORDER BY e.key),
			ARRAY(SELECT e.value FROM jsonb_each_text(v.names) e ORDER BY e.key))
		FROM (SELECT r.roles || statute._named_values(r.kind, r.params)) v (names));
END
$$;
COMMENT ON FUNCTION statute._rule_expression(statute.rule, text, text) IS
	'internal: fails where the text is no expression over the roles and named values of the rule; can it ever hold';

-- Built-in types and those of this extension, which need no schema, as in
-- expressions. To read a value of somebody else's type can run code of theirs,
-- and pseudo-types have no values.
CREATE FUNCTION statute._value_type(name text) RETURNS regtype
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, statute, pg_temp
AS $$
BEGIN
	RETURN (SELECT t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
		WHERE t.oid = to_regtype(name) AND t.typtype <> 'p' AND n.nspname IN ('pg_catalog', 'statute'));
EXCEPTION WHEN syntax_error OR feature_not_supported OR data_exception OR undefined_object OR undefined_table OR invalid_schema_name THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._value_type(text) IS 'internal: the type that values can have, or null';

-- The value as the type writes it, so that "tomorrow" stays one day; null where
-- it is none, which a type can say in any way it likes.
CREATE FUNCTION statute._canonical(value text, type regtype) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET extra_float_digits = 1
AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT (%L::%s)::text', value, format_type(type, -1)) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._canonical(text, regtype) IS 'internal: the text as a value of the type is written, or null where it is none';

CREATE FUNCTION statute._name_fault(what text, name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE
		WHEN name !~ '^[a-z_][a-z0-9_]{0,62}$' THEN format('%s "%s" must begin with a letter from a to z or _ and go on with those and digits', what, name)
		-- what needs no quotes is none of those
		WHEN quote_ident(name) <> name AND EXISTS (SELECT FROM pg_get_keywords() k WHERE k.word = name AND k.catcode IN ('R', 'T')) THEN format('%s "%s" is a word of SQL', what, name)
		END;
END
$$;
COMMENT ON FUNCTION statute._name_fault(text, text) IS 'internal: why a name cannot stand in an expression, or null';

CREATE FUNCTION statute._roles_fault(r statute.rule) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN jsonb_typeof(r.roles) <> 'object' THEN 'roles must be an object of names and types' ELSE (
		SELECT fault FROM (
			SELECT statute._name_fault('role', e.key) FROM jsonb_each(r.roles) e
			UNION ALL
			SELECT format('role "%s" has no built-in type: %s', e.key, e.value)
			FROM jsonb_each(r.roles) e WHERE jsonb_typeof(e.value) <> 'string' OR statute._value_type(e.value #>> '{}') IS NULL
			UNION ALL
			SELECT format('a rule of kind %s needs the role "%s"', r.kind, k.name)
			FROM statute._rule_kinds() k WHERE k.kind = r.kind AND k.part = 'role' AND k.required AND NOT r.roles ? k.name
			UNION ALL
			SELECT format('role "%s" of a rule of kind %s has type %s', k.name, r.kind, array_to_string(k.types, ' or '))
			FROM statute._rule_kinds() k
			WHERE k.kind = r.kind AND k.part = 'role' AND r.roles ? k.name
				AND NOT EXISTS (SELECT FROM unnest(k.types) t WHERE to_regtype(t) = statute._value_type(r.roles ->> k.name))
		) f (fault) WHERE fault IS NOT NULL LIMIT 1) END;
END
$$;
COMMENT ON FUNCTION statute._roles_fault(statute.rule) IS 'internal: what is wrong with the roles of a rule, or null';

-- A value that a rule gives or that was decided; of a named value any of its type will do.
CREATE FUNCTION statute._value_fault(kind text, name text, value jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN c.value IS NULL
			THEN format('parameter "%s" is no %s: %s', $2, k.types[1], $3)
		WHEN $2 = 'calendar' AND NOT EXISTS (SELECT FROM statute.calendar o WHERE o.code = c.value)
			THEN format('calendar "%s" does not exist', c.value)
		WHEN $2 = 'convention' AND NOT EXISTS (SELECT FROM statute.convention o WHERE o.code = c.value)
			THEN format('convention "%s" does not exist', c.value)
		WHEN $2 = 'per' AND c.value !~ '^[a-z_][a-z0-9_]*$'
			THEN format('parameter "per" is no name of a role: %s', $3)
		WHEN $1 = 'recurring' AND $2 = 'quota' AND (statute.quota_unit(c.value::statute.quota) <> 'times'
			OR lower(statute.quota_bounds(c.value::statute.quota)) IS DISTINCT FROM 1)
			THEN format('a recurring duty is due once each period, such as "at least 1 per month", and not: %s', $3)
		WHEN $1 IN ('quota', 'relative_cap') AND $2 = 'quota'
			AND ($1 = 'relative_cap') <> (statute.quota_unit(c.value::statute.quota) = 'percent')
			THEN format('quota %s does not belong to a rule of kind %s', $3, $1)
		END
	FROM statute._rule_kinds() k
		-- from a row, as PostgreSQL 18 evaluates casts of an argument when it plans
		CROSS JOIN LATERAL (SELECT CASE WHEN jsonb_typeof($3) NOT IN ('object', 'array', 'null')
			THEN statute._canonical($3 #>> '{}', k.types[1]::regtype) END) c (value)
	WHERE k.kind = $1 AND k.part = 'param' AND k.name = $2
$$;
COMMENT ON FUNCTION statute._value_fault(text, text, jsonb) IS 'internal: what is wrong with the value of a parameter, or null';

-- A scalar is given as text or number, a list or a table as JSON, an open value as {"reading": code}.
CREATE FUNCTION statute._param_fault(kind text, name text, value jsonb) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT CASE
			WHEN k.types = '{jsonb}' THEN
				CASE WHEN jsonb_typeof($3) NOT IN ('object', 'array') THEN format('parameter "%s" is a list or a table', $2) END
			WHEN jsonb_typeof($3) = 'object' AND $3 ? 'reading' THEN
				CASE WHEN d.code IS NULL THEN format('reading "%s" does not exist', $3 ->> 'reading')
					WHEN statute._value_type(d.type) <> to_regtype(k.types[1])
					THEN format('reading "%s" has type %s, and parameter "%s" %s', d.code, d.type, $2, k.types[1]) END
			WHEN k.name IS NULL THEN format('a rule of kind %s has no parameter "%s"', $1, $2)
			ELSE statute._value_fault($1, $2, $3)
			END
		FROM (VALUES (1)) one
			LEFT JOIN statute._rule_kinds() k ON k.kind = $1 AND k.part = 'param' AND k.name = $2
			LEFT JOIN statute.reading d ON jsonb_typeof($3) = 'object' AND d.code = $3 ->> 'reading');
END
$$;
COMMENT ON FUNCTION statute._param_fault(text, text, jsonb) IS 'internal: what is wrong with one parameter, or null';

-- One name has one meaning, and a reading that is asked for changes what the rule says.
CREATE FUNCTION statute._named_value_fault(r statute.rule, name text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(statute._name_fault('named value', name), CASE
		WHEN r.roles ? name OR EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.part = 'role' AND k.kind = r.kind AND k.name = $2)
			THEN format('named value "%s" has the name of a role', name)
		WHEN EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.part = 'param' AND k.name = $2)
			THEN format('a rule of kind %s has no parameter "%s", and a value of its own needs another name', r.kind, name)
		WHEN NOT statute._mentions(concat_ws(' ', r.applies, r.must), name)
			THEN format('named value "%s" is in no expression', name)
		END);
END
$$;
COMMENT ON FUNCTION statute._named_value_fault(statute.rule, text) IS 'internal: why a rule cannot have a named value of that name, or null';

CREATE FUNCTION statute._params_fault(r statute.rule) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE WHEN jsonb_typeof(r.params) <> 'object' THEN 'params must be an object of names and values' ELSE (
		SELECT fault FROM (
			SELECT format('a rule of kind %s needs the parameter "%s"', r.kind, k.name)
			FROM statute._rule_kinds() k
			WHERE k.kind = r.kind AND k.part = 'param' AND k.required AND NOT r.params ? k.name
			UNION ALL
			SELECT statute._param_fault(r.kind, p.key, p.value) FROM jsonb_each(r.params) p
			UNION ALL
			SELECT statute._named_value_fault(r, p.key) FROM jsonb_each(r.params) p WHERE statute._is_named_value(r.kind, p.key)
			UNION ALL
			-- what was decided before this rule asked
			SELECT statute._value_fault(r.kind, p.key, to_jsonb(o.value))
			FROM jsonb_each(r.params) p JOIN statute.reading_decision o ON o.reading = statute._reading_of(r.kind, p.key, p.value)
			WHERE o.value IS NOT NULL
		) f (fault) WHERE fault IS NOT NULL LIMIT 1) END;
END
$$;
COMMENT ON FUNCTION statute._params_fault(statute.rule) IS 'internal: what is wrong with the parameters of a rule, or null';

-- Lists of names, which parameters of several kinds are
CREATE FUNCTION statute._is_list(value jsonb, among jsonb, at_least integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(value) <> 'array' THEN false ELSE (
		SELECT count(*) >= at_least AND count(*) = count(DISTINCT e.value)
			AND coalesce(bool_and(jsonb_typeof(e.value) = 'string' AND (among IS NULL OR among ? (e.value #>> '{}'))), true)
		FROM jsonb_array_elements(value) e) END
$$;
COMMENT ON FUNCTION statute._is_list(jsonb, jsonb, integer) IS 'internal: a list of so many distinct names, each a key of the object, where one is given';

CREATE FUNCTION statute._is_pause(value jsonb, roles jsonb) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT statute._is_list(value, roles, 2) AND jsonb_array_length(value) = 2
		AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(value) e
			WHERE statute._value_type(roles ->> e.value) <> 'timestamptz'::regtype)
$$;
COMMENT ON FUNCTION statute._is_pause(jsonb, jsonb) IS 'internal: two roles that are instants';

CREATE FUNCTION statute._workflow_fault(r statute.rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN jsonb_typeof(r.params -> 'moves') <> 'object' OR r.params -> 'moves' = '{}'
			OR EXISTS (SELECT FROM jsonb_each(r.params -> 'moves') m WHERE NOT statute._is_list(m.value, NULL, 0))
			THEN 'parameter "moves" is a table of states, each with the list of those that may follow'
		WHEN r.params ? 'begins' AND NOT statute._is_list(r.params -> 'begins',
			(SELECT jsonb_object_agg(s.state, true) FROM (
				SELECT m.key FROM jsonb_each(r.params -> 'moves') m
				UNION SELECT e.value FROM jsonb_each(r.params -> 'moves') m, jsonb_array_elements_text(m.value) e) s (state)), 1)
			THEN format('parameter "begins" is a list of states that "moves" knows: %s', r.params -> 'begins')
		WHEN r.params ? 'separate' AND NOT statute._is_list(r.params -> 'separate', r.roles, 2)
			THEN format('parameter "separate" is a list of roles of which no two may be the same person: %s', r.params -> 'separate')
		END
$$;
COMMENT ON FUNCTION statute._workflow_fault(statute.rule) IS 'internal: what is wrong with the states of a workflow, or null';

-- What does not fit together, though each part is right
CREATE FUNCTION statute._structure_fault(r statute.rule) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN r.kind = 'workflow' THEN statute._workflow_fault(r)
		WHEN r.kind IN ('once', 'no_overlap') AND NOT statute._is_list(r.params -> 'key', r.roles, CASE WHEN r.params ? 'place' THEN 0 ELSE 1 END)
			THEN format('parameter "key" is a list of roles: %s', r.params -> 'key')
		WHEN r.kind = 'no_overlap' AND r.params ? 'place' AND NOT r.roles ? (r.params ->> 'place')
			THEN format('parameter "place" names what is no role: %s', r.params -> 'place')
		WHEN r.kind = 'deadline' AND r.params ? 'pauses' AND (jsonb_typeof(r.params -> 'pauses') <> 'array'
			OR EXISTS (SELECT FROM jsonb_array_elements(r.params -> 'pauses') p WHERE NOT statute._is_pause(p.value, r.roles)))
			THEN format('parameter "pauses" is a list of pairs of roles of type timestamptz, where a pause begins and where it ends: %s', r.params -> 'pauses')
		WHEN r.kind = 'deadline' AND r.roles ? 'urgent' AND NOT r.params ? 'urgent'
			THEN 'the role "urgent" needs the parameter "urgent", the time limit of what is urgent'
		WHEN r.kind = 'recurring' AND jsonb_typeof(r.params -> 'quota') <> 'object' AND r.params ->> 'counted_from' IS DISTINCT FROM 'event'
			AND NOT statute._has_periods((r.params ->> 'quota')::statute.quota)
			THEN format('a recurring duty needs periods that end one after the other: %s', r.params -> 'quota')
		WHEN r.kind = 'recurring' AND r.params ->> 'counted_from' NOT IN ('calendar', 'event')
			THEN format('periods are counted from the calendar or from an event, not from %s', r.params -> 'counted_from')
		WHEN r.kind = 'recurring' AND r.params ->> 'counted_from' = 'event' AND NOT (r.roles ? 'since' OR r.params ? 'follows')
			THEN 'to count from an event it needs the role "since", the day of the event'
		WHEN r.kind = 'recurring' AND r.params ? 'follows' AND NOT EXISTS (SELECT FROM statute.rule o
			WHERE o.code = r.params ->> 'follows' AND o.kind IN ('deadline', 'fixed_date'))
			THEN format('what it follows is no rule with a deadline: %s', r.params -> 'follows')
		WHEN r.kind = 'fixed_date' AND NOT r.roles ? 'due' AND NOT r.params ? 'due'
			THEN 'a rule of kind fixed_date needs the role or the parameter "due"'
		END
$$;
COMMENT ON FUNCTION statute._structure_fault(statute.rule) IS 'internal: what in a rule does not fit together, or null';

CREATE FUNCTION statute._rule_fault(r statute.rule) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text;
BEGIN
	fault := CASE
		WHEN NOT EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.kind = r.kind)
			THEN format('there is no kind of rule "%s"', r.kind)
		WHEN r.title = '' THEN 'it needs a title'
		WHEN r.modality NOT IN ('must', 'in principle', 'as far as possible')
			THEN format('there is no modality "%s"', r.modality)
		WHEN NOT isfinite(lower(r.effective)) OR NOT isfinite(upper(r.effective))
			THEN 'it is in force from or through infinity; leave that end open'
		WHEN r.kind = 'check' AND r.must IS NULL THEN 'a rule of kind check needs an expression that must hold'
		WHEN r.kind <> 'check' AND r.must IS NOT NULL THEN format('a rule of kind %s has no expression that must hold', r.kind)
		END;
	-- in this order: each rests on the one before
	fault := coalesce(fault, statute._roles_fault(r));
	fault := coalesce(fault, statute._params_fault(r));
	RETURN coalesce(fault, statute._structure_fault(r));
END
$$;
COMMENT ON FUNCTION statute._rule_fault(statute.rule) IS 'internal: what is wrong with a rule besides its expressions, or null';

-- Of a rule that was defined, when something that it rested on is gone
CREATE FUNCTION statute._expression_fault(r statute.rule) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._rule_expression(r, r.applies, 'applies'), statute._rule_expression(r, r.must, 'must');
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION statute._expression_fault(statute.rule) IS 'internal: what is wrong with the expressions of a rule, or null';

-- As it is stored: types with their schema and values as their types write them
CREATE FUNCTION statute._normal_rule(r statute.rule) RETURNS statute.rule
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT coalesce(jsonb_object_agg(e.key, format_type(statute._value_type(e.value), -1)), '{}') INTO r.roles
	FROM jsonb_each_text(r.roles) e;
	SELECT coalesce(jsonb_object_agg(p.key, CASE WHEN jsonb_typeof(p.value) IN ('object', 'array') THEN p.value
		ELSE to_jsonb(statute._canonical(p.value #>> '{}', k.types[1]::regtype)) END), '{}') INTO r.params
	FROM jsonb_each(r.params) p LEFT JOIN statute._rule_kinds() k ON k.kind = r.kind AND k.part = 'param' AND k.name = p.key;
	RETURN r;
END
$$;
COMMENT ON FUNCTION statute._normal_rule(statute.rule) IS 'internal: a rule that is well made, in the form that is stored';

CREATE FUNCTION statute._checked_rule(r statute.rule) RETURNS statute.rule
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text;
BEGIN
	IF r.kind IS NULL OR r.title IS NULL OR r.roles IS NULL OR r.params IS NULL OR r.modality IS NULL OR r.effective IS NULL THEN
		RAISE EXCEPTION 'rule "%" needs a kind, a title, roles, params, a modality and the days on which it is in force', r.code
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	fault := CASE WHEN isempty(r.effective) THEN 'it is never in force' ELSE statute._rule_fault(r) END;
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" cannot be defined: %', r.code, fault
			USING ERRCODE = 'invalid_object_definition';
	END IF;
	PERFORM statute._rule_expression(r, r.applies, 'applies'), statute._rule_expression(r, r.must, 'must');
	RETURN statute._normal_rule(r);
END
$$;
COMMENT ON FUNCTION statute._checked_rule(statute.rule) IS 'internal: a rule in the form that is stored; fails where it is not well made';
