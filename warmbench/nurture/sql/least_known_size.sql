-- How many rows PostgreSQL believes the smaller of these tables to have; -1 for no idea.
SELECT min(reltuples) FROM pg_class
 WHERE oid IN ('pool_member'::regclass, 'enrollment'::regclass)
