-- The rulebook: what a DBA calls.

CREATE FUNCTION statute._require_own(kind text, code text, shipped boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF shipped THEN
		RAISE EXCEPTION '% "%" is shipped by a pack and cannot be changed', kind, code
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = format('Define a %s of your own with another code.', kind);
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_own(text, text, boolean) IS 'internal: fails for what a pack ships';

CREATE FUNCTION statute._require_clause(code text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM statute.clause c WHERE c.code = $1) THEN
		RAISE EXCEPTION 'clause "%" does not exist', code
			USING ERRCODE = 'undefined_object', HINT = 'statute.define_clause() makes one.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_clause(text) IS 'internal: fails where the clause does not exist';

CREATE FUNCTION statute.define_regulation(
	code text, title text, issuer text, effective daterange,
	number text DEFAULT NULL, issued date DEFAULT NULL, source text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM statute._require_own('regulation', g.code, g.tableoid <> 'statute.regulation'::regclass)
	FROM statute.regulation g WHERE g.code = $1;
	INSERT INTO statute.regulation (code, title, issuer, effective, number, issued, source)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (code) DO UPDATE SET (title, issuer, effective, number, issued, source) =
		(excluded.title, excluded.issuer, excluded.effective, excluded.number, excluded.issued, excluded.source);
END
$$;
COMMENT ON FUNCTION statute.define_regulation(text, text, text, daterange, text, date, text) IS
	'enter a regulation of one''s own, or correct it';

CREATE FUNCTION statute.define_clause(
	code text, regulation text, article text, quote text,
	enforceable text DEFAULT 'yes', why_not text DEFAULT NULL, summary text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM statute.regulation g WHERE g.code = $2) THEN
		RAISE EXCEPTION 'regulation "%" does not exist', $2
			USING ERRCODE = 'undefined_object', HINT = 'statute.define_regulation() makes one.';
	END IF;
	PERFORM statute._require_own('clause', c.code, c.tableoid <> 'statute.clause'::regclass)
	FROM statute.clause c WHERE c.code = $1;
	INSERT INTO statute.clause (code, regulation, article, quote, enforceable, why_not, summary)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (code) DO UPDATE SET (regulation, article, quote, enforceable, why_not, summary) =
		(excluded.regulation, excluded.article, excluded.quote, excluded.enforceable, excluded.why_not, excluded.summary);
END
$$;
COMMENT ON FUNCTION statute.define_clause(text, text, text, text, text, text, text) IS
	'enter a clause of one''s own with its words, or correct it';

CREATE FUNCTION statute.define_reading(
	code text, clause text, question text, type text,
	proposed text DEFAULT NULL, ground text DEFAULT NULL, decider text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM statute._require_clause($2);
	PERFORM statute._require_own('reading', d.code, d.tableoid <> 'statute.reading'::regclass)
	FROM statute.reading d WHERE d.code = $1;
	IF to_regtype($4) IS NULL THEN
		RAISE EXCEPTION 'type "%" of reading "%" does not exist', $4, $1
			USING ERRCODE = 'undefined_object', HINT = 'Write types of other schemas with their schema, such as statute.timelimit.';
	END IF;
	IF $5 IS NOT NULL AND NOT statute._is_of_type($5, $4) THEN
		RAISE EXCEPTION 'the value proposed for reading "%" is no %: "%"', $1, $4, $5
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO statute.reading (code, clause, question, type, proposed, ground, decider)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (code) DO UPDATE SET (clause, question, type, proposed, ground, decider) =
		(excluded.clause, excluded.question, excluded.type, excluded.proposed, excluded.ground, excluded.decider);
END
$$;
COMMENT ON FUNCTION statute.define_reading(text, text, text, text, text, text, text) IS
	'enter what a clause leaves open, with a proposed answer; the question stays open until set_reading';

CREATE FUNCTION statute.set_reading(
	reading text, value text, ground text, decided_by text, effective_from date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted text;
BEGIN
	SELECT d.type INTO wanted FROM statute.reading d WHERE d.code = reading;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'reading "%" does not exist', reading
			USING ERRCODE = 'undefined_object', HINT = 'SELECT code, question FROM statute.reading lists the readings.';
	END IF;
	IF coalesce(ground, '') = '' OR coalesce(decided_by, '') = '' THEN
		RAISE EXCEPTION 'a decision on reading "%" needs its ground and who decided', reading
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	IF NOT statute._is_of_type(value, wanted) THEN
		RAISE EXCEPTION 'reading "%" wants a value of type %: "%"', reading, wanted, value
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO statute.reading_decision (reading, effective_from, value, ground, decided_by)
	VALUES (reading, coalesce(effective_from, current_date), value, ground, decided_by);
END
$$;
COMMENT ON FUNCTION statute.set_reading(text, text, text, text, date) IS
	'decide a reading for events from a day on, today where none is given; null opens it again. Earlier decisions stay on record';

-- Rules ---------------------------------------------------------------------------

CREATE FUNCTION statute.define_rule(
	code text, clause text, kind text, title text, roles jsonb, params jsonb DEFAULT '{}',
	applies text DEFAULT NULL, must text DEFAULT NULL, modality text DEFAULT 'must', effective daterange DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
BEGIN
	IF coalesce(code, '') = '' THEN
		RAISE EXCEPTION 'a rule needs a code' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM statute._require_clause(clause);
	IF EXISTS (SELECT FROM statute.rule o WHERE o.code = define_rule.code) THEN
		RAISE EXCEPTION 'rule "%" exists already', code
			USING ERRCODE = 'duplicate_object', HINT = 'statute.amend_rule() makes a new version of it.';
	END IF;
	SELECT g.effective INTO r.effective
	FROM statute.clause c JOIN statute.regulation g ON g.code = c.regulation
	WHERE c.code = define_rule.clause;
	r := (code, 1, clause, kind, title, roles, params, applies, must, modality, coalesce(effective, r.effective),
		clock_timestamp(), session_user);
	PERFORM statute._check_rule(r);
	INSERT INTO statute.rule SELECT r.*;
END
$$;
COMMENT ON FUNCTION statute.define_rule(text, text, text, text, jsonb, jsonb, text, text, text, daterange) IS
	'make a rule of a clause; it is in force as long as the regulation, where nothing else is said';

CREATE FUNCTION statute._close_rule(code text, through date) RETURNS statute.rule
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
	shipped boolean;
BEGIN
	-- the latest version, locked, so that two changes at once come one after the other
	SELECT o.* INTO r FROM ONLY statute.rule o WHERE o.code = $1 ORDER BY o.version DESC LIMIT 1 FOR UPDATE;
	IF NOT FOUND THEN
		SELECT true INTO shipped FROM statute.rule o WHERE o.code = $1;
		PERFORM statute._require_own('rule', $1, shipped);
		RAISE EXCEPTION 'rule "%" does not exist', $1
			USING ERRCODE = 'undefined_object', HINT = 'SELECT code, title FROM statute.rule lists the rules.';
	END IF;
	IF through IS NULL OR NOT isfinite(through) OR NOT r.effective @> through THEN
		RAISE EXCEPTION 'version % of rule "%" is not in force on %', r.version, $1, coalesce(through::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('It is in force in %s.', r.effective);
	END IF;
	UPDATE ONLY statute.rule o
	SET effective = o.effective * daterange(NULL, through, '[]')
	WHERE o.code = $1 AND o.version = r.version;
	RETURN r;
END
$$;
COMMENT ON FUNCTION statute._close_rule(text, date) IS 'internal: end the latest version of a rule with a day; returns it as it was';

CREATE FUNCTION statute.amend_rule(
	code text, effective_from date, title text DEFAULT NULL, roles jsonb DEFAULT NULL, params jsonb DEFAULT NULL,
	applies text DEFAULT NULL, must text DEFAULT NULL, modality text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
BEGIN
	r := statute._close_rule(code, effective_from - 1);
	r.version := r.version + 1;
	r.effective := r.effective * daterange(effective_from, NULL);
	r.title := coalesce(title, r.title);
	r.roles := coalesce(roles, r.roles);
	r.params := coalesce(params, r.params);
	r.applies := nullif(coalesce(applies, r.applies), '');
	r.must := nullif(coalesce(must, r.must), '');
	r.modality := coalesce(modality, r.modality);
	r.defined_at := clock_timestamp();
	r.defined_by := session_user;
	PERFORM statute._check_rule(r);
	INSERT INTO statute.rule SELECT r.*;
	RETURN r.version;
END
$$;
COMMENT ON FUNCTION statute.amend_rule(text, date, text, jsonb, jsonb, text, text, text) IS
	'make a new version of a rule for events from a day on; what is null stays, an empty expression is dropped. Returns the version';

CREATE FUNCTION statute.retire_rule(code text, through date) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._close_rule(code, through);
END
$$;
COMMENT ON FUNCTION statute.retire_rule(text, date) IS 'end a rule with a day: later events are no longer under it';

-- Contradictions ------------------------------------------------------------------

CREATE FUNCTION statute._usual_calendar() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(nullif(current_setting('statute.calendar', true), ''),
		(SELECT d.calendar FROM statute.calendar_default d ORDER BY d.tableoid <> 'statute.calendar_default'::regclass, d.calendar LIMIT 1))
$$;
COMMENT ON FUNCTION statute._usual_calendar() IS 'internal: the calendar of a call that names none, or null';

-- A year that the calendar of a rule does not know, from the rule's first through this one
CREATE FUNCTION statute._uncovered_years(calendar text, effective daterange) RETURNS SETOF integer
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT y
	FROM generate_series(
		extract(year FROM CASE WHEN lower_inf(effective) THEN current_date ELSE lower(effective) END)::integer,
		extract(year FROM least(upper(effective) - 1, current_date))::integer) y
	WHERE EXISTS (SELECT FROM statute.calendar c WHERE c.code = $1)
		AND statute.is_provisional(make_date(y, 7, 1), $1)
$$;
COMMENT ON FUNCTION statute._uncovered_years(text, daterange) IS 'internal: years in which a rule is in force and its calendar is not known';

CREATE FUNCTION statute.check_rulebook()
RETURNS TABLE (code text, version integer, problem text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH rule AS (
		SELECT r, r.code, r.version, r.kind, r.roles, r.must, r.applies, r.effective, r.params AS as_written,
			-- today's values, or those of the version's own time
			(SELECT jsonb_object_agg(p.key, CASE WHEN jsonb_typeof(p.value) = 'object' AND p.value ? 'reading'
				THEN to_jsonb(statute.reading_value(p.value ->> 'reading')) ELSE p.value END)
			FROM jsonb_each(r.params) p) AS params
		FROM statute.rule r
	)
	SELECT r.code, r.version, 'default above maximum',
		format('The time limit %s is longer than the maximum %s.', r.params ->> 'limit', r.params ->> 'maximum')
	FROM rule r
	WHERE r.kind = 'deadline'
		AND (r.params ->> 'limit')::statute.timelimit OPERATOR(statute.>) (r.params ->> 'maximum')::statute.timelimit
	UNION ALL
	SELECT r.code, r.version, 'can never hold', format('No row can meet: %s', r.must)
	FROM rule r WHERE NOT statute._rule_expression(r.r, r.must, 'must')
	UNION ALL
	SELECT r.code, r.version, 'never applies', format('No row is subject to it: %s', r.applies)
	FROM rule r WHERE NOT statute._rule_expression(r.r, r.applies, 'applies')
	UNION ALL
	SELECT a.code, b.version, 'versions overlap', format('Versions %s and %s are both in force in %s.', a.version, b.version, a.effective * b.effective)
	FROM statute.rule a JOIN statute.rule b ON b.code = a.code AND b.version > a.version AND b.effective && a.effective
	UNION ALL
	SELECT r.code, r.version, 'open reading',
		format('%s waits for reading %s: %s Proposed: %s.', p.key, d.code, d.question, coalesce(d.proposed, 'nothing'))
	FROM rule r CROSS JOIN LATERAL jsonb_each(r.as_written) p
		JOIN statute.reading d ON d.code = p.value ->> 'reading'
	WHERE jsonb_typeof(p.value) = 'object' AND statute.reading_value(d.code) IS NULL AND r.effective @> current_date
	UNION ALL
	SELECT r.code, r.version, 'clause missing', format('There is no clause "%s".', (r.r).clause)
	FROM rule r WHERE NOT EXISTS (SELECT FROM statute.clause c WHERE c.code = (r.r).clause)
	UNION ALL
	SELECT r.code, r.version, 'state without a way in', format('No move leads to "%s", and nothing begins there.', m.key)
	FROM rule r CROSS JOIN LATERAL jsonb_object_keys(r.params -> 'moves') m (key)
	WHERE r.kind = 'workflow' AND r.params ? 'begins' AND NOT r.params -> 'begins' ? m.key
		AND NOT EXISTS (SELECT FROM jsonb_each(r.params -> 'moves') o WHERE o.value ? m.key)
	UNION ALL
	SELECT r.code, r.version, 'pause begins at the start', format('The clock of %s to %s never runs.', p.value ->> 0, p.value ->> 1)
	FROM rule r CROSS JOIN LATERAL jsonb_array_elements(r.params -> 'pauses') p
	WHERE r.kind = 'deadline' AND p.value ->> 0 = 'start'
	UNION ALL
	SELECT r.code, r.version, 'calendar missing', format('There is no calendar "%s".', k.calendar)
	FROM rule r CROSS JOIN LATERAL (SELECT coalesce(r.params ->> 'calendar', statute._usual_calendar())) k (calendar)
	WHERE r.kind IN ('deadline', 'recurring') AND NOT EXISTS (SELECT FROM statute.calendar c WHERE c.code = k.calendar)
	UNION ALL
	SELECT r.code, r.version, 'calendar year not covered', format('Calendar "%s" does not know the working days of %s.', k.calendar, y)
	FROM rule r CROSS JOIN LATERAL (SELECT coalesce(r.params ->> 'calendar', statute._usual_calendar())) k (calendar)
		CROSS JOIN LATERAL statute._uncovered_years(k.calendar, r.effective) y
	WHERE r.kind IN ('deadline', 'recurring')
	ORDER BY 1, 2, 3, 4
$$;
COMMENT ON FUNCTION statute.check_rulebook() IS 'contradictions and gaps in the rulebook: no rows where there are none';

