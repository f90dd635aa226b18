-- Soft errors, which PostgreSQL has from 16 on.
\set ON_ERROR_STOP on
SET search_path = public, statute;
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT plan(9);
SELECT ok(pg_input_is_valid('7个工作日', 'timelimit'), 'a limit');
SELECT ok(NOT pg_input_is_valid('7', 'timelimit'), 'no unit');
SELECT ok(NOT pg_input_is_valid('-7 days', 'timelimit'), 'negative');
SELECT is((SELECT sql_error_code FROM pg_input_error_info('3000000000 days', 'timelimit')), '22003', 'out of range');
SELECT is((SELECT detail FROM pg_input_error_info('3月', 'timelimit')), 'It could be a number of months or the name of a month.', 'ambiguous');
SELECT ok(pg_input_is_valid('2022-02-18', 'workday'), 'a working day');
SELECT is((SELECT message FROM pg_input_error_info('2022-02-19', 'workday')), '2022-02-19 is not a working day of calendar "CN"', 'a day off');
SELECT ok(NOT pg_input_is_valid('2022-02-30', 'workday'), 'no day at all');
SELECT ok(NOT pg_input_is_valid('[2022-02-18,2022-02-19]', 'workdayrange'), 'a range that ends on a day off');
\else
SELECT plan(1);
SELECT ok(true, 'this server has no soft errors');
\endif
SELECT * FROM finish();
