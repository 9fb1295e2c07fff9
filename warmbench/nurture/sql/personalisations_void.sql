-- Check-ins that wait for their recruiter's words and will not go any more: she left the sequence, or
-- is not before that step. Found by their touch, which is the same in all versions.
--
-- Parameters: candidates (none: everybody's).
SELECT p.id, p.candidate_id
  FROM personalisation p
 WHERE p.state = 'waiting'
   AND (cardinality(%(candidates)s::bigint[]) = 0
        OR p.candidate_id = ANY(%(candidates)s::bigint[]))
   AND NOT EXISTS (
           SELECT FROM enrollment e
             JOIN sequence q ON q.id = e.sequence_id
             JOIN step s ON s.version_id = e.version_id AND s.position = e.position
            WHERE e.candidate_id = p.candidate_id AND e.state IN ('active', 'held')
              AND p.touch = q.key || '/' || s.key
              AND p.occurrence = e.round * 1000 + e.cycle
       )
