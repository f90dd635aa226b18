-- suggest_bindings(): rules for tables named in English, in pinyin and in
-- Chinese, and none for what has nothing to do with them.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SET client_min_messages = error;
SELECT plan(45);

-- Names ------------------------------------------------------------------------------------------------

SELECT is(statute._plain_name(n), p, format('%s is %s', n, p)) FROM (VALUES ('InstructionLog', 'instruction_log'), ('instruction-log 2', 'instruction_log_2'), ('T_MEETING', 't_meeting'),
	('批示 件', '批示_件'), ('"a"[b]', 'a_b'), ('__', '')) v (n, p);
SELECT is_empty($$SELECT n, w FROM (VALUES ('meeting', 'meeting', 1), ('huiyidengji', 'huiyi_dengji', 0.95), ('t_meeting_log', 'meeting', 0.4 + 0.5 * 7 / 13), ('会议登记表', '会议', 0.4 + 0.5 * 2 / 5),
		('meetings', 'meeting', 0), ('hyper', 'hy', 0), ('会', '会议', 0), ('开会', '会', 0)) v (n, w, m)
	WHERE abs(statute._name_match(n, w) - m) > 1e-9$$, 'a word fits a name wholly, as one of its words, or as a part of one in Chinese');

-- Types: what bind() takes, and no other ------------------------------------------------------------------

CREATE TYPE mood AS ENUM ('fine');
CREATE DOMAIN code AS varchar(8);
CREATE DOMAIN codes AS code;
CREATE TABLE typed (a text, b varchar(5), c character(3), d codes, e mood, f integer, g bigint, h numeric, i boolean, j date, k timestamp, l timestamptz, m text[], n varchar(5)[],
	o daterange, p json, q float8, r smallint, s timelimit, t interval, u uuid);
SELECT is_empty($$SELECT a.attname, a.atttypid::regtype, w, f.expression, f.fit
	FROM pg_attribute a CROSS JOIN unnest('{text,boolean,integer,numeric,date,timestamptz,text[],daterange,statute.timelimit}'::regtype[]) w
		CROSS JOIN LATERAL statute._column_for(a.attname, a.atttypid::regtype, w) f
	WHERE a.attrelid = 'typed'::regclass AND a.attnum > 0
		AND statute._expression_type('typed', f.expression, 'x', w) IS NULL$$, 'each value that is proposed fits the role, by the check of bind()');
SELECT is((SELECT string_agg(format('%s %s', w, x.names), '; ' ORDER BY w::text) FROM unnest('{text,boolean,integer,date,timestamptz,text[]}'::regtype[]) w
	CROSS JOIN LATERAL (SELECT string_agg(a.attname, '' ORDER BY a.attname) FROM pg_attribute a CROSS JOIN LATERAL statute._column_for(a.attname, a.atttypid::regtype, w) f
		WHERE a.attrelid = 'typed'::regclass AND a.attnum > 0) x (names)),
	'boolean fgir; date jkl; integer fghqr; text abcdefghiqr; text[] mn; timestamp with time zone jkl', 'and these are they');

-- Tables -------------------------------------------------------------------------------------------------

CREATE TABLE instruction_log (id integer PRIMARY KEY, title text, kind text, received_at timestamptz, answered_at timestamptz, own_due date, special boolean, urgent boolean, handler text);
CREATE TABLE pishijian (id integer PRIMARY KEY, leibie varchar(10), shoudao_shijian timestamp, fankui_shijian timestamp, jinji integer, lingdao text);
CREATE TABLE "批示件" ("编号" integer PRIMARY KEY, "类别" text, "收到时间" timestamptz, "反馈时间" timestamptz, "紧急" boolean, "领导" text);
CREATE TABLE x1 (id integer PRIMARY KEY, c1 text, c2 timestamptz, c3 timestamptz, c4 boolean);
COMMENT ON TABLE x1 IS '批示件';
COMMENT ON COLUMN x1.c1 IS '类别';
COMMENT ON COLUMN x1.c2 IS '收到时间';
COMMENT ON COLUMN x1.c3 IS '反馈时间';
COMMENT ON COLUMN x1.c4 IS '紧急';
CREATE TABLE sensor (id integer PRIMARY KEY, at timestamptz, celsius numeric, station text, kind text);

