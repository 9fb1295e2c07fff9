-- Move people from one tag to another. Who has both keeps the surer word for it, and a primary
-- specialty stays a primary one.
WITH moved AS (
    DELETE FROM candidate_tag WHERE tag_id = %(tag)s RETURNING *
)
INSERT INTO candidate_tag AS ct (
    candidate_id, tag_id, is_primary, source, confidence, added_at, expires_at
)
SELECT candidate_id, %(into)s, is_primary, source, confidence, added_at, expires_at
  FROM moved
 ORDER BY candidate_id
    ON CONFLICT (candidate_id, tag_id) DO UPDATE
   SET is_primary = ct.is_primary OR excluded.is_primary,
       source = CASE WHEN excluded.confidence > ct.confidence
                     THEN excluded.source ELSE ct.source END,
       added_at = CASE WHEN excluded.confidence > ct.confidence
                       THEN excluded.added_at ELSE ct.added_at END,
       expires_at = CASE WHEN excluded.confidence > ct.confidence
                         THEN excluded.expires_at ELSE ct.expires_at END,
       confidence = greatest(ct.confidence, excluded.confidence)
