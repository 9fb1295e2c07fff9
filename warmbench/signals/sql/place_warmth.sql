-- Make a row for each of these people who has none, for the count that follows in the same
-- transaction to lock: whoever records a signal, or takes one back, at the same time waits for
-- it or is waited for. Nobody sees it before it is counted, or gone again.
INSERT INTO warmth (candidate_id, points, as_of, rank, policy)
SELECT c.id, 0, %(now)s, 0, 0
  FROM candidate c
 WHERE c.id = ANY(%(candidates)s::bigint[])
 ORDER BY c.id
    ON CONFLICT (candidate_id) DO NOTHING
