
-- What is over leaves the ledger, and what was said of it the outbox.

-- What another session has in hand stays for the next time, so that no two wait
-- for each other. Ranges are archived as text, which later sessions read.
CREATE FUNCTION statute.purge(before timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	over bigint[];
	resting bigint[];
	settled bigint[];
	purged bigint;
BEGIN
	over := ARRAY(
		SELECT o.id FROM statute.obligation o
		WHERE o.state IN ('closed', 'cancelled') AND (SELECT max(e.happened_at) FROM statute.obligation_event e WHERE e.obligation = o.id) < before
		FOR UPDATE SKIP LOCKED);
	-- Whoever opens periods of a row locks this first, and sees then what is archived.
	resting := ARRAY(
		SELECT o.id FROM statute.obligation o JOIN statute.recurrence r ON r.binding = o.binding AND r.row_key = o.row_key
		WHERE o.id = ANY (over)
		FOR UPDATE OF r SKIP LOCKED);
	-- Steps fire for open obligations only: to those that are locked no notice comes.
	settled := ARRAY(
		SELECT n.id FROM statute.notice n
		WHERE n.obligation = ANY (over) AND n.state IN ('confirmed', 'dead')
		FOR UPDATE SKIP LOCKED);
	-- as they are now that they are locked
	WITH archived AS (
		INSERT INTO statute.archived_obligation (id, binding, row_key, state, inputs, obligation, history, notices)
		SELECT o.id, o.binding, o.row_key, o.state, o.inputs, to_jsonb(o), h.history, coalesce(w.notices, '[]')
		FROM unnest(over) i (id)
			JOIN statute.obligation o ON o.id = i.id
			LEFT JOIN unnest(resting) q (id) ON q.id = o.id
			CROSS JOIN LATERAL (
				SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id), max(e.happened_at) FROM statute.obligation_event e WHERE e.obligation = o.id
			) h (history, last)
			CROSS JOIN LATERAL (SELECT jsonb_agg(to_jsonb(n) ORDER BY n.id) FROM statute.notice n WHERE n.obligation = o.id) w (notices)
		WHERE h.last < before
			AND NOT EXISTS (SELECT FROM statute.notice n LEFT JOIN unnest(settled) s (id) ON s.id = n.id WHERE n.obligation = o.id AND s.id IS NULL)
			AND (q.id IS NOT NULL OR NOT EXISTS (SELECT FROM statute.recurrence r WHERE r.binding = o.binding AND r.row_key = o.row_key))
		RETURNING id
	), forgotten AS (
		DELETE FROM statute.obligation_event e USING archived a WHERE e.obligation = a.id
	), emptied AS (
		DELETE FROM statute.notice n USING archived a WHERE n.obligation = a.id
	), gone AS (
		DELETE FROM statute.obligation o USING archived a WHERE o.id = a.id RETURNING o.id
	)
	SELECT count(*) INTO purged FROM gone;
	RETURN purged;
END
$$;
REVOKE EXECUTE ON FUNCTION statute.purge(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION statute.purge(timestamptz) IS
	'move the obligations that were closed or cancelled before an instant, and have no notice that waits, with their history and notices, to archived_obligation; returns how many';
