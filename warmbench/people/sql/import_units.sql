-- One unit for each id that shares something with another.
DROP TABLE IF EXISTS import_unit;

CREATE TEMP TABLE import_unit ON COMMIT DROP AS
SELECT DISTINCT id, id AS unit FROM import_link;

CREATE INDEX ON import_unit (id);

ANALYZE import_unit;

ANALYZE import_link
