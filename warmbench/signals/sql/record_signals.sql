-- Write down signals, each once for ever: (candidate, key) is what makes it this signal.
-- Returns the new ones.
INSERT INTO signal (candidate_id, kind, grade, at, message_id, topic, key)
SELECT *
  FROM unnest(
           %(candidates)s::bigint[], %(kinds)s::text[], %(grades)s::text[],
           %(ats)s::timestamptz[], %(messages)s::bigint[], %(topics)s::text[], %(keys)s::text[]
       ) AS draft (candidate_id, kind, grade, at, message_id, topic, key)
 -- In one order, whoever writes: two batches that overlap then wait instead of deadlocking.
 ORDER BY candidate_id, key
    ON CONFLICT (candidate_id, key) DO NOTHING
 RETURNING id, candidate_id, kind, grade, at, message_id, topic, key
