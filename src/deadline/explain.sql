
-- Why a deadline is what it is, one row a step.
--
-- This walks the calendar day by day in SQL, apart from the arithmetic in
-- src/core/counting.c, and then compares: a disagreement is an error, not an
-- answer.

CREATE TYPE statute._step AS (day date, what text, why text, source text, at timestamptz);
COMMENT ON TYPE statute._step IS 'internal: a step of an explanation, not yet numbered';

CREATE FUNCTION statute._new_step(day date, what text, why text, source text, at timestamptz DEFAULT NULL)
RETURNS statute._step
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$SELECT ROW(day, what, why, source, at)::statute._step$$;
COMMENT ON FUNCTION statute._new_step(date, text, text, text, timestamptz) IS 'internal: a step of an explanation';

CREATE TYPE statute._counting AS (
	calendar text,
	time_zone text,
	chain text[],
	convention statute.convention,
	stops daterange[],
	direction integer
);
COMMENT ON TYPE statute._counting IS 'internal: how an explanation counts';

-- The article for one option, or the convention's whole citation.
CREATE FUNCTION statute._article(convention statute.convention, option text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT coalesce(convention.articles ->> option, convention.citation)$$;
COMMENT ON FUNCTION statute._article(statute.convention, text) IS 'internal: where an option of a convention stands';

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

-- Is the day within a stop of the clock; null where that has no end.
CREATE FUNCTION statute._is_stopped(stops daterange[], day date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN bool_or(s @> day AND upper(s) = 'infinity') THEN NULL
		ELSE coalesce(bool_or(s @> day), false) END
	FROM unnest(stops) s
$$;
COMMENT ON FUNCTION statute._is_stopped(daterange[], date) IS 'internal: is the clock stopped for a day';

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

-- From the day before day one, count so many days, or working days. The last
-- step is the last day; its day is infinity where the clock never runs again.
CREATE FUNCTION statute._explain_counting(c statute._counting, base date, wanted integer, in_workdays boolean)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day date := base;
	counted integer := 0;
	stopped boolean := false;
	worked boolean;
	reason record;
BEGIN
	IF NOT in_workdays AND c.stops = '{}' THEN	-- nothing to see on the way
		counted := wanted;
		day := base + counted * c.direction;
	END IF;
	WHILE counted < wanted LOOP
		day := day + c.direction;
		stopped := c.stops <> '{}' AND statute._is_stopped(c.stops, day);
		IF stopped IS DISTINCT FROM false THEN
			RETURN NEXT statute._new_step(CASE WHEN stopped THEN day ELSE 'infinity' END, 'paused', 'the clock is stopped', NULL);
			EXIT WHEN stopped IS NULL;
			CONTINUE;
		END IF;
		worked := NOT in_workdays OR statute.is_workday(day, c.calendar);
		counted := counted + worked::integer;
		IF in_workdays THEN
			reason := statute._day_reason(c.chain, day);
			RETURN NEXT statute._new_step(day,
				CASE WHEN worked THEN format('counted, %s of %s', counted, wanted) ELSE 'day off' END,
				reason.why, reason.source);
		END IF;
	END LOOP;
	IF NOT in_workdays AND stopped IS NOT NULL THEN
		RETURN NEXT statute._new_step(day, format('counted, %s days', counted), 'every day counts',
			statute._article(c.convention, 'days'));
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_counting(statute._counting, date, integer, boolean) IS
	'internal: the days that a limit counts';

-- Where both ends are left out: the day after the last counted one.
CREATE FUNCTION statute._explain_other_end(c statute._counting, last date)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day date := last + c.direction;
	stopped boolean := statute._is_stopped(c.stops, day);
BEGIN
	WHILE stopped LOOP
		RETURN NEXT statute._new_step(day, 'paused', 'the clock is stopped', NULL);
		day := day + c.direction;
		stopped := statute._is_stopped(c.stops, day);
	END LOOP;
	IF stopped IS NULL THEN
		RETURN NEXT statute._new_step('infinity', 'paused', 'the clock is stopped', NULL);
	ELSE
		RETURN NEXT statute._new_step(day, 'not counted', 'the day at the other end is not counted either',
			statute._article(c.convention, 'clear'));
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_other_end(statute._counting, date) IS 'internal: the end of clear days';

-- From a last day that is no working day to one that is, and out of a stop
-- that it has thus fallen into, or that held it from the beginning.
CREATE FUNCTION statute._explain_rolling(
	c statute._counting, last date, roll text, why text, source text, may_be_stopped boolean)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day date := statute.roll_workday(last, roll, c.calendar);
	towards integer := sign(day - last);
	reason record;
	stopped boolean := statute._is_stopped(c.stops, day);
	arrived date := day;
BEGIN
	FOR i IN 0 .. abs(day - last) - 1 LOOP
		reason := statute._day_reason(c.chain, last + i * towards);
		RETURN NEXT statute._new_step(last + i * towards, 'day off', reason.why, reason.source);
	END LOOP;
	IF day <> last THEN
		RETURN NEXT statute._new_step(day, 'rolled', why, source);
	ELSIF NOT may_be_stopped THEN
		RETURN;
	END IF;
	WHILE stopped OR (day > arrived AND NOT statute.is_workday(day, c.calendar)) LOOP
		RETURN NEXT statute._new_step(day, CASE WHEN stopped THEN 'paused' ELSE 'day off' END, 'the period cannot end here', NULL);
		day := day + 1;
		stopped := statute._is_stopped(c.stops, day);
	END LOOP;
	IF stopped IS NULL THEN
		RETURN NEXT statute._new_step('infinity', 'paused', 'the clock is stopped', NULL);
	ELSIF day > arrived THEN
		RETURN NEXT statute._new_step(day, 'rolled', why, source);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_rolling(statute._counting, date, text, text, text, boolean) IS
	'internal: where a last day goes that is no working day';

-- More days, until the period holds enough working ones.
CREATE FUNCTION statute._explain_minimum(c statute._counting, base date, last date)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	least_held integer := (c.convention).min_workdays;
	held integer := 0;
	day date := base;
	stopped boolean;
BEGIN
	LOOP
		EXIT WHEN held >= least_held AND (day - last) * c.direction >= 0;
		day := day + c.direction;
		stopped := statute._is_stopped(c.stops, day);
		EXIT WHEN stopped IS NULL;
		CONTINUE WHEN stopped OR NOT statute.is_workday(day, c.calendar);
		held := held + 1;
		IF (day - last) * c.direction > 0 THEN
			RETURN NEXT statute._new_step(day, 'added', format('the period must hold %s working days', least_held),
				statute._article(c.convention, 'min_workdays'));
		END IF;
	END LOOP;
	IF stopped IS NULL AND held < least_held THEN
		RETURN NEXT statute._new_step('infinity', 'paused', 'the clock is stopped', NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_minimum(statute._counting, date, date) IS
	'internal: the days that a minimum of working days adds';

-- A limit in days or longer, from the day of the event.
CREATE FUNCTION statute._explain_days(c statute._counting, event date, n integer, unit text)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v statute.convention := c.convention;
	forward boolean := c.direction > 0;
	roll text := CASE WHEN forward THEN v.roll_forward ELSE v.roll_backward END;
	clear boolean := unit IN ('day', 'workday') AND CASE WHEN forward THEN v.clear_forward ELSE v.clear_backward END;
	in_workdays boolean := unit = 'workday' OR (unit = 'day' AND n <= v.short_days);
	base date := event;
	last date := event;
	wanted integer := n * CASE unit WHEN 'week' THEN 7 ELSE 1 END;
	s statute._step;
BEGIN
	IF unit = 'immediate' THEN
		RETURN NEXT statute._new_step(event, 'immediate', 'at once is by the end of a working day (a reading)', NULL);
		RETURN QUERY SELECT * FROM statute._explain_rolling(c, event,
			CASE WHEN forward THEN 'following' ELSE 'preceding' END, 'the nearest working day', NULL, true);
		RETURN;
	END IF;
	IF n > 0 THEN
		IF v.event_day_counts THEN
			base := event - c.direction;
		ELSE
			RETURN NEXT statute._new_step(event, 'not counted', 'the day of the event is not counted',
				statute._article(v, 'event_day'));
		END IF;
		IF in_workdays AND unit = 'day' THEN
			RETURN NEXT statute._new_step(event, 'short limit', format('%s days or less count working days only', v.short_days),
				statute._article(v, 'short_days'));
		END IF;
		IF unit IN ('month', 'year') THEN
			last := statute._corresponding_day(event, n * c.direction * CASE unit WHEN 'year' THEN 12 ELSE 1 END,
				v.event_day_counts, v.month_end);
			RETURN NEXT statute._new_step(last, 'corresponding day',
				format('%s %s%s %s the event', n, unit, CASE WHEN n = 1 THEN '' ELSE 's' END,
					CASE WHEN forward THEN 'after' ELSE 'before' END),
				statute._article(v, 'months'));
			wanted := abs(last - base);
		END IF;
		FOR s IN SELECT * FROM statute._explain_counting(c, base, wanted, in_workdays) LOOP
			RETURN NEXT s;
			last := s.day;
		END LOOP;
		IF clear AND isfinite(last) THEN
			FOR s IN SELECT * FROM statute._explain_other_end(c, last) LOOP
				RETURN NEXT s;
				last := s.day;
			END LOOP;
		END IF;
	END IF;
	IF isfinite(last) THEN
		FOR s IN SELECT * FROM statute._explain_rolling(
			c, last, roll, replace(roll, '_', ' ') || ' working day', statute._article(v, 'roll'), false) LOOP
			RETURN NEXT s;
			last := s.day;
		END LOOP;
	END IF;
	IF isfinite(last) AND n > 0 AND v.min_workdays > 0
		AND v.min_workdays_from <= n * (CASE unit WHEN 'week' THEN 7 WHEN 'month' THEN 28 WHEN 'year' THEN 365 ELSE 1 END) THEN
		RETURN QUERY SELECT * FROM statute._explain_minimum(c, base, last);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_days(statute._counting, date, integer, text) IS
	'internal: the steps of a limit in days or longer';

-- A limit in minutes or hours: the clock, not the calendar.
CREATE FUNCTION statute._explain_clock(
	c statute._counting, start timestamptz, n integer, unit text, pauses tstzmultirange)
RETURNS SETOF statute._step
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v statute.convention := c.convention;
	began timestamptz := start;
	at timestamptz;
	stop tstzrange;
	stopped interval;
	local timestamp;
	rolled date;
BEGIN
	IF v.full_hours AND unit = 'hour' THEN
		began := (date_trunc('hour', start AT TIME ZONE c.time_zone)
			+ make_interval(hours => (c.direction > 0)::integer)) AT TIME ZONE c.time_zone;
		RETURN NEXT statute._new_step((began AT TIME ZONE c.time_zone)::date, 'not counted', 'the hour of the event is not counted',
			statute._article(v, 'hours'), began);
	END IF;
	at := began + make_interval(mins => n * CASE unit WHEN 'hour' THEN 60 ELSE 1 END) * c.direction;
	RETURN NEXT statute._new_step((at AT TIME ZONE c.time_zone)::date, format('counted, %s %s%s', n, unit, CASE WHEN n = 1 THEN '' ELSE 's' END),
		'the clock runs day and night', statute._article(v, 'hours'), at);
	FOR stop IN SELECT r FROM unnest(pauses) r ORDER BY r LOOP
		EXIT WHEN greatest(coalesce(lower(stop), '-infinity'), began) >= at;
		CONTINUE WHEN upper(stop) <= began;
		IF coalesce(upper(stop), 'infinity') = 'infinity' THEN
			RETURN NEXT statute._new_step('infinity', 'paused', 'the clock is stopped', NULL, 'infinity');
			RETURN;
		END IF;
		stopped := upper(stop) - greatest(coalesce(lower(stop), '-infinity'), began);
		at := at + stopped;
		RETURN NEXT statute._new_step((at AT TIME ZONE c.time_zone)::date, 'paused', format('the clock is stopped for %s', stopped), NULL, at);
	END LOOP;
	IF v.roll_hours AND n > 0 THEN
		local := at AT TIME ZONE c.time_zone;
		rolled := statute.roll_workday(local::date, CASE WHEN c.direction > 0 THEN 'following' ELSE 'preceding' END, c.calendar);
		IF rolled <> local::date THEN
			RETURN NEXT statute._new_step(rolled, 'rolled', 'to the same time of a working day', statute._article(v, 'hours'),
				(local + make_interval(days => rolled - local::date)) AT TIME ZONE c.time_zone);
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain_clock(statute._counting, timestamptz, integer, text, tstzmultirange) IS
	'internal: the steps of a limit in minutes or hours';

-- What the explanation of a call counts with.
CREATE FUNCTION statute._counting_for(
	calendar text, convention text, pauses tstzmultirange, direction integer)
RETURNS statute._counting
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := CASE WHEN calendar = '' THEN statute.current_calendar() ELSE calendar END;
	cal record;
	c statute._counting;
BEGIN
	PERFORM statute._require_calendar(name);
	SELECT * INTO cal FROM statute._effective_calendar(name);
	c.calendar := name;
	c.time_zone := cal.time_zone;
	c.chain := ARRAY(SELECT h.code FROM statute._calendar_chain(name) h ORDER BY h.depth);
	c.convention := (SELECT v FROM statute.convention v
		WHERE v.code = CASE WHEN _counting_for.convention = '' THEN cal.convention ELSE _counting_for.convention END
		ORDER BY v.tableoid <> 'statute.convention'::regclass LIMIT 1);
	c.stops := ARRAY(
		SELECT daterange(
			CASE WHEN coalesce(lower(r), '-infinity') = '-infinity' THEN '-infinity'
				ELSE (lower(r) AT TIME ZONE cal.time_zone)::date END,
			CASE WHEN coalesce(upper(r), 'infinity') = 'infinity' THEN 'infinity'
				ELSE (upper(r) AT TIME ZONE cal.time_zone)::date END, '(]')
		FROM unnest(pauses) r);
	c.direction := direction;
	RETURN c;
END
$$;
COMMENT ON FUNCTION statute._counting_for(text, text, tstzmultirange, integer) IS
	'internal: the calendar and convention of an explanation';

CREATE FUNCTION statute._explain(
	start timestamptz, allowed statute.timelimit, calendar text, convention text,
	pauses tstzmultirange, direction integer)
RETURNS TABLE (step integer, day date, what text, why text, source text, at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expected timestamptz := CASE WHEN direction > 0
		THEN statute.deadline(start, allowed, calendar, convention, pauses)
		ELSE statute.deadline_before(start, allowed, calendar, convention) END;
	c statute._counting := statute._counting_for(calendar, convention, pauses, direction);
	words text[] := string_to_array(allowed::text, ' ');
	n integer := CASE WHEN words[1] = 'immediate' THEN 0 ELSE words[1]::integer END;
	unit text := rtrim(coalesce(words[2], words[1]), 's');
	v statute.convention := c.convention;
	local timestamp := start AT TIME ZONE c.time_zone;
	event date := local::date;
	s statute._step;
BEGIN
	step := 1;
	day := event;
	what := 'event';
	why := CASE WHEN isfinite(start) THEN format('at %s in %s', to_char(local, 'YYYY-MM-DD HH24:MI:SS'), c.time_zone)
		ELSE 'it has no time' END;
	at := start;
	RETURN NEXT;
	IF isfinite(start) AND unit IN ('minute', 'hour') THEN
		FOR s IN SELECT * FROM statute._explain_clock(c, start, n, unit, pauses) LOOP
			SELECT step + 1, s.day, s.what, s.why, s.source, s.at INTO step, day, what, why, source, at;
			RETURN NEXT;
		END LOOP;
		why := 'the last minute is over';
		source := statute._article(v, 'hours');
	ELSIF isfinite(start) THEN
		IF local::time > v.receipt_cutoff THEN
			event := event + 1;
			SELECT step + 1, event, 'event day', format('what comes after %s is the next day''s', v.receipt_cutoff),
				statute._article(v, 'receipt'), NULL INTO step, day, what, why, source, at;
			RETURN NEXT;
		END IF;
		FOR s IN SELECT * FROM statute._explain_days(c, event, n, unit) LOOP
			SELECT step + 1, s.day, s.what, s.why, s.source, s.at INTO step, day, what, why, source, at;
			RETURN NEXT;
		END LOOP;
		at := CASE WHEN isfinite(day) THEN (day::timestamp + v.closing::interval) AT TIME ZONE c.time_zone ELSE 'infinity' END;
		why := CASE WHEN isfinite(day) THEN format('the day ends at %s', to_char(v.closing::interval, 'HH24:MI'))
			ELSE 'the clock is stopped without an end' END;
		source := statute._article(v, 'end');
	END IF;
	step := step + 1;
	what := 'deadline';
	RETURN NEXT;
	IF at IS DISTINCT FROM expected THEN
		RAISE EXCEPTION 'the explanation ends at % but the deadline is %', at, expected
			USING ERRCODE = 'internal_error',
				DETAIL = format('Limit %s from %s, calendar %s, convention %s, pauses %s.', allowed, start, c.calendar, v.code, pauses),
				HINT = 'This is a bug in pg_statute; please report it.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._explain(timestamptz, statute.timelimit, text, text, tstzmultirange, integer) IS
	'internal: the steps of a deadline, forward (1) or backward (-1)';

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
