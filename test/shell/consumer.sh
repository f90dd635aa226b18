#!/bin/sh
# The consumer of doc/escalation.md: what it prints is confirmed, and nothing else is.
. "$ROOT/test/shell/lib.sh"

# its program: the block ```sh of the page
# shellcheck disable=SC2016 # it is a pattern
sed -n '/^```sh$/,/^```$/{/^```/d;p;}' "$ROOT/doc/escalation.md" >"$TMP/consumer"
run postgres 'CREATE DATABASE consumer' 'CREATE ROLE courier LOGIN'
run consumer 'CREATE EXTENSION pg_statute_cn CASCADE' \
	'GRANT EXECUTE ON FUNCTION statute.take_notices, statute.confirm_notice TO courier' \
	'ALTER DATABASE consumer SET search_path = public, statute'

# consume [PROGRAM]
consume() { PATH="$PGBIN:$PATH" PGDATABASE=consumer PGUSER=courier sh "${1:-$TMP/consumer}" 2>&1; }

is "$(consume)" '' 'nothing waits, and it ends'
run consumer "CREATE TABLE letter (no text PRIMARY KEY, received timestamptz, office text)" \
	"SELECT define_regulation('R', 'R', 'the county', '[2022-01-01,)')" \
	"SELECT define_clause('R-1', 'R', 'article 1', 'letters are answered in 5 working days')" \
	"SELECT define_rule('answer', 'R-1', 'deadline', 'letters are answered', '{\"start\": \"timestamptz\"}', '{\"limit\": \"5 workdays\"}')" \
	"SELECT bind('answer', 'letter', '{\"start\": \"received\"}', 'office')" \
	"SELECT define_ladder('cards', 'cards')" \
	"SELECT define_step('cards', 1, '80%', 'yellow', 'handler', E'letter {row}\n  is due on {due_on}; \$(echo no) \\\\n \"quoted\"')" \
	"SELECT define_step('cards', 2, 'due', 'red', 'leader', 'letter {row} is late')" \
	"SELECT set_contact('finance', 'handler', 'Li Ming'), set_contact('people''s office', 'handler', 'Chen Jing')" \
	"SELECT set_ladder('cards', 'answer')" \
	"INSERT INTO letter VALUES ('1', '2022-03-07 09:00+08', 'finance'), ('2', '2022-03-08 09:00+08', 'people''s office')"

heard=$(sql consumer 'LISTEN statute_notice' "CALL sweep('2022-03-12 00:00+08')" 'SELECT' | sed -n 's/.*with payload "\(.*\)" received.*/\1/p')
is "$heard" '{"notices" : 1, "first" : 1}' 'the sweep notifies who listens'
is "$(sql consumer "SELECT '$heard'::json ->> 'first'")" 1 'the payload is JSON'
run consumer "CALL sweep('2022-03-15 00:00+08')"
# shellcheck disable=SC2016 # a text that nobody expands
is "$(consume)" 'Li Ming: letter 1
  is due on 2022-03-14; $(echo no) \n "quoted"
nobody, as leader: letter 1 is late
Chen Jing: letter 2
  is due on 2022-03-15; $(echo no) \n "quoted"' 'it prints what waits, oldest first, whatever the text'
is "$(sql consumer "SELECT state, count(*), max(tries) FROM notice GROUP BY state")" 'confirmed|3|1' 'and confirms it'
is "$(consume)" '' 'and prints it once'

# one whose deliveries fail
sed 's/^deliver() .*/deliver() { return 1; }/' "$TMP/consumer" >"$TMP/failing"
run consumer "CALL sweep('2022-03-16 00:00+08')"
is "$(consume "$TMP/failing")" '' 'a delivery fails, and the consumer ends'
is "$(sql consumer "SELECT state, tries FROM notice WHERE state <> 'confirmed'")" 'taken|1' 'the notice is not confirmed'
is "$(consume)" '' 'nor handed out before its lease is over'
run consumer "UPDATE notice SET leased_until = clock_timestamp() - interval '1 second' WHERE state = 'taken'"
is "$(consume)" 'nobody, as leader: letter 2 is late' 'and then it is'
is "$(sql consumer "SELECT state, tries FROM notice ORDER BY id DESC LIMIT 1")" 'confirmed|2' 'with its second try'

run consumer 'REVOKE EXECUTE ON FUNCTION statute.take_notices FROM courier'
like "$(consume)" '*permission denied for function take_notices' 'without the right it ends with the error'

run postgres 'DROP DATABASE consumer' 'DROP ROLE courier'
finish
