
-- Why a deadline is what it is, one row a step.
--
-- This walks the calendar day by day in SQL, apart from the arithmetic in
-- src/core/counting.c, and then compares: a disagreement is an error, not an
-- answer.

-- What is to be said of a day: the holiday and its notice, or the weekday.
CREATE FUNCTION statute._day_reason(chain text[], day date, OUT why text, OUT source text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT d.name || CASE WHEN d.is_workday THEN ', worked' ELSE '' END, d.source
	INTO why, source
	FROM statute.calendar_day d
	WHERE d.calendar = ANY (chain) AND d.day = _day_reason.day
	ORDER BY array_position(chain, d.calendar), d.tableoid <> 'statute.calendar_day'::regclass
	LIMIT 1;
	IF NOT FOUND THEN
		why := to_char(day, 'FMDay');
	END IF;
	IF statute.is_provisional(day, chain[1]) THEN
		why := why || ', not announced yet';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._day_reason(text[], date) IS 'internal: what makes a day what it is';

-- Months away, by the corresponding day; on intervals of core, not on our own.
CREATE FUNCTION statute._corresponding_day(event date, months integer, event_day_counts boolean, month_end text)
RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first date := (date_trunc('month', event::timestamp) + make_interval(months => months))::date;
	length integer := (first::timestamp + interval '1 month')::date - first;
	mday integer := extract(day FROM event)::integer - (event_day_counts AND months > 0)::integer;
BEGIN
	IF mday > length THEN
		mday := length + (month_end = 'next')::integer;
	END IF;
	RETURN first + (mday - 1) + (event_day_counts AND months < 0)::integer;
END
$$;
COMMENT ON FUNCTION statute._corresponding_day(date, integer, boolean, text) IS
	'internal: the day that corresponds to an event''s some months away';

CREATE FUNCTION statute._explain(
	start timestamptz, allowed statute.timelimit, calendar text, convention text,
	pauses tstzmultirange, direction integer)
RETURNS TABLE (step integer, day date, what text, why text, source text, at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	cal statute.calendar;
	conv statute.convention;
	chain text[];
	n integer := CASE WHEN allowed::text = 'immediate' THEN 0 ELSE split_part(allowed::text, ' ', 1)::integer END;
	unit text := rtrim(CASE WHEN allowed::text = 'immediate' THEN allowed::text ELSE split_part(allowed::text, ' ', 2) END, 's');
	local timestamp;
	event date;
	base date;
	last date;
	roll text;
	clear integer;
	in_workdays boolean;
	wanted integer;
	counted integer := 0;
	worked boolean;
	held integer;
	stops daterange[];
	stopped boolean;
	expected timestamptz;
	said record;
BEGIN
	SELECT * INTO cal FROM statute.calendar c
	WHERE c.code = CASE WHEN calendar = '' THEN statute.current_calendar() ELSE calendar END
	ORDER BY c.tableoid <> 'statute.calendar'::regclass LIMIT 1;
	PERFORM statute._require_calendar(coalesce(cal.code, calendar));
	SELECT * INTO conv FROM statute.convention v
	WHERE v.code = CASE WHEN convention = '' THEN cal.convention ELSE convention END
	ORDER BY v.tableoid <> 'statute.convention'::regclass LIMIT 1;
	IF direction > 0 THEN
		expected := statute.deadline(start, allowed, cal.code, coalesce(conv.code, convention), pauses);
	ELSE
		expected := statute.deadline_before(start, allowed, cal.code, coalesce(conv.code, convention));
	END IF;
	chain := ARRAY(SELECT h.code FROM statute._calendar_chain(cal.code) h ORDER BY h.depth);
	step := 1;
	at := start;
	source := NULL;
	IF NOT isfinite(start) THEN
		what := 'deadline';
		why := 'the event has no time';
		RETURN NEXT;
		RETURN;
	END IF;

	-- the event
	local := start AT TIME ZONE cal.time_zone;
	event := local::date;
	day := event;
	what := 'event';
	why := format('at %s in %s', to_char(local, 'YYYY-MM-DD HH24:MI:SS'), cal.time_zone);
	RETURN NEXT;
	at := NULL;
	source := conv.citation;

	IF unit IN ('minute', 'hour') THEN
		RETURN QUERY SELECT * FROM statute._explain_clock(start, n, unit, cal, conv, chain, pauses, direction, expected);
		RETURN;
	END IF;
	stops := ARRAY(
		SELECT daterange(
			CASE WHEN lower_inf(r) OR lower(r) = '-infinity' THEN '-infinity'
				ELSE (lower(r) AT TIME ZONE cal.time_zone)::date END,
			CASE WHEN upper_inf(r) OR upper(r) = 'infinity' THEN 'infinity'
				ELSE (upper(r) AT TIME ZONE cal.time_zone)::date END, '(]')
		FROM unnest(pauses) r);
	IF local::time > conv.receipt_cutoff THEN
		event := event + 1;
		step := step + 1;
		day := event;
		what := 'event day';
		why := format('what comes after %s counts as the next day''s', to_char(conv.receipt_cutoff, 'HH24:MI'));
		RETURN NEXT;
	END IF;

	in_workdays := unit = 'workday' OR (unit = 'day' AND n <= conv.short_days);
	roll := CASE WHEN direction > 0 THEN conv.roll_forward ELSE conv.roll_backward END;
	clear := (CASE WHEN direction > 0 THEN conv.clear_forward ELSE conv.clear_backward END)::integer;
	base := event;
	last := event;
	IF n > 0 THEN
		IF conv.event_day_counts THEN
			base := event - direction;
		ELSE
			step := step + 1;
			day := event;
			what := 'not counted';
			why := 'the day of the event is not counted';
			RETURN NEXT;
		END IF;

		-- how many days make up the limit
		IF unit IN ('month', 'year') THEN
			day := statute._corresponding_day(event, n * direction * CASE WHEN unit = 'year' THEN 12 ELSE 1 END,
				conv.event_day_counts, conv.month_end);
			step := step + 1;
			what := 'corresponding day';
			why := format('%s %s the event', allowed, CASE WHEN direction > 0 THEN 'after' ELSE 'before' END);
			RETURN NEXT;
			wanted := abs(day - base) + clear;
		ELSE
			wanted := n * CASE WHEN unit = 'week' THEN 7 ELSE 1 END + clear;
		END IF;

		-- count them
		last := base;
		WHILE counted < wanted LOOP
			last := last + direction;
			IF EXISTS (SELECT FROM unnest(stops) s WHERE s @> last) THEN
				IF EXISTS (SELECT FROM unnest(stops) s WHERE s @> last AND upper(s) = 'infinity') THEN
					counted := NULL;
					EXIT;
				END IF;
				step := step + 1;
				day := last;
				what := 'paused';
				why := 'the clock is stopped';
				source := NULL;
				RETURN NEXT;
				CONTINUE;
			END IF;
			IF NOT in_workdays THEN
				counted := counted + 1;
				CONTINUE;
			END IF;
			worked := statute.is_workday(last, cal.code);
			counted := counted + worked::integer;
			step := step + 1;
			day := last;
			what := CASE WHEN worked AND counted > wanted - clear THEN 'clear day'
				WHEN worked THEN format('counted, %s of %s', counted, wanted - clear)
				ELSE 'day off' END;
			SELECT * INTO said FROM statute._day_reason(chain, last);
			why := said.why;
			source := said.source;
			RETURN NEXT;
		END LOOP;
		IF counted IS NOT NULL AND NOT in_workdays THEN
			step := step + 1;
			day := last;
			what := format('counted, %s days', counted);
			why := CASE WHEN clear > 0 THEN 'one more than the limit: both ends are left out' ELSE 'every day counts' END;
			source := conv.citation;
			RETURN NEXT;
		END IF;
	ELSIF unit = 'immediate' THEN
		roll := CASE WHEN direction > 0 THEN 'following' ELSE 'preceding' END;
	END IF;

	-- roll the last day, and leave a stop that it then falls into
	IF counted IS NOT NULL THEN
		day := statute.roll_workday(last, roll, cal.code);
		IF day <> last THEN
			FOR d IN 0 .. abs(day - last) - 1 LOOP
				step := step + 1;
				SELECT * INTO said FROM statute._day_reason(chain, last + d * sign(day - last)::integer);
				why := said.why;
				source := said.source;
				said := NULL;
				what := 'day off';
				RETURN QUERY SELECT step, last + d * sign(day - last)::integer, what, why, source, at;
			END LOOP;
			step := step + 1;
			what := 'rolled';
			why := CASE WHEN unit = 'immediate' THEN 'the nearest working day'
				ELSE format('the last day is no working day: %s', replace(roll, '_', ' ')) END;
			source := conv.citation;
			RETURN NEXT;
		END IF;
		stopped := false;
		IF day <> last OR unit = 'immediate' THEN
			WHILE counted IS NOT NULL AND (EXISTS (SELECT FROM unnest(stops) s WHERE s @> day)
				OR (stopped AND NOT statute.is_workday(day, cal.code))) LOOP
				stopped := true;
				IF EXISTS (SELECT FROM unnest(stops) s WHERE s @> day AND upper(s) = 'infinity') THEN
					counted := NULL;
				ELSE
					step := step + 1;
					what := CASE WHEN EXISTS (SELECT FROM unnest(stops) s WHERE s @> day) THEN 'paused' ELSE 'day off' END;
					why := 'the period cannot end here';
					source := NULL;
					RETURN NEXT;
					day := day + 1;
				END IF;
			END LOOP;
		END IF;
		last := day;
	END IF;

	-- a period that must hold some working days
	IF n >= 1 AND counted IS NOT NULL AND conv.min_workdays > 0
		AND (n * CASE unit WHEN 'week' THEN 7 WHEN 'month' THEN 28 WHEN 'year' THEN 365 ELSE 1 END) >= conv.min_workdays_from THEN
		SELECT count(*) INTO held
		FROM generate_series(least(base + direction, last), greatest(base + direction, last), interval '1 day') g (t)
		WHERE statute.is_workday(g.t::date, cal.code)
			AND NOT EXISTS (SELECT FROM unnest(stops) s WHERE s @> g.t::date);
		WHILE held < conv.min_workdays LOOP
			last := last + direction;
			IF EXISTS (SELECT FROM unnest(stops) s WHERE s @> last AND upper(s) = 'infinity') THEN
				counted := NULL;
				EXIT;
			END IF;
			IF statute.is_workday(last, cal.code)
				AND NOT EXISTS (SELECT FROM unnest(stops) s WHERE s @> last) THEN
				held := held + 1;
				step := step + 1;
				day := last;
				what := 'added';
				why := format('the period must hold %s working days', conv.min_workdays);
				source := conv.citation;
				RETURN NEXT;
			END IF;
		END LOOP;
	END IF;

	-- the end
	step := step + 1;
	what := 'deadline';
	source := conv.citation;
	IF counted IS NULL THEN
		day := 'infinity';
		at := 'infinity';
		why := 'the clock is stopped without an end';
	ELSE
		day := last;
		at := (last::timestamp + conv.closing::interval) AT TIME ZONE cal.time_zone;
		why := format('the day ends at %s in %s', to_char(conv.closing::interval, 'HH24:MI'), cal.time_zone);
	END IF;
	RETURN NEXT;
	IF at IS DISTINCT FROM expected THEN
		RAISE EXCEPTION 'the explanation ends at % but the deadline is %', at, expected
			USING ERRCODE = 'internal_error',
				DETAIL = format('Limit %s from %s, calendar %s, convention %s, pauses %s.', allowed, start, cal.code, conv.code, pauses),
				HINT = 'This is a bug in pg_statute; please report it.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain(timestamptz, statute.timelimit, text, text, tstzmultirange, integer) IS
	'internal: the steps of a deadline, forward (1) or backward (-1)';

-- Minutes and hours: the clock, not the calendar.
CREATE FUNCTION statute._explain_clock(
	start timestamptz, n integer, unit text, cal statute.calendar, conv statute.convention,
	chain text[], pauses tstzmultirange, direction integer, expected timestamptz)
RETURNS TABLE (step integer, day date, what text, why text, source text, at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	began timestamptz := start;
	stop tstzrange;
	stopped interval;
	rolled date;
	said record;
BEGIN
	step := 1;
	source := conv.citation;
	IF conv.full_hours AND unit = 'hour' THEN
		began := (date_trunc('hour', start AT TIME ZONE cal.time_zone)
			+ CASE WHEN direction > 0 THEN interval '1 hour' ELSE interval '0' END) AT TIME ZONE cal.time_zone;
		step := step + 1;
		day := (began AT TIME ZONE cal.time_zone)::date;
		what := 'not counted';
		why := 'the hour of the event is not counted';
		at := began;
		RETURN NEXT;
	END IF;
	at := began + make_interval(secs => n::double precision * CASE WHEN unit = 'hour' THEN 3600 ELSE 60 END) * direction;
	day := (at AT TIME ZONE cal.time_zone)::date;
	step := step + 1;
	what := format('counted, %s %s', n, unit || CASE WHEN n = 1 THEN '' ELSE 's' END);
	why := 'the clock runs day and night';
	RETURN NEXT;
	source := NULL;
	FOREACH stop IN ARRAY ARRAY(SELECT r FROM unnest(pauses) r ORDER BY r) LOOP
		EXIT WHEN at <= began OR (NOT lower_inf(stop) AND lower(stop) >= at);
		CONTINUE WHEN NOT upper_inf(stop) AND upper(stop) <= began;
		step := step + 1;
		what := 'paused';
		IF upper_inf(stop) OR upper(stop) = 'infinity' THEN
			day := 'infinity';
			at := 'infinity';
			why := 'the clock is stopped without an end';
			RETURN NEXT;
			EXIT;
		END IF;
		stopped := upper(stop) - greatest(coalesce(lower(stop), '-infinity'), began);
		at := at + stopped;
		day := (at AT TIME ZONE cal.time_zone)::date;
		why := format('the clock is stopped for %s', stopped);
		RETURN NEXT;
	END LOOP;
	IF conv.roll_hours AND n > 0 AND isfinite(at) THEN
		rolled := statute.roll_workday(day, CASE WHEN direction > 0 THEN 'following' ELSE 'preceding' END, cal.code);
		IF rolled <> day THEN
			SELECT * INTO said FROM statute._day_reason(chain, day);
			step := step + 1;
			what := 'rolled';
			why := format('to the same time of a working day: %s', said.why);
			source := conv.citation;
			at := (at AT TIME ZONE cal.time_zone + make_interval(days => rolled - day)) AT TIME ZONE cal.time_zone;
			day := rolled;
			RETURN NEXT;
		END IF;
	END IF;
	step := step + 1;
	what := 'deadline';
	why := 'the last minute is over';
	source := conv.citation;
	RETURN NEXT;
	IF at IS DISTINCT FROM expected THEN
		RAISE EXCEPTION 'the explanation ends at % but the deadline is %', at, expected
			USING ERRCODE = 'internal_error',
				DETAIL = format('Limit %s %s from %s, calendar %s, convention %s, pauses %s.', n, unit, start, cal.code, conv.code, pauses),
				HINT = 'This is a bug in pg_statute; please report it.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_clock(timestamptz, integer, text, statute.calendar, statute.convention,
	text[], tstzmultirange, integer, timestamptz) IS 'internal: the steps of a deadline in minutes or hours';

CREATE FUNCTION statute.explain_deadline(
	start timestamptz, allowed statute.timelimit, calendar text DEFAULT '',
	convention text DEFAULT '', pauses tstzmultirange DEFAULT '{}')
RETURNS TABLE (step integer, day date, what text, why text, source text, at timestamptz)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$SELECT * FROM statute._explain($1, $2, $3, $4, $5, 1)$$;
COMMENT ON FUNCTION statute.explain_deadline(timestamptz, statute.timelimit, text, text, tstzmultirange) IS
	'how deadline() comes to its answer: each step with its day, its reason, and the article or notice; the last row is the deadline';

CREATE FUNCTION statute.explain_deadline_before(
	event timestamptz, ahead statute.timelimit, calendar text DEFAULT '', convention text DEFAULT '')
RETURNS TABLE (step integer, day date, what text, why text, source text, at timestamptz)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$SELECT * FROM statute._explain($1, $2, $3, $4, '{}', -1)$$;
COMMENT ON FUNCTION statute.explain_deadline_before(timestamptz, statute.timelimit, text, text) IS
	'how deadline_before() comes to its answer';
