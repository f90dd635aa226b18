
-- The triggers of bound tables, and those of what bindings rest on: rules, decisions, calendars.

CREATE FUNCTION statute.enforce() RETURNS trigger
AS 'MODULE_PATHNAME', 'statute_enforce'
LANGUAGE C;
COMMENT ON FUNCTION statute.enforce() IS 'the trigger of bound tables: judges the rows that a statement changed; statute.bind() attaches it';

CREATE FUNCTION statute._bindings_changed() RETURNS trigger
AS 'MODULE_PATHNAME', 'statute_bindings_changed'
LANGUAGE C;
REVOKE EXECUTE ON FUNCTION statute._bindings_changed() FROM PUBLIC;
COMMENT ON FUNCTION statute._bindings_changed() IS 'internal: drop what backends have cached of bindings';

-- ALWAYS: the caches must hear of replicated rows too.
CREATE FUNCTION statute._watch_for_bindings(relation regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER bindings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION statute._bindings_changed()', relation);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER bindings_changed', relation);
END
$$;
SELECT statute._watch_for_bindings(t) FROM unnest('{statute.binding,statute.rule,statute.reading_decision,statute.calendar}'::regclass[]) t;
DROP FUNCTION statute._watch_for_bindings(regclass);
-- not when the sweep notes how far it has come
CREATE TRIGGER bindings_changed AFTER INSERT OR DELETE OR TRUNCATE ON statute.roster
	FOR EACH STATEMENT EXECUTE FUNCTION statute._bindings_changed();
ALTER TABLE statute.roster ENABLE ALWAYS TRIGGER bindings_changed;

