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

CREATE FUNCTION statute._rules_that_read(reading text) RETURNS TABLE (rule text, kind text, param text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT DISTINCT r.code, r.kind, p.key
	FROM statute.rule r CROSS JOIN LATERAL jsonb_each(r.params) p
	WHERE statute._reading_of(r.kind, p.key, p.value) = $1
$$;
COMMENT ON FUNCTION statute._rules_that_read(text) IS 'internal: the rules with a parameter that a reading gives the value of';

-- As it is stored: its type with its schema, its value as the type writes it
CREATE FUNCTION statute._checked_reading(d statute.reading) RETURNS statute.reading
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type regtype := statute._value_type(d.type);
	proposed text := statute._canonical(d.proposed, type);
BEGIN
	IF type IS NULL THEN
		RAISE EXCEPTION 'reading "%" has no built-in type: "%"', d.code, d.type
			USING ERRCODE = 'undefined_object', HINT = 'It can have types of PostgreSQL and of pg_statute, such as integer or timelimit.';
	END IF;
	IF d.proposed IS NOT NULL AND proposed IS NULL THEN
		RAISE EXCEPTION 'the value proposed for reading "%" is no %: "%"', d.code, d.type, d.proposed
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	d.type := format_type(type, -1);
	d.proposed := proposed;
	RETURN d;
END
$$;
COMMENT ON FUNCTION statute._checked_reading(statute.reading) IS 'internal: a reading in the form that is stored; fails where its type or its value is none';

CREATE FUNCTION statute.define_reading(
	code text, clause text, question text, type text,
	proposed text DEFAULT NULL, ground text DEFAULT NULL, decider text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	checked statute.reading;
BEGIN
	PERFORM statute._require_clause($2);
	PERFORM statute._require_own('reading', d.code, d.tableoid <> 'statute.reading'::regclass)
	FROM statute.reading d WHERE d.code = $1;
	checked := statute._checked_reading(ROW($1, $2, $3, $4, $5, $6, $7)::statute.reading);
	-- what was decided was a value of the old type
	IF EXISTS (SELECT FROM statute.reading d WHERE d.code = $1 AND statute._value_type(d.type) <> statute._value_type($4))
		AND (EXISTS (SELECT FROM statute.reading_decision o WHERE o.reading = $1)
			OR EXISTS (SELECT FROM statute._rules_that_read($1))) THEN
		RAISE EXCEPTION 'reading "%" cannot change its type: there are decisions on it, or rules that need it', $1
			USING ERRCODE = 'object_in_use', HINT = 'Define a reading with another code.';
	END IF;
	INSERT INTO statute.reading SELECT checked.*
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
	canonical text;
	fault text;
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
	canonical := statute._canonical(value, statute._value_type(wanted));
	IF value IS NOT NULL AND canonical IS NULL THEN
		RAISE EXCEPTION 'reading "%" wants a value of type %: "%"', reading, wanted, value
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	SELECT format('rule "%s": %s', r.rule, f.fault) INTO fault
	FROM statute._rules_that_read(reading) r
		CROSS JOIN LATERAL statute._value_fault(r.kind, r.param, to_jsonb(canonical)) f (fault)
	WHERE canonical IS NOT NULL AND f.fault IS NOT NULL
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'reading "%" cannot be "%"', reading, value
			USING ERRCODE = 'invalid_parameter_value', DETAIL = fault;
	END IF;
	INSERT INTO statute.reading_decision (reading, effective_from, value, ground, decided_by)
	VALUES (reading, coalesce(effective_from, current_date), canonical, ground, decided_by);
END
$$;
COMMENT ON FUNCTION statute.set_reading(text, text, text, text, date) IS
	'decide a reading for events from a day on, today where none is given; null opens it again. Earlier decisions stay on record';

-- Rules ---------------------------------------------------------------------------

CREATE FUNCTION statute.define_rule(
	code text, clause text, kind text, title text, roles jsonb, params jsonb DEFAULT '{}',
	applies text DEFAULT NULL, must text DEFAULT NULL, modality text DEFAULT 'must', effective daterange DEFAULT NULL,
	topic text DEFAULT NULL)
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
	r := (code, 1, clause, kind, title, roles, params, nullif(applies, ''), nullif(must, ''), modality,
		coalesce(effective, r.effective), clock_timestamp(), session_user, nullif(topic, ''));
	r := statute._checked_rule(r);
	INSERT INTO statute.rule SELECT r.*;
END
$$;
COMMENT ON FUNCTION statute.define_rule(text, text, text, text, jsonb, jsonb, text, text, text, daterange, text) IS
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
	-- a version that ends before its first day was never in force: a slip, corrected
	IF through IS NULL OR NOT isfinite(through) OR NOT (r.effective @> through OR r.effective @> through + 1) THEN
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
REVOKE EXECUTE ON FUNCTION statute._close_rule(text, date) FROM PUBLIC;
COMMENT ON FUNCTION statute._close_rule(text, date) IS 'internal: end the latest version of a rule with a day; returns it as it was';

CREATE FUNCTION statute.amend_rule(
	code text, effective_from date, title text DEFAULT NULL, roles jsonb DEFAULT NULL, params jsonb DEFAULT NULL,
	applies text DEFAULT NULL, must text DEFAULT NULL, modality text DEFAULT NULL, topic text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r statute.rule;
BEGIN
	r := statute._close_rule(code, effective_from - 1);
	r.version := r.version + 1;
	r.effective := r.effective * daterange(effective_from, NULL); -- as it was before it was closed
	r.title := coalesce(title, r.title);
	r.roles := coalesce(roles, r.roles);
	r.params := coalesce(params, r.params);
	r.applies := nullif(coalesce(applies, r.applies), '');
	r.must := nullif(coalesce(must, r.must), '');
	r.modality := coalesce(modality, r.modality);
	r.defined_at := clock_timestamp();
	r.defined_by := session_user;
	r.topic := nullif(coalesce(topic, r.topic), '');
	r := statute._checked_rule(r);
	INSERT INTO statute.rule SELECT r.*;
	RETURN r.version;
END
$$;
COMMENT ON FUNCTION statute.amend_rule(text, date, text, jsonb, jsonb, text, text, text, text) IS
	'make a new version of a rule for events from a day on, also from its first: then the old version was never in force. What is null stays, an empty expression or topic is dropped. Returns the version';

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

-- A year that the calendar of a rule does not know, from the rule's first to that of the day
CREATE FUNCTION statute._uncovered_years(calendar text, effective daterange, on_day date) RETURNS SETOF integer
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT y
	FROM generate_series(
		extract(year FROM CASE WHEN lower_inf(effective) THEN on_day ELSE greatest(lower(effective), '1900-01-01') END)::integer,
		extract(year FROM least(upper(effective) - 1, on_day))::integer) y
	WHERE EXISTS (SELECT FROM statute.calendar c WHERE c.code = $1)
		AND statute.is_provisional(make_date(y, 7, 1), $1)
$$;
COMMENT ON FUNCTION statute._uncovered_years(text, daterange, date) IS 'internal: years in which a rule is in force and its calendar is not known';

-- The parts of a rule that rest on its being well made: those that are not are listed by themselves.
CREATE FUNCTION statute._rule_contradictions(r statute.rule, on_day date) RETURNS TABLE (problem text, detail text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	WITH v AS (
		SELECT p.params, coalesce(p.params ->> 'calendar', statute._usual_calendar()) AS calendar
		FROM statute._resolve_params(r.kind, r.params, on_day) p (params)
	)
	SELECT 'default above maximum', format('The time limit %s is longer than the maximum %s.', v.params ->> 'limit', v.params ->> 'maximum')
	FROM v
	WHERE r.kind = 'deadline'
		AND (v.params ->> 'limit')::statute.timelimit OPERATOR(statute.>) (v.params ->> 'maximum')::statute.timelimit
	UNION ALL
	SELECT 'can never hold', format('No row can meet: %s', r.must) WHERE NOT statute._rule_expression(r, r.must, 'must')
	UNION ALL
	SELECT 'never applies', format('No row is subject to it: %s', r.applies) WHERE NOT statute._rule_expression(r, r.applies, 'applies')
	UNION ALL
	SELECT 'open reading', format('%s waits for reading %s: %s Proposed: %s.', p.key, d.code, d.question, coalesce(d.proposed, 'nothing'))
	FROM jsonb_each(r.params) p JOIN statute.reading d ON d.code = statute._reading_of(r.kind, p.key, p.value)
	WHERE statute.reading_value(d.code, on_day) IS NULL AND r.effective @> on_day
	UNION ALL
	SELECT 'state without a way in', format('No move leads to "%s", and nothing begins there.', m.key)
	FROM jsonb_each(r.params -> 'moves') m
	WHERE r.kind = 'workflow' AND r.params ? 'begins' AND NOT r.params -> 'begins' ? m.key
		AND NOT EXISTS (SELECT FROM jsonb_each(r.params -> 'moves') o WHERE o.value ? m.key)
	UNION ALL
	SELECT 'pause begins at the start', format('The clock of %s to %s never runs.', p.value ->> 0, p.value ->> 1)
	FROM jsonb_array_elements(r.params -> 'pauses') p
	WHERE r.kind = 'deadline' AND p.value ->> 0 = 'start'
	UNION ALL
	SELECT 'calendar missing', format('There is no calendar "%s".', v.calendar)
	FROM v WHERE r.kind IN ('deadline', 'recurring') AND NOT EXISTS (SELECT FROM statute.calendar c WHERE c.code = v.calendar)
	UNION ALL
	SELECT 'calendar year not covered', format('Calendar "%s" does not know the working days of %s.', v.calendar, y)
	FROM v CROSS JOIN LATERAL statute._uncovered_years(v.calendar, r.effective, on_day) y
	WHERE r.kind IN ('deadline', 'recurring')
$$;
COMMENT ON FUNCTION statute._rule_contradictions(statute.rule, date) IS 'internal: what contradicts itself in a rule that is well made';

CREATE FUNCTION statute.check_rulebook(on_day date DEFAULT NULL)
RETURNS TABLE (code text, version integer, problem text, detail text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
	WITH rule AS MATERIALIZED (
		-- a version that was never in force says nothing
		SELECT r, r.code, r.version, coalesce(statute._rule_fault(r), statute._expression_fault(r)) AS fault
		FROM statute.rule r
		WHERE NOT isempty(r.effective)
	), sound AS MATERIALIZED (
		SELECT u.* FROM rule u WHERE u.fault IS NULL
	)
	SELECT u.code, u.version, 'no longer well made', u.fault FROM rule u WHERE u.fault IS NOT NULL
	UNION ALL
	SELECT s.code, s.version, c.problem, c.detail
	FROM sound s CROSS JOIN LATERAL statute._rule_contradictions(s.r,
		least(greatest(coalesce(on_day, current_date), '1900-01-01'), '2299-12-31')) c
	UNION ALL
	SELECT a.code, b.version, 'versions overlap', format('Versions %s and %s are both in force in %s.', a.version, b.version, a.effective * b.effective)
	FROM statute.rule a JOIN statute.rule b
		ON b.code = a.code AND (b.version, b.tableoid) > (a.version, a.tableoid) AND b.effective && a.effective
	UNION ALL
	SELECT r.code, r.version, 'clause missing', format('There is no clause "%s".', r.clause)
	FROM statute.rule r WHERE NOT EXISTS (SELECT FROM statute.clause c WHERE c.code = r.clause)
	ORDER BY 1, 2, 3, 4
$$;
COMMENT ON FUNCTION statute.check_rulebook(date) IS 'contradictions and gaps in the rulebook on a day, today where none is given: no rows where there are none';

