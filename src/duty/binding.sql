
-- Bindings: what can be bound, and what a DBA calls.

-- What the cache of src/duty/bindings.c reads -------------------------------------

CREATE FUNCTION statute._facts_statement(kind text, params jsonb, quotas statute.quota[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN kind = 'no_overlap' OR (kind = 'once' AND params ->> 'rotation' IS DISTINCT FROM 'true') OR (kind IN ('quota', 'relative_cap')
			AND EXISTS (SELECT FROM unnest(quotas) q WHERE NOT upper_inf(statute.quota_bounds(q))))
		THEN kind || ' facts' END
$$;
COMMENT ON FUNCTION statute._facts_statement(text, jsonb, statute.quota[]) IS
	'internal: the statement that finds which rows break a rule together; null where that is not known before a period ends';

CREATE FUNCTION statute._bindings_of(relation oid)
RETURNS TABLE (id integer, root oid, rule text, kind text, article text, facts text, judged_as text, action text, calendar text, zone text,
	quotas text[], has_roster boolean, key text, insert_query text, update_query text, rejudge_query text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT b.id, b.relation, b.rule, r.kind, l.article, statute._facts_statement(r.kind, r.params, s.quotas), statute._judged_as(r.kind), b.action, b.calendar, c.time_zone,
		CASE r.kind WHEN 'recurring' THEN ARRAY(SELECT u::text FROM statute._bound_rules(b.id) u) ELSE s.quotas::text[] END, EXISTS (SELECT FROM statute.roster o WHERE o.binding = b.id), statute._key_expression(b.relation),
		CASE r.kind WHEN 'workflow' THEN statute._row_query(b.id, 'insert') ELSE q.query END,
		CASE r.kind WHEN 'workflow' THEN statute._row_query(b.id, 'update') ELSE q.query END, q.query
	FROM statute.binding b
		LEFT JOIN LATERAL statute._effective_calendar(b.calendar) c ON true
		CROSS JOIN LATERAL (SELECT o.* FROM statute.rule o WHERE o.code = b.rule ORDER BY o.version DESC LIMIT 1) r
		LEFT JOIN LATERAL (SELECT concat_ws(' ', k.regulation, k.article) FROM statute.clause k WHERE k.code = r.clause) l (article) ON true
		CROSS JOIN LATERAL (
			SELECT array_agg(DISTINCT (u.params ->> 'quota')::statute.quota) FROM statute._bound_rules(b.id) u WHERE u.params ? 'quota'
		) s (quotas)
		CROSS JOIN LATERAL (SELECT statute._row_query(b.id, 'rejudge') OFFSET 0) q (query)
	WHERE b.enabled AND (b.relation = $1::regclass OR b.relation IN (SELECT a FROM pg_partition_ancestors($1::regclass) a))
	ORDER BY b.id
$$;
COMMENT ON FUNCTION statute._bindings_of(oid) IS 'internal: the bindings that a change of a table is judged by, with their queries';

-- What can be bound ---------------------------------------------------------------

CREATE FUNCTION statute._relation_fault(relation regclass) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN c.relkind = 'v' THEN 'it is a view; bind the table below it'
		WHEN c.relkind = 'm' THEN 'it is a materialized view; bind the tables below it'
		WHEN c.relkind = 'f' THEN 'it is a foreign table, whose changes elsewhere fire no trigger here'
		WHEN c.relkind NOT IN ('r', 'p') THEN 'it is no table'
		WHEN c.relpersistence = 't' THEN 'it is a temporary table'
		WHEN c.relpersistence = 'u' THEN 'it is unlogged: a crash would empty it and not the ledger'
		WHEN n.nspname IN ('pg_catalog', 'information_schema', 'statute') THEN format('schema "%s" is not the agency''s own', n.nspname)
		WHEN c.relispartition THEN format('it is a partition; bind the table that it is part of, %s', pg_partition_root(c.oid::regclass))
		WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid OR (i.inhparent = c.oid AND c.relkind = 'r'))
			THEN 'it inherits from a table or is inherited from, so that no key tells all its rows apart'
		WHEN EXISTS (SELECT FROM pg_partition_tree(c.oid::regclass) t JOIN pg_class p ON p.oid = t.relid WHERE p.relkind = 'f')
			THEN 'a partition of it is a foreign table, whose changes elsewhere fire no trigger here'
		WHEN statute._key_expression(c.oid::regclass) IS NULL THEN 'it has no primary key, by which the ledger could know its rows'
		WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND NOT i.indimmediate)
			THEN 'its primary key is deferrable, so that two rows can have the same key for a time'
		WHEN EXISTS (SELECT FROM statute._key_columns(c.oid::regclass) k
				WHERE k.type <> 'timestamptz'::regtype AND format_type(statute._base_type(k.type), -1) ~ 'timestamp with time zone|tstz')
			THEN 'its primary key has a type whose text depends on the time zone'
		END
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = $1
$$;
COMMENT ON FUNCTION statute._relation_fault(regclass) IS 'internal: why a table cannot be bound, or null';

-- versions that are over matter for old rows only, which stay unjudged where they ask for more
CREATE FUNCTION statute._versions_to_bind(rule text) RETURNS SETOF statute.rule
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.*
	FROM statute.rule r
	WHERE r.code = $1 AND NOT isempty(r.effective)
		AND (upper_inf(r.effective) OR upper(r.effective) > current_date
			OR r.version = (SELECT max(o.version) FROM statute.rule o WHERE o.code = $1 AND NOT isempty(o.effective)))
$$;
COMMENT ON FUNCTION statute._versions_to_bind(text) IS 'internal: the versions of a rule that a binding has to serve';

CREATE FUNCTION statute._roles_to_bind(rule text) RETURNS TABLE (role text, type text, needed boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.key, min(e.value), bool_or(e.key IN (SELECT statute._needed_roles(r.kind, r.roles, r.params, r.applies, r.must)))
	FROM statute._versions_to_bind($1) r CROSS JOIN LATERAL jsonb_each_text(r.roles) e
	GROUP BY e.key
$$;
COMMENT ON FUNCTION statute._roles_to_bind(text) IS 'internal: the roles of a rule, and whether it can do without';

CREATE FUNCTION statute._mapping_fault(rule text, roles jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN jsonb_typeof(roles) IS DISTINCT FROM 'object' THEN 'roles must be an object of names and SQL expressions' ELSE (
		SELECT f.fault FROM (
			SELECT format('"%s" is not a role of the rule', e.key)
			FROM jsonb_each(roles) e WHERE NOT EXISTS (SELECT FROM statute._roles_to_bind($1) r WHERE r.role = e.key)
			UNION ALL
			SELECT format('the role "%s" is missing', r.role) FROM statute._roles_to_bind($1) r WHERE r.needed AND NOT roles ? r.role
			UNION ALL
			SELECT format('the expression of "%s" is no text: %s', e.key, e.value)
			FROM jsonb_each(roles) e WHERE jsonb_typeof(e.value) <> 'string'
		) f (fault) LIMIT 1) END
$$;
COMMENT ON FUNCTION statute._mapping_fault(text, jsonb) IS 'internal: what is wrong with the roles of a binding, or null';

CREATE FUNCTION statute._key_types(relation regclass) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT string_agg(format_type(k.type, -1), ', ' ORDER BY k.n) FROM statute._key_columns($1) k$$;
COMMENT ON FUNCTION statute._key_types(regclass) IS 'internal: the types of the primary key';

-- With the rights of the caller: to read a literal can run code of its type.
CREATE FUNCTION statute._expression_type(relation regclass, expression text, what text, wanted regtype) RETURNS regtype
AS 'MODULE_PATHNAME', 'statute_expression_type'
LANGUAGE C STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, statute, pg_temp;
COMMENT ON FUNCTION statute._expression_type(regclass, text, text, regtype) IS
	'internal: the type of an expression over the columns of a table; fails where it has none that fits';

CREATE FUNCTION statute._check_expressions(rule text, relation regclass, roles jsonb, subject text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(array_agg(t.role) FILTER (WHERE t.type = 'date'::regtype AND t.role <> ''), '{}')
	FROM (
		SELECT e.key, statute._expression_type($2, e.value, e.key, r.type::regtype)
		FROM jsonb_each_text($3) e JOIN statute._roles_to_bind($1) r ON r.role = e.key
		UNION ALL
		SELECT '', statute._expression_type($2, $4, 'subject', 'text') WHERE $4 IS NOT NULL
	) t (role, type)
$$;
COMMENT ON FUNCTION statute._check_expressions(text, regclass, jsonb, text) IS
	'internal: fails where an expression of a binding does not fit its table; the roles that are given as dates';

-- An act of the same day is not after the day.
CREATE FUNCTION statute._day_and_instant(expression text, days text[], instants text[]) RETURNS text[]
AS 'MODULE_PATHNAME', 'statute_day_and_instant'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute._day_and_instant(text, text[], text[]) IS
	'internal: two roles that an expression of a rule compares, of which one is bound to a day and one to an instant, or null';

CREATE FUNCTION statute._mixed_roles(r statute.rule, roles jsonb, date_roles text[]) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT statute._day_and_instant(e.expression, array_agg(k.role) FILTER (WHERE k.role = ANY (date_roles)),
		array_agg(k.role) FILTER (WHERE k.role <> ALL (date_roles)))
	FROM unnest(ARRAY[r.applies, r.must]) e (expression)
		CROSS JOIN (SELECT t.key FROM jsonb_each_text(r.roles) t WHERE t.value::regtype IN ('timestamptz', 'timestamp') AND roles ->> t.key !~* '^\s*null\s*$') k (role)
	GROUP BY e.expression
	ORDER BY 1
	LIMIT 1
$$;
COMMENT ON FUNCTION statute._mixed_roles(statute.rule, jsonb, text[]) IS
	'internal: of the roles that a version of a rule compares, one that a binding gives as a day and one that it gives as an instant, or null';

CREATE FUNCTION statute._compared_words(expression text) RETURNS text[]
AS 'MODULE_PATHNAME', 'statute_compared_words'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute._compared_words(text) IS 'internal: the words that an expression of a rule compares its roles with, each after its role';

CREATE FUNCTION statute._role_words(r statute.rule, expressions text[]) RETURNS TABLE (role text, words text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT p.role, array_agg(p.word ORDER BY p.n)
	FROM (
		SELECT c.pairs[i] AS role, c.pairs[i + 1] AS word, min(e.n * 1000 + i) AS n
		FROM unnest(expressions) WITH ORDINALITY e (expression, n) CROSS JOIN LATERAL statute._compared_words(e.expression) c (pairs)
			CROSS JOIN LATERAL generate_series(1, cardinality(c.pairs), 2) i
		WHERE c.pairs[i + 1] <> ''
		GROUP BY 1, 2
		UNION ALL
		SELECT 'state', m.state, m.n FROM jsonb_object_keys(r.params -> 'moves') WITH ORDINALITY m (state, n) WHERE r.kind = 'workflow'
	) p
	WHERE r.roles ->> p.role = 'text'
	GROUP BY p.role
$$;
COMMENT ON FUNCTION statute._role_words(statute.rule, text[]) IS 'internal: the words that a version of a rule knows for its roles, as some of its expressions have them';

-- A role that is given in other words than those of the rule makes it apply to nothing.
-- Run by bind() only: it evaluates what the caller has just given.
CREATE FUNCTION statute._unheard_words(rule text, relation regclass, roles jsonb) RETURNS TABLE (role text, words text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, statute, pg_temp
AS $$
DECLARE
	heard boolean;
BEGIN
	FOR role, words IN
		SELECT w.role, w.words FROM statute._versions_to_bind(rule) r CROSS JOIN LATERAL statute._role_words(r, ARRAY[r.applies]) w WHERE $3 ? w.role
	LOOP
		BEGIN
			EXECUTE format(E'SELECT EXISTS (SELECT FROM %s WHERE (%s\n) = ANY ($1))', relation, $3 ->> role) INTO heard USING words;
		EXCEPTION WHEN OTHERS THEN
			heard := true; -- whatever is wrong with it, backfill() tells
		END;
		IF NOT heard THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute._unheard_words(text, regclass, jsonb) IS 'internal: roles for which no row of a table has a word of those that the rule names, with these words';

CREATE FUNCTION statute._action_fault(kind text, params jsonb, modality text, action text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN action NOT IN ('record', 'warn', 'reject') THEN format('there is no action "%s"; it is record, warn or reject', action)
		WHEN action = 'reject' AND statute._judged_as(kind) IN ('duty', 'recurrence') THEN 'a deadline cannot reject: what is late is late, and has to be on record'
		WHEN action = 'reject' AND params ->> 'rotation' = 'true' THEN 'whose turn it is not is found by the sweep'
		WHEN action = 'reject' AND kind = 'quota' AND jsonb_typeof(params -> 'quota') = 'string'
			AND upper_inf(statute.quota_bounds((params ->> 'quota')::statute.quota)) THEN 'who has too few is known when the period is over'
		WHEN action = 'reject' AND modality <> 'must' THEN format('it holds "%s", so that a breach needs a reason and is not rejected', modality)
		END
$$;
COMMENT ON FUNCTION statute._action_fault(text, jsonb, text, text) IS 'internal: why a rule cannot have an action, or null';

CREATE FUNCTION statute._check_action(rule text, action text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text;
BEGIN
	SELECT statute._action_fault(r.kind, r.params, r.modality, action) INTO fault
	FROM statute.rule r WHERE r.code = rule ORDER BY r.version DESC LIMIT 1;
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" cannot %: %', rule, action, fault USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_action(text, text) IS 'internal: fails where a rule cannot have an action';

CREATE FUNCTION statute._calendar_to_bind(rule text, calendar text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(nullif($2, ''), (
		SELECT CASE WHEN d.reading IS NULL THEN r.params ->> 'calendar' ELSE coalesce(statute.reading_value(d.reading), '') END
		FROM statute.rule r CROSS JOIN LATERAL statute._reading_of(r.kind, 'calendar', r.params -> 'calendar') d (reading)
		WHERE r.code = $1 ORDER BY r.version DESC LIMIT 1), statute.current_calendar())
$$;
COMMENT ON FUNCTION statute._calendar_to_bind(text, text) IS 'internal: the calendar of a binding: as given, else the rule''s, else the session''s; empty where the rule leaves it to a reading that is open';

CREATE FUNCTION statute._check_roles(rule text, relation regclass, roles jsonb, subject text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text := statute._mapping_fault(rule, roles);
	date_roles text[];
	mixed text[];
	per text;
BEGIN
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" cannot be bound to table "%": %', rule, relation, fault
			USING ERRCODE = 'invalid_parameter_value',
				HINT = format('Its roles are %s.', (SELECT string_agg(format('%s (%s%s)', b.role, b.type, CASE WHEN b.needed THEN ', needed' END), ', ' ORDER BY b.needed DESC, b.role)
					FROM statute._roles_to_bind(rule) b));
	END IF;
	SELECT r.params ->> 'per' INTO per FROM statute._versions_to_bind(rule) r WHERE r.params ? 'per' LIMIT 1;
	IF per IS NOT NULL AND subject IS NULL THEN
		RAISE EXCEPTION 'rule "%" counts for each "%", which the binding has to give as its subject', rule, per USING ERRCODE = 'invalid_parameter_value';
	END IF;
	date_roles := statute._check_expressions(rule, relation, roles, subject);
	SELECT m.roles INTO mixed
	FROM statute._versions_to_bind(rule) r CROSS JOIN LATERAL statute._mixed_roles(r, $3, date_roles) m (roles)
	WHERE m.roles IS NOT NULL LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'rule "%" compares "%", which is given as a day, with "%", which is given as an instant', rule, mixed[1], mixed[2]
			USING ERRCODE = 'datatype_mismatch',
				DETAIL = 'The instant would be after the midnight at which its own day begins.',
				HINT = format('Give its day instead: "(%s)::date".', roles ->> mixed[2]);
	END IF;
	RETURN date_roles;
END
$$;
COMMENT ON FUNCTION statute._check_roles(text, regclass, jsonb, text) IS
	'internal: fails where roles do not fit a rule and a table; the roles that are given as dates';

CREATE FUNCTION statute._check_new_binding(rule text, relation regclass, roles jsonb, subject text, action text, calendar text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
	fault text;
BEGIN
	IF rule IS NULL OR relation IS NULL OR action IS NULL THEN
		RAISE EXCEPTION 'a binding needs a rule, a table, roles and an action' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT o.* INTO r FROM statute.rule o WHERE o.code = rule ORDER BY o.version DESC LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rule "%" does not exist', rule
			USING ERRCODE = 'undefined_object', HINT = 'SELECT code, title FROM statute.rule lists the rules.';
	END IF;
	fault := statute._relation_fault(relation);
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'table "%" cannot be bound: %', relation, fault USING ERRCODE = 'wrong_object_type';
	END IF;
	PERFORM statute._check_action(r.code, action);
	IF NOT EXISTS (SELECT FROM statute.binding b WHERE b.rule = r.params ->> 'follows' AND b.relation = $2) AND r.params ? 'follows' THEN
		RAISE EXCEPTION 'rule "%" follows rule "%", which is not bound to table "%"', rule, r.params ->> 'follows', relation
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Bind that first.';
	END IF;
	IF statute._calendar_to_bind(rule, calendar) = '' THEN
		RAISE EXCEPTION 'rule "%" leaves its calendar to reading "%", which is open', rule, statute._reading_of(r.kind, 'calendar', r.params -> 'calendar')
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'statute.set_reading() decides it; or give bind() the calendar.';
	END IF;
	PERFORM statute._require_calendar(statute._calendar_to_bind(rule, calendar));
	IF EXISTS (SELECT FROM statute.binding b WHERE b.rule = $1 AND b.relation = $2) THEN
		RAISE EXCEPTION 'rule "%" is bound to table "%" already', rule, relation
			USING ERRCODE = 'duplicate_object', HINT = 'statute.unbind() takes it off.';
	END IF;
	RETURN statute._check_roles(rule, relation, roles, subject);
END
$$;
COMMENT ON FUNCTION statute._check_new_binding(text, regclass, jsonb, text, text, text) IS
	'internal: fails where a rule cannot be bound as asked; the roles that are given as dates';

CREATE FUNCTION statute._store_binding(rule text, relation regclass, roles jsonb, subject text, action text, calendar text, date_roles text[])
RETURNS integer
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO statute.binding (rule, relation, table_name, roles, subject, action, calendar, owner, key_types, date_roles)
	SELECT $1, $2, format('%I.%I', n.nspname, c.relname), $3, $4, $5, statute._calendar_to_bind($1, $6), pg_get_userbyid(c.relowner), statute._key_types($2), $7
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = $2
	RETURNING id
$$;
REVOKE EXECUTE ON FUNCTION statute._store_binding(text, regclass, jsonb, text, text, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION statute._store_binding(text, regclass, jsonb, text, text, text, text[]) IS 'internal: write a binding that was checked';

CREATE FUNCTION statute._insert_binding(rule text, relation regclass, roles jsonb, subject text, action text, calendar text) RETURNS integer
AS 'MODULE_PATHNAME', 'statute_insert_binding'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._insert_binding(text, regclass, jsonb, text, text, text) IS 'internal: check a binding and write it, for the owner of the table';

CREATE FUNCTION statute._store_roles(binding integer, roles jsonb, subject text, date_roles text[]) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO statute.binding_event (binding, what, actor)
	SELECT b.id, format('roles %s, subject %s', b.roles, coalesce(b.subject, 'none')), statute._actor() FROM statute.binding b WHERE b.id = $1;
	UPDATE statute.binding b
	SET roles = $2, subject = $3, date_roles = $4, owner = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = b.relation)
	WHERE b.id = $1
$$;
REVOKE EXECUTE ON FUNCTION statute._store_roles(integer, jsonb, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION statute._store_roles(integer, jsonb, text, text[]) IS 'internal: write roles that were checked';

CREATE FUNCTION statute.set_roles(binding integer, roles jsonb, subject text) RETURNS void
AS 'MODULE_PATHNAME', 'statute_change_roles'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.set_roles(integer, jsonb, text) IS
	'give a binding other expressions, as after a column was renamed or a rule amended; what is on record stays, and backfill() judges the rows by the new ones';

CREATE FUNCTION statute._change_binding(binding integer, change text) RETURNS void
AS 'MODULE_PATHNAME', 'statute_change_binding'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._change_binding(integer, text) IS 'internal: enable, disable or unbind, for the owner of the table';

-- Obligations end with their binding, on record; violations stay, as facts do.
CREATE FUNCTION statute._end_binding(binding integer, reason text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO statute.binding_event (binding, what, actor) VALUES ($1, $2, statute._actor());
	INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, actor, reason)
	SELECT o.id, 'unbound', o.state, 'cancelled', o.due_at, o.due_at, statute._actor(), $2
	FROM statute.obligation o WHERE o.binding = $1 AND o.state IN ('open', 'paused');
	UPDATE statute.obligation o SET state = 'cancelled' WHERE o.binding = $1 AND o.state IN ('open', 'paused');
	DELETE FROM statute.occurrence o WHERE o.binding = $1;
	DELETE FROM statute.recurrence r WHERE r.binding = $1;
	-- what follows it ends
	UPDATE statute.recurrence r SET next_open_at = '-infinity'
	FROM statute.binding d JOIN statute.binding f ON f.relation = d.relation
	WHERE d.id = $1 AND r.binding = f.id;
	DELETE FROM statute.rejudgement j WHERE j.binding = $1;
	DELETE FROM statute.roster r WHERE r.binding = $1;
	DELETE FROM statute.roster_member m WHERE m.binding = $1;
	DELETE FROM statute.quota_course c WHERE c.binding = $1;
	DELETE FROM statute.occurrence_party p WHERE p.binding = $1;
	DELETE FROM statute.backfill_progress p WHERE p.binding = $1;
	UPDATE statute.binding b
	SET relation = NULL, unbound_at = clock_timestamp(), enabled = false,
		table_name = coalesce((SELECT format('%I.%I', n.nspname, c.relname)
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = b.relation), b.table_name)
	WHERE b.id = $1;
$$;
REVOKE EXECUTE ON FUNCTION statute._end_binding(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._end_binding(integer, text) IS 'internal: end a binding and what it was waiting for';

CREATE FUNCTION statute._update_binding(binding integer, change text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF change <> 'unbind' THEN
		INSERT INTO statute.binding_event (binding, what, actor) VALUES (binding, change, statute._actor());
	END IF;
	CASE change
		WHEN 'enable' THEN
			UPDATE statute.binding b
			SET enabled = true, owner = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = b.relation)
			WHERE b.id = binding;
		WHEN 'record', 'warn', 'reject' THEN
			PERFORM statute._check_action(b.rule, change) FROM statute.binding b WHERE b.id = binding;
			UPDATE statute.binding b SET action = change WHERE b.id = binding;
		WHEN 'disable' THEN UPDATE statute.binding b SET enabled = false WHERE b.id = binding;
		WHEN 'unbind' THEN PERFORM statute._end_binding(binding, 'unbound');
		ELSE RAISE EXCEPTION 'there is no such %; it is record, warn or reject', change USING ERRCODE = 'invalid_parameter_value';
	END CASE;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._update_binding(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._update_binding(integer, text) IS 'internal: change a binding, once it is clear who may';

CREATE FUNCTION statute._check_owner(binding integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b record;
BEGIN
	SELECT o.rule, o.relation, o.owner, pg_get_userbyid(c.relowner) AS now INTO b
	FROM statute.binding o JOIN pg_class c ON c.oid = o.relation
	WHERE o.id = binding;
	IF b.owner <> b.now THEN
		RAISE EXCEPTION 'table "%" belongs to "%" now, and "%" bound rule "%" to it', b.relation, b.now, b.owner, b.rule
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('Read the expressions of the binding: they are about to run with the rights of "%s". statute.enable_binding(%s) agrees to that.', b.now, binding);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_owner(integer) IS 'internal: fails where the table has another owner than the one who bound the rule';

-- What a DBA calls ------------------------------------------------------------------

CREATE FUNCTION statute.bind(
	rule text, relation regclass, roles jsonb, subject text DEFAULT NULL,
	action text DEFAULT 'record', calendar text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	id integer := statute._insert_binding(rule, relation, roles, nullif(subject, ''), action, calendar);
	has_rows boolean;
	unheard record;
BEGIN
	PERFORM statute._sync_triggers(relation);
	EXECUTE format('SELECT EXISTS (SELECT FROM %s)', relation) INTO has_rows;
	IF has_rows THEN
		RAISE NOTICE 'table "%" has rows: CALL statute.backfill(%) judges them', relation, id;
		FOR unheard IN SELECT w.role, array_to_string(w.words, ', ') AS words FROM statute._unheard_words(rule, relation, roles) w LOOP
			RAISE NOTICE 'no row of table "%" has one of the words that rule "%" names for "%": %', relation, rule, unheard.role, unheard.words
				USING HINT = 'Let the expression of the role say it in these words, as in CASE WHEN ... THEN ... END.';
		END LOOP;
	END IF;
	IF NOT roles ? 'done' AND EXISTS (SELECT FROM statute._roles_to_bind(rule) r WHERE r.role = 'done') THEN
		RAISE NOTICE 'the role "done" is not bound: nothing tells when a duty is done';
	END IF;
	RETURN id;
END
$$;
COMMENT ON FUNCTION statute.bind(text, regclass, jsonb, text, text, text) IS
	'attach a rule to a table: roles maps each role of the rule to an SQL expression over its columns; returns the binding';

CREATE FUNCTION statute.binding_of(rule text, relation regclass) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT b.id FROM statute.binding b WHERE b.rule = $1 AND b.relation = $2$$;
COMMENT ON FUNCTION statute.binding_of(text, regclass) IS 'the binding of a rule to a table, null where there is none';

CREATE FUNCTION statute.unbind(binding integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bound regclass;
BEGIN
	SELECT b.relation INTO bound FROM statute.binding b WHERE b.id = binding;
	PERFORM statute._change_binding(binding, 'unbind');
	PERFORM statute._sync_triggers(bound);
END
$$;
COMMENT ON FUNCTION statute.unbind(integer) IS 'take a rule off its table: what is open is cancelled, and stays on record';

CREATE FUNCTION statute.enable_binding(binding integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._change_binding(binding, 'enable');
	-- what it judges by may have changed while it was off
	PERFORM statute._check_bound(binding);
	PERFORM statute._sync_triggers(b.relation) FROM statute.binding b WHERE b.id = binding;
END
$$;
COMMENT ON FUNCTION statute.enable_binding(integer) IS
	'judge by a binding again; backfill() catches up. The owner of the table agrees that its expressions run with his rights';

CREATE FUNCTION statute.disable_binding(binding integer) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT statute._change_binding(binding, 'disable')$$;
COMMENT ON FUNCTION statute.disable_binding(integer) IS 'stop judging by a binding; what it found stays as it is';

CREATE FUNCTION statute.set_action(binding integer, action text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- the other changes have functions of their own
	PERFORM statute._change_binding(binding, CASE WHEN action IN ('record', 'warn', 'reject') THEN action ELSE format('action %s', action) END);
END
$$;
COMMENT ON FUNCTION statute.set_action(integer, text) IS 'have a breach recorded, or a warning given besides, or the statement rejected';

CREATE VIEW statute.binding_list AS
	SELECT b.id AS binding, b.rule, r.title, r.clause, b.relation, b.table_name, b.roles, b.subject, b.action, b.calendar, b.owner,
		CASE WHEN b.relation IS NULL THEN 'ended'
			WHEN NOT b.enabled THEN 'disabled'
			WHEN NOT EXISTS (SELECT FROM statute._bound_rules(b.id) u WHERE u.effective @> current_date) THEN 'off'
			ELSE 'enabled' END AS state,
		b.bound_at, b.unbound_at
	FROM statute.binding b LEFT JOIN LATERAL (
		SELECT o.title, o.clause FROM statute.rule o WHERE o.code = b.rule ORDER BY o.version DESC LIMIT 1) r ON true;
COMMENT ON VIEW statute.binding_list IS 'the bindings, with what they do today';
COMMENT ON COLUMN statute.binding_list.state IS
	'enabled; off: no version of the rule is in force today, a reading is open, or a version needs a role that is not bound; disabled; ended';
GRANT SELECT ON statute.binding_list TO PUBLIC;
