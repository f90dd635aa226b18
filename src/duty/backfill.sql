
-- Rows that no statement is changing: those that were there before the binding,
-- and those whose due dates a calendar or a rule has moved.

CREATE FUNCTION statute._judge_batch(binding integer, batch integer) RETURNS text
AS 'MODULE_PATHNAME', 'statute_judge_batch'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._judge_batch(integer, integer) IS
	'internal: judge the next rows of a table in the order of its key, for its owner; the last key, or null when there are no more';

CREATE FUNCTION statute._wait_for_writers(binding integer) RETURNS void
AS 'MODULE_PATHNAME', 'statute_wait_for_writers'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._wait_for_writers(integer) IS 'internal: wait for the transactions that write to a table, for its owner';

CREATE FUNCTION statute._judge_gone(binding integer) RETURNS bigint
AS 'MODULE_PATHNAME', 'statute_judge_gone'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._judge_gone(integer) IS 'internal: settle what the ledger has of rows that are gone, for the owner of the table';

CREATE FUNCTION statute._judge_open(binding integer, reason text) RETURNS void
AS 'MODULE_PATHNAME', 'statute_judge_open'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._judge_open(integer, text) IS 'internal: judge the rows with open obligations anew, for the owner of the table';

CREATE FUNCTION statute._preview_open(binding integer) RETURNS SETOF statute._judged_duty
AS 'MODULE_PATHNAME', 'statute_preview_open'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._preview_open(integer) IS 'internal: what the rows with open obligations say today, for the owner of the table';

-- Commits after each batch, so that it has no SET clause and spells out the
-- schema of all it uses.
CREATE PROCEDURE statute.backfill(binding integer, batch integer DEFAULT 10000)
LANGUAGE plpgsql
AS $$
DECLARE
	after pg_catalog.text;
	n pg_catalog.int8 := 0;
BEGIN
	IF batch OPERATOR(pg_catalog.<) 1 THEN
		RAISE EXCEPTION 'a batch has at least one row, or is null for all rows in one transaction'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- what was begun before the rule was bound is there after this, or judged by its own statement
	PERFORM statute._wait_for_writers(binding);
	IF batch IS NOT NULL THEN
		COMMIT;
	END IF;
	LOOP
		after := statute._judge_batch(binding, batch);
		EXIT WHEN after IS NULL OR batch IS NULL;
		COMMIT;
		n := n OPERATOR(pg_catalog.+) 1;
		IF n OPERATOR(pg_catalog.%) 100 OPERATOR(pg_catalog.=) 0 THEN
			RAISE NOTICE 'judged % batches of %, through row %', n, batch, after;
		END IF;
	END LOOP;
	PERFORM statute._judge_gone(binding);
END
$$;
COMMENT ON PROCEDURE statute.backfill(integer, integer) IS
	'judge all rows of a bound table, in transactions of so many rows each, or in this one where batch is null; what was stopped goes on where it was';

-- For the owner of the table, whom its own policies may hide rows from.
CREATE FUNCTION statute.__found(caller name, binding integer, after bigint, OUT last bigint, OUT found_after jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM statute.binding b JOIN pg_class c ON c.oid = b.relation WHERE b.id = binding AND pg_has_role(caller, c.relowner, 'USAGE')) THEN
		RAISE EXCEPTION 'must be owner of the table of binding %', binding USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT max(v.id) INTO last FROM statute.violation v;
	SELECT jsonb_agg(f) INTO found_after
	FROM (SELECT b.rule, (date_trunc('month', v.happened_at AT TIME ZONE c.time_zone))::date AS month, v.what, count(*) AS violations
		FROM statute.violation v JOIN statute.binding b ON b.id = v.binding CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		WHERE v.binding = __found.binding AND v.state = 'open' AND v.id > coalesce(after, 0)
		GROUP BY 1, 2, 3) f;
END
$$;
REVOKE EXECUTE ON FUNCTION statute.__found(name, integer, bigint) FROM PUBLIC;
COMMENT ON FUNCTION statute.__found(name, integer, bigint) IS 'internal: _found(), for a caller';

CREATE FUNCTION statute._found(binding integer, after bigint, OUT last bigint, OUT found_after jsonb)
AS 'MODULE_PATHNAME', 'statute_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION statute._found(integer, bigint) IS 'internal: the last violation, and those of a binding after one, by month';

