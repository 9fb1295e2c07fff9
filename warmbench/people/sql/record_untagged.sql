-- Remember who wrote which word that no tag knows.
INSERT INTO candidate_unmatched_skill (candidate_id, skill_id, source)
SELECT w.candidate_id, w.skill_id, %(source)s
  FROM unnest(%(candidates)s::bigint[], %(skills)s::bigint[]) AS w (candidate_id, skill_id)
  JOIN candidate c ON c.id = w.candidate_id
 ORDER BY w.candidate_id, w.skill_id
    ON CONFLICT (candidate_id, skill_id) DO NOTHING
