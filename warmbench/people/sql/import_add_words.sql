-- What the triggers on candidate and candidate_facet would come to for new people.
INSERT INTO candidate_words (candidate_id, words)
SELECT f.candidate_id, candidate_lexemes(
           f.first_name || ' ' || f.last_name, f.employer, f.job_title, f.city || ' ' || f.region,
           concat_ws(' ', f.topic, f.note), f.tag_ids
       )
  FROM import_fresh f
