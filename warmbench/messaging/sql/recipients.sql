-- Who these people are, as far as filling in a message to them goes.
--
-- `said` is what they told us themselves, by kind.
SELECT c.id, c.owner_id, c.first_name, c.last_name, c.job_title, c.employer, c.city, c.country,
       c.last_conversation_on, c.last_conversation_topic,
       coalesce(f.tag_ids, '{}'),
       coalesce(primary_tag.ids, '{}'),
       said.facts
  FROM candidate c
  LEFT JOIN candidate_facet f ON f.candidate_id = c.id
  LEFT JOIN (
           SELECT candidate_id, array_agg(tag_id ORDER BY tag_id) AS ids
             FROM candidate_tag
            WHERE candidate_id = ANY(%(ids)s) AND is_primary
            GROUP BY candidate_id
       ) primary_tag ON primary_tag.candidate_id = c.id
  LEFT JOIN (
           SELECT candidate_id, jsonb_object_agg(kind, value) AS facts
             FROM (SELECT DISTINCT ON (candidate_id, kind) candidate_id, kind, value
                     FROM candidate_fact
                    WHERE candidate_id = ANY(%(ids)s)
                      AND kind IN ('language', 'topics')
                      AND topic = ''
                    ORDER BY candidate_id, kind, at DESC, id DESC) latest
            GROUP BY candidate_id
       ) said ON said.candidate_id = c.id
 WHERE c.id = ANY(%(ids)s)