PREPARE found AS SELECT rule, roles, missing, subject FROM suggest_bindings($1) WHERE rule ~ '^YN2022-9';
SELECT results_eq($$SELECT rule, roles, missing, readings, subject FROM suggest_bindings('instruction_log') WHERE rule IN ('YN2022-9b', 'YN2022-9d')$$,
	$$VALUES ('YN2022-9d', '{"start": "received_at", "done": "answered_at", "kind": "kind", "urgent": "urgent"}'::jsonb, '{}'::text[], '{YN2022-9d-urgent}'::text[], 'handler'),
		('YN2022-9b', '{"start": "received_at", "done": "answered_at", "kind": "kind", "own_due": "own_due", "special": "special"}', '{}', NULL, 'handler')$$, 'in English');
SELECT is((SELECT roles FROM suggest_bindings('pishijian') WHERE rule = 'YN2022-9d'),
	'{"start": "shoudao_shijian", "done": "fankui_shijian", "kind": "leibie", "urgent": "jinji <> 0"}'::jsonb, 'in pinyin, with a number for yes and no');
SELECT is((SELECT roles FROM suggest_bindings('"批示件"') WHERE rule = 'YN2022-9d'),
	'{"start": "\"收到时间\"", "done": "\"反馈时间\"", "kind": "\"类别\"", "urgent": "\"紧急\""}'::jsonb, 'in Chinese');
SELECT is((SELECT roles FROM suggest_bindings('x1') WHERE rule = 'YN2022-9d'),
	'{"start": "c2", "done": "c3", "kind": "c1", "urgent": "c4"}'::jsonb, 'by comments');
SELECT is_empty($$SELECT * FROM suggest_bindings('sensor')$$, 'a table that fits nothing');
SELECT is_empty($$SELECT * FROM suggest_bindings('typed')$$, 'nor one whose columns are letters');
SELECT is((SELECT missing FROM suggest_bindings('pishijian') WHERE rule = 'YN2022-9b'), '{own_due,special}'::text[], 'what no column is for is missing');
SELECT is((SELECT max(score) FROM suggest_bindings('"批示件"')), 1.00, 'all by their names: 1');
SELECT is((SELECT string_agg(score::text, ' ' ORDER BY n) FROM suggest_bindings('pishijian') WITH ORDINALITY s (rule, title, clause, roles, subject, missing, words, readings, score, command, n)),
	(SELECT string_agg(score::text, ' ' ORDER BY score DESC) FROM suggest_bindings('pishijian')), 'best first');
SELECT is((SELECT count(*) FROM binding), 0::bigint, 'and nothing is bound');

-- Days from and to
CREATE TABLE diaoyan (id integer PRIMARY KEY, kaishi_riqi date, jieshu_riqi timestamp, didian text);
SELECT is((SELECT roles ->> 'during' FROM suggest_bindings('diaoyan') WHERE rule = 'YN2022-21b'),
	'CASE WHEN kaishi_riqi::date <= jieshu_riqi::date THEN daterange(kaishi_riqi::date, jieshu_riqi::date, ''[]'') END', 'a span between two columns');

-- Found by audit ---------------------------------------------------------------------------------------

-- a begin on a day, acts at instants: as their days
CREATE TABLE ducha_jiancha (id integer PRIMARY KEY, kaishi_riqi date, shenpi_shijian timestamptz, shifou_jihua boolean, beian_shijian timestamptz);
SELECT is((SELECT roles FROM suggest_bindings('ducha_jiancha') WHERE rule = 'YN2022-20c'),
	'{"at": "kaishi_riqi", "planned": "shifou_jihua", "approved_at": "shenpi_shijian::date", "filed_at": "beian_shijian::date"}'::jsonb, 'what is compared with a day is given as its day');
CREATE TABLE jiancha (id integer PRIMARY KEY, kaishi_shijian timestamptz, shenpi_shijian timestamptz, shifou_jihua boolean, beian_shijian timestamp);
SELECT is((SELECT roles FROM suggest_bindings('jiancha') WHERE rule = 'YN2022-20c'),
	'{"at": "kaishi_shijian", "planned": "shifou_jihua", "approved_at": "shenpi_shijian", "filed_at": "beian_shijian"}'::jsonb, 'and instants are compared as they are');
