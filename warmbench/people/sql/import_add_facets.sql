-- What the triggers on candidate and candidate_tag would come to for new people.
INSERT INTO candidate_facet (candidate_id, tag_ids)
SELECT f.candidate_id, f.tag_ids FROM import_fresh f
