
-- Calendars: tables, their guards, and the functions that change them.
--
-- An agency's own rows are in the tables themselves. What a pack ships is in
-- tables that inherit from them, so that a query sees both, a dump has only
-- the own rows, and DROP EXTENSION takes what the pack brought.

CREATE TABLE statute.calendar (
	code text PRIMARY KEY CHECK (octet_length(code) BETWEEN 1 AND 63),
	title text NOT NULL,
	parent text,
	weekend integer[],
	time_zone text,
	convention text,
	CHECK (parent IS NULL OR weekend IS NULL),
	CHECK (parent IS NOT NULL OR (weekend IS NOT NULL AND time_zone IS NOT NULL AND convention IS NOT NULL))
);
COMMENT ON TABLE statute.calendar IS 'named sets of working days';
COMMENT ON COLUMN statute.calendar.code IS 'the name that calls use';
COMMENT ON COLUMN statute.calendar.parent IS 'the calendar from which this one differs by its own days only';
COMMENT ON COLUMN statute.calendar.weekend IS 'days of the week off, 1 for Monday to 7 for Sunday; a child has its parent''s';
COMMENT ON COLUMN statute.calendar.time_zone IS 'where its days begin and end; null for the parent''s';
COMMENT ON COLUMN statute.calendar.convention IS 'how deadlines are counted where a call names no convention; null for the parent''s';

