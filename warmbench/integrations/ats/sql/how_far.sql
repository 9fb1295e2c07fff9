-- How far attempts and signals go at this moment, and which transactions may still add to them.
-- All in one statement, and so of one moment. Whoever had a number then has a smaller one than
-- this transaction, which a snapshot's own end does not say.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       pg_current_xact_id()::text::bigint,
       extract(epoch FROM clock_timestamp())::float8,
       coalesce((SELECT max(id) FROM attempt), 0),
       coalesce((SELECT min(id) - 1 FROM attempt WHERE outcome = ''), 9223372036854775807),
       coalesce((SELECT max(id) FROM signal), 0)
