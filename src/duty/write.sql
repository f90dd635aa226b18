
-- What the trigger writes, as the owner of the ledger. The rows come as
-- relations that live for the statement: judged has what the rule says of the
-- rows as they are, touched names those that were changed, and affected tells
-- where those that are judged together were before and are now.
--
-- $1 binding, $2 its time zone, $3 its calendar, $4 why, $5 the quotas of its
-- rule, $6 how: 'follow' a statement, 'catch up' with what was missed, or 'recompute'

CREATE FUNCTION statute._actor() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$SELECT coalesce(nullif(current_setting('role'), 'none'), session_user::text)$$;
COMMENT ON FUNCTION statute._actor() IS 'internal: the role of the session, also within a function that runs with other rights';

-- Bodies in standard SQL are bound when they are created and inlined where they
-- are used: these run for each row.

-- Done and what follows stay while the row says that it is done, and the clock
-- stands within a pause without an end.
CREATE FUNCTION statute._duty_state(state text, gone boolean, done_at timestamptz, pauses tstzmultirange) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN gone THEN 'cancelled'
	WHEN done_at IS NOT NULL THEN CASE WHEN state IN ('done', 'verified', 'closed') THEN state ELSE 'done' END
	WHEN upper_inf(pauses) THEN 'paused'
	ELSE 'open' END;
COMMENT ON FUNCTION statute._duty_state(text, boolean, timestamptz, tstzmultirange) IS 'internal: the state of an obligation after its row or its pauses changed';

CREATE FUNCTION statute._due_day(due_at timestamptz, zone text) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN ((due_at - interval '1 microsecond') AT TIME ZONE zone)::date;
COMMENT ON FUNCTION statute._due_day(timestamptz, text) IS 'internal: the last day of what is due at an instant, which is the next midnight';