-- without an end each duty would be late for ever
CREATE TABLE project (id integer PRIMARY KEY, applied_at date, inspected_on date, major boolean, responsible_unit text);
SELECT is((SELECT format('%s %s', missing, command ~ '"done": "[?]"') FROM suggest_bindings('project') WHERE rule = 'YN2022-15.2d'), '{done} t', 'a duty without done is incomplete');
-- who wrote an instruction is not who has to answer it
CREATE TABLE "批示" ("编号" text PRIMARY KEY, "收到时间" timestamptz, "批示领导" text, "类别" text, "反馈时间" timestamptz, "承办单位" text, "紧急" boolean);
SELECT is((SELECT subject FROM suggest_bindings('"批示"') WHERE rule = 'YN2022-9d'), '"承办单位"', 'the subject is who has to act');
CREATE TABLE "接访" ("编号" integer PRIMARY KEY, "领导姓名" text, "接访日期" date, "级别" text, "承办单位" text);
SELECT is((SELECT format('%s %s', subject, words) FROM suggest_bindings('"接访"') WHERE rule = 'YN2022-16.4b'), '"领导姓名" {"level": ["province"]}', 'of a quota it is the person; and the words of the rule are told');
SELECT is((SELECT words FROM suggest_bindings('"批示"') WHERE rule = 'YN2022-9d'), '{"kind": ["批办性", "指导性"]}'::jsonb, 'in their order');
SELECT is_empty($$SELECT e, statute._compared_words(e), wanted FROM (VALUES ('k = ''a''', '{k,a}'), ('''a'' <> k', '{k,a}'), ('k IN (''a'', ''b'') AND n = 5', '{k,a,k,b}'),
		('coalesce(k, '''') = ''a'' OR NOT (l IS DISTINCT FROM ''b'')', '{k,"",k,a,l,b}'), ('array_position(ARRAY[''x'', ''y''], k) > 1', '{k,x,k,y}'),
		('k IS NULL AND at <= due AND n > 1', '{}'), ('lower(k) LIKE l', '{}')) v (e, wanted)
	WHERE statute._compared_words(e) <> wanted::text[]$$, 'words are what a role is compared with');
