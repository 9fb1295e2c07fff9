-- The id of the last of the next so many candidates, null when there are no more, and how
-- many they are.
SELECT max(next.id), count(*)
  FROM (SELECT id FROM candidate WHERE id > %(after)s::bigint ORDER BY id LIMIT %(size)s) AS next
