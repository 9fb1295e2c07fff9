-- Who lacks a tag that content and frequency are chosen by, and which: nobody of them is
-- enrolled. Only of these people, unless there is no such list. Stands in other questions.
SELECT c.id, c.job_title, c.city, c.region, c.country, f.tag_ids,
       p.candidate_id IS NULL AS specialty,
       NOT f.tag_ids && known.seniorities AS seniority,
       NOT f.tag_ids && known.geographies AS geography
  FROM candidate c
  JOIN candidate_facet f ON f.candidate_id = c.id
 CROSS JOIN (
           SELECT coalesce(array_agg(id) FILTER (WHERE kind = 'seniority'), '{}') AS seniorities,
                  coalesce(array_agg(id) FILTER (WHERE kind = 'geography'), '{}') AS geographies
             FROM tag
       ) known
  LEFT JOIN (
           SELECT DISTINCT candidate_id
             FROM candidate_tag
            WHERE is_primary
              AND tag_id = ANY(ARRAY(SELECT id FROM tag WHERE kind = 'specialty'))
              AND (%(candidates)s::bigint[] IS NULL
                   OR candidate_id = ANY(%(candidates)s::bigint[]))
       ) p ON p.candidate_id = c.id
 WHERE (%(candidates)s::bigint[] IS NULL OR c.id = ANY(%(candidates)s::bigint[]))
   AND (%(owner)s::bigint IS NULL OR c.owner_id = %(owner)s::bigint)
   AND c.status <> 'do_not_contact'
   AND (p.candidate_id IS NULL
        OR NOT f.tag_ids && known.seniorities
        OR NOT f.tag_ids && known.geographies)
