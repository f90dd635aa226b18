
-- Ladders: what happens as a deadline comes nearer and after it has passed, and
-- whom a step of it addresses.

CREATE TABLE statute.ladder (
	code text PRIMARY KEY CHECK (code <> ''),
	title text NOT NULL
);
COMMENT ON TABLE statute.ladder IS 'ordered stages of escalation';
COMMENT ON COLUMN statute.ladder.code IS 'the name that set_ladder() uses';
COMMENT ON COLUMN statute.ladder.title IS 'what it is for';

CREATE TABLE statute.ladder_step (
	ladder text NOT NULL,
	step integer NOT NULL CHECK (step > 0),
	share numeric CHECK (share BETWEEN 0 AND 1),
	after statute.timelimit,
	light text NOT NULL CHECK (light IN ('green', 'yellow', 'red')),
	part text NOT NULL CHECK (part <> ''),
	template text NOT NULL,
	PRIMARY KEY (ladder, step),
	CHECK (num_nonnulls(share, after) = 1)
);
COMMENT ON TABLE statute.ladder_step IS 'the steps of ladders';
COMMENT ON COLUMN statute.ladder_step.ladder IS 'the ladder';
COMMENT ON COLUMN statute.ladder_step.step IS 'its number: steps fire in this order';
COMMENT ON COLUMN statute.ladder_step.share IS 'the share of the time limit after which it fires, 1 at the deadline';
COMMENT ON COLUMN statute.ladder_step.after IS 'or the time limit after the deadline';
COMMENT ON COLUMN statute.ladder_step.light IS 'the light that it shows';
COMMENT ON COLUMN statute.ladder_step.part IS 'whom it addresses: the part that a contact plays for the subject';
COMMENT ON COLUMN statute.ladder_step.template IS 'the text, with fields such as {title} and {due_on}';

CREATE TABLE statute.rule_ladder (
	rule text PRIMARY KEY,
	ladder text NOT NULL
);
COMMENT ON TABLE statute.rule_ladder IS 'the ladder of each rule that has one';
COMMENT ON COLUMN statute.rule_ladder.rule IS 'the code of the rule';
COMMENT ON COLUMN statute.rule_ladder.ladder IS 'its ladder';

CREATE TABLE statute.binding_ladder (
	binding integer PRIMARY KEY,
	ladder text NOT NULL
);
COMMENT ON TABLE statute.binding_ladder IS 'the ladder of a binding, which goes before that of its rule';
COMMENT ON COLUMN statute.binding_ladder.binding IS 'the binding';
COMMENT ON COLUMN statute.binding_ladder.ladder IS 'its ladder';

CREATE TABLE statute.contact (
	subject text NOT NULL,
	part text NOT NULL CHECK (part <> ''),
	person text NOT NULL CHECK (person <> ''),
	deputy text,
	valid daterange NOT NULL CHECK (NOT isempty(valid)),
	PRIMARY KEY (subject, part, valid)
);
COMMENT ON TABLE statute.contact IS 'who plays which part for a subject, and who stands in (A and B roles)';
COMMENT ON COLUMN statute.contact.subject IS 'an office, as obligations name it';
COMMENT ON COLUMN statute.contact.part IS 'the part, such as handler, leader or principal';
COMMENT ON COLUMN statute.contact.person IS 'who plays it';
COMMENT ON COLUMN statute.contact.deputy IS 'who stands in while the person is absent';
COMMENT ON COLUMN statute.contact.valid IS 'the days on which that is so';

CREATE TABLE statute.absence (
	person text NOT NULL,
	during daterange NOT NULL CHECK (NOT isempty(during)),
	PRIMARY KEY (person, during)
);
COMMENT ON TABLE statute.absence IS 'when persons are absent';
COMMENT ON COLUMN statute.absence.person IS 'who';
COMMENT ON COLUMN statute.absence.during IS 'on which days';

CREATE TABLE statute.superior (
	subject text PRIMARY KEY,
	superior text NOT NULL CHECK (superior <> subject)
);
COMMENT ON TABLE statute.superior IS 'the subject above a subject';
COMMENT ON COLUMN statute.superior.subject IS 'an office';
COMMENT ON COLUMN statute.superior.superior IS 'the one above it';

SELECT pg_extension_config_dump('statute.ladder', '');
SELECT pg_extension_config_dump('statute.ladder_step', '');
SELECT pg_extension_config_dump('statute.rule_ladder', '');
SELECT pg_extension_config_dump('statute.binding_ladder', '');
SELECT pg_extension_config_dump('statute.contact', '');
SELECT pg_extension_config_dump('statute.absence', '');
SELECT pg_extension_config_dump('statute.superior', '');
GRANT SELECT ON statute.ladder, statute.ladder_step, statute.rule_ladder, statute.binding_ladder TO PUBLIC;
GRANT SELECT ON statute.contact, statute.absence, statute.superior TO pg_database_owner;

