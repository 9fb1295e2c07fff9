-- What people carry of the kinds in which one word may end another.
SELECT ct.candidate_id, ct.tag_id, t.kind, ct.source, ct.confidence, ct.is_primary, ct.id
  FROM candidate_tag ct
  JOIN tag t ON t.id = ct.tag_id
 WHERE ct.candidate_id = ANY(%(candidates)s::bigint[])
   AND t.kind = ANY(%(kinds)s::text[])
 ORDER BY ct.id
