-- Make these people warmer by so many points each, worth that much at that moment.
--
-- What was there and what comes are both brought to the later of the two moments first, so
-- batches may arrive in any order. Rows of another policy are left alone and not returned:
-- their points cannot be added to these. What is less than 1e-150 points counts as that much, and
-- cools by 500 halvings at most: an error ends all else that the numbers would be too small for.
INSERT INTO warmth AS w (candidate_id, points, as_of, rank, policy)
SELECT new.candidate_id,
       new.points,
       %(now)s,
       extract(epoch FROM %(now)s)::float8 + ln(new.points) / ln(2::float8) * %(half_life)s,
       %(policy)s
  FROM (
           SELECT candidate_id, greatest(points, 1e-150) AS points
             FROM unnest(%(candidates)s::bigint[], %(points)s::float8[])
                  AS draft (candidate_id, points)
       ) AS new
 ORDER BY new.candidate_id
    ON CONFLICT (candidate_id) DO UPDATE
       SET (points, as_of, rank) = (
               SELECT joint.points,
                      later.moment,
                      extract(epoch FROM later.moment)::float8
                      + ln(joint.points) / ln(2::float8) * %(half_life)s
                 FROM (SELECT greatest(w.as_of, excluded.as_of) AS moment) AS later,
                      LATERAL (
                          SELECT greatest(w.points, 1e-150) * power(2::float8, greatest(-500,
                                     -extract(epoch FROM later.moment - w.as_of)::float8
                                     / %(half_life)s))
                                 + excluded.points * power(2::float8, greatest(-500,
                                     -extract(epoch FROM later.moment - excluded.as_of)::float8
                                     / %(half_life)s)) AS points
                      ) AS joint
           )
     WHERE w.policy = excluded.policy
 RETURNING w.candidate_id
