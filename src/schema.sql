
-- A plain CREATE SCHEMA: one that somebody prepared makes the install fail.
SET LOCAL search_path TO pg_catalog, pg_temp;

CREATE SCHEMA statute;
COMMENT ON SCHEMA statute IS 'pg_statute: regulations that a database enforces by itself';
GRANT USAGE ON SCHEMA statute TO PUBLIC;
