-- That a person (w.candidate_id) carries what content and frequency are chosen by. Stands in
-- an EXISTS of other questions.
SELECT FROM candidate_tag ct
  JOIN tag t ON t.id = ct.tag_id
 WHERE ct.candidate_id = w.candidate_id
HAVING bool_or(t.kind = 'specialty' AND ct.is_primary)
   AND bool_or(t.kind = 'seniority')
   AND bool_or(t.kind = 'geography')
