
-- Which rules could be bound to a table, from its name and its columns: a
-- proposal that somebody reads, and never done by itself.

-- Words between underscores: "InstructionLog" and "instruction-log" are instruction_log.
CREATE FUNCTION statute._plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(lower(regexp_replace(name, '([a-z0-9])([A-Z])', E'\\1_\\2', 'g')), '[][ !"#$%&''()*+,./:;<=>?@^_`{|}~-]+', '_', 'g'), '_');
COMMENT ON FUNCTION statute._plain_name(text) IS 'internal: a name of a table or a column, as words are compared with it';

-- How well a word names it, up to 1: wholly, as one of its words or, where
-- words are not set apart, as a part of it
CREATE FUNCTION statute._name_match(name text, word text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN name = word THEN 1
	WHEN replace(name, '_', '') = replace(word, '_', '') THEN 0.95
	WHEN strpos('_' || name || '_', '_' || word || '_') > 0
		OR (octet_length(word) > char_length(word) AND char_length(word) > 1 AND strpos(name, word) > 0)
		THEN 0.4 + 0.5 * char_length(word) / char_length(name)
	ELSE 0 END;
COMMENT ON FUNCTION statute._name_match(text, text) IS 'internal: how well a word fits a plain name, from 0 to 1';

-- The value of a role from a column, where bind() takes it: the assignment casts
-- do, and so do numbers that stand for yes and no. No row where it does not fit.
CREATE FUNCTION statute._column_for(name name, type regtype, wanted regtype) RETURNS TABLE (expression text, fit double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT format(CASE WHEN f.fit = 0.5 THEN '%I <> 0' ELSE '%I' END, name), f.fit
	FROM statute._base_type(type) b (type) CROSS JOIN LATERAL (SELECT CASE
		WHEN b.type = wanted THEN 1
		WHEN EXISTS (SELECT FROM pg_cast c WHERE c.castsource = b.type AND c.casttarget = wanted AND (c.castcontext = 'i' OR c.castmethod = 'b')) THEN 0.9
		WHEN EXISTS (SELECT FROM pg_cast c WHERE c.castsource = b.type AND c.casttarget = wanted AND c.castcontext = 'a') THEN 0.8
		WHEN b.type = 'varchar[]'::regtype AND wanted = 'text[]'::regtype THEN 0.9
		WHEN b.type IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) AND wanted = 'boolean'::regtype THEN 0.5
		-- numbers and labels, written as texts
		WHEN wanted = 'text'::regtype AND EXISTS (SELECT FROM pg_type t WHERE t.oid = b.type AND t.typcategory IN ('N', 'E')) THEN 0.6
		END) f (fit)
	WHERE f.fit IS NOT NULL
$$;
COMMENT ON FUNCTION statute._column_for(name, regtype, regtype) IS 'internal: SQL for a role from a column, and how well its type fits; no row where it does not';

-- The columns of a table by the words that they go by, in their names or in
-- what a comment calls them
CREATE FUNCTION statute._named_columns(relation regclass)
RETURNS TABLE (topic text, role text, n smallint, name name, type regtype, match double precision)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH known AS MATERIALIZED (
		SELECT w.topic, w.role, w.word FROM statute.word w WHERE w.role <> ''
		UNION
		SELECT '', e.key, e.key FROM statute.rule r CROSS JOIN LATERAL jsonb_each(r.roles) e
	)
	SELECT k.topic, k.role, a.attnum, a.attname, a.atttypid::regtype, max(statute._name_match(n.plain, k.word))
	FROM pg_attribute a
		CROSS JOIN LATERAL (SELECT statute._plain_name(v.name)
			FROM (VALUES (a.attname::text), (left(col_description(a.attrelid, a.attnum), 63))) v (name)
			WHERE v.name IS NOT NULL OFFSET 0) n (plain)
		JOIN known k ON statute._name_match(n.plain, k.word) > 0
	WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
	GROUP BY k.topic, k.role, a.attnum, a.attname, a.atttypid
$$;
COMMENT ON FUNCTION statute._named_columns(regclass) IS 'internal: the columns of a table that a word knows, for each role';

CREATE FUNCTION statute._named_topics(relation regclass) RETURNS TABLE (topic text, match double precision)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT t.topic, t.match
	FROM (
		SELECT w.topic, max(m.match) AS match, max(max(m.match)) OVER () AS best
		FROM pg_class c
			CROSS JOIN LATERAL (SELECT statute._plain_name(v.name)
				FROM (VALUES (c.relname::text), (left(obj_description(c.oid, 'pg_class'), 63))) v (name)
				WHERE v.name IS NOT NULL OFFSET 0) n (plain)
			CROSS JOIN statute.word w
			CROSS JOIN LATERAL (SELECT statute._name_match(n.plain, w.word)) m (match)
		WHERE c.oid = $1 AND w.role = '' AND m.match > 0
		GROUP BY w.topic
	) t
	-- a word that is a part of a better one is a chance
	WHERE t.match >= 0.7 * t.best
$$;
COMMENT ON FUNCTION statute._named_topics(regclass) IS 'internal: the topics that a table is named for';

-- Each role takes the best column that no other has taken.
CREATE FUNCTION statute._assign_columns(candidates jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c jsonb;
	taken jsonb := '[]';
	result jsonb := '{}';
BEGIN
	FOR c IN SELECT e.value FROM jsonb_array_elements(candidates) e LOOP
		CONTINUE WHEN result ? (c ->> 'role') OR EXISTS (SELECT FROM jsonb_array_elements_text(c -> 'columns') n WHERE taken ? n.value);
		taken := taken || (c -> 'columns');
		result := result || jsonb_build_object(c ->> 'role', c);
	END LOOP;
	RETURN result;
END
$$;
COMMENT ON FUNCTION statute._assign_columns(jsonb) IS 'internal: of candidates, best first, those that agree, by role';

-- Whom the rows concern, where the table has a column for it: for a quota what it
-- counts for, or the official; for other duties who has to act, who need not be
-- the official that a row names.
CREATE FUNCTION statute._subject_column(relation regclass, counted_for text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f.expression
	FROM unnest(CASE WHEN counted_for <> 'official' THEN ARRAY[counted_for]
			ELSE array_remove(ARRAY[counted_for, 'responsible_person', 'handler', 'responsible_unit', 'lead_unit', 'official'], NULL) END) WITH ORDINALITY s (role, n)
		JOIN statute._named_columns($1) c ON c.role = s.role
		CROSS JOIN LATERAL statute._column_for(c.name, c.type, 'text') f
	WHERE c.match >= 0.6
	ORDER BY s.n, c.match * f.fit DESC, c.n
	LIMIT 1
$$;
COMMENT ON FUNCTION statute._subject_column(regclass, text) IS 'internal: SQL for whom the rows of a table concern, given what a quota counts for; or null';

CREATE FUNCTION statute._counted_for(r statute.rule) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(r.params ->> 'per', CASE WHEN r.kind = 'quota' THEN 'official' END);
COMMENT ON FUNCTION statute._counted_for(statute.rule) IS 'internal: what a quota counts for, by the name of a role; null where the rule counts nothing';

CREATE FUNCTION statute._role_candidates(relation regclass) RETURNS TABLE (rule text, candidates jsonb)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH named AS MATERIALIZED (
		SELECT n.* FROM statute._named_columns($1) n WHERE n.match >= 0.4
	), edge AS MATERIALIZED (
		-- two columns between which a span lies
		SELECT DISTINCT ON (n.role = 'until') n.role = 'until' AS is_end, n.n, n.name, n.match
		FROM named n
		WHERE n.topic = '' AND n.role IN ('since', 'start', 'until') AND n.type IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
		ORDER BY n.role = 'until', n.match DESC, n.n
	), span AS (
		SELECT a.n, a.name AS first, b.name AS last, 0.8 * least(a.match, b.match) AS match
		FROM edge a JOIN edge b ON b.is_end AND NOT a.is_end AND a.name <> b.name
	), wanted AS (
		SELECT r.code, r.topic, e.key AS role, e.value::regtype AS type
		FROM statute.rule r CROSS JOIN LATERAL jsonb_each_text(r.roles) e
		WHERE r.topic IS NOT NULL AND r.version = (SELECT max(o.version) FROM statute.rule o WHERE o.code = r.code)
	), candidate AS (
		SELECT w.code, w.role, f.expression, jsonb_build_array(n.name) AS columns, n.topic <> '' AS own, n.n, n.match * f.fit AS score,
			statute._base_type(n.type) = 'date'::regtype AS is_day
		FROM wanted w
			JOIN named n ON n.role = w.role AND n.topic IN ('', w.topic)
			CROSS JOIN LATERAL statute._column_for(n.name, n.type, w.type) f
		UNION ALL
		SELECT w.code, w.role, format(CASE WHEN w.type = 'daterange'::regtype
				THEN 'CASE WHEN %1$I::date <= %2$I::date THEN daterange(%1$I::date, %2$I::date, ''[]'') END'
				ELSE 'CASE WHEN %1$I <= %2$I THEN tstzrange(%1$I, %2$I) END' END, s.first, s.last),
			jsonb_build_array(s.first, s.last), false, s.n, s.match, false
		FROM wanted w CROSS JOIN span s
		WHERE w.type IN ('daterange'::regtype, 'tstzrange'::regtype)
	)
	SELECT c.code, jsonb_agg(jsonb_build_object('role', c.role, 'expression', c.expression, 'columns', c.columns, 'own', c.own, 'score', c.score, 'is_day', c.is_day)
		ORDER BY c.score DESC, c.own DESC, c.n, c.role)
	FROM candidate c
	WHERE c.score >= 0.3
	GROUP BY c.code
$$;
COMMENT ON FUNCTION statute._role_candidates(regclass) IS 'internal: for each rule with a topic, the columns that its roles could have, best first';

-- The expressions for the roles of a rule; where it compares a day with an instant, that is given as its day.
CREATE FUNCTION statute._proposed_roles(r statute.rule, chosen jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	WITH mixed AS (
		SELECT statute._mixed_roles(r, chosen, ARRAY(SELECT v.key FROM jsonb_each(chosen) v WHERE (v.value ->> 'is_day')::boolean)) IS NOT NULL AS mixed
	)
	SELECT coalesce(jsonb_object_agg(v.key, (v.value ->> 'expression')
		|| CASE WHEN m.mixed AND (r.roles ->> v.key)::regtype IN ('timestamptz', 'timestamp') AND NOT (v.value ->> 'is_day')::boolean THEN '::date' ELSE '' END), '{}')
	FROM jsonb_each(chosen) v CROSS JOIN mixed m
$$;
COMMENT ON FUNCTION statute._proposed_roles(statute.rule, jsonb) IS 'internal: the roles of a proposal, from the columns that were chosen for them';

CREATE FUNCTION statute.suggest_bindings(relation regclass)
RETURNS TABLE (rule text, title text, clause text, roles jsonb, subject text, missing text[], words jsonb, readings text[], score numeric, command text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
	WITH topic AS MATERIALIZED (
		SELECT t.* FROM statute._named_topics($1) t
	), candidate AS MATERIALIZED (
		SELECT c.rule, c.candidates, r AS r, coalesce(t.match, 0) AS topic
		FROM statute._role_candidates($1) c
			JOIN statute.rule r ON r.code = c.rule
			LEFT JOIN topic t ON t.topic = r.topic
		WHERE r.version = (SELECT max(o.version) FROM statute.rule o WHERE o.code = r.code)
			AND NOT isempty(r.effective) AND (upper_inf(r.effective) OR upper(r.effective) > current_date)
			AND NOT EXISTS (SELECT FROM statute.binding b WHERE b.rule = r.code AND b.relation = $1)
			-- a name that says nothing: two columns have the names that this sort of table gives them
			AND (t.match >= 0.4 OR (SELECT count(*) FROM jsonb_array_elements(c.candidates) e WHERE (e.value ->> 'own')::boolean) >= 2)
	), proposal AS MATERIALIZED (
		SELECT c.r, c.topic, a.chosen, n.needed,
			(SELECT count(*) FROM unnest(n.needed) e WHERE a.chosen ? e) AS found,
			(SELECT coalesce(sum((v.value ->> 'score')::double precision), 0) FROM jsonb_each(a.chosen) v WHERE v.key = ANY (n.needed)) AS sum,
			(SELECT count(*) FROM jsonb_each(a.chosen) v WHERE (v.value ->> 'own')::boolean) AS own
		FROM candidate c
			CROSS JOIN LATERAL (SELECT statute._assign_columns(c.candidates)) a (chosen)
			CROSS JOIN LATERAL (SELECT ARRAY(SELECT e FROM statute._needed_roles((c.r).kind, (c.r).roles, (c.r).params, (c.r).applies, (c.r).must) e
				ORDER BY e)) n (needed)
	), subject AS MATERIALIZED (
		SELECT k.counted_for, statute._subject_column($1, k.counted_for) AS subject
		FROM (SELECT DISTINCT statute._counted_for(c.r) FROM candidate c) k (counted_for)
	), ranked AS MATERIALIZED (
		-- half by the name of the table, half by the columns that a rule cannot do without
		SELECT p.*, round((0.5 * p.topic + 0.5 * p.sum / greatest(cardinality(p.needed), 1))::numeric, 2) AS score
		FROM proposal p
		WHERE CASE WHEN p.topic >= 0.4 THEN 2 * p.found >= cardinality(p.needed)
			ELSE p.found = cardinality(p.needed) AND p.own >= 2 AND p.sum >= 0.6 * p.found END
	)
	SELECT (p.r).code, (p.r).title, (p.r).clause, m.roles, s.subject,
		m.missing || CASE WHEN lacks.subject THEN '{subject}'::text[] ELSE '{}' END, m.words, w.readings, p.score,
		format('SELECT statute.bind(%L, %L, %L%s);', (p.r).code, (SELECT format('%I.%I', n.nspname, c.relname)
				FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1),
			m.roles || coalesce((SELECT jsonb_object_agg(e, '?') FROM unnest(m.missing) e), '{}'),
			', subject => ' || quote_literal(CASE WHEN lacks.subject THEN '?' ELSE s.subject END))
	FROM ranked p
		CROSS JOIN LATERAL (
			SELECT statute._proposed_roles(p.r, p.chosen),
				-- bind() can do without done, and nobody can who wants to know when a duty is done
				ARRAY(SELECT e FROM unnest(p.needed || CASE WHEN (p.r).roles ? 'done' THEN '{done}'::text[] ELSE '{}' END) e
					WHERE NOT p.chosen ? e GROUP BY e ORDER BY e),
				(SELECT jsonb_object_agg(k.role, to_jsonb(k.words)) FROM statute._role_words(p.r, ARRAY[(p.r).applies, (p.r).must]) k)
		) m (roles, missing, words)
		CROSS JOIN LATERAL (
			SELECT array_agg(DISTINCT d.code ORDER BY d.code)
			FROM jsonb_each((p.r).params) e JOIN statute.reading d ON d.code = statute._reading_of((p.r).kind, e.key, e.value)
			WHERE statute.reading_value(d.code) IS NULL
		) w (readings)
		JOIN subject s ON s.counted_for IS NOT DISTINCT FROM statute._counted_for(p.r)
		CROSS JOIN LATERAL (SELECT s.subject IS NULL AND (p.r).params ? 'per') lacks (subject)
	ORDER BY p.score DESC, cardinality(m.missing), (p.r).code
$$;
COMMENT ON FUNCTION statute.suggest_bindings(regclass) IS
	'the rules that could be bound to a table, from its name and its columns, best first, each with the call of bind() to edit; nothing is bound';
