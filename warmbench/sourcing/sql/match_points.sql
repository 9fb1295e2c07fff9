-- How many points the skills of these people bring, by what evidence there is of each.
--
-- The same sum as criteria.weight makes. Person by person, because the index of tags, which a plain
-- join may choose, brings everybody who has a common skill. Parameters: ids, skills and points
-- (side by side), now, fades_in (seconds).
SELECT asked.id, evidence.points
  FROM unnest(%(ids)s::bigint[]) AS asked (id)
  CROSS JOIN LATERAL (
      SELECT sum(
                 (%(points)s::float8[])[array_position(%(skills)s::int[], ct.tag_id)]
                 * least(greatest(ct.confidence, 0), 1)
                 * (0.5 + 0.5 * power(0.5::float8, greatest(
                       extract(epoch FROM %(now)s::timestamptz - ct.added_at)::float8, 0
                   ) / %(fades_in)s::float8))
             ) AS points
        FROM candidate_tag ct
       WHERE ct.candidate_id = asked.id AND ct.tag_id = ANY(%(skills)s)
  ) evidence
 WHERE evidence.points IS NOT NULL
