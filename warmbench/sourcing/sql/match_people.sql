-- What is known of these people that a role may ask for. Who they are is not part of it.
--
-- `tags` are their skills and levels with their evidence, `facts` the latest word on each of their
-- wishes. Parameters: ids, tags (which of them are asked about).
SELECT c.id, c.city, c.region, c.country, c.last_conversation_on,
       coalesce(evidence.tags, '[]'),
       coalesce(said.facts, '[]')
  FROM candidate c
  LEFT JOIN LATERAL (
           SELECT json_agg(json_build_array(
                      ct.tag_id, ct.source, extract(epoch FROM ct.added_at), ct.confidence
                  )) AS tags
             FROM candidate_tag ct
            WHERE ct.candidate_id = c.id AND ct.tag_id = ANY(%(tags)s)
       ) evidence ON true
  LEFT JOIN LATERAL (
           SELECT json_agg(json_build_object(
                      'kind', latest.kind, 'value', latest.value, 'role', a.role_id
                  )) AS facts
             FROM (SELECT DISTINCT ON (kind, topic) kind, value, message_id
                     FROM candidate_fact
                    WHERE candidate_id = c.id
                      AND kind IN ('pay', 'places', 'remote', 'not_for_me')
                      AND (kind = 'not_for_me' OR topic = '')
                    ORDER BY kind, topic, at DESC, id DESC) latest
             LEFT JOIN alert a ON a.message_id = latest.message_id
            WHERE latest.value <> 'null'
       ) said ON true
 WHERE c.id = ANY(%(ids)s)
