-- Who lacks a tag that content and frequency are chosen by, and which: nobody of them is
-- enrolled. Only of these people, unless there is no such list. Stands in other questions.
SELECT c.id, c.job_title, c.city, c.region, c.country, f.tag_ids,
       lacks.specialty, lacks.seniority, lacks.geography
  FROM candidate c
  JOIN candidate_facet f ON f.candidate_id = c.id
 CROSS JOIN (
           SELECT coalesce(array_agg(id) FILTER (WHERE kind = 'seniority'), '{}') AS seniorities,
                  coalesce(array_agg(id) FILTER (WHERE kind = 'geography'), '{}') AS geographies
             FROM tag
       ) known
 CROSS JOIN LATERAL (
           SELECT NOT EXISTS (
                      SELECT FROM candidate_tag ct
                        JOIN tag t ON t.id = ct.tag_id
                       WHERE ct.candidate_id = c.id AND ct.is_primary AND t.kind = 'specialty'
                  ) AS specialty,
                  NOT f.tag_ids && known.seniorities AS seniority,
                  NOT f.tag_ids && known.geographies AS geography
       ) lacks
 WHERE (%(candidates)s::bigint[] IS NULL OR c.id = ANY(%(candidates)s::bigint[]))
   AND (%(owner)s::bigint IS NULL OR c.owner_id = %(owner)s::bigint)
   AND c.status <> 'do_not_contact'
   AND (lacks.specialty OR lacks.seniority OR lacks.geography)
