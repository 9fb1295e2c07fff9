-- Put one tag on people by hand, where they have it not. Returns who got it.
INSERT INTO candidate_tag (candidate_id, tag_id, is_primary, source, confidence, added_at)
SELECT candidate_id, %(tag)s, false, %(source)s, %(confidence)s, %(now)s
  FROM unnest(%(candidates)s::bigint[]) AS p (candidate_id)
 ORDER BY candidate_id
    ON CONFLICT (candidate_id, tag_id) DO NOTHING
RETURNING candidate_id
