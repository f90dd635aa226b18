
-- Views for reports. Everybody may read them and finds what belongs to tables
-- that he may read; where a table has row-level security, those whom it binds
-- find nothing, as the ledger does not know its policies.

CREATE FUNCTION statute._may_see(binding integer, role name) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN r.rolsuper THEN true
		WHEN c.oid IS NULL THEN pg_has_role(r.oid, b.owner, 'USAGE')
		ELSE has_table_privilege(r.oid, c.oid, 'SELECT') AND (NOT c.relrowsecurity OR r.rolbypassrls
			OR (NOT c.relforcerowsecurity AND pg_has_role(r.oid, c.relowner, 'USAGE'))) END
	FROM statute.binding b
		JOIN pg_roles r ON r.rolname = $2
		LEFT JOIN pg_class c ON c.oid = b.relation
	WHERE b.id = $1
$$;
COMMENT ON FUNCTION statute._may_see(integer, name) IS 'internal: may a role read the rows that a binding judges';

CREATE VIEW statute._seen_rule WITH (security_barrier) AS
	SELECT b.id AS binding, b.rule, b.relation, b.table_name, b.calendar, c.time_zone, b.action,
		r.version, r.title, r.modality, r.clause, k.regulation, k.article, k.quote
	FROM statute.binding b
		CROSS JOIN LATERAL statute._effective_calendar(b.calendar) c
		JOIN statute.rule r ON r.code = b.rule
		LEFT JOIN statute.clause k ON k.code = r.clause
	WHERE statute._may_see(b.id, current_user);
COMMENT ON VIEW statute._seen_rule IS 'internal: the bindings that the current user may see, with each version of their rules';

CREATE FUNCTION statute._used(o statute.obligation, calendar text, as_of timestamptz) RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		WHEN coalesce(o.extended_to, o.allowed) IS NOT NULL
			THEN statute.used_fraction(o.opened_at, coalesce(o.extended_to, o.allowed), as_of, calendar, coalesce(o.convention, ''), o.row_pauses + statute._stops(o.pauses, o.paused_at))
		WHEN o.due_at > o.opened_at THEN extract(epoch FROM as_of - o.opened_at) / extract(epoch FROM o.due_at - o.opened_at)
		ELSE 1 END
$$;
COMMENT ON FUNCTION statute._used(statute.obligation, text, timestamptz) IS 'internal: the share of its time that an obligation has used';

