-- Whom a sequence writes to: the members of its pools and everybody who is on it, some of them,
-- with the number of all. Parameters: sequence, most.
WITH reader AS MATERIALIZED (
    SELECT m.candidate_id
      FROM pool_sequence ps
      JOIN pool p ON p.id = ps.pool_id AND p.archived_at IS NULL
      JOIN pool_member m ON m.pool_id = p.id AND m.left_at IS NULL
     WHERE ps.sequence_id = %(sequence)s::bigint
     UNION
    SELECT e.candidate_id
      FROM enrollment e
     WHERE e.sequence_id = %(sequence)s::bigint AND e.ended_at IS NULL
)
SELECT candidate_id, (SELECT count(*) FROM reader)
  FROM reader
 ORDER BY candidate_id
 LIMIT %(most)s::int
