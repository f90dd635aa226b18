
-- The outbox: what the sweep found to say, for whoever delivers it.

CREATE TABLE statute.notice (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	obligation bigint,
	binding integer NOT NULL,
	step integer,
	subject text,
	period daterange,
	light text NOT NULL,
	part text NOT NULL,
	recipient text,
	stands_in_for text,
	body text NOT NULL,
	fell_due_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'taken', 'confirmed', 'dead')),
	tries integer NOT NULL DEFAULT 0,
	leased_until timestamptz,
	settled_at timestamptz,
	-- each step of an obligation once, whatever happens
	UNIQUE (obligation, step),
	CHECK (num_nonnulls(obligation, step) = 2 AND period IS NULL OR num_nonnulls(obligation, step) = 0 AND period IS NOT NULL)
);
COMMENT ON TABLE statute.notice IS 'what steps of ladders and quotas at risk have to say, in the order in which they fired';
COMMENT ON COLUMN statute.notice.obligation IS 'the obligation; null where it is about a quota';
COMMENT ON COLUMN statute.notice.binding IS 'its binding';
COMMENT ON COLUMN statute.notice.step IS 'the step that fired; null where it is about a quota';
COMMENT ON COLUMN statute.notice.subject IS 'whose quota is at risk or out of reach';
COMMENT ON COLUMN statute.notice.period IS 'in which period';
COMMENT ON COLUMN statute.notice.light IS 'the light that it shows';
COMMENT ON COLUMN statute.notice.part IS 'the part that it addresses';
COMMENT ON COLUMN statute.notice.recipient IS 'who plays that part; null where there is no contact';
COMMENT ON COLUMN statute.notice.stands_in_for IS 'the absent person whose deputy the recipient is';
COMMENT ON COLUMN statute.notice.body IS 'the text';
COMMENT ON COLUMN statute.notice.fell_due_at IS 'when the step was to fire';
COMMENT ON COLUMN statute.notice.created_at IS 'when it did';
COMMENT ON COLUMN statute.notice.state IS 'new, taken, confirmed, or dead after too many tries';
COMMENT ON COLUMN statute.notice.tries IS 'how often it was taken';
COMMENT ON COLUMN statute.notice.leased_until IS 'until when who took it may confirm it, before it is handed out again';
COMMENT ON COLUMN statute.notice.settled_at IS 'when it was confirmed, or given up';
-- take_notices(): what waits, however much is settled
CREATE INDEX notice_waiting ON statute.notice (id) WHERE state IN ('new', 'taken');

CREATE TABLE statute.sweep_failure (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	obligation bigint,
	binding integer,
	row_key text,
	happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	sqlstate text NOT NULL,
	message text NOT NULL
);
COMMENT ON TABLE statute.sweep_failure IS 'what a sweep could not deal with; it tries again after an hour';
COMMENT ON COLUMN statute.sweep_failure.obligation IS 'the obligation whose step failed';
COMMENT ON COLUMN statute.sweep_failure.binding IS 'or the binding whose roster or recurring duty failed';
COMMENT ON COLUMN statute.sweep_failure.row_key IS 'and the row that has the recurring duty';
COMMENT ON COLUMN statute.sweep_failure.happened_at IS 'when';
COMMENT ON COLUMN statute.sweep_failure.sqlstate IS 'the code of the error';
COMMENT ON COLUMN statute.sweep_failure.message IS 'the error';

SELECT pg_extension_config_dump('statute.notice', '');
SELECT pg_extension_config_dump('statute.notice_id_seq', '');
SELECT pg_extension_config_dump('statute.sweep_failure', '');
SELECT pg_extension_config_dump('statute.sweep_failure_id_seq', '');
GRANT SELECT ON statute.notice, statute.sweep_failure TO pg_database_owner;
GRANT SELECT ON SEQUENCE statute.notice_id_seq, statute.sweep_failure_id_seq TO pg_database_owner;

CREATE FUNCTION statute._notify(notices bigint, first bigint) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT pg_notify('statute_notice', json_build_object('notices', notices, 'first', first)::text) WHERE notices > 0$$;
REVOKE EXECUTE ON FUNCTION statute._notify(bigint, bigint) FROM PUBLIC;
COMMENT ON FUNCTION statute._notify(bigint, bigint) IS 'internal: tell who listens that there are notices';

