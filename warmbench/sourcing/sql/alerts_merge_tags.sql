-- Let alerts that name a tag name the one that it becomes, once. In one order: two of these would
-- else wait for each other.
WITH named AS (
    SELECT id FROM alert WHERE %(tag)s::int = ANY(matched) ORDER BY id FOR NO KEY UPDATE
)
UPDATE alert a
   SET matched = array_append(
           array_remove(array_remove(a.matched, %(tag)s::int), %(into)s::int), %(into)s::int
       )
  FROM named
 WHERE a.id = named.id
