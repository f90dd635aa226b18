#!/bin/sh
# META.json is as the PGXN Meta Spec 1.0.0 asks, and the files it names are here.
. "$ROOT/test/shell/lib.sh"
cd "$ROOT" || exit 1

# problems JSON: what the spec does not allow, one a line
problems() {
	"$PGBIN/psql" -XAtq -v ON_ERROR_STOP=1 -d postgres -v meta="$1" 2>&1 <<'END'
CREATE TEMP TABLE meta AS SELECT :'meta'::jsonb AS m;
CREATE TEMP TABLE known (path text, key text, kind text, required boolean);
INSERT INTO known VALUES
	('', 'name', 'string', true), ('', 'abstract', 'string', true), ('', 'version', 'string', true), ('', 'maintainer', 'string', true),
	('', 'license', 'string', true), ('', 'provides', 'object', true), ('', 'meta-spec', 'object', true), ('', 'description', 'string', false),
	('', 'generated_by', 'string', false), ('', 'tags', 'array', false), ('', 'no_index', 'object', false), ('', 'prereqs', 'object', false),
	('', 'release_status', 'string', false), ('', 'resources', 'object', false),
	('meta-spec', 'version', 'string', true), ('meta-spec', 'url', 'string', false),
	('no_index', 'file', 'array', false), ('no_index', 'directory', 'array', false),
	('resources', 'homepage', 'string', false), ('resources', 'bugtracker', 'object', false), ('resources', 'repository', 'object', false),
	('resources/bugtracker', 'web', 'string', false), ('resources/bugtracker', 'mailto', 'string', false),
	('resources/repository', 'web', 'string', false), ('resources/repository', 'url', 'string', false), ('resources/repository', 'type', 'string', false);
INSERT INTO known SELECT 'provides/' || e, k, 'string', r FROM meta, jsonb_object_keys(m -> 'provides') e,
	(VALUES ('file', true), ('version', true), ('abstract', false), ('docfile', false)) v (k, r);
INSERT INTO known SELECT 'prereqs', phase, 'object', false FROM unnest('{configure,build,test,runtime,develop}'::text[]) phase;
INSERT INTO known SELECT 'prereqs/' || phase, relation, 'object', false FROM meta, jsonb_object_keys(m -> 'prereqs') phase,
	unnest('{requires,recommends,suggests,conflicts}'::text[]) relation;
CREATE TEMP VIEW found AS SELECT path, key, value FROM (SELECT DISTINCT path FROM known) p, meta,
	jsonb_each(CASE WHEN path = '' THEN m ELSE m #> string_to_array(path, '/') END);
\set semver '^(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?$'
SELECT path || '/' || key || ' is missing' FROM known k WHERE required AND NOT EXISTS (SELECT FROM found f WHERE (f.path, f.key) = (k.path, k.key))
UNION ALL SELECT path || '/' || key || ' is not of the spec' FROM found LEFT JOIN known USING (path, key) WHERE kind IS NULL AND key !~* '^x_'
UNION ALL SELECT path || '/' || key || ' is no ' || kind FROM found JOIN known USING (path, key) WHERE jsonb_typeof(value) <> kind OR value IN ('""', '[]', '{}')
UNION ALL SELECT path || '/' || key || ' is no version' FROM found WHERE key = 'version' AND value #>> '{}' !~ :'semver'
UNION ALL SELECT path || '/' || key || ' is no URL' FROM found
	WHERE (key IN ('homepage', 'web') OR (path, key) IN (('meta-spec', 'url'), ('resources/repository', 'url'))) AND value #>> '{}' !~ '^[a-z]+://[^/ ]+'
UNION ALL SELECT name || ' is no term' FROM (SELECT m ->> 'name' FROM meta UNION ALL SELECT jsonb_object_keys(m -> 'provides') FROM meta) n (name)
	WHERE name !~ '^[^\s[:cntrl:]/\\]{2,}$'
UNION ALL SELECT 'the spec has no release status ' || (m ->> 'release_status') FROM meta WHERE m ->> 'release_status' NOT IN ('stable', 'testing', 'unstable')
UNION ALL SELECT 'the licence is not postgresql' FROM meta WHERE m ->> 'license' <> 'postgresql'
UNION ALL SELECT 'another version of the spec' FROM meta WHERE m #>> '{meta-spec,version}' <> '1.0.0'
UNION ALL SELECT tag::text || ' is no tag' FROM meta, jsonb_array_elements(m -> 'tags') tag WHERE jsonb_typeof(tag) <> 'string' OR tag #>> '{}' !~ '^[^[:cntrl:]/\\]{2,255}$'
UNION ALL SELECT tag::text || ' stands twice' FROM meta, jsonb_array_elements(m -> 'tags') tag GROUP BY tag HAVING count(*) > 1
UNION ALL SELECT phase || '/' || relation || ': ' || name || ' is no prerequisite' FROM meta, jsonb_each(m -> 'prereqs') p (phase, relations),
	jsonb_each(relations) r (relation, names), jsonb_each(names) n (name, range)
	WHERE name !~ '^[^\s[:cntrl:]/\\]{2,}$' OR range <> '0' AND (jsonb_typeof(range) <> 'string' OR EXISTS (
		SELECT FROM regexp_split_to_table(range #>> '{}', ',\s*') part WHERE regexp_replace(part, '^([<>]=?|==|!=)\s*', '') !~ :'semver'));
END
}

# names of the files or directories that it speaks of
named() { "$PGBIN/psql" -XAtq -d postgres -v meta="$(cat META.json)" 2>&1; }

is "$(problems "$(cat META.json)")" '' 'nothing in META.json is against the spec'

# and what is would be found: WHAT SED PATTERN
while IFS='|' read -r wanted change; do
	is "$(problems "$(sed "$change" META.json)")" "$wanted" "found: $wanted"
done <<'END'
/abstract is missing|0,/"abstract"/s//"x_abstract"/
/generatedby is not of the spec|s/"license"/"generatedby": "a person", "license"/
/version is no version|0,/"version": "[0-9.]*"/s//"version": "1.0"/
provides/pg_statute_cn/file is missing|s/"file": "pg_statute_cn/"x_file": "pg_statute_cn/
/maintainer is no string|s/"maintainer": .*,/"maintainer": "",/
pg statute is no term|s/"pg_statute": {/"pg statute": {/
the spec has no release status alpha|s/"unstable"/"alpha"/
"time/limit" is no tag|s/"time limit"/"time\/limit"/
"deadline" stands twice|s/"time limit"/"deadline"/
runtime/requires: PostgreSQL is no prerequisite|s/"15.0.0"/"15 or later"/
prereqs/runtime/needs is not of the spec|0,/"requires"/s//"needs"/
resources/homepage is no URL|s#"tags"#"resources": {"homepage": "nowhere.example"}, "tags"#
END

is "$(echo "SELECT string_agg(e, ' ' ORDER BY e) FROM jsonb_object_keys(:'meta'::jsonb -> 'provides') e" | named)" \
	"$(sed -n 's/^EXTENSION *= //p' Makefile)" 'it provides the extensions of the Makefile'
missing=$(named <<'END' | while IFS= read -r f; do [ -e "$f" ] || echo "$f"; done
SELECT value ->> f FROM jsonb_each(:'meta'::jsonb -> 'provides'), unnest('{file,docfile}'::text[]) f;
SELECT jsonb_array_elements_text(:'meta'::jsonb #> '{no_index,directory}');
END
)
is "$missing" '' 'the files and directories that it names are here'

finish
