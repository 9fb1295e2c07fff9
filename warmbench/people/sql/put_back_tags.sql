-- Give people a tag back as it was. Returns who got it.
--
-- Not if they have it again, nor a seniority if they have another one by now.
INSERT INTO candidate_tag (
    candidate_id, tag_id, is_primary, source, confidence, added_at, expires_at
)
SELECT p.candidate_id, t.id, false, %(source)s, %(confidence)s,
       timestamptz 'epoch' + p.added * interval '1 microsecond', %(expires)s
  FROM unnest(%(candidates)s::bigint[], %(added)s::bigint[]) AS p (candidate_id, added)
  JOIN candidate_facet f ON f.candidate_id = p.candidate_id
  JOIN tag t ON t.id = %(tag)s
 WHERE NOT (t.kind = 'seniority'
            AND f.tag_ids && (SELECT array_agg(id) FROM tag WHERE kind = 'seniority'))
 ORDER BY p.candidate_id
    ON CONFLICT (candidate_id, tag_id) DO NOTHING
RETURNING candidate_id
