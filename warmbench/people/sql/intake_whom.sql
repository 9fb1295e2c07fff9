-- Whom each staged record is about, whether that is somebody whom we knew, or why it is open.
SELECT s.external_id, coalesce(m.candidate_id, first.candidate_id, s.candidate_id),
       m.candidate_id IS NOT NULL, coalesce(m.problem, '')
  FROM import_stage s
  LEFT JOIN import_match m USING (n)
  LEFT JOIN import_stage first ON first.n = m.person
