-- How many people would join a pool and how many would leave it, were its terms others.
--
-- As ``membership`` decides it, but for one pool everybody whom the rules let in stands against
-- everybody who is in it: that is one pass, where asking person by person is a million.
-- Parameters: pool, on_leave, reentry_days, now, and moments of the rules.
WITH belongs AS MATERIALIZED (
    SELECT c.id
      FROM candidate c
      JOIN candidate_facet f ON f.candidate_id = c.id
      /* joins */
     WHERE /* expression */
),
present AS MATERIALIZED (
    SELECT m.candidate_id
      FROM pool_member m
     WHERE m.pool_id = %(pool)s::bigint
       AND m.left_at IS NULL
),
barred AS MATERIALIZED (
    SELECT m.candidate_id
      FROM pool_member m
     WHERE m.pool_id = %(pool)s::bigint
       AND m.left_at IS NOT NULL
       AND %(on_leave)s::text <> 'pause'
       AND (%(reentry_days)s::int IS NULL
            OR m.left_at > %(now)s::timestamptz
                           - make_interval(days => %(reentry_days)s::int))
)
SELECT (SELECT count(*)
          FROM belongs b
         WHERE NOT EXISTS (SELECT FROM present p WHERE p.candidate_id = b.id)
           AND NOT EXISTS (SELECT FROM barred x WHERE x.candidate_id = b.id)),
       (SELECT count(*)
          FROM present p
         WHERE NOT EXISTS (SELECT FROM belongs b WHERE b.id = p.candidate_id))
