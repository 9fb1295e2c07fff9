-- What is known of these people that a role may ask for. Who they are is not part of it.
--
-- `said` holds the latest word on each of their wishes. Parameters: ids, skills, seniorities
-- (their tags).
SELECT c.id, c.city, c.region, c.country, c.last_conversation_on,
       coalesce(levels.names, '{}'),
       coalesce(evidence.tags, '[]'),
       coalesce(said.facts, '[]')
  FROM candidate c
  LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_array(
                      ct.tag_id, ct.source, extract(epoch FROM ct.added_at), ct.confidence
                  )) AS tags
             FROM candidate_tag ct
            WHERE ct.candidate_id = c.id AND ct.tag_id = ANY(%(skills)s)
       ) evidence ON true
  LEFT JOIN LATERAL (
           SELECT array_agg(t.name ORDER BY t.id) AS names
             FROM candidate_tag ct
             JOIN tag t ON t.id = ct.tag_id
            WHERE ct.candidate_id = c.id AND ct.tag_id = ANY(%(seniorities)s)
       ) levels ON true
  LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object(
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