-- Days within 400 years, so that a compiled calendar stays small.
CREATE TABLE statute.calendar_day (
	calendar text NOT NULL,
	day date NOT NULL CHECK (day BETWEEN '1900-01-01' AND '2299-12-31'),
	is_workday boolean NOT NULL,
	name text NOT NULL,
	source text,
	announced_on date,
	PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE statute.calendar_day IS 'days that differ from the weekly pattern, or confirm it';
COMMENT ON COLUMN statute.calendar_day.is_workday IS 'true for a make-up day, false for a day off';
COMMENT ON COLUMN statute.calendar_day.name IS 'the holiday to which the day belongs';
COMMENT ON COLUMN statute.calendar_day.source IS 'the notice that says so';
COMMENT ON COLUMN statute.calendar_day.announced_on IS 'when that notice was issued, where known';

CREATE TABLE statute.calendar_announcement (
	calendar text NOT NULL,
	announced_from date,
	announced_through date NOT NULL,
	source text,
	announced_on date,
	PRIMARY KEY (calendar, announced_through)
);
COMMENT ON TABLE statute.calendar_announcement IS 'how far the working days of each calendar are known; the latest counts';
COMMENT ON COLUMN statute.calendar_announcement.announced_from IS 'first known day; null for no limit of its own';
COMMENT ON COLUMN statute.calendar_announcement.announced_through IS 'last known day';

CREATE TABLE statute.calendar_default (
	calendar text NOT NULL
);
CREATE UNIQUE INDEX calendar_default_one ON statute.calendar_default ((true));
COMMENT ON TABLE statute.calendar_default IS 'the database''s default calendar; an own row wins over a pack''s';

CREATE TABLE statute.calendar_revision (
	calendar text NOT NULL,
	revision bigint NOT NULL,
	changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	changed_by text NOT NULL DEFAULT session_user,
	change text NOT NULL,
	source text,
	PRIMARY KEY (calendar, revision)
);
COMMENT ON TABLE statute.calendar_revision IS 'every change of a calendar, with its time';

-- One row. Every change of the tables above puts a new number into it; the
-- cache reads it under each new snapshot (src/calendar/cache.c).
CREATE SEQUENCE statute.calendar_version_seq;
CREATE TABLE statute.calendar_version (
	version bigint NOT NULL
);
INSERT INTO statute.calendar_version VALUES (nextval('statute.calendar_version_seq'));
COMMENT ON TABLE statute.calendar_version IS 'internal: identifies the state of the calendar tables';

GRANT SELECT ON statute.calendar, statute.calendar_day, statute.calendar_announcement,
	statute.calendar_default, statute.calendar_revision TO PUBLIC;

-- A restore is known by the setting that every dump makes first: rows then
-- come in any order, were checked when they were new, and bring their own
-- revisions.
CREATE FUNCTION statute._is_restoring() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$SELECT pg_catalog.current_setting('check_function_bodies')::boolean IS FALSE$$;
COMMENT ON FUNCTION statute._is_restoring() IS 'internal: is this session restoring a dump';

CREATE FUNCTION statute._in_extension_script() RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_in_extension_script'
LANGUAGE C STABLE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION statute._in_extension_script() IS 'internal: is an extension being installed or updated';

CREATE FUNCTION statute._is_time_zone(name text) RETURNS boolean
AS 'MODULE_PATHNAME', 'statute_is_time_zone'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute._is_time_zone(text) IS 'internal: does this server know the time zone';

CREATE FUNCTION statute._invalidate_calendars() RETURNS void
AS 'MODULE_PATHNAME', 'statute_calendar_changed'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION statute._invalidate_calendars() IS 'internal: drop what sessions remember of the calendars';

CREATE FUNCTION statute._touch_calendars() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE statute.calendar_version SET version = nextval('statute.calendar_version_seq');
	PERFORM statute._invalidate_calendars();
END
$$;
REVOKE EXECUTE ON FUNCTION statute._touch_calendars(), statute._invalidate_calendars() FROM PUBLIC;
COMMENT ON FUNCTION statute._touch_calendars() IS 'internal: give the calendar tables a new version';

-- Lookups ---------------------------------------------------------------------

CREATE FUNCTION statute.current_calendar() RETURNS text
AS 'MODULE_PATHNAME', 'statute_current_calendar'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.current_calendar() IS
	'the calendar that a call uses which names none: statute.calendar, else the database''s default';

CREATE FUNCTION statute._calendar_chain(calendar text)
RETURNS TABLE (depth integer, code text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH RECURSIVE chain (depth, code, parent) AS (
			SELECT 0, c.code, c.parent FROM statute.calendar c WHERE c.code = $1
			UNION ALL
			SELECT h.depth + 1, c.code, c.parent
			FROM chain h JOIN statute.calendar c ON c.code = h.parent
			WHERE h.depth < 32
		)
		SELECT h.depth, h.code FROM chain h ORDER BY h.depth;
END
$$;
COMMENT ON FUNCTION statute._calendar_chain(text) IS 'internal: a calendar and its ancestors, nearest first';

CREATE FUNCTION statute._effective_calendar(calendar text,
	OUT weekend integer[], OUT time_zone text, OUT convention text)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	SELECT q.* INTO weekend, time_zone, convention FROM (
		WITH c AS MATERIALIZED (
			SELECT h.depth, k.weekend, k.time_zone, k.convention
			FROM statute._calendar_chain($1) h JOIN statute.calendar k ON k.code = h.code
		)
		SELECT (SELECT c.weekend FROM c WHERE c.weekend IS NOT NULL ORDER BY c.depth LIMIT 1),
			(SELECT c.time_zone FROM c WHERE c.time_zone IS NOT NULL ORDER BY c.depth LIMIT 1),
			(SELECT c.convention FROM c WHERE c.convention IS NOT NULL ORDER BY c.depth LIMIT 1)
	) q;
END
$$;
COMMENT ON FUNCTION statute._effective_calendar(text) IS 'internal: what a calendar defines or inherits';

CREATE FUNCTION statute._count_revisions(calendar text) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*)
	FROM statute._calendar_chain($1) h JOIN statute.calendar_revision r ON r.calendar = h.code
$$;
COMMENT ON FUNCTION statute._count_revisions(text) IS 'internal: how often a calendar or one above it was changed';

CREATE FUNCTION statute.current_revision(calendar text DEFAULT '') RETURNS bigint
AS 'MODULE_PATHNAME', 'statute_current_revision'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION statute.current_revision(text) IS
	'number of a calendar''s state: every change of it or of a calendar above it adds one';

-- Guards ----------------------------------------------------------------------

CREATE FUNCTION statute._require_calendar(calendar text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM statute.calendar c WHERE c.code = $1) THEN
		RAISE EXCEPTION 'calendar "%" does not exist', $1
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT code FROM statute.calendar lists the calendars; statute.define_calendar() makes one.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_calendar(text) IS 'internal: fail where a calendar does not exist';

CREATE FUNCTION statute._check_weekend(weekend integer[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad integer;
BEGIN
	SELECT w INTO bad FROM unnest(weekend) w WHERE w IS NULL OR w NOT BETWEEN 1 AND 7 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% is no day of the week', coalesce(bad::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Days of the week are 1 for Monday to 7 for Sunday.';
	END IF;
	SELECT w INTO bad FROM unnest(weekend) w GROUP BY w HAVING count(*) > 1 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'day % of the week is given twice', bad
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF cardinality(weekend) = 7 THEN
		RAISE EXCEPTION 'a calendar must have at least one working day a week'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._check_weekend(integer[]) IS 'internal: fail where a weekend is no set of days';

CREATE FUNCTION statute._check_calendar() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF statute._is_restoring() THEN
		RETURN NEW;
	END IF;
	PERFORM statute._check_weekend(NEW.weekend);
	IF NEW.time_zone IS NOT NULL AND NOT statute._is_time_zone(NEW.time_zone) THEN
		RAISE EXCEPTION 'time zone "%" is not known to this server', NEW.time_zone
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'SELECT name FROM pg_timezone_names lists the time zones.';
	END IF;
	IF NEW.parent = NEW.code
		OR EXISTS (SELECT FROM statute._calendar_chain(NEW.parent) h WHERE h.code = NEW.code) THEN
		RAISE EXCEPTION 'calendar "%" cannot be its own ancestor', NEW.code
			USING ERRCODE = 'invalid_object_definition';
	END IF;
	IF NEW.parent IS NOT NULL THEN
		PERFORM statute._require_calendar(NEW.parent);
	END IF;
	IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM statute.calendar c WHERE c.code = NEW.code) THEN
		RAISE EXCEPTION 'calendar "%" exists already', NEW.code
			USING ERRCODE = 'duplicate_object',
				HINT = 'A calendar that is shipped with an extension cannot be redefined: set single days of it, or define a calendar with it as the parent.';
	END IF;
	IF TG_OP = 'UPDATE' AND (NEW.code <> OLD.code OR NEW.parent IS DISTINCT FROM OLD.parent) THEN
		RAISE EXCEPTION 'calendar "%" cannot change its name or its parent', OLD.code
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Its revisions would lose their order. Define another calendar.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION statute._check_calendar() IS 'internal: check a row of calendar';

CREATE FUNCTION statute._check_calendar_drop() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	child text;
BEGIN
	SELECT min(c.code) INTO child FROM statute.calendar c WHERE c.parent = OLD.code;
	IF child IS NOT NULL THEN
		RAISE EXCEPTION 'calendar "%" is the parent of calendar "%"', OLD.code, child
			USING ERRCODE = 'dependent_objects_still_exist';
	END IF;
	IF EXISTS (SELECT FROM ONLY statute.calendar_default d WHERE d.calendar = OLD.code) THEN
		RAISE EXCEPTION 'calendar "%" is the default calendar', OLD.code
			USING ERRCODE = 'dependent_objects_still_exist',
				HINT = 'Choose another one with statute.set_default_calendar() first.';
	END IF;
	DELETE FROM ONLY statute.calendar_day d WHERE d.calendar = OLD.code;
	DELETE FROM ONLY statute.calendar_announcement a WHERE a.calendar = OLD.code;
	RETURN OLD;
END
$$;
COMMENT ON FUNCTION statute._check_calendar_drop() IS 'internal: keep a calendar that others need';

CREATE FUNCTION statute._check_calendar_row() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT statute._is_restoring() THEN
		PERFORM statute._require_calendar(NEW.calendar);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION statute._check_calendar_row() IS 'internal: check that a row belongs to a calendar';

CREATE FUNCTION statute._refuse_shipped() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF statute._in_extension_script() THEN
		IF TG_OP = 'DELETE' THEN
			RETURN OLD;
		END IF;
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'rows of "%" are shipped with an extension and cannot be changed', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'Rows of your own win over them: use statute.set_calendar_day(), statute.announce_calendar() and statute.set_default_calendar(), or define a calendar, convention or rule of your own. To empty only the own rows of a table, use ONLY.';
END
$$;
COMMENT ON FUNCTION statute._refuse_shipped() IS 'internal: refuse to change what a pack shipped';

-- Revisions -------------------------------------------------------------------

CREATE FUNCTION statute._add_revision(calendar text, change text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- a calendar that is being dropped has no state any more, only a past
	INSERT INTO statute.calendar_revision (calendar, revision, change)
	SELECT $1, greatest(statute._count_revisions($1), coalesce(max(r.revision), 0)) + 1, $2
	FROM ONLY statute.calendar_revision r WHERE r.calendar = $1
$$;
REVOKE EXECUTE ON FUNCTION statute._add_revision(text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._add_revision(text, text) IS 'internal: write down a change of a calendar';

-- Before each statement that changes rows: wait for other transactions that
-- do, so that what the row triggers check stays true until the commit.
CREATE FUNCTION statute._lock_calendars() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM FROM statute.calendar_version FOR UPDATE;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._lock_calendars() IS 'internal: one transaction at a time changes calendars';

-- After each statement that changed rows: a new version for the caches, then
-- a revision for each calendar concerned. A definition is a calendar's row, named by code.
CREATE FUNCTION statute._calendar_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	PERFORM statute._touch_calendars();
	IF statute._is_restoring() THEN
		RETURN NULL;
	END IF;
	FOR r IN
		SELECT coalesce(j ->> 'calendar', j ->> 'code') AS calendar, count(*) AS n
		FROM (SELECT to_jsonb(c) AS j FROM changed c) c
		GROUP BY 1 ORDER BY 1
	LOOP
		PERFORM statute._add_revision(r.calendar,
			format('%s %s of %s', lower(TG_OP), r.n, TG_TABLE_NAME));
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._calendar_changed() IS 'internal: follow a change of calendar rows';

CREATE FUNCTION statute._calendar_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	PERFORM statute._touch_calendars();
	FOR r IN SELECT c.code FROM statute.calendar c ORDER BY 1	-- a shipped one can have lost own days, too
	LOOP
		PERFORM statute._add_revision(r.code, format('truncate of %s', TG_TABLE_NAME));
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._calendar_truncated() IS 'internal: follow a TRUNCATE of calendar rows';

-- For tables whose rows belong to no calendar: only the caches need to know.
CREATE FUNCTION statute._table_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._touch_calendars();
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION statute._table_changed() IS 'internal: follow a change that the caches must see';

-- Whoever may execute a trigger function can put it on a table of his own.
REVOKE EXECUTE ON FUNCTION statute._lock_calendars(), statute._calendar_changed(), statute._calendar_truncated(),
	statute._table_changed() FROM PUBLIC;

CREATE TRIGGER check_row BEFORE INSERT OR UPDATE ON statute.calendar
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar();
CREATE TRIGGER check_drop BEFORE DELETE ON statute.calendar
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_drop();
CREATE TRIGGER check_row BEFORE INSERT OR UPDATE ON statute.calendar_day
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_row();
CREATE TRIGGER check_row BEFORE INSERT OR UPDATE ON statute.calendar_announcement
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_row();
CREATE TRIGGER check_row BEFORE INSERT OR UPDATE ON statute.calendar_default
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_row();

-- ALWAYS: the caches must hear of replicated rows too.
CREATE FUNCTION statute._follow_calendar_table(relation regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER a_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION statute._lock_calendars()', relation);
	EXECUTE format('CREATE TRIGGER changed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_changed()', relation);
	EXECUTE format('CREATE TRIGGER changed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_changed()', relation);
	EXECUTE format('CREATE TRIGGER changed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_changed()', relation);
	EXECUTE format('CREATE TRIGGER changed_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION statute._calendar_truncated()', relation);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER changed_insert, ENABLE ALWAYS TRIGGER changed_update, ENABLE ALWAYS TRIGGER changed_delete, ENABLE ALWAYS TRIGGER changed_truncate', relation);
END
$$;
SELECT statute._follow_calendar_table('statute.calendar');
SELECT statute._follow_calendar_table('statute.calendar_day');
SELECT statute._follow_calendar_table('statute.calendar_announcement');
DROP FUNCTION statute._follow_calendar_table(regclass);

CREATE TRIGGER a_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON statute.calendar_default
	FOR EACH STATEMENT EXECUTE FUNCTION statute._lock_calendars();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON statute.calendar_default
	FOR EACH STATEMENT EXECUTE FUNCTION statute._table_changed();
ALTER TABLE statute.calendar_default ENABLE ALWAYS TRIGGER changed;

-- The caches number the state of a calendar.
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON statute.calendar_revision
	FOR EACH STATEMENT EXECUTE FUNCTION statute._table_changed();
ALTER TABLE statute.calendar_revision ENABLE ALWAYS TRIGGER changed;

SELECT pg_extension_config_dump('statute.calendar', '');
SELECT pg_extension_config_dump('statute.calendar_day', '');
SELECT pg_extension_config_dump('statute.calendar_announcement', '');
SELECT pg_extension_config_dump('statute.calendar_default', '');
SELECT pg_extension_config_dump('statute.calendar_revision', '');
