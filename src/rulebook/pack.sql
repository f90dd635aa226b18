
-- What a pack ships of a rulebook, and the words by which tables are known.

CREATE TABLE statute.word (
	topic text NOT NULL,
	role text NOT NULL,
	word text NOT NULL CHECK (word <> '' AND word = lower(word)),
	PRIMARY KEY (topic, role, word),
	CHECK (topic <> '' OR role <> '')
);
COMMENT ON TABLE statute.word IS 'how tables and columns are named: what suggest_bindings() knows them by';
COMMENT ON COLUMN statute.word.topic IS 'the topic of rules; empty where a column of any table is meant';
COMMENT ON COLUMN statute.word.role IS 'the role that such a column can be for; empty where the table itself is meant';
COMMENT ON COLUMN statute.word.word IS 'a name, or a part of one between underscores, in lower case';
GRANT SELECT ON statute.word TO PUBLIC;
SELECT pg_extension_config_dump('statute.word', '');

CREATE FUNCTION statute.define_words(topic text, role text, words text[]) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(topic, '') = '' AND coalesce(role, '') = '' THEN
		RAISE EXCEPTION 'words need a topic, for tables, or a role, for columns'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	INSERT INTO statute.word (topic, role, word)
	SELECT DISTINCT coalesce($1, ''), coalesce($2, ''), lower(w) FROM unnest($3) w
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION statute.define_words(text, text, text[]) IS
	'add names by which suggest_bindings() knows tables of a topic, where no role is given, or columns for a role, in tables of a topic or, where none is given, of all';

-- The backends hear of a change of rules through the statement triggers of
-- these tables, which a change of the tables below them does not fire.
CREATE FUNCTION statute._touch_rulebook() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$UPDATE ONLY statute.rule SET code = code WHERE false$$;
REVOKE EXECUTE ON FUNCTION statute._touch_rulebook() FROM PUBLIC;
COMMENT ON FUNCTION statute._touch_rulebook() IS 'internal: tell the backends that rules have changed';

-- A pack takes its rules along, and nobody may judge by them from then on.
CREATE FUNCTION statute._follow_pack_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d
			WHERE d.object_type = 'table' AND d.schema_name = 'statute' AND d.object_name LIKE 'rule\_%') THEN
		PERFORM statute._touch_rulebook();
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._follow_pack_drop() FROM PUBLIC;
COMMENT ON FUNCTION statute._follow_pack_drop() IS 'internal: tell the backends that the rules of a pack are gone';
CREATE EVENT TRIGGER statute_follow_pack_drop ON sql_drop WHEN TAG IN ('DROP EXTENSION', 'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED')
	EXECUTE FUNCTION statute._follow_pack_drop();
COMMENT ON EVENT TRIGGER statute_follow_pack_drop IS 'pg_statute: rules that a pack shipped end with it';

-- Called in a pack's install or upgrade script, when its tables are filled: its
-- readings and rules are brought into the form that define_reading() and
-- define_rule() store. Whether rules are well made takes longer to find out,
-- and a pack's tests have done so; check_rulebook() does it again.
CREATE FUNCTION statute._ship_rulebook(pack text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
	clash text;
BEGIN
	FOREACH name IN ARRAY ARRAY['regulation', 'clause', 'reading', 'rule'] LOOP
		EXECUTE format('SELECT min(o.code) FROM ONLY statute.%I o JOIN statute.%I s USING (code)', name, name || '_' || pack) INTO clash;
		IF clash IS NOT NULL THEN
			RAISE EXCEPTION '% "%" exists already', name, clash
				USING ERRCODE = 'duplicate_object',
					HINT = format('A %s of this database has the code of one that the pack ships. Give it another one first.', name);
		END IF;
	END LOOP;
	EXECUTE format('UPDATE statute.%I s SET (type, proposed) = (SELECT n.type, n.proposed FROM statute._checked_reading(s) n)', 'reading_' || pack);
	EXECUTE format('UPDATE statute.%I s SET (roles, params) = (SELECT n.roles, n.params FROM statute._normal_rule(s) n)', 'rule_' || pack);
	PERFORM statute._touch_rulebook();
END
$$;
REVOKE EXECUTE ON FUNCTION statute._ship_rulebook(text) FROM PUBLIC;
COMMENT ON FUNCTION statute._ship_rulebook(text) IS 'internal: bring the rulebook that a pack ships into the form that is stored';
