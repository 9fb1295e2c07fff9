-- How what facts are about is written, each as one of the facts about it has it.
-- Parameters: asked, as (kind, topic).
SELECT a.kind, a.topic, n.name
  FROM jsonb_to_recordset(%(asked)s::jsonb) AS a (kind text, topic text)
 CROSS JOIN LATERAL (
           SELECT i.value->>'name' AS name
             FROM insight i
            WHERE i.kind = a.kind
              AND i.topic = a.topic
              AND i.state IN ('proposed', 'confirmed')
            LIMIT 1
       ) n
 WHERE n.name <> ''
