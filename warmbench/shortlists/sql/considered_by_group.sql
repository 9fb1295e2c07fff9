-- Who was considered for shortlists that were shared in a time, by what they declared: people,
-- times considered, times listed, times scored above the median of all.
-- Who was taken off before it was shared was not selected; of somebody who was erased since, the
-- record alone says it, and what they had declared is gone.
WITH considered AS (
    SELECT r.candidate_id, r.score,
           CASE WHEN r.candidate_id IS NULL THEN r.place = 'listed'
                ELSE e.place = 'listed' AND e.removed_at IS NULL END AS is_listed
      FROM ranking_record r
      JOIN shortlist s ON s.id = r.shortlist_id
      LEFT JOIN shortlist_entry e
        ON e.shortlist_id = r.shortlist_id AND e.candidate_id = r.candidate_id
     WHERE s.shared_at >= %(since)s AND s.shared_at < %(until)s
), middle AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY score) AS score FROM considered
)
SELECT coalesce(sex.value, ''), coalesce(ethnicity.value, ''),
       count(DISTINCT c.candidate_id), count(*),
       count(*) FILTER (WHERE c.is_listed), count(*) FILTER (WHERE c.score > middle.score)
  FROM considered c
 CROSS JOIN middle
  LEFT JOIN audit_declaration sex
    ON sex.candidate_id = c.candidate_id AND sex.category = 'sex'
  LEFT JOIN audit_declaration ethnicity
    ON ethnicity.candidate_id = c.candidate_id AND ethnicity.category = 'ethnicity'
 GROUP BY 1, 2
