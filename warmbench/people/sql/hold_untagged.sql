-- What was decided about these words, and will not be decided otherwise until we are done.
-- The tag is missing when nothing was decided, and when it is retired.
SELECT u.id, u.key, u.decision,
       (SELECT t.id FROM tag t WHERE t.id = u.tag_id AND t.retired_at IS NULL)
  FROM unmatched_skill u
 WHERE u.key = ANY(%(keys)s::text[])
 ORDER BY u.id
   FOR SHARE OF u
