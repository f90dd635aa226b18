
-- What happens to bound tables: followed where that is safe, else refused.

-- As the role that bound the rule, who wrote the expressions: whoever changes
-- the table, a superuser perhaps, does not run that role's code.
CREATE FUNCTION statute._check_bound_expressions(binding integer) RETURNS text[]
AS 'MODULE_PATHNAME', 'statute_check_bound_expressions'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._check_bound_expressions(integer) IS
	'internal: fails where an expression of a binding does not fit its table; the roles that are given as dates';

-- Fails where a binding does not fit its table any more.
CREATE FUNCTION statute._check_bound(binding integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b statute.binding;
	fault text;
BEGIN
	SELECT o.* INTO b FROM statute.binding o WHERE o.id = binding;
	fault := statute._relation_fault(b.relation);
	IF fault IS NULL AND statute._key_types(b.relation) <> b.key_types THEN
		fault := format('its primary key has type %s, and the ledger knows its rows by %s', statute._key_types(b.relation), b.key_types);
	END IF;
	IF fault IS NULL THEN
		BEGIN
			IF NOT (statute._check_bound_expressions(b.id) <@ b.date_roles AND statute._check_bound_expressions(b.id) @> b.date_roles) THEN
				fault := 'what was a date would be an instant, or the other way round';
			END IF;
		EXCEPTION WHEN OTHERS THEN
			fault := SQLERRM;
		END;
	END IF;
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" is bound to table "%", which would no longer fit: %', b.rule, b.relation, fault
			USING ERRCODE = 'dependent_objects_still_exist',
				HINT = format('statute.disable_binding(%s), change the table, give the binding other expressions with statute.set_roles(), and enable it again.', b.id);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_bound(integer) IS 'internal: fails where a binding does not fit its table';

-- The bound tables that a command has changed: itself, by a partition, by a
-- trigger, or by a table that inherits from it
CREATE FUNCTION statute._bound_tables(class oid, object oid) RETURNS SETOF regclass
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT b.relation
	FROM (SELECT $2 WHERE $1 = 'pg_class'::regclass UNION ALL SELECT g.tgrelid FROM pg_trigger g WHERE $1 = 'pg_trigger'::regclass AND g.oid = $2) t (relid)
		JOIN statute.binding b ON b.relation = t.relid OR b.relation IN (
			SELECT a FROM pg_partition_ancestors(t.relid) a
			UNION ALL SELECT p.relid FROM pg_partition_tree(t.relid) p
			UNION ALL SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = t.relid)
$$;
COMMENT ON FUNCTION statute._bound_tables(oid, oid) IS 'internal: the bound tables that a change of an object concerns';

CREATE FUNCTION statute._follow_ddl() RETURNS event_trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c record;
BEGIN
	IF statute._is_restoring() THEN
		RETURN;
	END IF;
	FOR c IN
		SELECT DISTINCT d.command_tag, t AS bound
		FROM pg_event_trigger_ddl_commands() d CROSS JOIN LATERAL statute._bound_tables(d.classid, d.objid) t
	LOOP
		-- while bind() makes them there are not all triggers yet
		PERFORM statute._check_triggers(c.bound);
		CONTINUE WHEN c.command_tag = 'CREATE TRIGGER';
		IF c.command_tag = 'ALTER TRIGGER' AND EXISTS (SELECT FROM statute._triggers(c.bound) g WHERE NOT g.there) THEN
			RAISE EXCEPTION 'the triggers that enforce the rules of table "%" keep their names', c.bound
				USING ERRCODE = 'dependent_objects_still_exist';
		END IF;
		PERFORM statute._check_bound(b.id) FROM statute.binding b WHERE b.relation = c.bound AND b.enabled;
		PERFORM statute._sync_triggers(c.bound);
		-- partitions that were detached keep triggers that nothing needs
		PERFORM statute._sync_triggers(g.tgrelid)
		FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
		WHERE g.tgfoid = 'statute.enforce'::regproc AND g.tgname = 'statute_insert' AND pg_has_role(r.relowner, 'USAGE')
			AND NOT EXISTS (SELECT FROM statute._triggers(g.tgrelid) n WHERE n.bound);
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute._follow_ddl() IS 'internal: after a change of a table or a trigger, keep bound tables and their partitions enforced, or refuse';

CREATE FUNCTION statute._end_bindings_of_dropped() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT statute._end_binding(b.id, 'table dropped')
	FROM statute.binding b
	WHERE b.relation IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = b.relation);
	WITH gone AS (
		DELETE FROM statute.roster r WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.relation) RETURNING r.binding
	)
	INSERT INTO statute.binding_event (binding, what, actor) SELECT g.binding, 'roster dropped', statute._actor() FROM gone g;
