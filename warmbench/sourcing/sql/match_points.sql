-- How many points the skills of these people bring, by what evidence there is of each.
--
-- The same sum as criteria.weight makes. Parameters: ids, skills and points (side by side), now,
-- fades_in (seconds).
SELECT ct.candidate_id,
       sum(asked.points * least(greatest(ct.confidence, 0), 1)
           * (0.5 + 0.5 * power(0.5::float8, greatest(
                 extract(epoch FROM %(now)s::timestamptz - ct.added_at)::float8, 0
             ) / %(fades_in)s::float8)))
  FROM unnest(%(skills)s::int[], %(points)s::float8[]) AS asked (tag_id, points)
  JOIN candidate_tag ct ON ct.tag_id = asked.tag_id AND ct.candidate_id = ANY(%(ids)s)
 GROUP BY ct.candidate_id
