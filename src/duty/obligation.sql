
-- What people do to obligations and violations. Who may: roles that may update
-- the rows that these come from, and were granted the function. The functions
-- with an underscore get the name of the caller from src/duty/gateway.c.

CREATE FUNCTION statute._require_text(value text, what text, doing text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(btrim(value), '') = '' THEN
		RAISE EXCEPTION '% needs %', doing, what USING ERRCODE = 'null_value_not_allowed';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_text(text, text, text) IS 'internal: fails where something that goes on record is empty';

CREATE FUNCTION statute._require_rights(caller name, binding integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation regclass;
	entitled boolean;
BEGIN
	SELECT o.relation INTO relation FROM statute.binding o WHERE o.id = binding;
	-- what is left of a table that is gone
	entitled := CASE WHEN relation IS NULL THEN (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = caller)
		ELSE has_table_privilege(caller, relation, 'UPDATE') AND statute._may_see(binding, caller) END;
	IF entitled IS NOT TRUE THEN
		RAISE EXCEPTION 'permission denied for the duties of table "%"', relation
			USING ERRCODE = 'insufficient_privilege', HINT = 'It takes the right to read and update the table, all its rows.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_rights(name, integer) IS 'internal: fails where a role may not update the bound table';

-- Locked, so that what is checked stays true.
CREATE FUNCTION statute._require_obligation(caller name, obligation bigint, states text[], doing text) RETURNS statute.obligation
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation;
BEGIN
	SELECT l.* INTO o FROM statute.obligation l WHERE l.id = obligation FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'obligation % does not exist', obligation USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM statute._require_rights(caller, o.binding);
	IF o.state <> ALL (states) THEN
		RAISE EXCEPTION 'obligation % is %, and % takes one that is %', obligation, o.state, doing, array_to_string(states, ' or ')
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN o;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._require_obligation(name, bigint, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION statute._require_obligation(name, bigint, text[], text) IS 'internal: an obligation, locked; fails where its state is none of these';

-- A due date that moved makes a violation of being late, or corrects it.
CREATE FUNCTION statute._judge_lateness(obligation bigint, zone text, reason text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
	UPDATE statute.violation v
	SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(), reason = $3
	FROM statute.obligation o
	WHERE o.id = $1 AND v.binding = o.binding AND v.row_key = o.row_key AND v.what = statute._late_fact(o.period) AND v.state = 'open'
		AND NOT statute._is_late(o.due_at, o.done_at);
	INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
	SELECT o.binding, o.rule_version, o.row_key, o.subject, o.due_at, statute._late_fact(o.period), statute._late_detail(o.due_at, o.done_at, $2), false
	FROM statute.obligation o
	WHERE o.id = $1 AND statute._is_late(o.due_at, o.done_at)
	ON CONFLICT (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting DO NOTHING;
$$;
REVOKE EXECUTE ON FUNCTION statute._judge_lateness(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._judge_lateness(bigint, text, text) IS 'internal: record or correct the violation of an obligation whose due date moved';

CREATE FUNCTION statute._change_obligation(o statute.obligation, what text, reason text, basis text, actor text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b record;
BEGIN
	SELECT d.calendar, c.time_zone INTO b
	FROM statute.binding d CROSS JOIN LATERAL statute._effective_calendar(d.calendar) c
	WHERE d.id = o.binding;
	-- a row that gives its own due date, or a fixed one, has no limit to count anew until it is extended
	IF coalesce(o.extended_to, o.allowed) IS NOT NULL THEN
		o.due_at := statute._due_at(
			coalesce(statute.deadline(o.opened_at, o.allowed, b.calendar, coalesce(o.convention, ''), o.row_pauses), o.due_at),
			o.opened_at, o.allowed, o.extended_to, b.calendar, o.convention, o.row_pauses, statute._stops(o.pauses, o.paused_at));
		o.calendar_revision := statute.current_revision(b.calendar);
	END IF;
	o.due_on := statute._due_day(o.due_at, b.time_zone);
	INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, done_after, actor, reason, basis)
	SELECT l.id, what, l.state, o.state, l.due_at, o.due_at, l.done_at, l.done_at, coalesce(actor, statute._actor()), reason, basis
	FROM statute.obligation l WHERE l.id = o.id;
	UPDATE statute.obligation l
	SET state = o.state, pauses = o.pauses, paused_at = o.paused_at, extended_to = o.extended_to, due_at = o.due_at, due_on = o.due_on,
		next_step_at = '-infinity', calendar_revision = o.calendar_revision, provisional = statute._is_provisional(o.due_at, b.time_zone, b.calendar)
	WHERE l.id = o.id;
	-- duties that follow this one begin after it was due
	UPDATE statute.recurrence r SET next_open_at = '-infinity'
	FROM statute.binding d JOIN statute.binding f ON f.relation = d.relation
	WHERE d.id = o.binding AND r.binding = f.id AND r.row_key = o.row_key;
	PERFORM statute._judge_lateness(o.id, b.time_zone, what);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._change_obligation(statute.obligation, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._change_obligation(statute.obligation, text, text, text, text) IS
	'internal: write the state, pauses and extension of an obligation, its due date counted anew, and the history';

CREATE FUNCTION statute._pause(caller name, obligation bigint, reason text, basis text, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation := statute._require_obligation(caller, obligation, '{open}', 'pause()');
BEGIN
	PERFORM statute._require_text(reason, 'a reason', 'pause()'), statute._require_text(basis, 'its legal basis', 'pause()');
	at := coalesce(at, clock_timestamp());
	IF o.allowed IS NULL AND o.extended_to IS NULL THEN
		RAISE EXCEPTION 'obligation % is due on a date of its own, whose clock does not stop', obligation
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF at > clock_timestamp() OR at < o.opened_at OR at >= o.due_at THEN
		RAISE EXCEPTION 'obligation % cannot be paused at %', obligation, at
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('It was opened at %s and is due at %s; what has not happened yet is not recorded.', o.opened_at, o.due_at);
	END IF;
	o.paused_at := at;
	o.state := 'paused';
	PERFORM statute._change_obligation(o, 'paused', reason, basis, NULL);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._pause(name, bigint, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._pause(name, bigint, text, text, timestamptz) IS 'internal: pause(), for a caller';

CREATE FUNCTION statute.pause(obligation bigint, reason text, basis text, at timestamptz DEFAULT NULL) RETURNS void
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.pause(bigint, text, text, timestamptz) IS
	'stop the clock of an open obligation, from an instant in the past on or from now, on a legal basis';

CREATE FUNCTION statute._resume(caller name, obligation bigint, reason text, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation := statute._require_obligation(caller, obligation, '{paused}', 'resume()');
BEGIN
	at := coalesce(at, clock_timestamp());
	IF o.paused_at IS NULL THEN
		RAISE EXCEPTION 'obligation % was paused by its row, and goes on when that says so', obligation
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF at > clock_timestamp() OR at < o.paused_at THEN
		RAISE EXCEPTION 'obligation % cannot go on at %', obligation, at
			USING ERRCODE = 'invalid_parameter_value',
				DETAIL = format('It stopped at %s; what has not happened yet is not recorded.', o.paused_at);
	END IF;
	o.pauses := o.pauses + tstzmultirange(tstzrange(o.paused_at, at));
	o.paused_at := NULL;
	o.state := statute._duty_state(o.state, false, NULL, o.pauses + o.row_pauses);
	PERFORM statute._change_obligation(o, 'resumed', reason, NULL, NULL);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._resume(name, bigint, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._resume(name, bigint, text, timestamptz) IS 'internal: resume(), for a caller';

CREATE FUNCTION statute.resume(obligation bigint, reason text DEFAULT NULL, at timestamptz DEFAULT NULL) RETURNS void
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.resume(bigint, text, timestamptz) IS 'let the clock of an obligation go on that pause() stopped, from an instant in the past on or from now';

CREATE FUNCTION statute._extend(caller name, obligation bigint, allowed statute.timelimit, reason text, basis text, approver text) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation := statute._require_obligation(caller, obligation, '{open,paused}', 'extend()');
	before timestamptz := o.due_at;
	maximum statute.timelimit;
	calendar text;
BEGIN
	PERFORM statute._require_text(reason, 'a reason', 'extend()'), statute._require_text(basis, 'its legal basis', 'extend()'),
		statute._require_text(approver, 'the name of who approved it', 'extend()'), statute._require_text(allowed::text, 'a time limit', 'extend()');
	IF clock_timestamp() > o.due_at THEN
		RAISE EXCEPTION 'obligation % was due at %, and an extension after that is void', obligation, o.due_at
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Excuse its violation instead, with a reason.';
	END IF;
	SELECT (statute.rule_params(b.rule, (o.opened_at AT TIME ZONE c.time_zone)::date) ->> 'maximum')::statute.timelimit, b.calendar
	INTO maximum, calendar
	FROM statute.binding b CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
	WHERE b.id = o.binding;
	IF maximum IS NULL THEN
		RAISE EXCEPTION 'the rule of obligation % knows no extension', obligation
			USING ERRCODE = 'invalid_parameter_value', HINT = 'A rule that does has the parameter "maximum".';
	END IF;
	-- to compare two limits takes a start: 3 months can be more or less than 90 days
	IF statute.deadline(o.opened_at, allowed, calendar, coalesce(o.convention, '')) >
			statute.deadline(o.opened_at, maximum, calendar, coalesce(o.convention, '')) THEN
		RAISE EXCEPTION 'obligation % cannot be extended to %', obligation, allowed
			USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Its rule allows %s at most.', maximum);
	END IF;
	o.extended_to := allowed;
	PERFORM statute._change_obligation(o, 'extended', reason, basis, approver);
	SELECT l.due_at INTO o.due_at FROM statute.obligation l WHERE l.id = obligation;
	IF o.due_at <= before AND before < 'infinity' THEN
		RAISE EXCEPTION 'obligation % would be due at % with a limit of %, and is due at % without', obligation, o.due_at, allowed, before
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN o.due_at;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._extend(name, bigint, statute.timelimit, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._extend(name, bigint, statute.timelimit, text, text, text) IS 'internal: extend(), for a caller';

CREATE FUNCTION statute.extend(obligation bigint, allowed statute.timelimit, reason text, basis text, approver text) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.extend(bigint, statute.timelimit, text, text, text) IS
	'give an obligation that is not late a longer time limit, within the maximum of its rule; returns when it is due now';

CREATE FUNCTION statute._verify(caller name, obligation bigint, verifier text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation := statute._require_obligation(caller, obligation, '{done}', 'verify()');
BEGIN
	PERFORM statute._require_text(verifier, 'the name of who verified it', 'verify()');
	IF verifier = o.subject THEN
		RAISE EXCEPTION 'obligation % was that of "%", who cannot verify it', obligation, verifier
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	o.state := 'verified';
	PERFORM statute._change_obligation(o, 'verified', reason, NULL, verifier);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._verify(name, bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._verify(name, bigint, text, text) IS 'internal: verify(), for a caller';

CREATE FUNCTION statute.verify(obligation bigint, verifier text, reason text DEFAULT NULL) RETURNS void
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.verify(bigint, text, text) IS 'record that somebody else than its subject found an obligation done';

CREATE FUNCTION statute._close(caller name, obligation bigint, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	o statute.obligation := statute._require_obligation(caller, obligation, '{done,verified}', 'close()');
BEGIN
	IF o.state = 'done' AND EXISTS (SELECT FROM statute.binding b JOIN statute.rule r ON r.code = b.rule AND r.version = o.rule_version
			WHERE b.id = o.binding AND statute._resolve_params(r.kind, r.params, o.opened_at::date) ->> 'verified' = 'true') THEN
		RAISE EXCEPTION 'obligation % is done, and its rule wants that verified before it is closed', obligation
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Somebody else than its subject calls statute.verify().';
	END IF;
	o.state := 'closed';
	PERFORM statute._change_obligation(o, 'closed', reason, NULL, NULL);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._close(name, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._close(name, bigint, text) IS 'internal: close(), for a caller';

CREATE FUNCTION statute.close(obligation bigint, reason text DEFAULT NULL) RETURNS void
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.close(bigint, text) IS 'put an obligation that was done away; purge() can archive it then';

CREATE FUNCTION statute._excuse(caller name, violation bigint, reason text, basis text, approver text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v statute.violation;
BEGIN
	PERFORM statute._require_text(reason, 'a reason', 'excuse()'), statute._require_text(basis, 'its basis', 'excuse()'),
		statute._require_text(approver, 'the name of who approved it', 'excuse()');
	SELECT l.* INTO v FROM statute.violation l WHERE l.id = violation FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'violation % does not exist', violation USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM statute._require_rights(caller, v.binding);
	IF v.state <> 'open' THEN
		RAISE EXCEPTION 'violation % is % already', violation, v.state USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE statute.violation l
	SET state = 'excused', settled_at = clock_timestamp(), settled_by = approver, reason = format('%s (%s)', _excuse.reason, basis)
	WHERE l.id = violation;
END
$$;
REVOKE EXECUTE ON FUNCTION statute._excuse(name, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION statute._excuse(name, bigint, text, text, text) IS 'internal: excuse(), for a caller';

CREATE FUNCTION statute.excuse(violation bigint, reason text, basis text, approver text) RETURNS void
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.excuse(bigint, text, text, text) IS 'answer a violation with a reason, its basis and who approved; it stays on record';

-- An application role records what happened; to be let off takes a grant.
REVOKE EXECUTE ON FUNCTION statute.extend(bigint, statute.timelimit, text, text, text), statute.excuse(bigint, text, text, text) FROM PUBLIC;

-- The past --------------------------------------------------------------------------

CREATE FUNCTION statute._status_at(caller name, obligation bigint, at timestamptz, OUT state text, OUT due_at timestamptz, OUT late boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.state, s.due_at, s.state <> 'cancelled' AND coalesce(s.done_at, $3) > s.due_at
	FROM statute.obligation o CROSS JOIN LATERAL (
		SELECT coalesce(past.state_after, next.state_before, o.state), coalesce(past.due_after, next.due_before, o.due_at),
			CASE WHEN past.id IS NOT NULL THEN past.done_after WHEN next.id IS NOT NULL THEN next.done_before ELSE o.done_at END
		FROM (VALUES (1)) one
			LEFT JOIN LATERAL (SELECT e.* FROM statute.obligation_event e
				WHERE e.obligation = o.id AND e.happened_at <= $3 ORDER BY e.id DESC LIMIT 1) past ON true
			LEFT JOIN LATERAL (SELECT e.* FROM statute.obligation_event e
				WHERE e.obligation = o.id AND e.happened_at > $3 ORDER BY e.id LIMIT 1) next ON true
	) s (state, due_at, done_at)
	WHERE o.id = $2 AND o.recorded_at <= $3 AND statute._may_see(o.binding, caller)
$$;
REVOKE EXECUTE ON FUNCTION statute._status_at(name, bigint, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute._status_at(name, bigint, timestamptz) IS 'internal: status_at(), for a caller';

CREATE FUNCTION statute.status_at(obligation bigint, at timestamptz, OUT state text, OUT due_at timestamptz, OUT late boolean)
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute.status_at(bigint, timestamptz) IS
	'the state and due date of an obligation as the database had them at an instant, and whether it was late then; null before it was recorded';

CREATE FUNCTION statute.define_place(code text, title text, parent text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF parent IS NOT NULL AND NOT EXISTS (SELECT FROM statute.place p WHERE p.code = define_place.parent) THEN
		RAISE EXCEPTION 'place "%" does not exist', parent USING ERRCODE = 'undefined_object';
	END IF;
	IF statute._is_within(parent, code) THEN
		RAISE EXCEPTION 'place "%" cannot be in itself', code USING ERRCODE = 'invalid_object_definition';
	END IF;
	INSERT INTO statute.place (code, title, parent) VALUES (code, title, parent)
	ON CONFLICT ON CONSTRAINT place_pkey DO UPDATE SET title = excluded.title, parent = excluded.parent;
END
$$;
COMMENT ON FUNCTION statute.define_place(text, text, text) IS 'enter a place, or correct it, and the place that it is in';