-- Defining them ---------------------------------------------------------------------

CREATE FUNCTION statute._template_fields() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{title,rule,article,table,row,subject,due_on,days_late,light,part}'::text[];
COMMENT ON FUNCTION statute._template_fields() IS 'internal: the fields that the text of a step can have';

CREATE FUNCTION statute.define_ladder(code text, title text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO statute.ladder (code, title) VALUES ($1, $2)
	ON CONFLICT ON CONSTRAINT ladder_pkey DO UPDATE SET title = excluded.title
$$;
COMMENT ON FUNCTION statute.define_ladder(text, text) IS 'make a ladder, or change its title';

CREATE FUNCTION statute._require_ladder(code text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM statute.ladder l WHERE l.code = $1) THEN
		RAISE EXCEPTION 'ladder "%" does not exist', code
			USING ERRCODE = 'undefined_object', HINT = 'statute.define_ladder() makes one.';
	END IF;
END
$$;
COMMENT ON FUNCTION statute._require_ladder(text) IS 'internal: fails where the ladder does not exist';

CREATE FUNCTION statute._comes_before(share numeric, after statute.timelimit, other_share numeric, other_after statute.timelimit) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN share IS NULL AND other_share IS NULL THEN after OPERATOR(statute.<) other_after
	ELSE coalesce(share, 2) < coalesce(other_share, 2) END;
COMMENT ON FUNCTION statute._comes_before(numeric, statute.timelimit, numeric, statute.timelimit) IS 'internal: does one step come before another';

CREATE FUNCTION statute.define_step(ladder text, step integer, at text, light text, part text, template text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	at_share numeric := CASE WHEN $3 = 'due' THEN 1 WHEN $3 ~ '^\d+(\.\d+)?%$' THEN rtrim($3, '%')::numeric / 100 END;
	at_limit statute.timelimit;
BEGIN
	PERFORM statute._require_ladder($1);
	-- who changes the same ladder waits, and sees what this one does
	PERFORM FROM statute.ladder l WHERE l.code = $1 FOR UPDATE;
	IF at_share > 1 THEN
		RAISE EXCEPTION 'step % of ladder "%" cannot be at %', $2, $1, $3
			USING ERRCODE = 'invalid_parameter_value', HINT = 'After the deadline steps come by a time limit, such as "1 workday".';
	END IF;
	IF at_share IS NULL THEN
		at_limit := $3::statute.timelimit;
	END IF;
	PERFORM statute._check_template($6, statute._template_fields());
	-- in their order they must also come in time, or one would hold up the next
	IF EXISTS (SELECT FROM statute.ladder_step s WHERE s.ladder = $1 AND s.step <> $2
			AND NOT CASE WHEN s.step < $2 THEN statute._comes_before(s.share, s.after, at_share, at_limit)
				ELSE statute._comes_before(at_share, at_limit, s.share, s.after) END) THEN
		RAISE EXCEPTION 'step % of ladder "%" at % is out of order', $2, $1, $3
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A later step has to come at a later time.';
	END IF;
	INSERT INTO statute.ladder_step (ladder, step, share, after, light, part, template) VALUES ($1, $2, at_share, at_limit, $4, $5, $6)
	ON CONFLICT ON CONSTRAINT ladder_step_pkey DO UPDATE
	SET share = excluded.share, after = excluded.after, light = excluded.light, part = excluded.part, template = excluded.template;
END
$$;
COMMENT ON FUNCTION statute.define_step(text, integer, text, text, text, text) IS
	'make a step of a ladder, or change it: at a share of the limit such as 80%, at due, or a time limit after it';

CREATE FUNCTION statute.set_ladder(ladder text, rule text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ladder IS NULL THEN
		DELETE FROM statute.rule_ladder l WHERE l.rule = $2;
		RETURN;
	END IF;
	PERFORM statute._require_ladder(ladder);
	IF NOT EXISTS (SELECT FROM statute.rule r WHERE r.code = $2) THEN
		RAISE EXCEPTION 'rule "%" does not exist', rule USING ERRCODE = 'undefined_object';
	END IF;
	INSERT INTO statute.rule_ladder (rule, ladder) VALUES ($2, $1)
	ON CONFLICT ON CONSTRAINT rule_ladder_pkey DO UPDATE SET ladder = excluded.ladder;
END
$$;
COMMENT ON FUNCTION statute.set_ladder(text, text) IS 'give a rule a ladder, or take it away with null';

CREATE FUNCTION statute.set_ladder(ladder text, binding integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ladder IS NULL THEN
		DELETE FROM statute.binding_ladder l WHERE l.binding = $2;
		RETURN;
	END IF;
	PERFORM statute._require_ladder(ladder);
	IF NOT EXISTS (SELECT FROM statute.binding b WHERE b.id = $2 AND b.relation IS NOT NULL) THEN
		RAISE EXCEPTION 'binding % does not exist, or no longer', binding USING ERRCODE = 'undefined_object';
	END IF;
	INSERT INTO statute.binding_ladder (binding, ladder) VALUES ($2, $1)
	ON CONFLICT ON CONSTRAINT binding_ladder_pkey DO UPDATE SET ladder = excluded.ladder;
END
$$;
COMMENT ON FUNCTION statute.set_ladder(text, integer) IS 'give a binding a ladder of its own, or with null that of its rule';

CREATE FUNCTION statute.set_contact(subject text, part text, person text, deputy text DEFAULT NULL, valid daterange DEFAULT '(,)') RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one after the other, so that no two play it on one day
	LOCK TABLE statute.contact IN SHARE ROW EXCLUSIVE MODE;
	-- whoever played it on these days does so on the other days only
	WITH former AS (
		DELETE FROM statute.contact c WHERE c.subject = $1 AND c.part = $2 AND c.valid && $5 RETURNING c.*
	)
	INSERT INTO statute.contact (subject, part, person, deputy, valid)
	SELECT f.subject, f.part, f.person, f.deputy, r
	FROM former f CROSS JOIN LATERAL unnest(datemultirange(f.valid) - datemultirange($5)) r;
	IF person IS NOT NULL THEN
		INSERT INTO statute.contact (subject, part, person, deputy, valid) VALUES ($1, $2, $3, $4, $5);
	END IF;
END
$$;
COMMENT ON FUNCTION statute.set_contact(text, text, text, text, daterange) IS
	'say who plays a part for a subject on some days, and who stands in; null for nobody';

CREATE FUNCTION statute.set_absence(person text, during daterange) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$INSERT INTO statute.absence (person, during) VALUES ($1, $2) ON CONFLICT DO NOTHING$$;
COMMENT ON FUNCTION statute.set_absence(text, daterange) IS 'say that a person is absent, so that the deputy is addressed';

CREATE FUNCTION statute.set_superior(subject text, superior text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF superior IS NULL THEN
		DELETE FROM statute.superior s WHERE s.subject = $1;
		RETURN;
	END IF;
	LOCK TABLE statute.superior IN SHARE ROW EXCLUSIVE MODE;
	IF EXISTS (
		WITH RECURSIVE above AS (
			SELECT $2 AS subject
			UNION
			SELECT s.superior FROM above a JOIN statute.superior s ON s.subject = a.subject
		)
		SELECT FROM above a WHERE a.subject = $1
	) THEN
		RAISE EXCEPTION '"%" cannot be above "%", who is above it', superior, subject USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO statute.superior (subject, superior) VALUES ($1, $2)
	ON CONFLICT ON CONSTRAINT superior_pkey DO UPDATE SET superior = excluded.superior;
END
$$;
COMMENT ON FUNCTION statute.set_superior(text, text) IS 'say which subject is above a subject; null for none';

-- Whom a step addresses: who plays the part on a day, or the deputy of who is
-- absent. The part "superior" is the principal of the subject above, where the
-- subject has no contact of that name.
CREATE FUNCTION statute.recipient(subject text, part text, on_day date, OUT recipient text, OUT stands_in_for text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	SELECT q.* INTO recipient, stands_in_for FROM (
		SELECT CASE WHEN away.absent THEN c.deputy ELSE c.person END, CASE WHEN away.absent AND c.deputy IS NOT NULL THEN c.person END
		FROM (
			SELECT o.*, 1 AS choice FROM statute.contact o WHERE o.subject = $1 AND o.part = $2
			UNION ALL
			SELECT o.*, 2 FROM statute.superior s JOIN statute.contact o ON o.subject = s.superior AND o.part = 'principal'
			WHERE s.subject = $1 AND $2 = 'superior'
		) c CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM statute.absence a WHERE a.person = c.person AND a.during @> $3)) away (absent)
		WHERE c.valid @> $3
		ORDER BY c.choice
		LIMIT 1
	) q;
END
$$;
COMMENT ON FUNCTION statute.recipient(text, text, date) IS
	'who plays a part for a subject on a day, or the deputy of who is absent; null where there is nobody';
