
-- Rosters: whom a quota holds to account, also those without a row. The roster
-- is a table of the agency's, which is read with the rights of its owner.

CREATE TABLE statute.roster (
	binding integer PRIMARY KEY,
	relation regclass NOT NULL,
	subject text NOT NULL,
	during text,
	owner name NOT NULL,
	since date NOT NULL,
	part text NOT NULL CHECK (part <> ''),
	template text NOT NULL,
	judged_through date NOT NULL,
	settled_through date NOT NULL,
	pending_through date,
	horizon xid8,
	looked_at timestamptz,
	next_look_at timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE statute.roster IS 'where the subjects of a rule are listed, and how far its periods have been judged';
COMMENT ON COLUMN statute.roster.binding IS 'the binding whose subjects they are';
COMMENT ON COLUMN statute.roster.relation IS 'the table or view that lists them';
COMMENT ON COLUMN statute.roster.subject IS 'SQL over its columns: the subject, as rows of the bound table name it';
COMMENT ON COLUMN statute.roster.during IS 'SQL over its columns: the days on which the subject is held to the rule; null for always';
COMMENT ON COLUMN statute.roster.owner IS 'who set it; the expressions run with the rights of that role';
COMMENT ON COLUMN statute.roster.since IS 'periods that begin on this day or later are judged';
COMMENT ON COLUMN statute.roster.part IS 'whom a warning addresses: the part that a contact plays for the subject';
COMMENT ON COLUMN statute.roster.template IS 'the text of a warning, with fields such as {subject} and {pace}';
COMMENT ON COLUMN statute.roster.judged_through IS 'what ended by this day has been judged';
COMMENT ON COLUMN statute.roster.settled_through IS 'what ended by this day need not be judged again, unless it changes';
COMMENT ON COLUMN statute.roster.pending_through IS 'what ended by this day need not, once the transactions before the horizon are over';
COMMENT ON COLUMN statute.roster.horizon IS 'transactions from this one on saw what had been judged, and have it judged again where they change it';
COMMENT ON COLUMN statute.roster.looked_at IS 'when the sweep last looked at it';
COMMENT ON COLUMN statute.roster.next_look_at IS 'when the sweep is to look at it again: each midnight, or -infinity while anything is not settled';

CREATE TABLE statute.roster_member (
	binding integer NOT NULL,
	subject text NOT NULL,
	during datemultirange NOT NULL,
	PRIMARY KEY (binding, subject)
);
COMMENT ON TABLE statute.roster_member IS 'what a roster said when the sweep last looked at it';
COMMENT ON COLUMN statute.roster_member.binding IS 'the binding';
COMMENT ON COLUMN statute.roster_member.subject IS 'the subject';
COMMENT ON COLUMN statute.roster_member.during IS 'when it is held to the rule';

CREATE TABLE statute.quota_course (
	binding integer NOT NULL,
	subject text NOT NULL,
	period daterange NOT NULL,
	pace text NOT NULL,
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (binding, subject, period)
);
COMMENT ON TABLE statute.quota_course IS 'how subjects stood in a period that runs, as the sweep last saw it: a warning is given when that changes';
COMMENT ON COLUMN statute.quota_course.binding IS 'the binding';
COMMENT ON COLUMN statute.quota_course.subject IS 'the subject';
COMMENT ON COLUMN statute.quota_course.period IS 'the period';
COMMENT ON COLUMN statute.quota_course.pace IS 'met, on track, at risk or out of reach';
COMMENT ON COLUMN statute.quota_course.changed_at IS 'since which sweep';

GRANT SELECT ON statute.roster TO PUBLIC;
GRANT SELECT ON statute.roster_member, statute.quota_course TO pg_database_owner;
SELECT pg_extension_config_dump('statute.roster', '');
SELECT pg_extension_config_dump('statute.roster_member', '');
SELECT pg_extension_config_dump('statute.quota_course', '');

-- In one pass, so that a value with braces stays as it is
CREATE FUNCTION statute._fill_template(template text, fields jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(string_agg(CASE WHEN p.n = 1 THEN p.part ELSE coalesce(fields ->> split_part(p.part, '}', 1), '') || substr(p.part, strpos(p.part, '}') + 1) END,
		'' ORDER BY p.n), '')
	FROM string_to_table(template, '{') WITH ORDINALITY p (part, n)
$$;
COMMENT ON FUNCTION statute._fill_template(text, jsonb) IS 'internal: a text with the values of its fields';

CREATE FUNCTION statute._check_template(template text, fields text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
BEGIN
	-- a field with its name, or what is left of one
	SELECT CASE m[2] WHEN '' THEN '{' ELSE '' END || m[1] INTO unknown FROM regexp_matches(template, '\{([^{}]*)(\}?)', 'g') m
	WHERE m[2] = '' OR m[1] <> ALL (fields);
	IF FOUND THEN
		RAISE EXCEPTION 'the text has no field "%"', unknown
			USING ERRCODE = 'invalid_parameter_value', HINT = format('Its fields are %s, each in braces.', array_to_string(fields, ', '));
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_template(text, text[]) IS 'internal: fails where a text has a field that there is not';

CREATE FUNCTION statute._course_fields() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{title,rule,article,subject,quota,from,through,counted,required,pace,shortfall,last_day,part}'::text[];
COMMENT ON FUNCTION statute._course_fields() IS 'internal: the fields that the text of a warning about a quota can have';

CREATE FUNCTION statute._check_roster(binding integer, relation regclass, subject text, during text, template text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
	quota statute.quota;
	fault text;
BEGIN
	SELECT o.* INTO r FROM statute.binding b JOIN statute.rule o ON o.code = b.rule WHERE b.id = binding ORDER BY o.version DESC LIMIT 1;
	quota := CASE WHEN r.kind IN ('quota', 'relative_cap') AND jsonb_typeof(r.params -> 'quota') = 'string' THEN r.params ->> 'quota' END;
	fault := CASE
		WHEN r.kind NOT IN ('quota', 'relative_cap') AND (r.params ->> 'rotation')::boolean IS NOT TRUE THEN 'it is no quota and no rotation'
		WHEN r.kind = 'once' AND (jsonb_array_length(r.params -> 'key') <> 1 OR r.roles ->> (r.params -> 'key' ->> 0) <> 'text')
			THEN 'a rotation goes by one role, of type text'
		WHEN lower(statute.quota_bounds(quota)) > 0 AND NOT statute._has_periods(quota) THEN 'its periods do not end one after the other'
		END;
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'rule "%" cannot have a roster: %', r.code, fault USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM statute._check_template(template, statute._course_fields());
	PERFORM statute._expression_type(relation, subject, 'subject', 'text'), statute._expression_type(relation, during, 'during', 'daterange');
END
$$;
COMMENT ON FUNCTION statute._check_roster(integer, regclass, text, text, text) IS 'internal: fails where a roster does not fit a binding or its table';

CREATE FUNCTION statute._store_roster(binding integer, relation regclass, subject text, during text, since date, part text, template text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM statute.roster r WHERE r.binding = $1;
	DELETE FROM statute.roster_member m WHERE m.binding = $1;
	DELETE FROM statute.quota_course c WHERE c.binding = $1 AND $2 IS NULL;
	INSERT INTO statute.roster (binding, relation, subject, during, owner, since, part, template, judged_through, settled_through)
	SELECT $1, $2, $3, $4, (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = $2), d.since, $6, $7, d.since - 1, d.since - 1
	FROM (SELECT coalesce($5, current_date) WHERE $2 IS NOT NULL) d (since);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._store_roster(integer, regclass, text, text, date, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._store_roster(integer, regclass, text, text, date, text, text) IS 'internal: write a roster that was checked';

CREATE FUNCTION statute.set_roster(binding integer, relation regclass, subject text DEFAULT 'subject', during text DEFAULT NULL,
	since date DEFAULT NULL, part text DEFAULT 'handler',
	template text DEFAULT '{title}: {counted} of {required} from {from} through {through}, {pace}')
RETURNS void
AS 'MODULE_PATHNAME', 'statute_set_roster'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.set_roster(integer, regclass, text, text, date, text, text) IS
	'say where the subjects of a quota are listed, so that each period is judged for all of them when it ends; null for no roster';

CREATE FUNCTION statute._roster_query(binding integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT (%s\n)::text, coalesce((%s\n)::daterange, ''(,)'') FROM %s', r.subject, coalesce(r.during, 'NULL'), r.relation)
	FROM statute.roster r WHERE r.binding = $1
$$;
COMMENT ON FUNCTION statute._roster_query(integer) IS 'internal: SQL for the subjects on a roster';

CREATE FUNCTION statute._read_roster(binding integer, query text, relation regclass, owner name, calendar text, zone text)
RETURNS TABLE (subject text, during daterange)
AS 'MODULE_PATHNAME', 'statute_read_roster'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION statute._read_roster(integer, text, regclass, name, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._read_roster(integer, text, regclass, name, text, text) IS 'internal: the subjects on a roster, read with the rights of the owner of its table';
