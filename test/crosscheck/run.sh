#!/bin/sh
# Compares calendar CN with two npm packages of different origin. `./dev crosscheck`
# calls it. The packages are installed into a directory that is gone afterwards.
set -eu

. "$ROOT/scripts/packages.sh"

for program in node npm; do
	command -v $program >/dev/null || need_packages nodejs npm
done

cp "$ROOT"/test/crosscheck/package.json "$ROOT"/test/crosscheck/compare.mjs "$ROOT"/test/crosscheck/known.csv "$TMP"
cd "$TMP"
npm install --silent --ignore-scripts --no-package-lock --no-audit --no-fund >npm.log 2>&1 ||
	{ cat npm.log >&2; die "npm could not install the packages"; }

dump() {
	"$PGBIN/psql" -XAtq -F , -v ON_ERROR_STOP=1 -c "SET statute.beyond_announced = $1" -c "$3" >"$2"
}

dump assume days.csv "
	SELECT d::date, is_workday(d::date, 'CN')
	FROM generate_series(timestamp '2004-01-01', '2026-12-31', '1 day') d"

# From 2006 on chinese-days has every day right; numbers of days from -250 to 250, not 0.
dump error pairs.csv "
	SET seed = 0.5;
	SELECT a, n, add_workdays(a, n, 'CN'), b, workdays_between(a, b, 'CN')
	FROM (SELECT date '2007-01-01' + (random() * 6850)::integer AS a,
	             (1 + (random() * 249)::integer) * CASE WHEN random() < 0.5 THEN -1 ELSE 1 END AS n,
	             date '2007-01-01' + (random() * 6850)::integer AS b
	      FROM generate_series(1, 3000)) p"

dump assume future.csv "
	SELECT d FROM (VALUES (date '2027-01-01'), ('2027-02-08'), ('2027-10-01')) AS v(d) WHERE is_provisional(d, 'CN')"

TZ=UTC node compare.mjs
