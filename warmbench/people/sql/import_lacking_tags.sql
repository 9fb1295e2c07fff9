-- People whose rows tell of tags that they do not carry yet, or not as surely, or of another
-- primary specialty.
SELECT t.candidate_id, t.tag_ids, t.tag_ways, t.primary_tag
  FROM import_told t
 WHERE EXISTS (
           SELECT FROM unnest(t.tag_ids, t.tag_ways) AS x (tag_id, way)
            WHERE NOT EXISTS (
                      SELECT FROM candidate_tag ct
                       WHERE ct.candidate_id = t.candidate_id AND ct.tag_id = x.tag_id
                         AND ct.confidence >= (%(confidences)s::float8[])[x.way]
                  )
       )
    OR t.primary_tag IS NOT NULL AND NOT EXISTS (
           SELECT FROM candidate_tag ct
            WHERE ct.candidate_id = t.candidate_id AND ct.tag_id = t.primary_tag
              AND ct.is_primary
       )
 ORDER BY t.candidate_id
