-- Put tags on people. Returns the people for whom something changed.
--
-- Of two words for the same tag the surer one stays. What we only read into other facts gives
-- way to what is known better: a specialty read from a title to a stated one, all of a kind
-- that was read before to what is read now. A person has one seniority, the surest; and a
-- source that names another place means that the person has moved.
WITH draft AS (
    SELECT DISTINCT ON (d.candidate_id, d.tag_id) d.*, t.kind
      FROM unnest(
               %(candidates)s::bigint[], %(tags)s::int[], %(sources)s::text[],
               %(confidences)s::float8[], %(primaries)s::boolean[]
           ) AS d (candidate_id, tag_id, source, confidence, is_primary)
      JOIN tag t ON t.id = d.tag_id
     ORDER BY d.candidate_id, d.tag_id, d.confidence DESC, d.is_primary DESC
),
known AS (
    SELECT ct.candidate_id, ct.tag_id, ct.source, ct.confidence, t.kind
      FROM candidate_tag ct
      JOIN tag t ON t.id = ct.tag_id
     WHERE ct.candidate_id = ANY(%(candidates)s::bigint[])
       AND t.kind IN ('specialty', 'role', 'seniority', 'geography')
),
word AS (
    SELECT d.*
      FROM draft d
     WHERE NOT EXISTS (
               SELECT FROM known k
                WHERE k.candidate_id = d.candidate_id AND k.kind = d.kind
                  AND k.tag_id <> d.tag_id
                  AND (d.kind = 'seniority'
                       OR d.kind = 'specialty' AND d.source = ANY(%(readings)s::text[]))
                  AND (k.confidence > d.confidence
                       OR k.confidence = d.confidence AND k.source <> d.source)
           )
       AND NOT EXISTS (
               SELECT FROM draft k
                WHERE k.candidate_id = d.candidate_id AND k.kind = d.kind
                  AND d.kind = 'seniority'
                  AND (k.confidence, k.tag_id) > (d.confidence, d.tag_id)
           )
),
gone AS (
    DELETE FROM candidate_tag ct
     USING known k
     WHERE ct.candidate_id = k.candidate_id AND ct.tag_id = k.tag_id
       AND EXISTS (
               SELECT FROM word w
                WHERE w.candidate_id = k.candidate_id AND w.kind = k.kind
                  AND (k.kind = 'seniority'
                       OR k.kind = 'geography' AND k.source = w.source
                          AND w.source <> %(by_hand)s::text
                       OR k.source = ANY(%(readings)s::text[]) AND k.confidence <= w.confidence)
           )
       AND NOT EXISTS (
               SELECT FROM word w WHERE w.candidate_id = k.candidate_id AND w.tag_id = k.tag_id
           )
    RETURNING ct.candidate_id
),
put AS (
    INSERT INTO candidate_tag AS ct (
        candidate_id, tag_id, is_primary, source, confidence, added_at
    )
    SELECT w.candidate_id, w.tag_id,
           w.is_primary AND w.kind = 'specialty' AND NOT EXISTS (
               SELECT FROM candidate_tag p
                WHERE p.candidate_id = w.candidate_id AND p.is_primary
           ),
           w.source, w.confidence, %(now)s
      FROM word w
     ORDER BY w.candidate_id, w.tag_id
        ON CONFLICT (candidate_id, tag_id) DO UPDATE
       SET source = excluded.source, confidence = excluded.confidence,
           added_at = excluded.added_at, expires_at = NULL
     WHERE excluded.confidence > ct.confidence
    RETURNING ct.candidate_id
)
SELECT candidate_id FROM gone UNION SELECT candidate_id FROM put
