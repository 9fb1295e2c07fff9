-- What stands out in the rows that can be loaded, counted, with a few lines to look at.
SELECT 'unknown_skill' AS kind, u.text AS what, count(*) AS rows,
       (array_agg(s.line ORDER BY s.n))[1:5] AS lines
  FROM import_stage s, unnest(s.unmatched) AS u (text)
 WHERE s.reason = ''
 GROUP BY u.text
UNION ALL
SELECT 'remark', r.text, count(*), (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_stage s, unnest(s.remarks) AS r (text)
 WHERE s.reason = ''
 GROUP BY r.text
UNION ALL
SELECT 'rejected', s.reason, count(*), (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_stage s
 WHERE s.reason NOT IN ('', 'harmless')
 GROUP BY s.reason
UNION ALL
SELECT 'rejected', regexp_replace(m.problem, '\d+', '…', 'g'), count(*),
       (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_match m
  JOIN import_stage s USING (n)
 WHERE m.problem <> ''
 GROUP BY 2
UNION ALL
SELECT 'missing', k.kind, count(*), (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_stage s
 CROSS JOIN (VALUES ('specialty'), ('seniority'), ('geography')) AS k (kind)
  LEFT JOIN import_match m USING (n)
 WHERE s.reason = '' AND coalesce(m.problem, '') = '' AND coalesce(m.person, s.n) = s.n
   AND NOT EXISTS (SELECT FROM tag t WHERE t.kind = k.kind AND t.id = ANY (s.tag_ids))
   AND NOT EXISTS (
           SELECT FROM candidate_tag ct JOIN tag t ON t.id = ct.tag_id
            WHERE ct.candidate_id = m.candidate_id AND t.kind = k.kind
       )
 GROUP BY k.kind
UNION ALL
SELECT 'opted_out', '', count(*), (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_stage s WHERE s.opted_out
UNION ALL
SELECT 'suppressed', '', count(*), (array_agg(s.line ORDER BY s.n))[1:5]
  FROM import_stage s
  LEFT JOIN import_match m USING (n)
  LEFT JOIN candidate c ON c.id = m.candidate_id
 WHERE s.reason = '' AND coalesce(m.problem, '') = '' AND coalesce(m.person, s.n) = s.n
   AND (
           c.status = 'do_not_contact'
           OR EXISTS (
                  SELECT FROM suppression x
                   WHERE x.candidate_id = m.candidate_id AND x.releases_id IS NULL
                     AND NOT EXISTS (SELECT FROM suppression r WHERE r.releases_id = x.id)
              )
           OR EXISTS (
                  SELECT FROM suppression x
                   WHERE x.address = ANY (s.emails) AND x.releases_id IS NULL
                     AND NOT EXISTS (SELECT FROM suppression r WHERE r.releases_id = x.id)
              )
       )
 ORDER BY kind, rows DESC, what
