-- What stands out in the rows that can be loaded: of each part the commonest hundred, with a
-- few lines to look at, and how many there are in all.
WITH first AS (
    -- One row of each person, who is a candidate already or not.
    SELECT s.*, m.candidate_id AS known_id
      FROM import_stage s
      LEFT JOIN import_match m USING (n)
     WHERE s.reason = '' AND coalesce(m.problem, '') = '' AND coalesce(m.person, s.n) = s.n
),
standing AS NOT MATERIALIZED (
    SELECT x.candidate_id, x.address
      FROM suppression x
     WHERE x.releases_id IS NULL
       AND NOT EXISTS (SELECT FROM suppression r WHERE r.releases_id = x.id)
),
found AS (
    SELECT 'unknown_skill' AS part, u.text AS what, s.line
      FROM import_stage s, unnest(s.unmatched) AS u (text)
    UNION ALL
    SELECT split_part(r.text, ':', 1), substr(r.text, strpos(r.text, ':') + 1), s.line
      FROM import_stage s, unnest(s.remarks) AS r (text)
    UNION ALL
    SELECT 'rejected', s.reason, s.line
      FROM import_stage s WHERE s.reason NOT IN ('', 'harmless', 'erased')
    UNION ALL
    SELECT 'rejected', regexp_replace(m.problem, '\d+', '…', 'g'), s.line
      FROM import_match m JOIN import_stage s USING (n) WHERE m.problem <> ''
    UNION ALL
    SELECT 'missing', k.kind, f.line
      FROM first f
     CROSS JOIN (VALUES ('specialty'), ('seniority'), ('geography')) AS k (kind)
     WHERE NOT EXISTS (SELECT FROM tag t WHERE t.kind = k.kind AND t.id = ANY (f.tag_ids))
       AND NOT EXISTS (
               SELECT FROM candidate_tag ct JOIN tag t ON t.id = ct.tag_id
                WHERE ct.candidate_id = f.known_id AND t.kind = k.kind
           )
    UNION ALL
    SELECT 'opted_out', '', s.line FROM import_stage s WHERE s.opted_out
    UNION ALL
    SELECT 'suppressed', '', f.line
      FROM first f
     WHERE EXISTS (
               SELECT FROM candidate c
                WHERE c.id = f.known_id AND c.status = 'do_not_contact'
           )
        OR EXISTS (SELECT FROM standing x WHERE x.candidate_id = f.known_id)
        OR EXISTS (
               SELECT FROM unnest(f.emails) AS e (address)
                 JOIN standing x ON x.address = e.address AND x.address <> ''
           )
),
counted AS (
    SELECT part, what, count(*) AS rows, (array_agg(line ORDER BY line))[1:5] AS lines
      FROM found GROUP BY part, what
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY part ORDER BY rows DESC, what) AS place,
           sum(rows) OVER (PARTITION BY part)::int AS rows_in_all,
           count(*) OVER (PARTITION BY part) AS in_all
      FROM counted
)
SELECT part, what, rows, lines, rows_in_all, in_all
  FROM ranked
 WHERE place <= 100
 ORDER BY part, place
