
-- Calendars: what a DBA calls.

CREATE FUNCTION statute.define_calendar(
	code text, title text, parent text DEFAULT NULL, weekend integer[] DEFAULT '{6,7}',
	time_zone text DEFAULT NULL, convention text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	above record;
BEGIN
	IF coalesce(code, '') = '' OR octet_length(code) > 63 THEN
		RAISE EXCEPTION 'the code of a calendar has 1 to 63 bytes'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF title IS NULL OR weekend IS NULL OR (parent IS NULL AND (time_zone IS NULL OR convention IS NULL)) THEN
		RAISE EXCEPTION 'calendar "%" needs a title, a weekend, a time zone and a convention', code
			USING ERRCODE = 'null_value_not_allowed',
				HINT = 'Only a calendar with a parent takes time_zone and convention from there.';
	END IF;
	PERFORM statute._check_weekend(weekend);
	IF parent IS NOT NULL AND parent <> code THEN
		PERFORM statute._require_calendar(parent);
		SELECT * INTO above FROM statute._effective_calendar(parent);
		IF NOT (weekend <@ above.weekend AND weekend @> above.weekend) THEN
			RAISE EXCEPTION 'calendar "%" cannot have another weekend than its parent "%"', code, parent
				USING ERRCODE = 'invalid_object_definition',
					DETAIL = format('The parent''s weekend is %s.', above.weekend),
					HINT = 'Pass the parent''s weekend, or define a calendar without a parent.';
		END IF;
		weekend := NULL;
	END IF;
	IF EXISTS (SELECT FROM ONLY statute.calendar c WHERE c.code = define_calendar.code) THEN
		UPDATE ONLY statute.calendar c
		SET title = define_calendar.title, parent = define_calendar.parent, weekend = define_calendar.weekend,
			time_zone = define_calendar.time_zone, convention = define_calendar.convention
		WHERE c.code = define_calendar.code
			AND (c.title, c.parent, c.weekend, c.time_zone, c.convention) IS DISTINCT FROM
				(define_calendar.title, define_calendar.parent, define_calendar.weekend,
				define_calendar.time_zone, define_calendar.convention);
	ELSE
		INSERT INTO statute.calendar (code, title, parent, weekend, time_zone, convention)
		VALUES (code, title, parent, weekend, time_zone, convention);
	END IF;
END
$$;
COMMENT ON FUNCTION statute.define_calendar(text, text, text, integer[], text, text) IS
	'make a calendar of one''s own, or change its title, weekend, time zone or convention';

CREATE FUNCTION statute.drop_calendar(code text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._require_calendar(code);
	DELETE FROM statute.calendar c WHERE c.code = drop_calendar.code;
END
$$;
COMMENT ON FUNCTION statute.drop_calendar(text) IS 'drop a calendar of one''s own with its days; its revisions stay';

CREATE FUNCTION statute.set_calendar_day(
	calendar text, day date, is_workday boolean, name text, source text,
	announced_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
BEGIN
	PERFORM statute._require_calendar(calendar);
	IF day IS NULL OR is_workday IS NULL OR name IS NULL THEN
		RAISE EXCEPTION 'a day of a calendar needs a date, whether it is worked, and a name'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF day NOT BETWEEN '1900-01-01' AND '2299-12-31' THEN
		RAISE EXCEPTION 'day % is not between 1900-01-01 and 2299-12-31', day
			USING ERRCODE = 'datetime_field_overflow';
	END IF;
	INSERT INTO statute.calendar_day VALUES (calendar, day, is_workday, name, source, announced_on)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'calendar "%" has a day % of its own already', calendar, day
			USING ERRCODE = 'unique_violation',
				HINT = 'To replace it, call statute.unset_calendar_day() first.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute.set_calendar_day(text, date, boolean, text, text, date) IS
	'make a day of a calendar worked or off, whatever the weekly pattern, the parent or a pack says';

CREATE FUNCTION statute.unset_calendar_day(calendar text, day date) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
BEGIN
	PERFORM statute._require_calendar(calendar);
	DELETE FROM ONLY statute.calendar_day d
	WHERE d.calendar = unset_calendar_day.calendar AND d.day = unset_calendar_day.day;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'calendar "%" has no day % of its own', calendar, day
			USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION statute.unset_calendar_day(text, date) IS 'take back what set_calendar_day() said of a day';

CREATE FUNCTION statute.announce_calendar(
	calendar text, through date, source text, announced_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO'
AS $$
DECLARE
	known date;
BEGIN
	PERFORM statute._require_calendar(calendar);
	IF through IS NULL THEN
		RAISE EXCEPTION 'the last announced day cannot be null'
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT max(a.announced_through) INTO known
	FROM statute.calendar_announcement a WHERE a.calendar = announce_calendar.calendar;
	IF through <= known THEN
		RAISE EXCEPTION 'calendar "%" has been announced through % already', calendar, known
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'What was announced cannot be taken back; correct single days with statute.set_calendar_day().';
	END IF;
	INSERT INTO statute.calendar_announcement (calendar, announced_through, source, announced_on)
	VALUES (calendar, through, source, announced_on);
END
$$;
COMMENT ON FUNCTION statute.announce_calendar(text, date, text, date) IS
	'say through which day the working days of a calendar are known';

CREATE FUNCTION statute.set_default_calendar(code text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- before the DELETE looks, so that it finds what another session chose
	LOCK TABLE ONLY statute.calendar_default IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM ONLY statute.calendar_default;
	IF code IS NOT NULL THEN
		PERFORM statute._require_calendar(code);
		INSERT INTO statute.calendar_default VALUES (code);
	END IF;
END
$$;
COMMENT ON FUNCTION statute.set_default_calendar(text) IS
	'choose the database''s default calendar; null goes back to what a pack chose';

CREATE VIEW statute.calendar_list AS
SELECT c.code, c.title, c.parent, e.weekend, e.time_zone, e.convention,
	c.tableoid <> 'statute.calendar'::regclass AS shipped,
	coalesce(c.code = (SELECT d.calendar FROM statute.calendar_default d
		ORDER BY d.tableoid <> 'statute.calendar_default'::regclass, d.calendar LIMIT 1), false) AS is_default,
	k.announced_from, k.announced_through,
	statute.current_revision(c.code) AS revision
FROM statute.calendar c
CROSS JOIN LATERAL statute._effective_calendar(c.code) e
CROSS JOIN LATERAL (
	SELECT max(l.announced_from) AS announced_from, min(l.announced_through) AS announced_through
	FROM (
		SELECT coalesce(min(a.announced_from), '-infinity') AS announced_from,
			max(a.announced_through) AS announced_through
		FROM statute._calendar_chain(c.code) h
		JOIN statute.calendar_announcement a ON a.calendar = h.code
		GROUP BY h.code
	) l
) k;
COMMENT ON VIEW statute.calendar_list IS 'every calendar, what is known of it, and its revision';
COMMENT ON COLUMN statute.calendar_list.shipped IS 'brought by an extension, and read-only';
COMMENT ON COLUMN statute.calendar_list.announced_from IS 'first day that this calendar and all above it know';
COMMENT ON COLUMN statute.calendar_list.announced_through IS 'last day that this calendar and all above it know; null where nothing is announced';
GRANT SELECT ON statute.calendar_list TO PUBLIC;

-- Packs -----------------------------------------------------------------------

-- Called at the end of a pack's install script, when its tables are filled.
CREATE FUNCTION statute._seal_pack(pack text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text;
	child regclass;
	clash text;
BEGIN
	FOREACH name IN ARRAY ARRAY['calendar', 'calendar_day', 'calendar_announcement',
		'calendar_default', 'calendar_revision', 'convention', 'regulation', 'clause', 'reading', 'rule', 'word']
	LOOP
		child := to_regclass(format('statute.%I', name || '_' || pack));
		CONTINUE WHEN child IS NULL;
		EXECUTE format('CREATE TRIGGER refuse_row BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION statute._refuse_shipped()', child);
		EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION statute._refuse_shipped()', child);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_row, ENABLE ALWAYS TRIGGER refuse_truncate', child);
		EXECUTE format('GRANT SELECT ON %s TO PUBLIC', child);
		EXECUTE format('COMMENT ON TABLE %s IS %L', child, format('rows of %s that pack %s ships, read-only', name, pack));
	END LOOP;
	SELECT min(c.code) INTO clash
	FROM ONLY statute.calendar c
	JOIN statute.calendar s ON s.code = c.code AND s.tableoid <> c.tableoid;
	IF clash IS NOT NULL THEN
		RAISE EXCEPTION 'calendar "%" exists already', clash
			USING ERRCODE = 'duplicate_object',
				HINT = 'A calendar of this database has the name of one that the pack ships. Drop it with statute.drop_calendar() first.';
	END IF;
	PERFORM statute._touch_calendars();
END
$$;
REVOKE EXECUTE ON FUNCTION statute._seal_pack(text) FROM PUBLIC;
COMMENT ON FUNCTION statute._seal_pack(text) IS 'internal: protect the rows that a pack ships, and make them known';
