-- Steps with content that were passed over since a day because nothing in the library was for the
-- person: what kind was wanted, her primary specialty and seniority, how many people, how often.
-- The kind is that of the step in its newest version.
WITH skipped AS (
    SELECT candidate_id, touch, count(*) AS times
      FROM decision
     WHERE reason = 'no_content' AND at >= %(since)s
     GROUP BY candidate_id, touch
),
wanted AS (
    SELECT DISTINCT ON (s.key, t.key) s.key || '/' || t.key AS touch, t.content_kind
      FROM step t
      JOIN sequence_version v ON v.id = t.version_id
      JOIN sequence s ON s.id = v.sequence_id
     WHERE t.kind = 'content'
     ORDER BY s.key, t.key, v.number DESC
)
SELECT w.content_kind, specialty.id, seniority.id, count(DISTINCT k.candidate_id) AS people,
       sum(k.times)::bigint AS times
  FROM skipped k
  JOIN wanted w USING (touch)
  LEFT JOIN LATERAL (
      SELECT g.id
        FROM candidate_tag c
        JOIN tag g ON g.id = c.tag_id AND g.kind = 'specialty'
       WHERE c.candidate_id = k.candidate_id
       ORDER BY c.is_primary DESC, c.added_at, g.id
       LIMIT 1
  ) specialty ON true
  LEFT JOIN LATERAL (
      SELECT g.id
        FROM candidate_tag c
        JOIN tag g ON g.id = c.tag_id AND g.kind = 'seniority'
       WHERE c.candidate_id = k.candidate_id
       ORDER BY c.added_at, g.id
       LIMIT 1
  ) seniority ON true
 GROUP BY 1, 2, 3
 ORDER BY people DESC, times DESC, 1, 2, 3
 LIMIT %(most)s
