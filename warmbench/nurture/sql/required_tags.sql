-- That a person (w.candidate_id) carries what content and frequency are chosen by: a primary
-- specialty, a seniority, a geography. people/sql has the same question for the gap report.
-- Stands in an EXISTS of other questions; OFFSET 0 keeps it one look for each person, where
-- PostgreSQL might choose to join everybody's tags.
SELECT FROM candidate_facet f
  JOIN candidate_tag ct ON ct.candidate_id = f.candidate_id AND ct.is_primary
 WHERE f.candidate_id = w.candidate_id
   AND ct.tag_id = ANY(ARRAY(SELECT id FROM tag WHERE kind = 'specialty'))
   AND f.tag_ids OPERATOR(public.&&) ARRAY(SELECT id FROM tag WHERE kind = 'seniority')
   AND f.tag_ids OPERATOR(public.&&) ARRAY(SELECT id FROM tag WHERE kind = 'geography')
OFFSET 0
