-- Which of these topics facts are about, each with the kind of fact that is about it most often.
-- Parameters: topics.
SELECT DISTINCT ON (t.topic) t.topic, k.kind
  FROM unnest(%(topics)s::text[]) AS t (topic)
 CROSS JOIN unnest(ARRAY['title', 'skill', 'domain', 'place', 'seniority', 'employer', 'motive',
                         'constraint', 'topic']) AS k (kind)
 CROSS JOIN LATERAL (
           -- So many say enough: a hundred thousand need not be counted.
           SELECT count(*) AS times
             FROM (
                      SELECT FROM insight i
                       WHERE i.kind = k.kind
                         AND i.topic = t.topic
                         AND i.state IN ('proposed', 'confirmed')
                       LIMIT 200
                  ) few
       ) n
 WHERE n.times > 0
 ORDER BY t.topic, n.times DESC, k.kind
