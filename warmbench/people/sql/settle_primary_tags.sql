-- Give everybody of these people who has a specialty exactly one primary one. Returns those
-- for whom it changed.
--
-- A claim takes the place of a primary specialty that is less sure, or that the same source
-- named before. Where there is none, the surest specialty gets it, then the oldest.
WITH specialty AS (
    SELECT ct.id, ct.candidate_id, ct.tag_id, ct.is_primary, ct.confidence, ct.added_at,
           max(ct.confidence) FILTER (WHERE ct.is_primary) OVER person AS primary_confidence,
           max(ct.source) FILTER (WHERE ct.is_primary) OVER person AS primary_source
      FROM candidate_tag ct
     WHERE ct.candidate_id = ANY(%(candidates)s::bigint[])
       AND ct.tag_id IN (SELECT id FROM tag WHERE kind = 'specialty')
    WINDOW person AS (PARTITION BY ct.candidate_id)
),
ranked AS (
    SELECT s.id, s.is_primary,
           row_number() OVER (
               PARTITION BY s.candidate_id
                   ORDER BY c.tag_id IS NOT NULL AND (
                                s.primary_confidence IS NULL
                                OR s.is_primary
                                OR c.confidence > s.primary_confidence
                                OR c.confidence = s.primary_confidence
                                   AND c.source = s.primary_source
                            ) DESC,
                            s.is_primary DESC, s.confidence DESC, s.added_at, s.id
           ) = 1 AS deserves_it
      FROM specialty s
      LEFT JOIN unnest(
               %(claimants)s::bigint[], %(tags)s::int[], %(sources)s::text[],
               %(confidences)s::float8[]
           ) AS c (candidate_id, tag_id, source, confidence)
             ON c.candidate_id = s.candidate_id AND c.tag_id = s.tag_id
)
UPDATE candidate_tag ct
   SET is_primary = r.deserves_it
  FROM ranked r
 WHERE r.id = ct.id AND r.is_primary <> r.deserves_it
RETURNING ct.candidate_id