$$;
COMMENT ON FUNCTION statute._end_bindings_of_dropped() IS 'internal: end the bindings of tables that do not exist any more';

CREATE FUNCTION statute._follow_drop() RETURNS event_trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	refused record;
BEGIN
	IF statute._is_restoring() THEN
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d LEFT JOIN statute.binding b ON b.relation = d.objid LEFT JOIN statute.roster r ON r.relation = d.objid
			WHERE num_nonnulls(b.id, r.binding) > 0 AND d.classid = 'pg_class'::regclass AND d.objsubid = 0) THEN
		PERFORM statute._end_bindings_of_dropped();
	END IF;
	SELECT b.id, b.relation, b.rule, d.object_identity INTO refused
	FROM pg_event_trigger_dropped_objects() d
		CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))) t (relation)
		JOIN statute.binding b ON b.relation = t.relation OR b.relation IN (SELECT a FROM pg_partition_ancestors(t.relation) a)
	WHERE d.object_type = 'trigger' AND d.address_names[3] IN (SELECT e.trigger::text FROM statute._enforcement() e)
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'trigger % enforces rule "%"', refused.object_identity, refused.rule
			USING ERRCODE = 'dependent_objects_still_exist', HINT = format('statute.unbind(%s) takes the rule off the table.', refused.id);
	END IF;
	-- a column, or the key, of a bound table
	PERFORM statute._check_bound(b.id)
	FROM (SELECT DISTINCT t FROM pg_event_trigger_dropped_objects() d
			CROSS JOIN LATERAL statute._bound_tables('pg_class'::regclass,
				to_regclass(format('%I.%I', d.address_names[1], d.address_names[2]))) t
			WHERE d.object_type IN ('table column', 'table constraint')) c (relation)
		JOIN statute.binding b ON b.relation = c.relation AND b.enabled;
	-- what an expression calls is not ours to keep: its rule will not be judged, and says so
	FOR refused IN
		SELECT b.id, b.rule, b.relation
		FROM statute.binding b
		WHERE b.enabled AND EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d
			WHERE d.object_type IN ('function', 'type', 'operator', 'domain') AND NOT d.is_temporary
				AND strpos(concat(b.roles, b.subject), d.address_names[cardinality(d.address_names)]) > 0)
	LOOP
		BEGIN
			PERFORM statute._check_bound(refused.id);
		EXCEPTION WHEN dependent_objects_still_exist THEN
			RAISE WARNING '%', SQLERRM;
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute._follow_drop() IS 'internal: end the bindings of a table that is dropped, and refuse to drop what a binding needs';

CREATE EVENT TRIGGER statute_follow_ddl ON ddl_command_end WHEN TAG IN ('ALTER TABLE', 'CREATE TABLE', 'CREATE SCHEMA', 'CREATE TRIGGER', 'ALTER TRIGGER')
	EXECUTE FUNCTION statute._follow_ddl();
COMMENT ON EVENT TRIGGER statute_follow_ddl IS 'pg_statute: bound tables stay enforced, whatever is done to them';
CREATE EVENT TRIGGER statute_follow_drop ON sql_drop
	EXECUTE FUNCTION statute._follow_drop();
COMMENT ON EVENT TRIGGER statute_follow_drop IS 'pg_statute: what a binding needs is not dropped';