CREATE FUNCTION statute._is_provisional(due_at timestamptz, zone text, calendar text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(statute.is_provisional(((due_at - interval '1 microsecond') AT TIME ZONE zone)::date, calendar), false);
COMMENT ON FUNCTION statute._is_provisional(timestamptz, text, text) IS 'internal: is a due date beyond the announced working days';

CREATE FUNCTION statute._stops(pauses tstzmultirange, paused_at timestamptz) RETURNS tstzmultirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN paused_at IS NULL THEN pauses ELSE pauses + tstzmultirange(tstzrange(paused_at, NULL)) END;
COMMENT ON FUNCTION statute._stops(tstzmultirange, timestamptz) IS 'internal: the pauses that the ledger has of an obligation, with the one that has no end yet';

-- What pause() and extend() recorded stays in force, whatever the row says, and
-- an extension never shortens. A date that the row gives has no clock.
CREATE FUNCTION statute._due_at(due_at timestamptz, opened_at timestamptz, allowed statute.timelimit, extended_to statute.timelimit,
	calendar text, convention text, row_pauses tstzmultirange, pauses tstzmultirange)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN extended_to IS NULL AND pauses = '{}' THEN due_at
	ELSE greatest(
		CASE WHEN allowed IS NULL OR pauses = '{}' THEN due_at
			ELSE statute.deadline(opened_at, allowed, calendar, coalesce(convention, ''), row_pauses + pauses) END,
		statute.deadline(opened_at, extended_to, calendar, coalesce(convention, ''), row_pauses + pauses)) END;
COMMENT ON FUNCTION statute._due_at(timestamptz, timestamptz, statute.timelimit, statute.timelimit, text, text, tstzmultirange, tstzmultirange) IS
	'internal: when an obligation is due whose row alone makes it due at an instant';

CREATE FUNCTION statute._is_late(due_at timestamptz, done_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(done_at, now()) > due_at;
COMMENT ON FUNCTION statute._is_late(timestamptz, timestamptz) IS 'internal: was it done after it was due, or is it due and not done';

CREATE FUNCTION statute._late_detail(due_at timestamptz, done_at timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN format('due on %s, %s', ((due_at - interval '1 microsecond') AT TIME ZONE zone)::date,
	coalesce('done on ' || (CASE WHEN done_at > due_at THEN ((done_at - interval '1 microsecond') AT TIME ZONE zone)::date END)::text, 'not done'));
COMMENT ON FUNCTION statute._late_detail(timestamptz, timestamptz, text) IS 'internal: what is said of something late';

-- The same words for the same fact; each period of a recurring duty is one.
CREATE FUNCTION statute._late_fact(period daterange) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN period IS NULL THEN 'late' ELSE format('late for %s through %s', to_char(lower(period), 'YYYY-MM-DD'), to_char(upper(period) - 1, 'YYYY-MM-DD')) END;
COMMENT ON FUNCTION statute._late_fact(daterange) IS 'internal: what an obligation that is late is on record as';

CREATE FUNCTION statute._open_statement() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $outer$
	SELECT $$
		INSERT INTO statute.obligation (binding, rule_version, state, row_key, subject, opened_at, recorded_at, due_at, done_at,
			due_on, provisional, allowed, calendar_revision, convention, row_pauses, inputs, next_step_at)
		SELECT $1, j.version, CASE WHEN j.done_at IS NOT NULL THEN 'done' WHEN upper_inf(j.pauses) THEN 'paused' ELSE 'open' END,
			j.key, j.subject, coalesce(j.opened_at, now()), (SELECT clock_timestamp()), j.due_at, j.done_at,
			j.due_on, j.provisional, j.allowed, j.revision, j.convention, j.pauses, j.inputs, '-infinity'
		FROM judged j
	$$
$outer$;
COMMENT ON FUNCTION statute._open_statement() IS 'internal: the statement that opens obligations';

CREATE FUNCTION statute._ledger_statements() RETURNS TABLE (name text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $outer$
	VALUES
	('open new duties', statute._open_statement()),
	-- Rows with an obligation are left out; the count tells.
	('open duties', statute._open_statement() || $$
		ON CONFLICT (binding, row_key) WHERE state <> 'cancelled' AND period IS NULL DO NOTHING
	$$),
	-- Rows that were there before; a duty that was archived stays so.
	('open missing duties', statute._open_statement() || $$
		WHERE NOT EXISTS (SELECT FROM statute.obligation o WHERE o.binding = $1 AND o.row_key = j.key AND o.state <> 'cancelled' AND o.period IS NULL)
			AND NOT EXISTS (SELECT FROM statute.archived_obligation a
				WHERE a.binding = $1 AND a.row_key = j.key AND a.state = 'closed' AND a.inputs = j.inputs)
		ON CONFLICT (binding, row_key) WHERE state <> 'cancelled' AND period IS NULL DO NOTHING
	$$),
	-- A due date stays as it was computed while what it rests on in the row stays,
	-- whatever has become of the calendar or the rule: recompute_apply() moves it,
	-- and so does a change of those values. Likewise a duty ends when the row
	-- stops being under the rule, not when the rule stops covering the row.
	('follow duties', $$
		WITH changed AS MATERIALIZED (
			SELECT o.id, o.state, o.due_at AS due_before, o.done_at AS done_before, o.provisional AS provisional_before, t.gone,
				j.key IS NULL AS over, j.subject, j.done_at, n.anew,
				CASE WHEN n.anew THEN j.version ELSE o.rule_version END AS version,
				CASE WHEN n.anew THEN coalesce(j.opened_at, o.opened_at) ELSE o.opened_at END AS opened_at,
				CASE WHEN n.anew THEN j.allowed ELSE o.allowed END AS allowed,
				CASE WHEN n.anew THEN j.convention ELSE o.convention END AS convention,
				CASE WHEN n.anew THEN j.pauses ELSE o.row_pauses END AS pauses,
				CASE WHEN n.anew THEN j.revision ELSE o.calendar_revision END AS revision,
				coalesce(j.inputs, o.inputs) AS inputs, d.state_after, d.due_at,
				CASE WHEN n.anew THEN statute._is_provisional(d.due_at, $2, $3) ELSE o.provisional END AS provisional
			FROM touched t
				JOIN statute.obligation o ON o.binding = $1 AND o.row_key = t.key AND o.state <> 'cancelled' AND o.period IS NULL
				LEFT JOIN judged j ON j.key = t.key
				CROSS JOIN LATERAL (SELECT j.key IS NOT NULL AND ($6 = 'recompute' OR j.inputs <> o.inputs) AS anew) n
				CROSS JOIN LATERAL (
					SELECT statute._duty_state(o.state, j.key IS NULL, j.done_at, statute._stops(o.pauses, o.paused_at) + coalesce(j.pauses, '{}')) AS state_after,
						CASE WHEN n.anew THEN statute._due_at(j.due_at, coalesce(j.opened_at, o.opened_at), j.allowed, o.extended_to, $3,
							j.convention, j.pauses, statute._stops(o.pauses, o.paused_at)) ELSE o.due_at END AS due_at
				) d
			WHERE CASE WHEN j.key IS NULL
				THEN t.gone OR $6 <> 'follow' OR EXISTS (SELECT FROM judged_before b WHERE b.key = t.key)
				ELSE (j.subject, j.done_at, d.state_after, d.due_at, j.inputs) IS DISTINCT FROM (o.subject, o.done_at, o.state, o.due_at, o.inputs)
					OR (n.anew AND (j.version <> o.rule_version OR statute._is_provisional(d.due_at, $2, $3) <> o.provisional)) END
			FOR UPDATE OF o
		), noted AS (
			INSERT INTO statute.obligation_event (obligation, what, state_before, state_after, due_before, due_after, done_before, done_after, actor, reason)
			SELECT c.id, CASE
					WHEN c.gone THEN 'row gone'
					WHEN c.over THEN 'rule no longer applies'
					WHEN c.state_after = 'done' AND c.state <> 'done' THEN 'done'
					WHEN c.state_after = 'paused' AND c.state <> 'paused' THEN 'paused'
					WHEN c.state = 'paused' AND c.state_after <> 'paused' THEN 'resumed'
					WHEN c.state_after = 'open' AND c.state <> 'open' THEN 'done withdrawn'
					WHEN c.due_at <> c.due_before THEN 'due date moved'
					WHEN c.provisional_before AND NOT c.provisional THEN 'settled'
					ELSE 'row changed' END,
				c.state, c.state_after, c.due_before, c.due_at, c.done_before, CASE WHEN c.over THEN c.done_before ELSE c.done_at END,
				statute._actor(), $4
			FROM changed c
		), cancelled AS (
			UPDATE statute.obligation o SET state = 'cancelled' FROM changed c WHERE o.id = c.id AND c.over
		)
		UPDATE statute.obligation o
		SET rule_version = c.version, state = c.state_after, subject = c.subject, opened_at = c.opened_at,
			done_at = c.done_at, allowed = c.allowed, convention = c.convention, row_pauses = c.pauses, calendar_revision = c.revision,
			inputs = c.inputs, next_step_at = '-infinity', due_at = c.due_at, due_on = statute._due_day(c.due_at, $2), provisional = c.provisional
		FROM changed c
		WHERE o.id = c.id AND NOT c.over
	$$),
	-- Also where the due date stays, the days after it may not.
	('plan anew', $$
		UPDATE statute.obligation o SET next_step_at = '-infinity'
		FROM touched t
		WHERE o.binding = $1 AND o.row_key = t.key AND o.state = 'open' AND o.period IS NULL
	$$),
	-- Facts from here on: what is null where a row is looked at and nothing is wrong.
	('new late facts', $$
		SELECT j.key, j.subject, j.version, j.due_at, 'late', statute._late_detail(j.due_at, j.done_at, $2), false
		FROM judged j
		WHERE statute._is_late(j.due_at, j.done_at)
	$$),
	('late facts', $$
		SELECT o.row_key, o.subject, o.rule_version, o.due_at, CASE WHEN statute._is_late(o.due_at, o.done_at) THEN 'late' END,
			statute._late_detail(o.due_at, o.done_at, $2), false
		FROM touched t JOIN statute.obligation o ON o.binding = $1 AND o.row_key = t.key AND o.state <> 'cancelled' AND o.period IS NULL
	$$),
	-- What is on record is not recorded again.
	('record violations', $$
		INSERT INTO statute.violation (binding, rule_version, row_key, subject, happened_at, what, detail, lasting)
		SELECT $1, f.version, f.key, f.subject, f.happened_at, f.what, f.detail, f.lasting
		FROM facts f
		WHERE f.what IS NOT NULL
		ON CONFLICT (binding, row_key, what) WHERE state <> 'corrected' AND NOT lasting DO NOTHING
		RETURNING row_key, what, detail
	$$),
	-- A row that breaks a rule is refused however it came to do so, as by a check
	-- constraint that is not valid yet; excuses stand.
	('refused facts', $$
		SELECT f.key, f.what, f.detail
		FROM facts f
		WHERE f.what IS NOT NULL AND NOT EXISTS (SELECT FROM statute.violation v
			WHERE v.binding = $1 AND v.row_key = f.key AND v.what = f.what AND v.state = 'excused' AND NOT f.lasting)
	$$),
	-- Of rows that are judged together, one can break the rule by a change of
	-- another: what is on record already does not stop that.
	('refused occurrences', $$
		SELECT f.key, f.what, f.detail
		FROM facts f
		WHERE f.what IS NOT NULL AND NOT EXISTS (SELECT FROM statute.violation v
			WHERE v.binding = $1 AND v.row_key = f.key AND v.what = f.what AND v.state <> 'corrected')
	$$),
	('open keys', $$
		SELECT o.row_key, false FROM statute.obligation o WHERE o.binding = $1 AND o.state IN ('open', 'paused')
	$$),
	('ledger keys', $$
		SELECT o.row_key, false FROM statute.obligation o WHERE o.binding = $1 AND o.state <> 'cancelled'
		UNION SELECT o.row_key, false FROM statute.occurrence o WHERE o.binding = $1
		UNION SELECT r.row_key, false FROM statute.recurrence r WHERE r.binding = $1
		UNION SELECT v.row_key, false FROM statute.violation v WHERE v.binding = $1 AND v.state = 'open' AND NOT v.lasting
	$$),
	-- What is on record and still so: with the values of today.
	('refresh violations', $$
		UPDATE statute.violation v
		SET detail = f.detail, happened_at = f.happened_at, subject = f.subject
		FROM facts f
		WHERE v.binding = $1 AND v.row_key = f.key AND v.what = f.what AND v.state = 'open' AND NOT v.lasting
			AND (v.detail, v.subject) IS DISTINCT FROM (f.detail, f.subject)
	$$),
	('progress', $$
		SELECT p.after, false FROM statute.backfill_progress p WHERE p.binding = $1
	$$),
	('note progress', $$
		INSERT INTO statute.backfill_progress (binding, after) VALUES ($1, $4)
		ON CONFLICT (binding) DO UPDATE SET after = excluded.after
	$$),
	('end progress', $$
		DELETE FROM statute.backfill_progress p WHERE p.binding = $1
	$$),
	('record failure', $$
		INSERT INTO statute.binding_failure (binding, sqlstate, message) VALUES ($1, $6, $4)
	$$),
	('correct violations', $$
		UPDATE statute.violation v
		SET state = 'corrected', settled_at = clock_timestamp(), settled_by = statute._actor(),
			reason = coalesce($4, CASE WHEN EXISTS (SELECT FROM touched t WHERE t.key = v.row_key AND t.gone) THEN 'row gone' ELSE 'put right' END)
		WHERE v.binding = $1 AND v.state = 'open'
			AND v.row_key IN (SELECT t.key FROM touched t UNION SELECT f.key FROM facts f)
			AND NOT v.lasting
			-- hashed, whatever the planner knows of violations
			AND (v.row_key, v.what) NOT IN (SELECT f.key, f.what FROM facts f WHERE f.what IS NOT NULL)
	$$)
$outer$;
COMMENT ON FUNCTION statute._ledger_statements() IS 'internal: the statements that write the ledger';
