
-- What the engine itself ships: the plain week, known for all time.

CREATE TABLE statute.calendar_iso () INHERITS (statute.calendar);
CREATE TABLE statute.calendar_announcement_iso () INHERITS (statute.calendar_announcement);
CREATE TABLE statute.calendar_revision_iso () INHERITS (statute.calendar_revision);

INSERT INTO statute.calendar_iso (code, title, weekend, time_zone, convention)
VALUES ('ISO', 'Monday to Friday, no holidays', '{6,7}', 'UTC', 'PLAIN');
INSERT INTO statute.calendar_announcement_iso (calendar, announced_from, announced_through)
VALUES ('ISO', '-infinity', 'infinity');
INSERT INTO statute.calendar_revision_iso (calendar, revision, changed_at, changed_by, change)
VALUES ('ISO', 1, '2026-11-22 00:00:00+00', 'pg_statute', 'shipped');

SELECT statute._seal_pack('iso');