CREATE FUNCTION statute.take_notices(n integer DEFAULT 100, lease interval DEFAULT '5 minutes', tries integer DEFAULT 5)
RETURNS TABLE (notice bigint, obligation bigint, step integer, light text, part text, recipient text, stands_in_for text, body text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF (n >= 1 AND lease > '0' AND $3 >= 1) IS NOT TRUE THEN
		RAISE EXCEPTION 'notices are taken one or more at a time, for a while, and tried once or more' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	UPDATE statute.notice w
	SET state = 'dead', leased_until = NULL, settled_at = clock_timestamp()
	WHERE w.id IN (
		SELECT o.id FROM statute.notice o
		WHERE o.state = 'taken' AND o.leased_until < clock_timestamp() AND o.tries >= $3
		FOR UPDATE SKIP LOCKED);
	RETURN QUERY
		WITH waiting AS MATERIALIZED (
			SELECT w.id
			FROM statute.notice w
			WHERE w.state = 'new' OR (w.state = 'taken' AND w.leased_until < clock_timestamp() AND w.tries < $3)
			ORDER BY w.id LIMIT $1
			FOR UPDATE SKIP LOCKED
		), taken AS (
			UPDATE statute.notice t
			SET state = 'taken', tries = t.tries + 1, leased_until = clock_timestamp() + $2
			FROM waiting w WHERE t.id = w.id
			RETURNING t.*
		)
		SELECT t.id, t.obligation, t.step, t.light, t.part, t.recipient, t.stands_in_for, t.body FROM taken t ORDER BY t.id;
END
$$;
COMMENT ON FUNCTION statute.take_notices(integer, interval, integer) IS
	'take so many notices that wait, for a while: what is not confirmed by then is handed out again, and given up after so many tries';

CREATE FUNCTION statute.confirm_notice(notice bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- delivered late is delivered; confirmed twice is confirmed
	UPDATE statute.notice w SET state = 'confirmed', leased_until = NULL, settled_at = coalesce(w.settled_at, clock_timestamp())
	WHERE w.id = confirm_notice.notice AND w.state IN ('taken', 'confirmed', 'dead');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'notice % was not taken', notice
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'statute.take_notices() hands notices out.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute.confirm_notice(bigint) IS 'say that a notice that was taken was delivered';
REVOKE EXECUTE ON FUNCTION statute.take_notices(integer, interval, integer), statute.confirm_notice(bigint) FROM PUBLIC;

CREATE VIEW statute.notice_list WITH (security_barrier) AS
	SELECT w.id AS notice, w.obligation, s.rule, s.title, s.regulation, s.article, s.relation, s.table_name, o.row_key, coalesce(o.subject, w.subject) AS subject, coalesce(o.period, w.period) AS period, w.step, w.light, w.part,
		w.recipient, w.stands_in_for, w.body, w.fell_due_at, w.created_at, w.state, w.tries
	FROM statute._seen_rule s
		JOIN statute.notice w ON w.binding = s.binding
		LEFT JOIN statute.obligation o ON o.id = w.obligation
	WHERE s.version = CASE WHEN w.obligation IS NULL THEN statute.rule_version(s.rule, lower(w.period)) ELSE o.rule_version END;
COMMENT ON VIEW statute.notice_list IS 'the steps that have fired, with article';
COMMENT ON COLUMN statute.notice_list.notice IS 'the notice';
COMMENT ON COLUMN statute.notice_list.obligation IS 'the obligation';
COMMENT ON COLUMN statute.notice_list.rule IS 'the code of the rule';
COMMENT ON COLUMN statute.notice_list.title IS 'the title of the rule';
COMMENT ON COLUMN statute.notice_list.regulation IS 'the code of the regulation';
COMMENT ON COLUMN statute.notice_list.article IS 'where the clause stands in the regulation';
COMMENT ON COLUMN statute.notice_list.relation IS 'the bound table; null once it is unbound or dropped';
COMMENT ON COLUMN statute.notice_list.table_name IS 'the name of the table when it was bound, or unbound';
COMMENT ON COLUMN statute.notice_list.row_key IS 'the primary key of the row: its value, or a JSON array of several';
COMMENT ON COLUMN statute.notice_list.subject IS 'whom the duty falls on';
COMMENT ON COLUMN statute.notice_list.period IS 'of a recurring duty or a quota, the period that it is about';
COMMENT ON COLUMN statute.notice_list.step IS 'the step that fired';
COMMENT ON COLUMN statute.notice_list.light IS 'the light that it shows';
COMMENT ON COLUMN statute.notice_list.part IS 'the part that it addresses';
COMMENT ON COLUMN statute.notice_list.recipient IS 'who plays that part; null where there is no contact';
COMMENT ON COLUMN statute.notice_list.stands_in_for IS 'the absent person whose deputy the recipient is';
COMMENT ON COLUMN statute.notice_list.body IS 'the text';
COMMENT ON COLUMN statute.notice_list.fell_due_at IS 'when the step was to fire';
COMMENT ON COLUMN statute.notice_list.created_at IS 'when it did';
COMMENT ON COLUMN statute.notice_list.state IS 'new, taken, confirmed or dead';
COMMENT ON COLUMN statute.notice_list.tries IS 'how often it was taken';
GRANT SELECT ON statute.notice_list TO PUBLIC;
