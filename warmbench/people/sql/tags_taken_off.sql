-- What a person took off these people, and did not take back.
SELECT off.candidate_id, b.tag_id
  FROM bulk_tagging b
 CROSS JOIN LATERAL unnest(b.candidate_ids) AS off (candidate_id)
 WHERE b.tag_id = ANY(%(tags)s::int[])
   AND NOT b.added
   AND b.undone_at IS NULL
   AND off.candidate_id = ANY(%(candidates)s::bigint[])
