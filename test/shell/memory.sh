#!/bin/sh
# A backend does not grow: not by ten million calls, not by thousands of changes
# of the calendars, and the cache is small.
. "$ROOT/test/shell/lib.sh"

database memory pg_statute_cn

# Everything once with a few rows, then all of it: what the first round cost is
# caches of the server and ours; the second must cost no more.
cat >"$TMP/work" <<-'SQL'
	SELECT count(statute.add_workdays(date '2022-01-01' + n % 365, n % 30)) FROM generate_series(1, :n * 3) n;
	SELECT count(statute.deadline(timestamptz '2022-01-01 10:00+08' + n % 365 * interval '1 day', '7 workdays')) FROM generate_series(1, :n * 2) n;
	SELECT count(statute.deadline(timestamptz '2022-01-01 10:00+08' + n % 365 * interval '1 day', '10 days', c, v, '{[2022-02-21,2022-02-22)}')) FROM generate_series(1, :n / 2) n, LATERAL (SELECT (ARRAY['CN', 'DALI', 'ISO'])[n % 3 + 1], (ARRAY['', 'EU', 'UK-CPR'])[n % 3 + 1]) x (c, v);
	SELECT count(statute.workdays_between('2022-01-01', date '2022-01-01' + n % 365, (ARRAY['CN', 'DALI', 'ISO'])[n % 3 + 1])) FROM generate_series(1, :n * 2) n;
	SELECT count(statute.workday_out((date '2022-02-14' + n % 5)::text::statute.workday)) FROM generate_series(1, :n) n;
	SELECT count((ARRAY['三个月', '7 workdays', 'immediate'])[n % 3 + 1]::statute.timelimit::text) FROM generate_series(1, :n) n;
	SELECT count(statute.elapsed('2022-01-01 10:00+08', timestamptz '2022-01-01 10:00+08' + n % 365 * interval '1 day', 'workdays')) FROM generate_series(1, :n / 2) n;
	SELECT count(*) FROM generate_series(1, :n / 500) n, statute.explain_deadline('2022-01-30 10:00+08', '5 workdays');
	SELECT count(*) FROM generate_series(1, :n / 500) n, statute.list_workdays(daterange('2022-01-01', '2022-03-01'));
	SELECT look(:n / 400);
	SELECT change(:n / 5000);
	SELECT give_up(:n / 10000);
SQL
run memory "
	CREATE FUNCTION look(times integer) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		FOR i IN 1 .. times LOOP
			PERFORM set_config('statute.calendar', (ARRAY['CN', 'DALI', 'ISO', ''])[i % 4 + 1], true), statute.is_workday('2022-02-18');
			BEGIN
				PERFORM statute.is_workday('2022-02-18', 'nowhere ' || i);
			EXCEPTION WHEN undefined_object THEN
				NULL;
			END;
		END LOOP;
		PERFORM set_config('statute.calendar', '', true);
	END \$\$;
	CREATE FUNCTION change(times integer) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		FOR i IN 1 .. times LOOP
			INSERT INTO statute.calendar_day VALUES ('CN', '2022-02-18', false, 'snow');
			IF statute.is_workday('2022-02-18') OR statute.is_workday('2022-02-18', 'DALI') THEN
				RAISE EXCEPTION 'worked';
			END IF;
			DELETE FROM ONLY statute.calendar_day;
			IF NOT statute.is_workday('2022-02-18') OR statute.due_date('2022-02-17', '1 day', 'DALI', 'EU') <> '2022-02-18' THEN
				RAISE EXCEPTION 'not worked';
			END IF;
		END LOOP;
	END \$\$;
	CREATE FUNCTION give_up(times integer) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		FOR i IN 1 .. times LOOP
			BEGIN
				INSERT INTO statute.calendar_day VALUES ('CN', '2022-02-18', false, 'snow');
				PERFORM statute.is_workday('2022-02-18');
				RAISE EXCEPTION 'stop';
			EXCEPTION WHEN raise_exception THEN
				PERFORM statute.is_workday('2022-02-18');
			END;
		END LOOP;
	END \$\$"

all='SELECT sum(used_bytes), sum(total_bytes) FROM pg_backend_memory_contexts'
cache="SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name LIKE 'pg\\_statute%'"
{
	printf '%s;\n' "$cache"
	printf '%s\n' "SELECT statute.is_workday('2022-02-18') AS worked \\gset"
	printf '%s;\n' "$cache"
	printf '%s\n' '\set n 50000' '\o /dev/null' "\\i $TMP/work" "\\i $TMP/work" "TRUNCATE ONLY statute.calendar_revision;" "$all;" '\o'
	printf '%s;\n' "$all"
	printf '%s\n' '\set n 1000000' '\o /dev/null' "\\i $TMP/work" '\o'
	printf '%s;\n' "$all" "$cache"
} | PGOPTIONS="-c client_min_messages=error" "$PGBIN/psql" -XAtq -F ' ' -v ON_ERROR_STOP=1 -d memory >"$TMP/sizes" 2>&1

is "$(sed -n 1p "$TMP/sizes")" 0 'nothing is cached before it is needed'
bytes=$(sed -n 2p "$TMP/sizes")
[ "${bytes:-0}" -gt 10000 ] && [ "$bytes" -lt 200000 ]
ok $? "the cache of CN is smaller than 200 kB ($bytes bytes)"
# shellcheck disable=SC2046 # four numbers
set -- $(sed -n '3p;4p' "$TMP/sizes")
[ $# = 4 ] && [ $(($3 - $1)) -lt 50000 ]
ok $? "ten million calls and thousands of changes use no more memory ($* bytes)"
[ $# = 4 ] && [ $(($4 - $2)) -lt 100000 ]
ok $? 'nor allocate more'
bytes=$(sed -n 5p "$TMP/sizes")
[ "${bytes:-0}" -gt 10000 ] && [ "$bytes" -lt 400000 ]
ok $? "nor does the cache grow, of three calendars and conventions ($bytes bytes)"

finish
