-- Members whose pool has a sequence for them that they are not on: newcomers, and people
-- whose required tags have arrived since. Once for each sequence, however many pools lead to it.
--
-- Who was on the sequence before is not begun anew, unless she has come back into the pool
-- since and the pool lets people come back.
WITH waiting AS MATERIALIZED (
    SELECT m.candidate_id, s.id AS sequence_id, p.id AS pool_id, m.joined_at, m.id
      FROM pool_member m
      JOIN pool p ON p.id = m.pool_id AND p.archived_at IS NULL
      JOIN pool_sequence ps ON ps.pool_id = p.id
      JOIN sequence s ON s.id = ps.sequence_id AND s.state = 'active'
     WHERE m.candidate_id = ANY(%(ids)s::bigint[])
       AND m.left_at IS NULL
       AND NOT EXISTS (
               SELECT FROM enrollment e
                WHERE e.candidate_id = m.candidate_id
                  AND e.sequence_id = s.id
                  AND (e.ended_at IS NULL
                       OR p.reentry_days IS NULL
                       OR e.ended_at > m.joined_at
                       OR e.ended_at
                          > %(now)s::timestamptz - make_interval(days => p.reentry_days))
           )
)
SELECT DISTINCT ON (w.candidate_id, w.sequence_id) w.candidate_id, w.sequence_id, w.pool_id
  FROM waiting w
 WHERE EXISTS (/* required_tags */)
 ORDER BY w.candidate_id, w.sequence_id, w.joined_at, w.id