CREATE FUNCTION statute._enforcement() RETURNS TABLE (trigger name, event text, transition text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
	VALUES ('statute_insert'::name, 'INSERT', 'REFERENCING NEW TABLE AS new_rows'),
		('statute_update', 'UPDATE', 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'),
		('statute_delete', 'DELETE', 'REFERENCING OLD TABLE AS old_rows'),
		('statute_truncate', 'TRUNCATE', '')
$$;
COMMENT ON FUNCTION statute._enforcement() IS 'internal: the triggers that a bound table needs';

-- A statement fires the triggers of the table that it names, so that each
-- partition has its own.
CREATE FUNCTION statute._triggers(relation regclass)
RETURNS TABLE (part regclass, trigger name, event text, transition text, bound boolean, there boolean, sound boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.relid, e.trigger, e.event, e.transition,
		EXISTS (SELECT FROM statute.binding b WHERE b.relation = t.relid
			OR b.relation IN (SELECT a FROM pg_partition_ancestors(t.relid) a)),
		g.oid IS NOT NULL,
		g.tgfoid = 'statute.enforce'::regproc AND g.tgenabled IN ('O', 'A') AND g.tgqual IS NULL AND g.tgattr = ''
			AND pg_get_triggerdef(g.oid) LIKE format('CREATE TRIGGER %I AFTER %s ON %%%sFOR EACH STATEMENT EXECUTE FUNCTION statute.enforce()',
				e.trigger, e.event, coalesce(nullif(e.transition, '') || ' ', ''))
	FROM (SELECT relation UNION SELECT p.relid FROM pg_partition_tree(relation) p) t (relid)
		CROSS JOIN statute._enforcement() e
		LEFT JOIN pg_trigger g ON g.tgrelid = t.relid AND g.tgname = e.trigger
	ORDER BY 1, 2
$$;
COMMENT ON FUNCTION statute._triggers(regclass) IS 'internal: which triggers a table and its partitions need, and which are there and as they should be';

CREATE FUNCTION statute._check_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t record;
BEGIN
	SELECT g.* INTO t FROM statute._triggers(relation) g WHERE g.bound AND g.there AND g.sound IS NOT TRUE LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'trigger "%" of table "%" is not the one that enforces its rules', t.trigger, t.part
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'That trigger belongs to pg_statute, switched on: statute.disable_binding() stops a rule. A trigger of your own needs another name.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_triggers(regclass) IS 'internal: fails where a trigger of a bound table is another, or switched off';

CREATE FUNCTION statute._sync_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t record;
BEGIN
	PERFORM statute._check_triggers(relation);
	FOR t IN SELECT g.* FROM statute._triggers(relation) g LOOP
		IF t.bound AND NOT t.there THEN
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION statute.enforce()',
				t.trigger, t.event, t.part, t.transition);
		ELSIF t.sound AND NOT t.bound THEN
			EXECUTE format('DROP TRIGGER %I ON %s', t.trigger, t.part);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute._sync_triggers(regclass) IS 'internal: give a table and its partitions the triggers of bound tables, or take them away';

-- A calendar that a binding counts by stays.
CREATE FUNCTION statute._check_calendar_unbound() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bound text;
BEGIN
	SELECT format('rule "%s" of table "%s"', b.rule, b.relation) INTO bound
	FROM statute.binding b WHERE b.calendar = OLD.code AND b.relation IS NOT NULL LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'calendar "%" counts for %', OLD.code, bound
			USING ERRCODE = 'dependent_objects_still_exist', HINT = 'statute.unbind() takes the rule off the table.';
	END IF;
	RETURN OLD;
END
$$;
COMMENT ON FUNCTION statute._check_calendar_unbound() IS 'internal: keep a calendar that a binding counts by';
CREATE TRIGGER check_unbound BEFORE DELETE ON statute.calendar
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_unbound();

-- A version that needs a role which a binding does not have is not enforced there; one
-- that compares a day with an instant finds faults that there are not.
CREATE FUNCTION statute._warn_of_roles() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b record;
BEGIN
	FOR b IN
		SELECT o.id, format('table "%s" is no longer judged by rule "%s" where this version is in force: its binding lacks the role "%s"', o.relation, o.rule, n.role) AS what
		FROM added r JOIN statute.binding o ON o.rule = r.code AND o.relation IS NOT NULL
			CROSS JOIN LATERAL statute._needed_roles(r.kind, r.roles, r.params, r.applies, r.must) n (role)
		WHERE NOT o.roles ? n.role
		UNION ALL
		SELECT o.id, format('rule "%s" now compares "%s", which table "%s" gives as a day, with "%s", which it gives as an instant', o.rule, m.roles[1], o.relation, m.roles[2])
		FROM added a JOIN statute.rule r ON (r.code, r.version) = (a.code, a.version) JOIN statute.binding o ON o.rule = r.code AND o.relation IS NOT NULL
			CROSS JOIN LATERAL statute._mixed_roles(r, o.roles, o.date_roles) m (roles)
		WHERE m.roles IS NOT NULL
	LOOP
		RAISE WARNING '%', b.what USING HINT = format('statute.set_roles(%s, ...) puts the binding right.', b.id);
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._warn_of_roles() IS 'internal: warn where a binding does not fit a new version of its rule';
CREATE TRIGGER warn_of_roles AFTER INSERT ON statute.rule REFERENCING NEW TABLE AS added
	FOR EACH STATEMENT EXECUTE FUNCTION statute._warn_of_roles();

-- A duty that recurs goes on under what its rule says now; other duties keep to
-- what was in force at their event.
CREATE FUNCTION statute._ask_for_rejudgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT statute._is_restoring() THEN
		INSERT INTO statute.rejudgement (binding)
		SELECT DISTINCT b.id
		FROM statute.binding b JOIN statute.rule r ON r.code = b.rule AND r.kind = 'recurring'
		WHERE b.relation IS NOT NULL AND CASE TG_TABLE_NAME
			WHEN 'rule' THEN b.rule IN (SELECT to_jsonb(c) ->> 'code' FROM changed c)
			ELSE EXISTS (SELECT FROM jsonb_each(r.params) p JOIN changed c ON statute._reading_of(r.kind, p.key, p.value) = to_jsonb(c) ->> 'reading') END
		ON CONFLICT (binding) DO UPDATE SET next_try_at = '-infinity';
	END IF;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._ask_for_rejudgement() FROM PUBLIC;
COMMENT ON FUNCTION statute._ask_for_rejudgement() IS 'internal: have the sweep judge the rows of recurring duties whose rule changed';
CREATE TRIGGER ask_for_rejudgement AFTER INSERT ON statute.rule REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION statute._ask_for_rejudgement();
CREATE TRIGGER ask_for_rejudgement AFTER INSERT ON statute.reading_decision REFERENCING NEW TABLE AS changed
	FOR EACH STATEMENT EXECUTE FUNCTION statute._ask_for_rejudgement();
