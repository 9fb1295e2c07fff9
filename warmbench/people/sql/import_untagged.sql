-- Skills that no tag knows, and who wrote them.
SELECT f.candidate_id, u.text
  FROM import_fresh f, unnest(f.unmatched) AS u (text)
 ORDER BY u.text, f.candidate_id
