
-- Conventions: how a body of law counts. One row each, read by
-- src/deadline/convention.c; how the options work together is in
-- src/core/counting.c and doc/deadline.md.

CREATE TABLE statute.convention (
	code text PRIMARY KEY CHECK (octet_length(code) BETWEEN 1 AND 63),
	title text NOT NULL,
	citation text NOT NULL,
	articles jsonb NOT NULL DEFAULT '{}',
	note text,
	event_day_counts boolean NOT NULL DEFAULT false,
	roll_forward text NOT NULL DEFAULT 'none',
	roll_backward text NOT NULL DEFAULT 'none',
	short_days integer NOT NULL DEFAULT 0,
	min_workdays integer NOT NULL DEFAULT 0,
	min_workdays_from integer NOT NULL DEFAULT 0,
	clear_forward boolean NOT NULL DEFAULT false,
	clear_backward boolean NOT NULL DEFAULT false,
	month_end text NOT NULL DEFAULT 'clamp',
	full_hours boolean NOT NULL DEFAULT false,
	roll_hours boolean NOT NULL DEFAULT false,
	closing time NOT NULL DEFAULT '24:00',
	receipt_cutoff time NOT NULL DEFAULT '24:00'
);
COMMENT ON TABLE statute.convention IS 'how a body of law counts time limits';
COMMENT ON COLUMN statute.convention.citation IS 'the provisions that the options follow';
COMMENT ON COLUMN statute.convention.articles IS 'the provision for each option, for explanations: event_day, days, workdays, months, roll, end, hours, short_days, min_workdays, clear, receipt';
COMMENT ON COLUMN statute.convention.note IS 'what the options leave out, and what could not be verified';
COMMENT ON COLUMN statute.convention.event_day_counts IS 'the day of the event is day one';
COMMENT ON COLUMN statute.convention.roll_forward IS 'where the last day goes that is no working day, counting from an event';
COMMENT ON COLUMN statute.convention.roll_backward IS 'the same, counting back from an event';
COMMENT ON COLUMN statute.convention.short_days IS 'limits of at most so many days count working days only; 0: none';
COMMENT ON COLUMN statute.convention.min_workdays IS 'a period holds at least so many working days; 0: no minimum';
COMMENT ON COLUMN statute.convention.min_workdays_from IS 'if it is at least so many days long';
COMMENT ON COLUMN statute.convention.clear_forward IS 'clear days: counting days from an event, the day at the other end is not counted either';
COMMENT ON COLUMN statute.convention.clear_backward IS 'clear days: counting days back from an event, the day at the other end is not counted either';
COMMENT ON COLUMN statute.convention.month_end IS 'where the last month has no such day: clamp to its last day, or the next day';
COMMENT ON COLUMN statute.convention.full_hours IS 'hours run from the next full hour';
COMMENT ON COLUMN statute.convention.roll_hours IS 'hours that end on a day off go on to the same time of a working day';
COMMENT ON COLUMN statute.convention.closing IS 'when the last day ends, in the calendar''s time zone';
COMMENT ON COLUMN statute.convention.receipt_cutoff IS 'what happens later in the day counts as the next day''s';

GRANT SELECT ON statute.convention TO PUBLIC;

-- The options must not contradict each other. One message each, here only.
CREATE FUNCTION statute._convention_fault(c statute.convention) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN c.roll_forward <> ALL (r.rolls) THEN format('Unknown roll "%s"', c.roll_forward)
		WHEN c.roll_backward <> ALL (r.rolls) THEN format('Unknown roll "%s"', c.roll_backward)
		WHEN c.month_end NOT IN ('clamp', 'next') THEN format('Unknown month end "%s"', c.month_end)
		WHEN c.short_days < 0 OR c.min_workdays < 0 OR c.min_workdays_from < 0
			THEN 'A number of days cannot be negative'
		WHEN c.event_day_counts AND (c.clear_forward OR c.clear_backward)
			THEN 'Clear days leave out both ends, so the day of the event cannot count'
		WHEN c.min_workdays > 366 THEN 'A minimum of more than 366 working days is none'
		WHEN c.min_workdays = 0 AND c.min_workdays_from > 0
			THEN 'min_workdays_from says when min_workdays applies, which is 0'
		WHEN c.min_workdays > 0 AND c.min_workdays_from = 0
			THEN 'min_workdays needs min_workdays_from'
		WHEN c.min_workdays > 0 AND c.min_workdays_from < c.min_workdays
			THEN 'A period cannot hold more working days than it has days'
		WHEN c.min_workdays > 0 AND c.roll_forward IN ('preceding', 'modified_preceding')
			THEN 'min_workdays lengthens a period, but roll_forward shortens it'
		WHEN c.closing = '00:00' THEN 'A day cannot end when it begins: use 24:00 for midnight'
		WHEN c.receipt_cutoff > c.closing AND c.receipt_cutoff < '24:00'
			THEN 'What comes after closing cannot be received the same day: receipt_cutoff is later than closing'
	END
	FROM (VALUES (ARRAY['none', 'following', 'preceding', 'modified_following',
		'modified_preceding', 'nearest'])) r (rolls)
$$;
COMMENT ON FUNCTION statute._convention_fault(statute.convention) IS
	'internal: what is wrong with the options of a convention, or null';

