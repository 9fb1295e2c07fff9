-- Who has one of the rarer tags that a profile asks for and enough of all of them, by which of
-- them they have.
--
-- `rare` are looked up in the index, so that common ones do not bring everybody. `least` is what
-- the tags that somebody has must weigh together. Parameters: tags, weights (side by side), rare,
-- least.
SELECT matched, array_agg(candidate_id)
  FROM (
        SELECT f.candidate_id, f.tag_ids & %(tags)s::int[] AS matched
          FROM candidate_facet f
         WHERE f.tag_ids && %(rare)s::int[]
       ) found
 GROUP BY matched
HAVING (
        SELECT sum((%(weights)s::float8[])[array_position(%(tags)s::int[], tag_id)])
          FROM unnest(matched) AS tag_id
       ) >= %(least)s