CREATE FUNCTION statute._is_late_entry(o statute.obligation, calendar text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT o.recorded_at > statute.deadline(o.opened_at, current_setting('statute.late_entry')::statute.timelimit, calendar, coalesce(o.convention, ''))
$$;
COMMENT ON FUNCTION statute._is_late_entry(statute.obligation, text) IS
	'internal: did the database learn of the event later than the setting statute.late_entry allows';

CREATE VIEW statute.obligation_list WITH (security_barrier) AS
	SELECT o.id AS obligation, s.binding, s.rule, o.rule_version, s.title, s.clause, s.regulation, s.article, s.quote,
		s.relation, s.table_name, o.row_key, o.subject, o.period, o.opened_at, o.recorded_at, o.due_at, o.due_on, o.done_at, o.state,
		statute._is_late(o.due_at, o.done_at) AS late, statute._is_late_entry(o, s.calendar) AS late_entry,
		coalesce(o.extended_to, o.allowed) AS allowed, o.extended_to IS NOT NULL AS extended,
		o.row_pauses + statute._stops(o.pauses, o.paused_at) AS pauses, o.provisional, s.calendar, o.calendar_revision, o.convention
	FROM statute._seen_rule s JOIN statute.obligation o ON o.binding = s.binding AND o.rule_version = s.version;
COMMENT ON VIEW statute.obligation_list IS 'all obligations that the ledger holds, with article';

CREATE VIEW statute.due_list WITH (security_barrier) AS
	SELECT o.id AS obligation, s.binding, s.rule, o.rule_version, s.title, s.clause, s.regulation, s.article, s.quote,
		s.relation, s.table_name, o.row_key, o.subject, o.period, o.opened_at, o.recorded_at, o.due_at, o.due_on, o.state,
		CASE WHEN u.late THEN 'red' WHEN o.state = 'open' AND u.used >= 0.8 THEN 'yellow' ELSE 'green' END AS light,
		round(u.used::numeric, 2) AS used, coalesce(o.extended_to, o.allowed) AS allowed, o.extended_to IS NOT NULL AS extended,
		statute._is_late_entry(o, s.calendar) AS late_entry, o.provisional, s.calendar, o.calendar_revision, o.convention
	FROM statute._seen_rule s JOIN statute.obligation o ON o.binding = s.binding AND o.rule_version = s.version
		CROSS JOIN LATERAL (SELECT statute._used(o, s.calendar, now()), o.due_at < now()) u (used, late)
	WHERE o.state IN ('open', 'paused');
COMMENT ON VIEW statute.due_list IS 'the obligations that are not done, with article, due date and light';

CREATE VIEW statute.late_list WITH (security_barrier) AS
	SELECT o.id AS obligation, s.binding, s.rule, o.rule_version, s.title, s.clause, s.regulation, s.article, s.quote,
		s.relation, s.table_name, o.row_key, o.subject, o.period, o.opened_at, o.due_at, o.due_on, o.done_at, o.state,
		CASE WHEN isfinite(o.done_at) IS NOT FALSE AND isfinite(o.due_at) THEN coalesce(o.done_at, now()) - o.due_at END AS late_by,
		CASE WHEN isfinite(o.done_at) IS NOT FALSE AND isfinite(o.due_at) THEN statute.workdays_between(o.due_on,
			(coalesce(o.done_at - interval '1 microsecond', now()) AT TIME ZONE s.time_zone)::date, s.calendar) END AS workdays_late
	FROM statute._seen_rule s JOIN statute.obligation o ON o.binding = s.binding AND o.rule_version = s.version
	WHERE o.state <> 'cancelled' AND statute._is_late(o.due_at, o.done_at);
COMMENT ON VIEW statute.late_list IS 'the obligations that are late, or were done late';

CREATE VIEW statute.violation_list WITH (security_barrier) AS
	SELECT v.id AS violation, s.binding, s.rule, v.rule_version, s.title, s.modality, s.clause, s.regulation, s.article, s.quote,
		s.relation, s.table_name, v.row_key, v.subject, v.period, v.happened_at, v.recorded_at, v.what, v.detail, v.state, v.settled_at, v.settled_by, v.reason,
		s.time_zone
	FROM statute._seen_rule s JOIN statute.violation v ON v.binding = s.binding AND v.rule_version = s.version;
COMMENT ON VIEW statute.violation_list IS 'the facts that break a rule, with article';

CREATE VIEW statute.history_list WITH (security_barrier) AS
	SELECT e.obligation, s.rule, s.relation, s.table_name, o.row_key, o.subject, o.period, e.happened_at, e.what, e.state_before, e.state_after,
		e.due_before, e.due_after, e.done_before, e.done_after, e.actor, e.reason, e.basis
	FROM statute._seen_rule s JOIN statute.obligation o ON o.binding = s.binding AND o.rule_version = s.version
		JOIN statute.obligation_event e ON e.obligation = o.id;
COMMENT ON VIEW statute.history_list IS 'each change of an obligation after it was opened';

CREATE VIEW statute.failure_list WITH (security_barrier) AS
	SELECT f.binding, b.rule, b.relation, f.happened_at, f.sqlstate, f.message
	FROM statute.binding_failure f JOIN statute.binding b ON b.id = f.binding
	WHERE statute._may_see(b.id, current_user);
COMMENT ON VIEW statute.failure_list IS 'statements whose rows could not be judged, as an expression of the binding failed; backfill() judges them';

CREATE VIEW statute.quota_status WITH (security_barrier) AS
	SELECT s.binding, s.rule, s.title, s.clause, s.regulation, s.article, s.quote, s.relation, s.table_name,
		nullif(p.party, '') AS subject, q.quota, q.period, c.counted, r.required,
		CASE WHEN q.unit <> 'percent' THEN a.pace WHEN c.counted <= r.required THEN 'on track' WHEN c.counted > r.required THEN 'missed' END AS pace,
		a.shortfall, a.workdays_left, a.last_day
	FROM statute._seen_rule s
		CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE s.time_zone)::date) d (today)
		CROSS JOIN LATERAL (
			SELECT v.quota, statute.quota_period_of(d.today, v.quota), statute.quota_unit(v.quota), statute.quota_bounds(v.quota)
			FROM (SELECT (statute.rule_params(s.rule, d.today) ->> 'quota')::statute.quota) v (quota)
		) q (quota, period, unit, bounds)
		JOIN LATERAL (
			SELECT o.party FROM statute.occurrence o WHERE o.binding = s.binding
			UNION SELECT m.subject FROM statute.roster_member m WHERE m.binding = s.binding AND m.during @> d.today
		) p ON true
		CROSS JOIN LATERAL (
			SELECT (CASE q.unit WHEN 'days' THEN count(DISTINCT o.on_day) ELSE count(*) END)::integer
			FROM statute.occurrence o
			WHERE o.binding = s.binding AND o.party = p.party AND o.on_day <@ q.period
		) c (counted)
		CROSS JOIN LATERAL (
			SELECT CASE WHEN q.unit = 'percent' THEN statute._cap(s.binding, p.party, q.quota, q.period)
				WHEN upper_inf(q.bounds) THEN lower(q.bounds)::integer ELSE upper(q.bounds)::integer END
		) r (required)
		LEFT JOIN LATERAL statute.quota_pace(c.counted, CASE WHEN q.unit <> 'percent' THEN q.quota END, q.period, d.today, s.calendar) a ON true
	WHERE s.version = statute.rule_version(s.rule, d.today) AND q.quota IS NOT NULL;
