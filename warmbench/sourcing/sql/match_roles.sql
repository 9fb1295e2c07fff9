-- Which open roles people have enough skills for: the campaign's threshold, or the usual one.
--
-- Parameters: ids, usual.
SELECT f.candidate_id, s.role_id
  FROM candidate_facet f
  CROSS JOIN LATERAL unnest(f.tag_ids) AS carried (tag_id)
  JOIN role_skill s ON s.tag_id = carried.tag_id
  JOIN role r ON r.id = s.role_id AND r.state = 'open'
  LEFT JOIN alert_campaign c ON c.role_id = r.id
 WHERE f.candidate_id = ANY(%(ids)s)
 GROUP BY f.candidate_id, s.role_id, c.threshold
HAVING count(*) >= coalesce(c.threshold, %(usual)s)
