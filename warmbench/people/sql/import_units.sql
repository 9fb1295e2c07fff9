-- One unit for each row, or group of rows, that shares something with another.
CREATE TEMP TABLE import_unit ON COMMIT DROP AS
SELECT DISTINCT id, id AS unit FROM import_link;

CREATE INDEX ON import_unit (id);

ANALYZE import_unit;

ANALYZE import_link
