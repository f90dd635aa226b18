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
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT statute._check_expression(expression, what,
		ARRAY(SELECT e.key FROM jsonb_each_text(r.roles) e ORDER BY e.key),
		ARRAY(SELECT e.value FROM jsonb_each_text(r.roles) e ORDER BY e.key))
$$;
COMMENT ON FUNCTION statute._rule_expression(statute.rule, text, text) IS
	'internal: fails where the text is no expression over the roles of the rule; can it ever hold';

CREATE FUNCTION statute._is_of_type(value text, type text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
BEGIN
	EXECUTE format('SELECT %L::%s', value, format_type(type::regtype, NULL));
	RETURN true;
EXCEPTION WHEN data_exception THEN
	RETURN false;
END
$$;
COMMENT ON FUNCTION statute._is_of_type(text, text) IS 'internal: can the text be read as a value of the type';

CREATE FUNCTION statute._roles_fault(r statute.rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(r.roles) <> 'object' THEN 'roles must be an object of names and types' ELSE (
		SELECT fault FROM (
			SELECT format('role "%s" is no name in lower case', e.key)
			FROM jsonb_each(r.roles) e WHERE e.key !~ '^[a-z_][a-z0-9_]{0,62}$'
			UNION ALL
			SELECT format('role "%s" has no type that exists: %s', e.key, e.value)
			FROM jsonb_each(r.roles) e WHERE jsonb_typeof(e.value) <> 'string' OR to_regtype(e.value #>> '{}') IS NULL
			UNION ALL
			SELECT format('a rule of kind %s needs the role "%s"', r.kind, k.name)
			FROM statute._rule_kinds() k WHERE k.kind = r.kind AND k.part = 'role' AND k.required AND NOT r.roles ? k.name
			UNION ALL
			SELECT format('role "%s" of a rule of kind %s has type %s', k.name, r.kind, array_to_string(k.types, ' or '))
			FROM statute._rule_kinds() k
			WHERE k.kind = r.kind AND k.part = 'role' AND r.roles ? k.name
				AND NOT EXISTS (SELECT FROM unnest(k.types) t WHERE to_regtype(t) = to_regtype(r.roles ->> k.name))
		) f (fault) LIMIT 1) END
$$;
COMMENT ON FUNCTION statute._roles_fault(statute.rule) IS 'internal: what is wrong with the roles of a rule, or null';

-- A scalar is given as text or number, a list or a table as JSON, an open value as {"reading": code}.
CREATE FUNCTION statute._param_fault(kind text, name text, value jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN k.name IS NULL THEN format('a rule of kind %s has no parameter "%s"', $1, $2)
		WHEN jsonb_typeof($3) = 'object' AND $3 ? 'reading' AND k.types <> '{jsonb}' THEN
			CASE WHEN d.code IS NULL THEN format('reading "%s" does not exist', $3 ->> 'reading')
				WHEN to_regtype(d.type) <> to_regtype(k.types[1])
				THEN format('reading "%s" has type %s, and parameter "%s" %s', d.code, d.type, $2, k.types[1]) END
		WHEN k.types = '{jsonb}' THEN
			CASE WHEN jsonb_typeof($3) NOT IN ('object', 'array') THEN format('parameter "%s" is a list or a table', $2) END
		WHEN $2 = 'calendar' AND NOT EXISTS (SELECT FROM statute.calendar c WHERE c.code = $3 #>> '{}')
			THEN format('calendar "%s" does not exist', $3 #>> '{}')
		WHEN $2 = 'convention' AND NOT EXISTS (SELECT FROM statute.convention c WHERE c.code = $3 #>> '{}')
			THEN format('convention "%s" does not exist', $3 #>> '{}')
		WHEN jsonb_typeof($3) IN ('object', 'array', 'null') OR NOT statute._is_of_type($3 #>> '{}', k.types[1])
			THEN format('parameter "%s" is no %s: %s', $2, k.types[1], $3)
		END
	FROM (VALUES (1)) one
		LEFT JOIN statute._rule_kinds() k ON k.kind = $1 AND k.part = 'param' AND k.name = $2
		LEFT JOIN statute.reading d ON d.code = $3 ->> 'reading'
$$;
COMMENT ON FUNCTION statute._param_fault(text, text, jsonb) IS 'internal: what is wrong with one parameter, or null';

CREATE FUNCTION statute._params_fault(r statute.rule) RETURNS text
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(r.params) <> 'object' THEN 'params must be an object of names and values' ELSE (
		SELECT fault FROM (
			SELECT format('a rule of kind %s needs the parameter "%s"', r.kind, k.name)
			FROM statute._rule_kinds() k
			WHERE k.kind = r.kind AND k.part = 'param' AND k.required AND NOT r.params ? k.name
			UNION ALL
			SELECT statute._param_fault(r.kind, p.key, p.value) FROM jsonb_each(r.params) p
		) f (fault) WHERE fault IS NOT NULL LIMIT 1) END
$$;
COMMENT ON FUNCTION statute._params_fault(statute.rule) IS 'internal: what is wrong with the parameters of a rule, or null';

-- Lists and tables in parameters name roles and states.
CREATE FUNCTION statute._structure_fault(r statute.rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN r.kind IN ('once', 'no_overlap') AND jsonb_typeof(r.params -> 'key') <> 'array'
			THEN 'parameter "key" is a list of roles'
		WHEN r.kind IN ('once', 'no_overlap') AND NOT r.roles ?& ARRAY(SELECT jsonb_array_elements_text(r.params -> 'key'))
			THEN format('parameter "key" names what is no role: %s', r.params -> 'key')
		WHEN r.kind = 'no_overlap' AND r.params ? 'place' AND NOT r.roles ? (r.params ->> 'place')
			THEN format('parameter "place" names what is no role: %s', r.params -> 'place')
		WHEN r.kind = 'workflow' AND (jsonb_typeof(r.params -> 'moves') <> 'object'
			OR EXISTS (SELECT FROM jsonb_each(r.params -> 'moves') m WHERE jsonb_typeof(m.value) <> 'array'))
			THEN 'parameter "moves" is a table of states, each with the list of those that may follow'
		WHEN r.kind = 'workflow' AND r.params ? 'begins' AND jsonb_typeof(r.params -> 'begins') <> 'array'
			THEN 'parameter "begins" is a list of states'
		WHEN r.kind = 'workflow' AND r.params ? 'separate' AND (jsonb_typeof(r.params -> 'separate') <> 'array'
			OR NOT r.roles ?& ARRAY(SELECT jsonb_array_elements_text(r.params -> 'separate')))
			THEN format('parameter "separate" is a list of roles of which no two may be the same person: %s', r.params -> 'separate')
		WHEN r.kind = 'deadline' AND r.params ? 'pauses' AND (jsonb_typeof(r.params -> 'pauses') <> 'array'
			OR EXISTS (SELECT FROM jsonb_array_elements(r.params -> 'pauses') p
				WHERE jsonb_typeof(p.value) <> 'array' OR jsonb_array_length(p.value) <> 2 OR NOT r.roles ?& ARRAY[p.value ->> 0, p.value ->> 1]))
			THEN format('parameter "pauses" is a list of pairs of roles, where a pause begins and where it ends: %s', r.params -> 'pauses')
		WHEN r.kind = 'fixed_date' AND NOT r.roles ? 'due' AND NOT r.params ? 'due'
			THEN 'a rule of kind fixed_date needs the role or the parameter "due"'
		WHEN r.kind = 'check' AND r.must IS NULL THEN 'a rule of kind check needs an expression that must hold'
		WHEN r.kind <> 'check' AND r.must IS NOT NULL THEN format('a rule of kind %s has no expression that must hold', r.kind)
		WHEN r.kind = 'deadline' AND r.roles ? 'urgent' AND NOT r.params ? 'urgent'
			THEN 'the role "urgent" needs the parameter "urgent", the time limit of what is urgent'
		WHEN r.kind IN ('quota', 'relative_cap') AND jsonb_typeof(r.params -> 'quota') = 'string'
			AND (r.kind = 'relative_cap') <> (statute.quota_unit((r.params ->> 'quota')::statute.quota) = 'percent')
			THEN format('quota "%s" does not belong to a rule of kind %s', r.params ->> 'quota', r.kind)
		END
$$;
COMMENT ON FUNCTION statute._structure_fault(statute.rule) IS 'internal: what in a rule does not fit together, or null';

CREATE FUNCTION statute._check_rule(r statute.rule) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text;
BEGIN
	IF r.title IS NULL OR r.roles IS NULL OR r.params IS NULL OR r.modality IS NULL OR r.effective IS NULL THEN
		RAISE EXCEPTION 'rule "%" needs a title, roles, params, a modality and the days on which it is in force', r.code
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	fault := CASE
		WHEN NOT EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.kind = r.kind)
			THEN format('there is no kind of rule "%s"', r.kind)
		WHEN r.modality NOT IN ('must', 'in principle', 'as far as possible')
			THEN format('there is no modality "%s"', r.modality)
		WHEN isempty(r.effective) THEN 'it is never in force' END;
	-- in this order: each rests on the one before
	fault := coalesce(fault, statute._roles_fault(r));
	fault := coalesce(fault, statute._params_fault(r));
	fault := coalesce(fault, statute._structure_fault(r));
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" cannot be defined: %', r.code, fault
			USING ERRCODE = 'invalid_object_definition';
	END IF;
	PERFORM statute._rule_expression(r, r.applies, 'applies'), statute._rule_expression(r, r.must, 'must');
END
$$;
COMMENT ON FUNCTION statute._check_rule(statute.rule) IS 'internal: fails where a rule is not well made';

