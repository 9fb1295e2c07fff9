-- The tags in use with a name or alias of which a word begins with each of these, the shortest
-- first; of what is one letter, the whole word.
SELECT w.word, (array_agg(found.tag_id ORDER BY found.short, found.tag_id))[:%(most)s::int]
  FROM unnest(%(words)s::text[]) AS w (word)
  JOIN LATERAL (
           SELECT a.tag_id, min(length(a.key)) AS short
             FROM tag_alias a
             JOIN tag t ON t.id = a.tag_id AND t.retired_at IS NULL
            WHERE CASE WHEN length(w.word) = 1 THEN ' ' || a.key || ' ' LIKE '%% ' || w.word || ' %%'
                       ELSE starts_with(a.key, w.word) OR strpos(a.key, ' ' || w.word) > 0 END
            GROUP BY a.tag_id
       ) found ON true
 GROUP BY w.word