COMMENT ON VIEW statute.quota_status IS
	'how each subject that has ever had an event, or is on the roster, stands today in the current period of each quota';

CREATE VIEW statute.rule_status AS
	SELECT k.clause, k.regulation, k.article, k.quote, k.enforceable, r.rule, r.title, r.kind,
		CASE
			WHEN k.enforceable = 'no' THEN 'not enforceable'
			WHEN r.rule IS NULL THEN 'no rule'
			WHEN w.readings IS NOT NULL THEN 'waits for a reading'
			WHEN NOT r.in_force THEN 'not in force'
			WHEN b.off THEN 'lacks a role'
			WHEN b.tables IS NOT NULL THEN 'enforced'
			ELSE 'not bound' END AS status,
		b.tables, w.readings, k.why_not
	FROM (SELECT c.code, c.regulation, c.article, c.quote, c.enforceable, c.why_not FROM statute.clause c)
			k (clause, regulation, article, quote, enforceable, why_not)
		LEFT JOIN LATERAL (
			SELECT DISTINCT ON (o.code) o.code, o.title, o.kind, o.params, statute.rule_version(o.code) IS NOT NULL
			FROM statute.rule o WHERE o.clause = k.clause
			ORDER BY o.code, o.effective @> current_date DESC, o.version DESC
		) r (rule, title, kind, params, in_force) ON true
		LEFT JOIN LATERAL (
			SELECT array_agg(d.code ORDER BY d.code)
			FROM jsonb_each(r.params) p JOIN statute.reading d ON d.code = statute._reading_of(r.kind, p.key, p.value)
			WHERE statute.reading_value(d.code) IS NULL
		) w (readings) ON true
		LEFT JOIN LATERAL (
			SELECT array_agg(b.relation ORDER BY b.relation::text), bool_or(b.state = 'off')
			FROM statute.binding_list b WHERE b.rule = r.rule AND b.state IN ('enabled', 'off')
		) b (tables, off) ON true;
COMMENT ON VIEW statute.rule_status IS 'each clause: where it is enforced, which reading it waits for, or why it cannot be enforced';

GRANT SELECT ON statute.obligation_list, statute.failure_list, statute.due_list, statute.late_list, statute.violation_list, statute.history_list, statute.quota_status, statute.rule_status TO PUBLIC;

-- Every column of a view is described once: what has the same name means the same.
CREATE FUNCTION statute._describe_columns(descriptions jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c record;
BEGIN
	FOR c IN
		SELECT a.attrelid::regclass AS view, a.attname, descriptions ->> a.attname AS description
		FROM pg_attribute a
		WHERE a.attrelid = ANY ('{statute.obligation_list,statute.failure_list,statute.due_list,statute.late_list,statute.violation_list,statute.history_list,statute.quota_status,statute.rule_status,statute.binding_list}'::regclass[])
			AND a.attnum > 0 AND col_description(a.attrelid, a.attnum) IS NULL
	LOOP
		EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.attname, c.description);
	END LOOP;
