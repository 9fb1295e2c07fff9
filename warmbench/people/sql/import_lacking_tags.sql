-- People whose rows tell of tags that they do not carry yet, or not as surely, or of another
-- primary specialty.
SELECT t.candidate_id, t.tag_ids, t.tag_sources, t.confidences, t.primary_tag
  FROM import_told t
 WHERE EXISTS (
           SELECT FROM unnest(t.tag_ids, t.confidences) AS x (tag_id, confidence)
            WHERE NOT EXISTS (
                      SELECT FROM candidate_tag ct
                       WHERE ct.candidate_id = t.candidate_id AND ct.tag_id = x.tag_id
                         AND ct.confidence >= x.confidence
                  )
       )
    OR t.primary_tag IS NOT NULL AND NOT EXISTS (
           SELECT FROM candidate_tag ct
            WHERE ct.candidate_id = t.candidate_id AND ct.tag_id = t.primary_tag
              AND ct.is_primary
       )
 ORDER BY t.candidate_id
