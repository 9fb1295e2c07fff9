-- Lock those of these people whom nobody else holds.
SELECT id FROM candidate WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
