-- Store one request for a link of a message, and say what the link is made of.
--
-- Nothing is returned for a message or a link that does not exist. A message that was asked
-- for more often than any reader would is still answered, but no longer written down.
WITH target AS (
    SELECT m.id, m.candidate_id, m.template_id, m.context
      FROM message m
      JOIN template t ON t.id = m.template_id
     WHERE m.id = %(message)s
       AND %(link)s < jsonb_array_length(t.compiled -> 'links')
),
stored AS (
    INSERT INTO hit (candidate_id, message_id, link, method, at, agent, network,
                     system, has_language, flags, verdict, rules)
    SELECT target.candidate_id, target.id, %(link)s, %(method)s, %(now)s, %(agent)s,
           %(network)s, %(system)s, %(has_language)s, %(flags)s, '', '{}'
      FROM target
     WHERE (
               SELECT count(*)
                 FROM (SELECT FROM hit WHERE hit.message_id = target.id LIMIT %(most)s) AS known
           ) < %(most)s
)
SELECT template_id, context FROM target
