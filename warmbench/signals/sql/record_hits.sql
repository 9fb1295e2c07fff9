-- Store requests for links of messages, and say what each link is made of.
--
-- $1 is a list of requests, $2 how many are kept of one message. Nothing is returned for a message
-- or a link that does not exist. A message that was asked for more often than any reader would is
-- still answered, but no longer written down.
WITH asked AS (
    SELECT *
      FROM json_to_recordset($1::json) AS r (
               n integer, message bigint, link integer, method text, at timestamptz, agent text,
               network text, system text, has_language boolean, flags text[]
           )
),
-- Message by message, by its key, whatever the planner thinks of the table's size.
found AS (
    SELECT asked.*, m.candidate_id, m.template_id, m.context
      FROM asked
     CROSS JOIN LATERAL (
           SELECT candidate_id, template_id, context FROM message WHERE id = asked.message LIMIT 1
           ) AS m
),
-- A template is large: unpacked once for all who ask.
shelf AS MATERIALIZED (
    SELECT wanted.template_id, t.links
      FROM (SELECT DISTINCT template_id FROM found) AS wanted
     CROSS JOIN LATERAL (
           SELECT jsonb_array_length(compiled -> 'links') AS links
             FROM template
            WHERE id = wanted.template_id
            LIMIT 1
           ) AS t
),
target AS (
    SELECT found.*
      FROM found
      JOIN shelf USING (template_id)
     WHERE found.link < shelf.links
),
stored AS (
    INSERT INTO hit (candidate_id, message_id, kind, link, method, at, agent, network, system,
                     has_language, flags, verdict, rules)
    SELECT candidate_id, message, 'click', link, method, at, agent, network, system, has_language,
           flags, '', '{}'
      FROM target
     WHERE (
               SELECT count(*)
                 FROM (
                          SELECT FROM hit WHERE hit.message_id = target.message LIMIT $2::integer
                      ) AS known
           ) < $2::integer
)
SELECT n, template_id, context FROM target
