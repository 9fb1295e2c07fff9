-- Take a tag off those who still have it from this one act. Returns them.
DELETE FROM candidate_tag
 WHERE candidate_id = ANY(%(candidates)s::bigint[])
   AND tag_id = %(tag)s
   AND source = %(source)s
   AND added_at = %(at)s
RETURNING candidate_id
