-- Lock these people, in the one order that all of us lock them in, and return who is there.
SELECT id FROM candidate WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