CREATE FUNCTION statute._check_convention() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fault text;
BEGIN
	IF statute._is_restoring() THEN
		RETURN NEW;
	END IF;
	fault := statute._convention_fault(NEW);
	IF fault IS NOT NULL THEN
		RAISE EXCEPTION 'invalid options of convention "%"', NEW.code
			USING ERRCODE = 'invalid_parameter_value', DETAIL = fault || '.';
	END IF;
	IF EXISTS (SELECT FROM statute.convention c WHERE c.code = NEW.code
			AND (TG_OP = 'INSERT' OR NEW.code <> OLD.code)) THEN
		RAISE EXCEPTION 'convention "%" exists already', NEW.code
			USING ERRCODE = 'duplicate_object';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION statute._check_convention() IS 'internal: check a row of convention';

CREATE FUNCTION statute._check_convention_drop() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used text;
BEGIN
	SELECT min(c.code) INTO used FROM statute.calendar c WHERE c.convention = OLD.code;
	IF used IS NOT NULL THEN
		RAISE EXCEPTION 'convention "%" is that of calendar "%"', OLD.code, used
			USING ERRCODE = 'dependent_objects_still_exist';
	END IF;
	RETURN OLD;
END
$$;
COMMENT ON FUNCTION statute._check_convention_drop() IS 'internal: keep a convention that calendars need';

-- Calendars come before conventions; this room checks what they say of it.
CREATE FUNCTION statute._check_calendar_convention() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NEW.convention IS NOT NULL AND NOT statute._is_restoring()
		AND NOT EXISTS (SELECT FROM statute.convention c WHERE c.code = NEW.convention) THEN
		RAISE EXCEPTION 'convention "%" does not exist', NEW.convention
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT code FROM statute.convention lists the conventions; statute.define_convention() makes one.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION statute._check_calendar_convention() IS 'internal: check the convention of a calendar';

CREATE TRIGGER check_row BEFORE INSERT OR UPDATE ON statute.convention
	FOR EACH ROW EXECUTE FUNCTION statute._check_convention();
CREATE TRIGGER check_drop BEFORE DELETE ON statute.convention
	FOR EACH ROW EXECUTE FUNCTION statute._check_convention_drop();
CREATE TRIGGER check_convention BEFORE INSERT OR UPDATE ON statute.calendar
	FOR EACH ROW EXECUTE FUNCTION statute._check_calendar_convention();
CREATE TRIGGER a_lock BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON statute.convention
	FOR EACH STATEMENT EXECUTE FUNCTION statute._lock_calendars();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON statute.convention
	FOR EACH STATEMENT EXECUTE FUNCTION statute._table_changed();
ALTER TABLE statute.convention ENABLE ALWAYS TRIGGER changed;

CREATE FUNCTION statute.define_convention(
	code text, title text, citation text, base text DEFAULT 'PLAIN', note text DEFAULT NULL,
	event_day_counts boolean DEFAULT NULL,
	roll_forward text DEFAULT NULL, roll_backward text DEFAULT NULL,
	short_days integer DEFAULT NULL,
	min_workdays integer DEFAULT NULL, min_workdays_from integer DEFAULT NULL,
	clear_forward boolean DEFAULT NULL, clear_backward boolean DEFAULT NULL,
	month_end text DEFAULT NULL,
	full_hours boolean DEFAULT NULL, roll_hours boolean DEFAULT NULL,
	closing time DEFAULT NULL, receipt_cutoff time DEFAULT NULL,
	articles jsonb DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c statute.convention;
BEGIN
	SELECT * INTO c FROM statute.convention v WHERE v.code = base;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'convention "%" does not exist', base
			USING ERRCODE = 'undefined_object',
				HINT = 'SELECT code FROM statute.convention lists the conventions.';
	END IF;
	IF coalesce(code, '') = '' OR octet_length(code) > 63 OR title IS NULL OR citation IS NULL THEN
		RAISE EXCEPTION 'a convention needs a code of 1 to 63 bytes, a title and a citation'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	c.code := code;
	c.title := title;
	c.citation := citation;
	c.articles := articles;
	c.note := note;
	c.event_day_counts := coalesce(event_day_counts, c.event_day_counts);
	c.roll_forward := coalesce(roll_forward, c.roll_forward);
	c.roll_backward := coalesce(roll_backward, c.roll_backward);
	c.short_days := coalesce(short_days, c.short_days);
	c.min_workdays := coalesce(min_workdays, c.min_workdays);
	c.min_workdays_from := coalesce(min_workdays_from, c.min_workdays_from);
	c.clear_forward := coalesce(clear_forward, c.clear_forward);
	c.clear_backward := coalesce(clear_backward, c.clear_backward);
	c.month_end := coalesce(month_end, c.month_end);
	c.full_hours := coalesce(full_hours, c.full_hours);
	c.roll_hours := coalesce(roll_hours, c.roll_hours);
	c.closing := coalesce(closing, c.closing);
	c.receipt_cutoff := coalesce(receipt_cutoff, c.receipt_cutoff);
	INSERT INTO statute.convention SELECT c.*;
END
$$;
COMMENT ON FUNCTION statute.define_convention(text, text, text, text, text, boolean, text, text, integer,
	integer, integer, boolean, boolean, text, boolean, boolean, time, time, jsonb) IS
	'make a convention of one''s own: those options that are given, the rest from a base';

CREATE FUNCTION statute.drop_convention(code text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM statute.convention c WHERE c.code = drop_convention.code;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'convention "%" does not exist', code
			USING ERRCODE = 'undefined_object';
	END IF;
END
$$;
COMMENT ON FUNCTION statute.drop_convention(text) IS 'drop a convention of one''s own that no calendar uses';

SELECT pg_extension_config_dump('statute.convention', '');

CREATE TABLE statute.convention_preset () INHERITS (statute.convention);
