-- The skills that roles ask for, and how many people have each.
--
-- Parameters: roles. A tag that was not counted yet is taken for as rare as can be.
SELECT s.role_id, s.tag_id, t.name, s.is_required, coalesce(n.people, 0),
       coalesce(n.among, (SELECT max(among) FROM tag_count), 0)
  FROM role_skill s
  JOIN tag t ON t.id = s.tag_id
  LEFT JOIN tag_count n ON n.tag_id = s.tag_id
 WHERE s.role_id = ANY(%(roles)s)
 ORDER BY s.role_id, s.tag_id
