-- Who has to join a pool or leave one, among some people: one row for each change.
--
-- All rules of all pools are decided here in one pass, each as an expression of its own in
-- one array; lookups that several need are made once. Nothing is written. Parameters: ids
-- (or first and last), pools (those whose rules are asked), now, and moments of the rules.
WITH verdict AS MATERIALIZED (
    SELECT c.id AS candidate_id,
           array_remove(ARRAY[/* expressions */]::bigint[], NULL) AS pool_ids
      FROM candidate c
      JOIN candidate_facet f ON f.candidate_id = c.id
      /* joins */
     WHERE c.id = ANY(%(ids)s::bigint[])
),
difference AS (
    SELECT v.candidate_id, v.pool_ids AS belongs_to, coalesce(present.pool_ids, '{}') AS is_in
      FROM verdict v
      -- By index for each person: joined as a set, a bad guess of its size costs hours. The
      -- pools are a FILTER, or their index would look tempting.
      LEFT JOIN LATERAL (
               SELECT array_agg(m.pool_id ORDER BY m.pool_id)
                          FILTER (WHERE m.pool_id = ANY(%(pools)s::bigint[])) AS pool_ids
                 FROM pool_member m
                WHERE m.candidate_id = v.candidate_id
                  AND m.left_at IS NULL
           ) present ON true
     WHERE v.pool_ids <> coalesce(present.pool_ids, '{}')
)
SELECT d.candidate_id, p.id, true AS joins
  FROM difference d
  JOIN pool p ON p.id = ANY(d.belongs_to) AND p.id <> ALL(d.is_in)
 WHERE NOT EXISTS (
           -- Who was here before comes back when the pool allows it again, or when being
           -- away was only a pause.
           SELECT FROM pool_member m
            WHERE m.candidate_id = d.candidate_id
              AND m.pool_id = p.id
              AND m.left_at IS NOT NULL
              AND p.on_leave <> 'pause'
              AND (p.reentry_days IS NULL
                   OR m.left_at > %(now)s::timestamptz - make_interval(days => p.reentry_days))
       )
 UNION ALL
SELECT d.candidate_id, gone.pool_id, false
  FROM difference d
  CROSS JOIN LATERAL unnest(d.is_in) AS gone (pool_id)
 WHERE gone.pool_id <> ALL(d.belongs_to)