-- other words than those of the rule: told as soon as there are rows
CREATE FUNCTION unheard(level text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s: %s', w.role, w.words), ', ')
	FROM statute._unheard_words('YN2022-16.4b', '"接访"', jsonb_build_object('at', '"接访日期"', 'level', $1)) w
$$;
INSERT INTO "接访" VALUES (1, '甲', '2022-05-05', '省级', 'x'), (2, '乙', '2022-05-05', '州市级', 'x');
SELECT is(unheard('"级别"'), 'level: {province}', 'no row has a word that the rule knows');
SELECT is(unheard('CASE "级别" WHEN ''省级'' THEN ''province'' END -- a remark'), NULL, 'one has');
SELECT is(unheard('(1 / ("编号" - 1))::text'), NULL, 'an expression that fails is left to backfill()');

-- The calls can be run ---------------------------------------------------------------------------------------

CREATE TABLE ran (rule text, command text, error text);
CREATE FUNCTION run_all(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
	error text;
BEGIN
	FOR s IN SELECT * FROM statute.suggest_bindings(relation) x
		WHERE cardinality(x.missing) = 0 AND (SELECT r.kind FROM statute.rule r WHERE r.code = x.rule) <> 'recurring' LOOP
		BEGIN
			error := NULL;
			EXECUTE s.command;
		EXCEPTION WHEN OTHERS THEN
			error := SQLERRM;
		END;
		INSERT INTO ran VALUES (s.rule, s.command, error);
	END LOOP;
END $$;
SELECT run_all(t) FROM unnest('{instruction_log,pishijian,"批示件",x1,diaoyan,ducha_jiancha,jiancha,project,"批示","接访"}'::regclass[]) t;
SELECT is_empty('SELECT * FROM ran WHERE error IS NOT NULL', 'what lacks nothing can be bound as proposed');
SELECT cmp_ok((SELECT count(*) FROM ran), '>', 7::bigint, 'of that there is some');
SELECT is_empty($$SELECT s.rule FROM suggest_bindings('instruction_log') s JOIN binding b ON b.rule = s.rule AND b.relation = 'instruction_log'::regclass$$, 'what is bound is not proposed again');
SELECT throws_ok((SELECT command FROM suggest_bindings('pishijian') WHERE rule = 'YN2022-9b'), '42601', NULL, 'what lacks a role is to be edited first');

-- Names that would do something ---------------------------------------------------------------------------------

CREATE SCHEMA "s'; DROP TABLE sensor; --";
CREATE TABLE "s'; DROP TABLE sensor; --"."meeting"" ' log" (id integer PRIMARY KEY, "minutes); DROP TABLE sensor; --" integer, "\ "" ' planned" boolean);
SELECT run_all('"s''; DROP TABLE sensor; --"."meeting"" '' log"');
SELECT is((SELECT string_agg(format('%s %s', b.rule, b.roles), ', ' ORDER BY b.rule) FROM binding b WHERE b.table_name LIKE '%meeting%' AND b.roles ? 'minutes'
	AND b.rule = 'YN2022-18f.meeting'), 'YN2022-18f.meeting {"minutes": "\"minutes); DROP TABLE sensor; --\""}', 'hostile names are quoted');
SELECT is_empty('SELECT * FROM ran WHERE error IS NOT NULL', 'and can be bound');
SELECT has_table('sensor');

-- Words and rules of one's own -----------------------------------------------------------------------------------

SELECT define_words('parking', '', '{Parking,tingche}');
SELECT define_words('parking', 'plate', '{plate,chepai}');
SELECT define_regulation('R', 'parking', 'the house', '[2022-01-01,)');
SELECT define_clause('R-1', 'R', '1', 'no car without a plate');
SELECT define_rule('R-1', 'R-1', 'check', 'plates', '{"plate": "text"}', must => 'plate <> ''''', topic => 'parking');
CREATE TABLE tingche_2022 (id integer PRIMARY KEY, chepai text);
SELECT results_eq($$SELECT rule, title, clause, roles, command FROM suggest_bindings('tingche_2022')$$,
	$$VALUES ('R-1', 'plates', 'R-1', '{"plate": "chepai"}'::jsonb, 'SELECT statute.bind(''R-1'', ''public.tingche_2022'', ''{"plate": "chepai"}'');')$$, 'words and rules of one''s own');
SELECT define_words('parking', 'plot', '{plot,chewei}');
SELECT define_rule('R-2', 'R-1', 'quota', 'cars of a plot', '{"at": "date"}', '{"quota": "at most 3 per month", "per": "plot"}', topic => 'parking');
CREATE TABLE parking_log (id integer PRIMARY KEY, at date, chewei text, official text);
CREATE TABLE parking_day (id integer PRIMARY KEY, at date, official text);
SELECT is((SELECT subject FROM suggest_bindings('parking_log') WHERE rule = 'R-2'), 'chewei', 'what a quota counts for, where the rule says so, and not who acts');
SELECT ok((SELECT subject IS NULL AND command ~ 'subject => ''[?]''' FROM suggest_bindings('parking_day') WHERE rule = 'R-2'), 'or nothing that can be run');
SELECT throws_ok($$SELECT bind('R-2', 'parking_log', '{"at": "at"}')$$, '22023', 'rule "R-2" counts for each "plot", which the binding has to give as its subject', 'nor is it bound without');
SELECT lives_ok($$SELECT bind('R-2', 'parking_log', '{"at": "at"}', 'chewei')$$, 'as it is with it');
SELECT throws_ok($$SELECT set_roles(binding_of('R-2', 'parking_log'), '{"at": "at"}', NULL)$$, '22023', NULL, 'whose subject is not taken away');
SELECT retire_rule('R-1', current_date - 1);
SELECT is_empty($$SELECT * FROM suggest_bindings('tingche_2022')$$, 'a rule that is over is not proposed');
SELECT throws_ok($$SELECT define_words('', NULL, '{x}')$$, '22004', NULL, 'words for nothing are refused');
SELECT * FROM finish();
