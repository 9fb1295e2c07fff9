-- Put tags on people; of two words for the same tag the surer one stays, and a person's rather
-- than a file's. Returns for whom something changed.
WITH put AS (
    INSERT INTO candidate_tag AS ct (
        candidate_id, tag_id, source, confidence, is_primary, added_at
    )
    SELECT DISTINCT ON (candidate_id, tag_id)
           candidate_id, tag_id, (%(sources)s::text[])[way], (%(confidences)s::float8[])[way],
           (%(primaries)s::boolean[])[way], %(now)s::timestamptz
      FROM unnest(%(candidates)s::bigint[], %(tags)s::int[], %(ways)s::int[])
           AS d (candidate_id, tag_id, way)
     ORDER BY candidate_id, tag_id, (%(confidences)s::float8[])[way] DESC
        ON CONFLICT (candidate_id, tag_id) DO UPDATE
       SET source = excluded.source, confidence = excluded.confidence,
           added_at = excluded.added_at, expires_at = NULL
     WHERE excluded.confidence > ct.confidence
        OR (excluded.confidence = ct.confidence
            AND excluded.source = ANY(%(persons)s::text[])
            AND ct.source <> ALL(%(persons)s::text[]))
    RETURNING candidate_id
)
SELECT DISTINCT candidate_id FROM put
