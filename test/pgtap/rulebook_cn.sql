-- The rulebook that the pack for China ships: complete, well made, in the form
-- that is stored, and switched on only where the texts state every value.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SELECT plan(17);

SELECT is((SELECT string_agg(code, ' ' ORDER BY code) FROM regulation), 'GZ2020 PC2022 YN2015 YN2020 YN2022', 'the five regulations');
SELECT is_empty($$SELECT code FROM clause c WHERE NOT EXISTS (SELECT FROM regulation g WHERE g.code = c.regulation)$$, 'each clause is in one');
SELECT is_empty($$SELECT r.code FROM rule r WHERE r IS DISTINCT FROM statute._checked_rule(r)$$, 'each rule is as define_rule() would have stored it');
SELECT is_empty($$SELECT d.code FROM reading d WHERE d IS DISTINCT FROM statute._checked_reading(d)$$, 'each reading is as define_reading() would have stored it');
SELECT is_empty($$SELECT code, problem, detail FROM check_rulebook('2022-06-30') WHERE problem <> 'open reading'$$, 'and the lint finds but open readings');
SELECT is_empty($$SELECT r.code FROM rule r JOIN clause c ON c.code = r.clause JOIN regulation g ON g.code = c.regulation
	WHERE r.effective IS DISTINCT FROM g.effective$$, 'a rule is in force as long as its regulation');
SELECT is((SELECT count(*) FROM reading_decision), 0::bigint, 'nothing is decided');

-- enforceable: a rule that is on; partly: one that waits; no: none, and why not
CREATE VIEW state AS SELECT c.code, c.enforceable, c.why_not, r.code AS rule, rule_params(r.code, '2020-06-30') IS NOT NULL OR rule_params(r.code, '2022-06-30') IS NOT NULL AS works
	FROM clause c LEFT JOIN rule r ON r.clause = c.code;
SELECT is_empty($$SELECT code FROM state WHERE enforceable = 'yes' GROUP BY code HAVING NOT coalesce(bool_or(works), false)$$, 'an enforceable clause has a rule that works');
SELECT is_empty($$SELECT code FROM state WHERE enforceable = 'partly' GROUP BY code HAVING coalesce(bool_and(works), true)$$, 'one that is partly so has a rule that is off');
SELECT is_empty($$SELECT code FROM state WHERE enforceable = 'no' AND (rule IS NOT NULL OR coalesce(why_not, '') = '')$$, 'one that is not says why not');
SELECT is_empty($$SELECT d.code FROM reading d WHERE NOT EXISTS (SELECT FROM statute._rules_that_read(d.code))$$, 'each reading is asked for');
SELECT is_empty($$SELECT d.code FROM reading d WHERE d.proposed IS NULL OR coalesce(d.ground, '') = '' OR coalesce(d.decider, '') = ''$$, 'and has a proposal, a ground and who decides');
SELECT is_empty($$SELECT r.code, r.topic FROM rule r WHERE NOT EXISTS (SELECT FROM word w WHERE w.topic = r.topic AND w.role = '')$$, 'tables for each rule have names');

-- Every proposal could be decided: then all rules are on, on a day of their regulation
BEGIN;
SELECT set_reading(code, proposed, ground, decider, '2000-01-01') FROM reading;
SELECT is_empty($$SELECT r.code FROM rule r WHERE rule_params(r.code, lower(r.effective)) IS NULL$$, 'what is proposed can be decided, and switches every rule on');
SELECT is_empty($$SELECT code, problem, detail FROM check_rulebook('2022-06-30')$$, 'without a contradiction');
ROLLBACK;

-- Shipped rows are not to be changed, and no agency has to
PREPARE change AS UPDATE rule SET title = 'x' WHERE code = 'YN2022-0';
SELECT throws_ok('change', '55000', NULL, 'a shipped rule cannot be changed');
SELECT throws_ok($$DROP TABLE rule_cn$$, '2BP01', NULL, 'nor can they be dropped without the pack');
SELECT * FROM finish();