CREATE FUNCTION statute.backfill_preview(binding integer)
RETURNS TABLE (rule text, month date, what text, violations bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known bigint;
	found_now jsonb;
BEGIN
	-- judged in earnest, counted, and rolled back: the answer is that of backfill()
	BEGIN
		PERFORM statute._judge_gone($1); -- also ends what a backfill() had begun
		SELECT f.last INTO known FROM statute._found($1, NULL) f;
		PERFORM statute._judge_batch($1, NULL);
		SELECT f.found_after INTO found_now FROM statute._found($1, known) f;
		RAISE EXCEPTION USING ERRCODE = 'ST000', MESSAGE = 'rolled back';
	EXCEPTION WHEN SQLSTATE 'ST000' THEN
		NULL;
	END;
	RETURN QUERY
		SELECT f.* FROM jsonb_to_recordset(found_now) AS f (rule text, month date, what text, violations bigint) ORDER BY 2, 3;
END
$$;
COMMENT ON FUNCTION statute.backfill_preview(integer) IS
	'the violations that backfill() would record, by month of the event and in the time zone of the calendar; nothing is written';

-- When a calendar or a rule changes -------------------------------------------------

CREATE FUNCTION statute._duty_bindings(binding integer) RETURNS SETOF integer
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	b record;
BEGIN
	FOR b IN
		SELECT o.id, o.relation, o.owner = pg_get_userbyid(c.relowner) AS agreed
		FROM statute.binding o JOIN pg_class c ON c.oid = o.relation
		WHERE o.id = coalesce(binding, o.id) AND o.enabled
			AND EXISTS (SELECT FROM statute.rule r WHERE r.code = o.rule AND statute._judged_as(r.kind) = 'duty')
		ORDER BY o.id
	LOOP
		IF b.agreed OR binding IS NOT NULL THEN
			RETURN NEXT b.id;
		ELSE
			RAISE WARNING 'binding % is left out: table "%" has another owner now', b.id, b.relation
				USING HINT = format('statute.enable_binding(%s) agrees that its expressions run with the rights of that owner.', b.id);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION statute._duty_bindings(integer) IS 'internal: the bindings that open obligations, or the one of them';

-- One binding that fails does not stop the others, unless it alone was asked for.
CREATE FUNCTION statute._try_preview(binding integer, alone boolean) RETURNS SETOF statute._judged_duty
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT p.* FROM statute._preview_open(binding) p;
EXCEPTION
	WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
		RAISE;
	WHEN OTHERS THEN
		IF alone THEN
			RAISE;
		END IF;
		RAISE WARNING 'binding % is left out: %', binding, SQLERRM;
		RETURN NEXT NULL;
END
$$;
COMMENT ON FUNCTION statute._try_preview(integer, boolean) IS 'internal: what the rows with open obligations say today; a warning and a row of nulls where they cannot be judged';

CREATE FUNCTION statute._try_recompute(binding integer, reason text, alone boolean) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM statute._judge_open(binding, reason);
EXCEPTION
	WHEN transaction_rollback OR insufficient_resources OR operator_intervention THEN
		RAISE;
	WHEN OTHERS THEN
		IF alone THEN
			RAISE;
		END IF;
		RAISE WARNING 'binding % is left out: %', binding, SQLERRM;
END
$$;
COMMENT ON FUNCTION statute._try_recompute(integer, text, boolean) IS 'internal: judge the rows with open obligations anew, or a warning';

CREATE FUNCTION statute._effect(o statute.obligation, due_after timestamptz, zone text, calendar text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN CASE
	WHEN due_after < o.due_at AND due_after < now() AND o.due_at >= now() THEN 'newly late'
	WHEN due_after > o.due_at AND o.due_at < now() AND due_after >= now() THEN 'no longer late'
	WHEN due_after <> o.due_at THEN 'moved'
	WHEN o.provisional AND NOT statute._is_provisional(due_after, zone, calendar) THEN 'settled' END;
COMMENT ON FUNCTION statute._effect(statute.obligation, timestamptz, text, text) IS 'internal: what another due date does to an obligation, null where nothing';

CREATE FUNCTION statute.recompute_preview(only_binding integer DEFAULT NULL)
RETURNS TABLE (obligation bigint, binding integer, row_key text, subject text, due_before timestamptz, due_after timestamptz, effect text)
LANGUAGE sql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH d AS MATERIALIZED (
		SELECT i AS id FROM statute._duty_bindings($1) i
	), judged AS MATERIALIZED (
		SELECT d.id AS binding, p.* FROM d CROSS JOIN LATERAL statute._try_preview(d.id, $1 IS NOT NULL) p
	)
	SELECT o.id, o.binding, o.row_key, o.subject, o.due_at, CASE WHEN e.effect <> 'cancelled' THEN n.due_at END, e.effect
	FROM d JOIN statute.binding b ON b.id = d.id
		CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		-- of what could not be judged nothing is known
		JOIN statute.obligation o ON o.binding = b.id AND o.state IN ('open', 'paused') AND NOT EXISTS (SELECT FROM judged k WHERE k.binding = b.id AND k.key IS NULL)
		LEFT JOIN judged j ON j.binding = o.binding AND j.key = o.row_key
		CROSS JOIN LATERAL (
			SELECT statute._due_at(j.due_at, coalesce(j.opened_at, o.opened_at), j.allowed, o.extended_to, b.calendar, j.convention, j.pauses,
				statute._stops(o.pauses, o.paused_at))
		) n (due_at)
		CROSS JOIN LATERAL (SELECT CASE WHEN j.key IS NULL THEN 'cancelled' ELSE statute._effect(o, n.due_at, c.time_zone, b.calendar) END) e (effect)
	WHERE e.effect IS NOT NULL
	UNION ALL
	SELECT o.id, o.binding, o.row_key, o.subject, o.due_at, p.due_at, statute._effect(o, p.due_at, c.time_zone, b.calendar)
	FROM statute._periods_today($1) p
		JOIN statute.obligation o ON o.id = p.obligation
		JOIN statute.binding b ON b.id = o.binding
		CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
	WHERE statute._effect(o, p.due_at, c.time_zone, b.calendar) IS NOT NULL
	ORDER BY 1
$$;
REVOKE EXECUTE ON FUNCTION statute.recompute_preview(integer) FROM PUBLIC;
COMMENT ON FUNCTION statute.recompute_preview(integer) IS
	'the open obligations whose due dates today''s calendars and rules would change: moved, newly late, no longer late, settled where they were provisional, or cancelled where the rule no longer covers the row';

CREATE FUNCTION statute._recompute_periods(reason text, only_binding integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	p record;
	o statute.obligation;
BEGIN
	FOR p IN
		SELECT v.obligation, v.due_at, b.calendar, c.time_zone
		FROM statute._periods_today(only_binding) v
			JOIN statute.obligation l ON l.id = v.obligation
			JOIN statute.binding b ON b.id = l.binding
			CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		WHERE statute._effect(l, v.due_at, c.time_zone, b.calendar) IS NOT NULL
		ORDER BY v.obligation
	LOOP
		SELECT l.* INTO o FROM statute.obligation l WHERE l.id = p.obligation FOR UPDATE;
		o.due_at := p.due_at;
		o.calendar_revision := statute.current_revision(p.calendar);
		PERFORM statute._change_obligation(o, CASE WHEN o.due_at <> l.due_at THEN 'due date moved' ELSE 'settled' END, reason, NULL, NULL)
		FROM statute.obligation l WHERE l.id = o.id;
	END LOOP;
	UPDATE statute.obligation o SET next_step_at = '-infinity' WHERE o.state = 'open' AND o.period IS NOT NULL AND o.binding = coalesce(only_binding, o.binding);
	-- what a rule no longer asks for ends, and what follows a deadline begins when that has moved to
	UPDATE statute.recurrence r SET unsettled = true, next_open_at = '-infinity' WHERE r.binding = coalesce(only_binding, r.binding);
END
$$;
REVOKE EXECUTE ON FUNCTION statute._recompute_periods(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute._recompute_periods(text, integer) IS 'internal: give the obligations of recurring duties the due dates of today''s calendars and rules';

CREATE FUNCTION statute.recompute_apply(reason text, only_binding integer DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known bigint;
	result bigint;
BEGIN
	IF coalesce(reason, '') = '' THEN
		RAISE EXCEPTION 'a recomputation needs a reason, such as the notice that moved the dates' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT coalesce(max(e.id), 0) INTO known FROM statute.obligation_event e;
	PERFORM statute._try_recompute(d, reason, only_binding IS NOT NULL) FROM statute._duty_bindings(only_binding) d;
	PERFORM statute._recompute_periods(reason, only_binding);
	SELECT count(*) INTO result FROM statute.obligation_event e WHERE e.id > known AND e.reason = recompute_apply.reason
		AND e.happened_at >= now();
	RETURN result;
END
$$;
REVOKE EXECUTE ON FUNCTION statute.recompute_apply(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION statute.recompute_apply(text, integer) IS
	'give open obligations the due dates of today''s calendars and rules, in this transaction and on record; returns how many changed';
