-- The members of a sequence's pools who are not on it, some of them, with the number of all: who
-- begins it once it runs, but for its entry rule. One row each, and what keeps them out: blank,
-- that they were on it before, or that a tag is missing which no message is chosen without.
-- Parameters: sequence, writes (whether a step of it reaches them), most.
WITH member AS MATERIALIZED (
    SELECT DISTINCT m.candidate_id
      FROM pool_sequence ps
      JOIN pool p ON p.id = ps.pool_id AND p.archived_at IS NULL
      JOIN pool_member m ON m.pool_id = p.id AND m.left_at IS NULL
     WHERE ps.sequence_id = %(sequence)s::bigint
       AND NOT EXISTS (SELECT FROM enrollment e
                        WHERE e.candidate_id = m.candidate_id
                          AND e.sequence_id = ps.sequence_id
                          AND e.ended_at IS NULL)
)
SELECT w.candidate_id, (SELECT count(*) FROM member),
       CASE WHEN EXISTS (SELECT FROM enrollment e
                          WHERE e.candidate_id = w.candidate_id
                            AND e.sequence_id = %(sequence)s::bigint) THEN 'was_here'
            WHEN %(writes)s::bool AND NOT EXISTS (/* required_tags */) THEN 'missing_tags'
            ELSE ''
       END
  FROM (SELECT candidate_id FROM member ORDER BY candidate_id LIMIT %(most)s::int) AS w
