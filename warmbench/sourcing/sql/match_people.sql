-- What is known of these people that a role may ask for. Who they are is not part of it.
--
-- `tags` are their skills and levels with their evidence, `facts` the latest word on each of their
-- wishes. Parameters: ids, tags (which of them are asked about).
SELECT c.id, c.city, c.region,
       -- Of no known address: the country that they are tagged with, if it is one.
       coalesce(nullif(c.country, ''), (
           SELECT min(t.code)
             FROM candidate_tag ct
             JOIN tag t ON t.id = ct.tag_id AND t.kind = 'geography' AND t.code <> ''
            WHERE ct.candidate_id = c.id
           HAVING count(*) = 1
       ), ''),
       c.last_conversation_on,
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
                      'kind', latest.kind, 'value', latest.value,
                      'role', coalesce(told.role_id, followed.role_id)
                  )) AS facts
             FROM (SELECT DISTINCT ON (kind, topic) kind, value, message_id
                     FROM candidate_fact
                    WHERE candidate_id = c.id
                      AND kind IN ('pay', 'places', 'remote', 'not_for_me')
                      AND (kind = 'not_for_me' OR topic = '')
                    ORDER BY kind, topic, at DESC, id DESC) latest
             LEFT JOIN alert told ON told.message_id = latest.message_id
             -- Or by the text that came after the mail.
             LEFT JOIN escalation e ON e.message_id = latest.message_id
             LEFT JOIN alert followed ON followed.id = e.alert_id
            WHERE latest.value <> 'null'
       ) said ON true
 WHERE c.id = ANY(%(ids)s)
