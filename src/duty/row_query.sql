
-- What a bound table says of a rule: queries over rows that changed, which run
-- with the rights of whoever changes them, and return what src/duty/ledger.sql
-- calls judged. They are made once and kept until a binding, a rule or the
-- table changes.

CREATE FUNCTION statute._operator_name(operator oid) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
	FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = operator
$$;
COMMENT ON FUNCTION statute._operator_name(oid) IS 'internal: an operator with its schema';

-- Texts that do not depend on settings, as a key is one for all sessions: times
-- with a zone are written in UTC, and the rest as under the settings of ask.c.
CREATE FUNCTION statute._key_columns(relation regclass) RETURNS TABLE (n bigint, name name, type regtype, is_instant boolean, equal text, above text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT k.n, a.attname, a.atttypid::regtype, c.opcintype = 'timestamptz'::regtype,
		(SELECT statute._operator_name(o.amopopr) FROM pg_amop o WHERE o.amopfamily = c.opcfamily
			AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype AND o.amopstrategy = 3),
		(SELECT statute._operator_name(o.amopopr) FROM pg_amop o WHERE o.amopfamily = c.opcfamily
			AND o.amoplefttype = c.opcintype AND o.amoprighttype = c.opcintype AND o.amopstrategy = 5)
	FROM pg_index i
		CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS k (attnum, opclass, n)
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		JOIN pg_opclass c ON c.oid = k.opclass
	WHERE i.indrelid = $1 AND i.indisprimary AND k.n <= i.indnkeyatts
	ORDER BY k.n
$$;
COMMENT ON FUNCTION statute._key_columns(regclass) IS 'internal: the columns of the primary key; none where there is no such key';

CREATE FUNCTION statute._key_expression(relation regclass) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN count(*) > 1 THEN format('jsonb_build_array(%s)::text', string_agg(k.part, ', ' ORDER BY k.n)) ELSE min(k.part) END
	FROM (SELECT c.n, format(CASE WHEN c.is_instant THEN '(%I AT TIME ZONE ''UTC'')::text' ELSE '%I::text' END, c.name) AS part
		FROM statute._key_columns($1) c) k
$$;
COMMENT ON FUNCTION statute._key_expression(regclass) IS 'internal: SQL for the primary key of a row as text';

-- The way back, of type and all, so that rows are found through their index
CREATE FUNCTION statute._key_values(relation regclass, key text) RETURNS TABLE (n bigint, name name, equal text, above text, value text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT c.n, c.name, c.equal, c.above, format(CASE WHEN c.is_instant THEN '(%s)::timestamp AT TIME ZONE ''UTC''' ELSE '(%s)::%s' END,
		CASE WHEN count(*) OVER () > 1 THEN format('(%s)::jsonb ->> %s', key, c.n - 1) ELSE key END, format_type(c.type, -1))
	FROM statute._key_columns($1) c
$$;
COMMENT ON FUNCTION statute._key_values(regclass, text) IS 'internal: SQL for the values of the primary key in the text of a key';

CREATE FUNCTION statute._key_condition(relation regclass, row_alias text, key text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT string_agg(format('%s.%I %s (%s)', row_alias, v.name, v.equal, v.value), ' AND ' ORDER BY v.n)
	FROM statute._key_values($1, key) v
$$;
COMMENT ON FUNCTION statute._key_condition(regclass, text, text) IS 'internal: SQL that a row has the key';

-- A version of a rule between two decisions on its readings has the same
-- parameters on all its days; where one is open it is off.
CREATE FUNCTION statute._rule_segments(rule text)
RETURNS TABLE (version integer, effective daterange, params jsonb, applies text, must text, roles jsonb, named jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
		WITH cut AS (
			SELECT r.version, r.effective, r.applies, r.must, r.roles, statute._named_values(r.kind, r.params) AS named, c.day
			FROM statute.rule r CROSS JOIN LATERAL (
				SELECT NULL::date
				UNION
				SELECT d.effective_from
				FROM jsonb_each(r.params) p
					JOIN statute.reading_decision d ON d.reading = statute._reading_of(r.kind, p.key, p.value)
				WHERE r.effective @> d.effective_from
			) c (day)
			WHERE r.code = $1 AND NOT isempty(r.effective)
		), segment AS (
			SELECT c.version, c.applies, c.must, c.roles, c.named,
				c.effective * daterange(c.day, lead(c.day) OVER (PARTITION BY c.version ORDER BY c.day NULLS FIRST)) AS effective
			FROM cut c
		)
		SELECT s.version, s.effective, p.params, s.applies, s.must, s.roles, s.named
		FROM segment s CROSS JOIN LATERAL statute.rule_params($1, CASE
			WHEN NOT lower_inf(s.effective) THEN lower(s.effective)
			WHEN NOT upper_inf(s.effective) THEN upper(s.effective) - 1
			ELSE current_date END) p (params)
		WHERE NOT isempty(s.effective) AND p.params IS NOT NULL
		ORDER BY s.version, s.effective;
END
$$;
COMMENT ON FUNCTION statute._rule_segments(text) IS 'internal: the stretches of days for which a rule says the same';

-- The roles that a version cannot do without: those of its kind, those that its
-- parameters name, and those in its expressions.
CREATE FUNCTION statute._needed_roles(kind text, roles jsonb, params jsonb, applies text, must text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 4
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT e.key
		FROM jsonb_each(roles) e
		WHERE EXISTS (SELECT FROM statute._rule_kinds() k WHERE k.kind = $1 AND k.part = 'role' AND k.name = e.key AND k.required)
			OR statute._mentions(concat_ws(' ', applies, must), e.key)
			OR jsonb_path_exists(params, '$.key[*] ? (@ == $role)', jsonb_build_object('role', e.key))
			OR jsonb_path_exists(params, '$.separate[*] ? (@ == $role)', jsonb_build_object('role', e.key))
			OR (kind = 'deadline' AND jsonb_path_exists(params, '$.pauses[*][*] ? (@ == $role)', jsonb_build_object('role', e.key)))
			OR (kind = 'no_overlap' AND params ->> 'place' = e.key)
			OR (kind = 'fixed_date' AND e.key = 'due' AND NOT params ? 'due');
END
$$;
COMMENT ON FUNCTION statute._needed_roles(text, jsonb, jsonb, text, text) IS 'internal: the roles that a binding must map';

-- Texts about one binding and one segment of its rule; everything that follows
-- is written with them.
CREATE TYPE statute._bound_rule AS (
	relation regclass, kind text, version integer, effective daterange, seen daterange, params jsonb, applies text, must text,
	roles jsonb, named jsonb, date_roles text[], expressions jsonb, subject text, calendar text, zone text, convention text);
COMMENT ON TYPE statute._bound_rule IS 'internal: a binding and one segment of its rule';

CREATE FUNCTION statute._bound_rules(binding integer) RETURNS SETOF statute._bound_rule
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT b.relation, k.kind, s.version, s.effective,
			-- a cap is relative to what was before it
			CASE WHEN k.kind = 'relative_cap' AND row_number() OVER (ORDER BY s.effective) = 1 THEN daterange(NULL, upper(s.effective)) ELSE s.effective END,
			s.params, s.applies, s.must,
			(SELECT coalesce(jsonb_object_agg(e.key, e.value), '{}') FROM jsonb_each(s.roles) e WHERE b.roles ? e.key),
			s.named, b.date_roles, b.roles, b.subject, b.calendar, c.time_zone, coalesce(s.params ->> 'convention', c.convention)
		FROM statute.binding b
			CROSS JOIN LATERAL (SELECT min(r.kind) FROM statute.rule r WHERE r.code = b.rule) k (kind)
			CROSS JOIN LATERAL statute._rule_segments(b.rule) s
			CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		WHERE b.id = $1
			AND NOT EXISTS (SELECT FROM statute._needed_roles(k.kind, s.roles, s.params, s.applies, s.must) n (role)
				WHERE NOT b.roles ? n.role);
END
$$;
COMMENT ON FUNCTION statute._bound_rules(integer) IS 'internal: a binding with each segment of its rule that can be judged';

-- Parties and findings are in indexes, whose entries have room for some 2,700 bytes.
CREATE FUNCTION statute._shortened(long text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN octet_length(long) > 400 THEN left(long, 80) || '... ' || md5(long) ELSE long END;
COMMENT ON FUNCTION statute._shortened(text) IS 'internal: a text that fits into an index, different for different texts';

-- When a row's value is: a date begins with its first moment and ends with the
-- next midnight, so that what is done on the last day is in time.
CREATE FUNCTION statute._instant(u statute._bound_rule, role text, last boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN NOT u.roles ? role THEN 'NULL::timestamptz'
		WHEN u.roles ->> role = 'date' OR role = ANY (u.date_roles)
			THEN format(E'(((%s\n)::date + %s)::timestamp AT TIME ZONE %L)', u.expressions ->> role, last::integer, u.zone)
		ELSE format(E'(%s\n)::timestamptz', u.expressions ->> role) END
$$;
COMMENT ON FUNCTION statute._instant(statute._bound_rule, text, boolean) IS 'internal: SQL for the instant of a role, null where it is not bound';

-- Rows in the words of the rule: key, subject, the roles, the instants of those
-- that are times, and what was read into the rule.
CREATE FUNCTION statute._role_rows(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT %s AS "row$key", (%s\n)::text AS "row$subject"%s%s%s FROM %s',
		statute._key_expression(u.relation), coalesce(u.subject, 'NULL'),
		(SELECT string_agg(format(E', (%s\n)::%s AS %I', u.expressions ->> e.key, e.value, e.key), '' ORDER BY e.key)
			FROM jsonb_each_text(u.roles) e),
		(SELECT string_agg(format(', %s AS "%s$at"', statute._instant(u, k.name, k.name NOT IN ('start', 'at')), k.name), '' ORDER BY k.name)
			FROM statute._rule_kinds() k
			WHERE k.kind = u.kind AND k.part = 'role' AND k.types = '{timestamptz,date}'),
		(SELECT string_agg(format(', %L::%s AS %I', u.params ->> e.key, e.value, e.key), '' ORDER BY e.key)
			FROM jsonb_each_text(u.named) e),
		source)
$$;
COMMENT ON FUNCTION statute._role_rows(statute._bound_rule, text) IS 'internal: SQL for rows in the words of a rule';

-- When a row happened, which tells the version of the rule that is in force
CREATE FUNCTION statute._event(u statute._bound_rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN u.kind = 'deadline' THEN 'r."start$at"'
		WHEN u.kind = 'fixed_date' THEN format('(%s - interval ''1 microsecond'')', statute._fixed_due(u))
		WHEN u.kind = 'no_overlap' THEN format('coalesce(nullif(%s, ''-infinity''), now())', statute._lower_instant(u, 'r.during'))
		WHEN u.kind IN ('quota', 'relative_cap') THEN 'r."at$at"'
		ELSE 'coalesce(r."at$at", now())' END
$$;
CREATE FUNCTION statute._fixed_due(u statute._bound_rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN NOT u.params ? 'due' THEN 'r."due$at"'
		ELSE format(CASE WHEN u.roles ? 'due' THEN 'coalesce(r."due$at", %s)' ELSE '%s' END,
			format('((%L::date + 1)::timestamp AT TIME ZONE %L)', u.params ->> 'due', u.zone)) END
$$;
CREATE FUNCTION statute._lower_instant(u statute._bound_rule, span text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE u.roles ->> 'during' WHEN 'daterange' THEN 'CASE WHEN lower_inf(%1$s) THEN ''-infinity'' ELSE (lower(%1$s)::timestamp AT TIME ZONE %2$L) END'
		ELSE 'coalesce(lower(%1$s), ''-infinity'')' END, span, u.zone)
$$;
COMMENT ON FUNCTION statute._event(statute._bound_rule) IS 'internal: SQL for when a row happened';
COMMENT ON FUNCTION statute._fixed_due(statute._bound_rule) IS 'internal: SQL for a due date that is fixed';
COMMENT ON FUNCTION statute._lower_instant(statute._bound_rule, text) IS 'internal: SQL for where a span of days or of time begins';

-- The rows of a source to which the rule applies on the days of this segment,
-- and those before that make the base of a relative cap
CREATE FUNCTION statute._applied_rows(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
AS $$
	SELECT format('SELECT r.*, %s AS "row$event" FROM (%s) r WHERE %1$s IS NOT NULL%3$s%4$s%5$s',
		statute._event(u), statute._role_rows(u, source),
		' AND ' || statute._event(u) || ' >= ' || quote_literal(lower(u.seen)::timestamp AT TIME ZONE u.zone) || '::timestamptz',
		' AND ' || statute._event(u) || ' < ' || quote_literal(upper(u.seen)::timestamp AT TIME ZONE u.zone) || '::timestamptz',
		E' AND (' || u.applies || E'\n)')
$$;
COMMENT ON FUNCTION statute._applied_rows(statute._bound_rule, text) IS 'internal: SQL for the rows to which a rule applies';

CREATE FUNCTION statute._row_pauses(u statute._bound_rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(string_agg(p.part, ' + '), '''{}''::tstzmultirange')
	FROM (
		SELECT 'coalesce(r.pauses, ''{}'')' WHERE u.roles ? 'pauses'
		UNION ALL
		SELECT format('CASE WHEN r.%1$I < coalesce(r.%2$I, ''infinity'') THEN tstzmultirange(tstzrange(r.%1$I, r.%2$I)) ELSE ''{}'' END',
			q.value ->> 0, q.value ->> 1)
		FROM jsonb_array_elements(coalesce(u.params -> 'pauses', '[]')) q
	) p (part)
$$;
COMMENT ON FUNCTION statute._row_pauses(statute._bound_rule) IS 'internal: SQL for when a row says that the clock stopped';

CREATE FUNCTION statute._deadline_query(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH part AS (
		SELECT format(CASE WHEN u.roles ? 'own_due' THEN 'CASE WHEN r."own_due$at" IS NULL THEN %s END' ELSE '%s' END,
				format('statute.resolve_limit(%L::jsonb, %s, %s)', u.params,
					CASE WHEN u.roles ? 'own_limit' THEN 'r.own_limit' ELSE 'NULL' END,
					CASE WHEN u.roles ? 'urgent' THEN 'r.urgent' ELSE 'NULL' END)) AS allowed,
			statute._row_pauses(u) AS pauses
	)
	SELECT format($q$SELECT r."row$key" AS key, r."row$subject" AS subject, %s AS version, r."row$event" AS opened_at, r."done$at" AS done_at,
			coalesce(r."own_due$at", statute.deadline(r."row$event", %s, %L, %L, %s)) AS due_at,
			%2$s AS allowed, %4$L::text AS convention, %5$s AS pauses, %6$s AS inputs
			FROM (%7$s) r OFFSET 0$q$,
		u.version, p.allowed, u.calendar, u.convention, p.pauses,
		concat_ws(' # ', 'hashfloat8extended(date_part(''epoch'', r."start$at"), 0)',
			CASE WHEN u.roles ? 'own_due' THEN 'coalesce(hashfloat8extended(date_part(''epoch'', r."own_due$at"), 1), 0)' END,
			CASE WHEN u.roles ? 'own_limit' THEN 'coalesce(statute.timelimit_hash_extended(r.own_limit, 2), 0)' END,
			CASE WHEN u.roles ? 'urgent' THEN 'CASE WHEN r.urgent THEN 3 ELSE 0 END' END,
			CASE WHEN p.pauses <> '''{}''::tstzmultirange' THEN format('hash_multirange_extended(%s, 4)', p.pauses) END),
		statute._applied_rows(u, source))
	FROM part p
$$;
CREATE FUNCTION statute._fixed_date_query(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format($q$SELECT r."row$key" AS key, r."row$subject" AS subject, %s AS version, NULL::timestamptz AS opened_at, r."done$at" AS done_at,
			%s AS due_at, NULL::statute.timelimit AS allowed, NULL::text AS convention, '{}'::tstzmultirange AS pauses,
			coalesce(hashfloat8extended(date_part('epoch', r."due$at"), 0), 0) AS inputs FROM (%s) r$q$,
		u.version, statute._fixed_due(u), statute._applied_rows(u, source))
$$;
CREATE FUNCTION statute._check_query(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(E'SELECT r."row$key", r."row$subject", %s, r."row$event", %L, concat_ws('', ''%s), false FROM (%s) r WHERE (%s\n) IS FALSE',
		u.version, statute._shortened('does not hold: ' || u.must),
		(SELECT string_agg(format(', %L || coalesce(r.%I::text, ''null'')', e.key || ' = ', e.key), '' ORDER BY e.key)
			FROM jsonb_each(u.roles || u.named) e WHERE statute._mentions(u.must, e.key)),
		statute._applied_rows(u, source), u.must)
$$;
COMMENT ON FUNCTION statute._deadline_query(statute._bound_rule, text) IS 'internal: SQL for the duties of rows under a deadline';
COMMENT ON FUNCTION statute._fixed_date_query(statute._bound_rule, text) IS 'internal: SQL for the duties of rows with a fixed date';
COMMENT ON FUNCTION statute._check_query(statute._bound_rule, text) IS 'internal: SQL for the rows that do not pass a check';

-- A row's state is judged against the one before it; rows that were there
-- before the binding have none.
CREATE FUNCTION statute._workflow_query(u statute._bound_rule, event text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH fault AS (
		SELECT format('(%s AND NOT %L::jsonb ? r.state, %s, true)',
				CASE event WHEN 'update' THEN 'o.state IS NULL' ELSE 'true' END,
				u.params -> 'begins', 'statute._shortened(format(''began as %s'', r.state))') AS fault
		WHERE u.params ? 'begins' AND event <> 'rejudge'
		UNION ALL
		SELECT format('(r.state IS DISTINCT FROM o.state AND NOT coalesce((%L::jsonb -> o.state) ? r.state, o.state IS NULL), %s, true)',
			u.params -> 'moves', 'statute._shortened(format(''moved from %s to %s'', o.state, coalesce(r.state, ''nothing'')))')
		WHERE event = 'update'
		UNION ALL
		SELECT format('(r.%I::text = r.%I::text, %L, false)', a.value #>> '{}', b.value #>> '{}',
			format('%s and %s are the same', a.value #>> '{}', b.value #>> '{}'))
		FROM jsonb_array_elements(u.params -> 'separate') WITH ORDINALITY a (value, n)
			JOIN jsonb_array_elements(u.params -> 'separate') WITH ORDINALITY b (value, n) ON a.n < b.n
	)
	SELECT format($q$SELECT r."row$key", r."row$subject", %s, r."row$event", f.what, NULL::text, f.lasting
			FROM (%s) r%s CROSS JOIN LATERAL (VALUES %s) f (broken, what, lasting) WHERE f.broken$q$,
		u.version, statute._applied_rows(u, 'new_rows'),
		CASE event WHEN 'update' THEN format(' LEFT JOIN (%s) o ON o."row$key" = r."row$key"', statute._role_rows(u, 'old_rows')) ELSE '' END,
		string_agg(f.fault, ', '))
	FROM fault f
	HAVING count(*) > 0
$$;
COMMENT ON FUNCTION statute._workflow_query(statute._bound_rule, text) IS 'internal: SQL for the rows that do not keep to a workflow';

-- Values that are equal read alike: 1.0 and 1.00 are one party, and so are '1 day' and '24 hours'.
CREATE FUNCTION statute._party_value(role text, type text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE type WHEN 'numeric' THEN 'trim_scale(r.%I)' WHEN 'interval' THEN 'justify_interval(r.%I)'
		WHEN 'character' THEN 'rtrim(r.%I::text)' WHEN 'bpchar' THEN 'rtrim(r.%I::text)' ELSE 'r.%I' END, role)
$$;
COMMENT ON FUNCTION statute._party_value(text, text) IS 'internal: SQL for a role as part of a key';

CREATE FUNCTION statute._occurrence_query(u statute._bound_rule, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
AS $$
	WITH part AS (
		SELECT CASE WHEN u.kind IN ('quota', 'relative_cap') THEN 'coalesce(r."row$subject", '''')'
				ELSE format('jsonb_build_array(%s)::text', (SELECT string_agg(statute._party_value(e.value, u.roles ->> e.value), ', ' ORDER BY e.n)
					FROM jsonb_array_elements_text(u.params -> 'key') WITH ORDINALITY e (value, n))) END AS party,
			(SELECT string_agg(format(' AND r.%I IS NOT NULL', e.value), '')
				FROM jsonb_array_elements_text(CASE WHEN u.kind IN ('once', 'no_overlap') THEN u.params -> 'key' END) e) AS has_key,
			CASE WHEN u.kind <> 'no_overlap' THEN 'NULL::tstzrange'
				WHEN u.roles ->> 'during' = 'tstzrange' THEN 'r.during'
				ELSE format('CASE WHEN isempty(r.during) THEN ''empty'' ELSE tstzrange(lower(r.during)::timestamp AT TIME ZONE %1$L, upper(r.during)::timestamp AT TIME ZONE %1$L) END',
					u.zone) END AS during,
			CASE WHEN u.kind = 'no_overlap' AND u.params ? 'place' THEN format('r.%I::text', u.params ->> 'place') ELSE 'NULL' END AS place,
			-- without a quota a row is counted and not judged
			CASE WHEN u.seen = u.effective THEN format('%L::statute.quota', u.params ->> 'quota')
				ELSE format('CASE WHEN r."row$event" >= %L::timestamptz THEN %L::statute.quota END', lower(u.effective)::timestamp AT TIME ZONE u.zone, u.params ->> 'quota') END AS quota,
			CASE u.kind WHEN 'once' THEN 'r."at$at"' WHEN 'no_overlap' THEN statute._lower_instant(u, 'r.during') ELSE 'r."row$event"' END AS happened
	)
	SELECT format($q$SELECT r."row$key", r."row$subject", %s, %s, (r."row$event" AT TIME ZONE %L)::date, statute._shortened(%s), %s, %s, %s
			FROM (%s) r WHERE isfinite(r."row$event")%s$q$,
		u.version, p.happened, u.zone, p.party, p.quota, p.during, p.place, statute._applied_rows(u, source),
		concat(p.has_key, ' AND ' || nullif(p.place, 'NULL') || ' IS NOT NULL', CASE WHEN u.kind = 'no_overlap' THEN ' AND NOT isempty(r.during)' END))
	FROM part p
$$;
COMMENT ON FUNCTION statute._occurrence_query(statute._bound_rule, text) IS 'internal: SQL for what is judged together with other rows';

-- A row is under the rule on the days of each version that covers it. What ends
-- within a day ends with it.
CREATE FUNCTION statute._recurrence_query(u statute._bound_rule) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	SELECT format($q$SELECT r."row$key" AS key, r."row$subject" AS subject, %s AS since, ((r."until$at" - interval '1 microsecond') AT TIME ZONE %L)::date AS until,
			r."done$at" AS done_at, %L::daterange AS days, %s AS version FROM (%s) r WHERE %s%s$q$,
		CASE WHEN u.roles ? 'since' THEN 'r.since' WHEN u.params ? 'follows' THEN '''-infinity''::date' ELSE 'NULL::date' END, u.zone, u.effective, u.version, statute._role_rows(u, 'new_rows'),
		CASE WHEN u.roles ? 'since' THEN 'isfinite(r.since)' ELSE 'true' END, E' AND (' || u.applies || E'\n)')
$$;
COMMENT ON FUNCTION statute._recurrence_query(statute._bound_rule) IS 'internal: SQL for the rows that have a recurring duty';

-- Which of the layouts of src/duty/ledger.sql the rows of a kind have
CREATE FUNCTION statute._judged_as(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN kind IN ('deadline', 'fixed_date') THEN 'duty' WHEN kind = 'recurring' THEN 'recurrence' WHEN kind IN ('check', 'workflow') THEN 'fact' ELSE 'occurrence' END
$$;
COMMENT ON FUNCTION statute._judged_as(text) IS 'internal: what the rows of a kind of rule are judged as';

-- The query over new_rows, and old_rows after an update, for all days; null
-- where the rule says nothing of them. TimeZone is that of the calendar when it runs.
CREATE FUNCTION statute._row_query(binding integer, event text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE statute._judged_as(min(u.kind))
		-- a date says nothing of the hour: done on the day on which it is due is in time
		WHEN 'duty' THEN format($q$SELECT q.key, q.subject, q.version, q.opened_at, %3$s, q.due_at,
				(q.due_at - interval '1 microsecond')::date,
				coalesce(statute.is_provisional((q.due_at - interval '1 microsecond')::date, %2$L), false),
				q.allowed, (SELECT statute.current_revision(%2$L)), q.convention, q.pauses, q.inputs FROM (%1$s) q$q$,
			string_agg(q.query, ' UNION ALL '), min(u.calendar),
			CASE WHEN bool_or(u.roles ->> 'done' = 'date' OR 'done' = ANY (u.date_roles))
				THEN 'CASE WHEN q.done_at > q.due_at AND q.done_at - interval ''1 day'' < q.due_at THEN q.due_at ELSE q.done_at END' ELSE 'q.done_at' END)
		WHEN 'recurrence' THEN format('SELECT q.key, min(q.subject), min(q.since), max(q.until), max(q.done_at), range_agg(q.days), array_agg(DISTINCT q.version) FROM (%s) q GROUP BY q.key',
			string_agg(q.query, ' UNION ALL '))
		ELSE string_agg(q.query, ' UNION ALL ') END
	FROM statute._bound_rules(binding) u CROSS JOIN LATERAL (SELECT CASE u.kind
		WHEN 'deadline' THEN '(' || statute._deadline_query(u, 'new_rows') || ')'
		WHEN 'fixed_date' THEN statute._fixed_date_query(u, 'new_rows')
		WHEN 'check' THEN statute._check_query(u, 'new_rows')
		WHEN 'workflow' THEN statute._workflow_query(u, event)
		WHEN 'recurring' THEN statute._recurrence_query(u)
		ELSE statute._occurrence_query(u, 'new_rows') END) q (query)
$$;
COMMENT ON FUNCTION statute._row_query(integer, text) IS 'internal: the query that judges changed rows by the rule of a binding';

-- Queries over a whole table, which its owner runs ----------------------------------

CREATE FUNCTION statute._above_key(relation regclass, key text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	-- row comparison looks for its operators by name, which those of other types need not have
	SELECT CASE WHEN bool_and(v.above = 'OPERATOR(pg_catalog.>)')
			THEN format('(%s) > (%s)', string_agg(format('t.%I', v.name), ', ' ORDER BY v.n), string_agg(v.value, ', ' ORDER BY v.n))
			ELSE '(' || string_agg(CASE WHEN v.n = v.last THEN format('t.%I %s (%s)', v.name, v.above, v.value)
					ELSE format('t.%1$I %2$s (%4$s) OR (t.%1$I %3$s (%4$s) AND (', v.name, v.above, v.equal, v.value) END, '' ORDER BY v.n)
				|| repeat('))', count(*)::integer - 1) || ')' END
	FROM (SELECT o.*, max(o.n) OVER () AS last FROM statute._key_values($1, quote_literal($2)) o) v
$$;
COMMENT ON FUNCTION statute._above_key(regclass, text) IS 'internal: SQL that a row comes after one with the key';

CREATE FUNCTION statute._batch_query(binding integer, after text, last text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT t.* FROM %s t WHERE true%s%s FOR SHARE', b.relation,
		CASE WHEN $2 IS NOT NULL THEN ' AND ' || statute._above_key(b.relation, $2) END,
		CASE WHEN $3 IS NOT NULL THEN format(' AND NOT (%s)', statute._above_key(b.relation, $3)) END)
	FROM statute.binding b WHERE b.id = $1
$$;
COMMENT ON FUNCTION statute._batch_query(integer, text, text) IS 'internal: SQL for the rows of a bound table after one key and through another';

CREATE FUNCTION statute._batch_end_query(binding integer, after text, batch integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT %s, false FROM %s t%s ORDER BY %s OFFSET %s LIMIT 1', statute._key_expression(b.relation), b.relation,
		CASE WHEN $2 IS NOT NULL THEN ' WHERE ' || statute._above_key(b.relation, $2) END,
		(SELECT string_agg(format('t.%I', k.name), ', ' ORDER BY k.n) FROM statute._key_columns(b.relation) k), $3 - 1)
	FROM statute.binding b WHERE b.id = $1
$$;
COMMENT ON FUNCTION statute._batch_end_query(integer, text, integer) IS 'internal: SQL for the key of the last of so many rows; none where there are fewer';

-- Locked where they are written about, so that what is read stays so.
CREATE FUNCTION statute._open_query(binding integer, locked boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT t.* FROM wanted w JOIN %s t ON %s%s', b.relation, statute._key_condition(b.relation, 't', 'w.key'),
		CASE WHEN locked THEN ' FOR SHARE OF t' END)
	FROM statute.binding b WHERE b.id = $1
$$;
COMMENT ON FUNCTION statute._open_query(integer, boolean) IS 'internal: SQL for the rows of a bound table whose keys are wanted';

CREATE FUNCTION statute._gone_query(binding integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format('SELECT w.key, true FROM wanted w WHERE NOT EXISTS (SELECT FROM %s t WHERE %s)',
		b.relation, statute._key_condition(b.relation, 't', 'w.key'))
	FROM statute.binding b WHERE b.id = $1
$$;
COMMENT ON FUNCTION statute._gone_query(integer) IS 'internal: SQL for the keys that are wanted and not in the bound table';
