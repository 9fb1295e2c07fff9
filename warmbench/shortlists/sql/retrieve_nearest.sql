-- Of these people, those who come nearest: by their tags with how fresh and sure each is, by where
-- they live or would work, and by their level. Nobody is out by it: it only says who is looked at.
--
-- `bases` are what their tags can bring at most; evidence is added up only for the `closer` best by
-- that and by place, because it takes a look at each of their tags. Evidence counts as
-- criteria.weight counts it. Of equals those come first who came in last. Parameters: ids and bases
-- (side by side), tags and weights (side by side), countries, cities, by_place (what living there
-- brings; 0: no place is asked for), levels, by_level, now, fades_in (seconds), closer, most.
WITH near AS (
    SELECT asked.id, c.country, c.city,
           asked.base + %(by_place)s * CASE
               WHEN lower(c.city) = ANY(%(cities)s::text[]) THEN 1
               WHEN c.country = '' THEN 0.5
               WHEN c.country = ANY(%(countries)s::text[]) THEN 0.6
               ELSE 0 END AS bound
      FROM unnest(%(ids)s::bigint[], %(bases)s::float8[]) AS asked (id, base)
      JOIN candidate c ON c.id = asked.id
     ORDER BY bound DESC, asked.id DESC
     LIMIT %(closer)s
)
SELECT near.id
  FROM near
  CROSS JOIN LATERAL (
      SELECT coalesce(sum(
                 (%(weights)s::float8[])[array_position(%(tags)s::int[], ct.tag_id)]
                 * least(greatest(ct.confidence, 0), 1)
                 * (0.5 + 0.5 * power(0.5::float8, greatest(
                       extract(epoch FROM %(now)s::timestamptz - ct.added_at)::float8, 0
                   ) / %(fades_in)s::float8))
             ), 0) AS points,
             coalesce(bool_or(ct.tag_id = ANY(%(levels)s::int[])), false) AS has_level
        FROM candidate_tag ct
       WHERE ct.candidate_id = near.id
         AND ct.tag_id = ANY(%(tags)s::int[] || %(levels)s::int[])
  ) evidence
  LEFT JOIN LATERAL (
      SELECT true AS is_so
        FROM (SELECT f.value
                FROM candidate_fact f
               WHERE f.candidate_id = near.id AND f.kind = 'places' AND f.topic = ''
               ORDER BY f.at DESC, f.id DESC
               LIMIT 1) said
       CROSS JOIN LATERAL jsonb_array_elements(
           CASE jsonb_typeof(said.value) WHEN 'array' THEN said.value ELSE '[]' END
       ) AS place
       WHERE place ->> 'country' = ANY(%(countries)s::text[])
         AND (place ->> 'city' = '' OR lower(place ->> 'city') = ANY(%(cities)s::text[]))
       LIMIT 1
  ) wants ON %(by_place)s > 0
 ORDER BY evidence.points
          + %(by_place)s * CASE
                WHEN wants.is_so OR lower(near.city) = ANY(%(cities)s::text[]) THEN 1
                WHEN near.country = '' THEN 0.5
                WHEN near.country = ANY(%(countries)s::text[]) THEN 0.6
                ELSE 0 END
          + %(by_level)s * CASE WHEN evidence.has_level THEN 1 ELSE 0 END DESC,
          near.id DESC
 LIMIT %(most)s
