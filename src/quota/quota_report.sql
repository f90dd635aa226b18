-- Reports over rosters, and rotation.

CREATE FUNCTION statute._base_type(type oid) RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH RECURSIVE base (type) AS (
		SELECT $1
		UNION ALL
		SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
	)
	SELECT b.type FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype <> 'd'
$$;
COMMENT ON FUNCTION statute._base_type(oid) IS 'internal: the type below a domain';

-- Under search_path pg_catalog, so a column is compared by the built-in operator of its type.
CREATE FUNCTION statute.quota_report(
	events regclass, roster regclass, quota statute.quota, span daterange,
	subject name[] DEFAULT '{subject}', at name DEFAULT 'at', valid name DEFAULT NULL,
	as_of date DEFAULT NULL, calendar text DEFAULT '')
RETURNS TABLE (subject_key text[], period daterange, counted integer, required integer, met boolean,
	shortfall integer, status text, pro_rata numeric, pace text, last_day date)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event_type oid;
	event_at text := format('e.%I', at);
	event_day text;
	roster_columns text;
	columns text;
	matches text;
BEGIN
	IF events IS NULL OR roster IS NULL OR quota IS NULL OR span IS NULL OR at IS NULL OR calendar IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'events, roster, quota, span, at and calendar of a quota report must not be null';
	END IF;
	IF coalesce(cardinality(subject), 0) = 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'a quota report needs at least one subject column';
	END IF;
	SELECT statute._base_type(a.atttypid) INTO event_type
	FROM pg_attribute a
	WHERE a.attrelid = events AND a.attname = at AND NOT a.attisdropped;
	IF NOT FOUND THEN
		RAISE undefined_column USING
			MESSAGE = format('column "%s" of "%s" does not exist', at, events),
			HINT = 'Name the column with the date of each event in argument at.';
	END IF;
	IF event_type NOT IN ('date'::regtype, 'timestamptz'::regtype) THEN
		RAISE datatype_mismatch USING
			MESSAGE = format('column "%s" of "%s" has type %s, and the events of a quota have date or timestamptz', at, events, format_type(event_type, NULL)),
			HINT = 'A view can cast it, and say which time zone is meant.';
	END IF;
	event_day := CASE WHEN event_type = 'date'::regtype THEN event_at
		ELSE format('(%s AT TIME ZONE %L)::date', event_at, (SELECT k.time_zone
			FROM statute._effective_calendar(coalesce(nullif(calendar, ''), statute.current_calendar())) k)) END;
	SELECT string_agg(format('r.%I', c), ', ' ORDER BY n), string_agg(format('%I', c), ', ' ORDER BY n),
		string_agg(format('e.%I = r.%I', c, c), ' AND ' ORDER BY n)
	INTO roster_columns, columns, matches
	FROM unnest(subject) WITH ORDINALITY AS s (c, n);

	RETURN QUERY EXECUTE format($query$
		WITH live AS (
			SELECT %2$s, unnest(range_agg(%3$s)) AS "quota$span" FROM %4$s GROUP BY %2$s
		), counted AS (
			SELECT ARRAY[%1$s]::text[] AS subject_key, statute.quota_periods(%5$s, $1, r."quota$span"%6$s) AS periods
			FROM live r LEFT JOIN %7$s e ON %8$s
			GROUP BY %1$s, r."quota$span"
		)
		SELECT c.subject_key, p.period, p.counted, p.required, p.met, p.shortfall, p.status, p.pro_rata, w.pace, w.last_day
		FROM counted c CROSS JOIN LATERAL unnest(c.periods) p
			LEFT JOIN LATERAL statute.quota_pace(p.counted, $1, p.period, $3, $4) w
				ON p.status IN ('met', 'not met') AND statute.quota_unit($1) <> 'percent'
		ORDER BY c.subject_key, p.period
		$query$,
		roster_columns, columns,
		CASE WHEN valid IS NULL THEN '$2' ELSE format('coalesce(%I, ''(,)'') * $2', valid) END,
		roster, CASE WHEN as_of IS NULL THEN event_at ELSE format('CASE WHEN %s <= $3 THEN %s END', event_day, event_at) END,
		CASE WHEN event_type = 'timestamptz'::regtype THEN ', $4' ELSE '' END,
		events, matches)
	USING quota, span, as_of, calendar;
END
$$;
COMMENT ON FUNCTION statute.quota_report(regclass, regclass, statute.quota, daterange, name[], name, name, date, text) IS
	'every subject of a roster, also without an event, and every period of the span, or every window that breaks the quota: counted, required and, as of a date, the pace';

CREATE FUNCTION statute.list_rotation(members text[], turns text[])
RETURNS TABLE (turn integer, member text, round integer, verdict text)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	had text[] := '{}';
BEGIN
	IF cardinality(members) = 0 OR array_position(members, NULL) IS NOT NULL
		OR cardinality(members) <> (SELECT count(DISTINCT m) FROM unnest(members) AS m) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'the members of a rotation must be distinct and not null, and at least one',
			DETAIL = format('Members are %s.', members);
	END IF;
	round := 1;
	FOR i IN 1 .. cardinality(turns) LOOP
		turn := i;
		member := turns[i];
		verdict := CASE
			WHEN member IS NULL OR member <> ALL (members) THEN 'no member'
			WHEN member = ANY (had) THEN 'repeat'
			ELSE 'in turn' END;
		RETURN NEXT;
		CONTINUE WHEN verdict <> 'in turn';
		had := had || member;
		IF cardinality(had) = cardinality(members) THEN
			round := round + 1;
			had := '{}';
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute.list_rotation(text[], text[]) IS
	'the turns of a rotation in the order given: in which round, and whether a member had another turn before everyone had one';

CREATE FUNCTION statute.rotation_left(members text[], turns text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t record;
	present integer := 1;
	waiting text[] := members;
BEGIN
	FOR t IN SELECT * FROM statute.list_rotation(members, turns) l WHERE l.verdict = 'in turn' LOOP
		waiting := array_remove(CASE WHEN t.round = present THEN waiting ELSE members END, t.member);
		present := t.round;
	END LOOP;
	-- a round that everyone had a turn in is over
	RETURN CASE WHEN waiting = '{}' THEN members ELSE waiting END;
END
$$;
COMMENT ON FUNCTION statute.rotation_left(text[], text[]) IS
	'who has not had a turn in the present round, in the order of the members: the first is next';

