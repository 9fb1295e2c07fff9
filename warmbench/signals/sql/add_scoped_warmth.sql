-- Make people warmer by new signals in every scope that they are in, each by its own policy.
-- Returns the scopes and people whose row is of another version: their points cannot be added to.
-- For what is next to nothing see add_warmth.sql; of the cold it counts as that, too.
WITH heard AS (
    SELECT *
      FROM unnest(
               %(candidates)s::bigint[], %(kinds)s::text[], %(shares)s::float8[],
               %(ats)s::timestamptz[]
           ) AS signal (candidate_id, kind, share, at)
),
policy AS (
    SELECT DISTINCT ON (scope) scope, version, weights, half_life_days * 86400.0::float8 AS half_life
      FROM warmth_policy
     WHERE scope <> ''
     ORDER BY scope, version DESC
),
-- In one order, whoever writes: two batches that overlap then wait instead of deadlocking.
member AS (
    SELECT m.id, m.scope, m.candidate_id
      FROM scoped_warmth m
     WHERE m.candidate_id = ANY(%(candidates)s::bigint[])
     ORDER BY m.scope, m.candidate_id
       FOR NO KEY UPDATE
),
new AS (
    SELECT m.id, m.scope, m.candidate_id, p.version, p.half_life,
           greatest(1e-150, sum(
               (p.weights ->> h.kind)::float8 * h.share * power(2::float8, greatest(-1000, least(0,
                   -extract(epoch FROM %(now)s - h.at)::float8 / p.half_life)))
           )) AS points
      FROM member m
      JOIN policy p USING (scope)
      JOIN heard h USING (candidate_id)
     WHERE (p.weights ->> h.kind)::float8 > 0
     GROUP BY m.id, m.scope, m.candidate_id, p.version, p.half_life
),
warmer AS (
    UPDATE scoped_warmth w
       SET (points, as_of, rank) = (
               SELECT joint.points,
                      later.moment,
                      extract(epoch FROM later.moment)::float8
                      + ln(joint.points) / ln(2::float8) * new.half_life
                 FROM (SELECT greatest(w.as_of, %(now)s) AS moment) AS later,
                      LATERAL (
                          SELECT greatest(w.points, 1e-150) * power(2::float8, greatest(-500,
                                     -extract(epoch FROM later.moment
                                              - coalesce(w.as_of, later.moment))::float8
                                     / new.half_life))
                                 + new.points * power(2::float8, greatest(-500,
                                     -extract(epoch FROM later.moment - %(now)s)::float8
                                     / new.half_life)) AS points
                      ) AS joint
           )
      FROM new
     WHERE w.id = new.id AND w.policy = new.version
    RETURNING w.id
)
SELECT new.scope, new.candidate_id
  FROM new
 WHERE new.id NOT IN (SELECT id FROM warmer)