END
$$;
SELECT statute._describe_columns($${
	"obligation": "the obligation, for pause(), resume(), extend(), verify(), close() and status_at()",
	"violation": "the violation, for excuse()",
	"binding": "the binding, for unbind(), enable_binding(), disable_binding() and backfill()",
	"rule": "the code of the rule",
	"rule_version": "the version of the rule that was in force at the event",
	"title": "the title of the rule",
	"kind": "the kind of the rule",
	"modality": "must; in principle: a recorded reason answers; as far as possible: a hint",
	"clause": "the code of the clause that the rule enforces",
	"regulation": "the code of the regulation",
	"article": "where the clause stands in the regulation",
	"quote": "the words of the clause",
	"relation": "the bound table; null once it is unbound or dropped",
	"table_name": "the name of the table when it was bound, or unbound",
	"tables": "the tables that the rule is bound to",
	"row_key": "the primary key of the row: its value, or a JSON array of several",
	"subject": "whom it falls on",
	"opened_at": "when the event happened",
	"recorded_at": "when the database learned of it",
	"happened_at": "when it happened, as the row says, or else when it was found",
	"due_at": "what is done later is late; infinity while the clock stands",
	"due_on": "the last day, in the time zone of the calendar",
	"due_before": "when it was due before the change",
	"due_after": "when it is due after the change",
	"done_before": "when it was done, as far as known before the change",
	"done_after": "when it was done, as known after the change",
	"done_at": "when it was done; a date is over with the next midnight",
	"state": "where it stands: of an obligation open, paused, done, verified, closed or cancelled, of a violation open, corrected or excused",
	"state_before": "its state before the change",
	"state_after": "its state after the change",
	"late": "was it done after it was due, or is it due and not done",
	"pauses": "when the clock stopped",
	"sqlstate": "the code of the error",
	"message": "the error that an expression raised",
	"light": "red: late; yellow: 80 percent of the time is used; green",
	"used": "the share of its time that is used; above 1 it is late",
	"allowed": "the time limit in force; null where the date is given",
	"extended": "was the time limit extended",
	"late_entry": "the database learned of the event later than the setting statute.late_entry allows",
	"late_by": "how long after it was due it was done, or how long it has been late",
	"workdays_late": "the working days from the last day to the day on which it was done, or to today",
	"provisional": "the due date lies beyond the announced working days",
	"calendar": "the calendar that counted",
	"calendar_revision": "the state of the calendar that the due date was computed from",
	"convention": "how the days were counted",
	"what": "what happened, or what was found",
	"detail": "the values that it was found in",
	"settled_at": "when it was corrected or excused",
	"settled_by": "who corrected or excused it",
	"reason": "why, as it was recorded",
	"basis": "the legal basis, as it was recorded",
	"actor": "who did it",
	"time_zone": "the time zone of the calendar",
	"quota": "the quota in force today",
	"period": "of a recurring duty the period that it is for; of a quota that which was judged, or today is in, or the window that ends today",
	"counted": "how many there are",
	"required": "how many there must be at least, or may be at most",
	"pace": "met, on track, at risk, out of reach or missed",
	"shortfall": "how many are missing, or too many",
	"workdays_left": "the working days left in the period",
	"last_day": "the last working day on which it can still be met, one a day",
	"enforceable": "can a database enforce the clause: yes, partly or no",
	"why_not": "what stands in the way, where not wholly",
	"status": "enforced, lacks a role, not bound, not in force, waits for a reading, no rule, or not enforceable",
	"readings": "the readings that the rule waits for",
	"roles": "for each role of the rule the SQL expression over the columns of the table",
	"action": "what a breach does: record, warn or reject",
	"owner": "who bound the rule",
	"bound_at": "when it was bound",
	"unbound_at": "when it was unbound, or the table was dropped"
}$$);
DROP FUNCTION statute._describe_columns(jsonb);
