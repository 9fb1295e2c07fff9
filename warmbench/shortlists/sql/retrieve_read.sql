-- Who has most of what is asked for by what was read of them, where no tag tells it.
--
-- Parameters: kinds, topics and weights (side by side), most.
SELECT i.candidate_id
  FROM unnest(%(kinds)s::text[], %(topics)s::text[], %(weights)s::float8[])
           AS asked (kind, topic, weight)
  JOIN insight i ON i.kind = asked.kind AND i.topic = asked.topic AND i.polarity = 'had'
                AND i.state IN ('proposed', 'confirmed')
 GROUP BY i.candidate_id
 ORDER BY sum(DISTINCT asked.weight) DESC, max(i.said_on) DESC, i.candidate_id
 LIMIT %(most)s
