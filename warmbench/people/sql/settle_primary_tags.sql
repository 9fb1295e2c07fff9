-- Give everybody of these people who has a specialty exactly one primary one: the one that is
-- claimed for them, else what it was, else the surest, else the oldest. Returns for whom it
-- changed.
--
-- Rows are found by arrays and not by joins: no estimate can make that slow.
WITH ranked AS (
    SELECT ct.id, ct.is_primary,
           row_number() OVER (
               PARTITION BY ct.candidate_id
                   ORDER BY ct.tag_id = %(claimed)s::int
                                AND ct.candidate_id = ANY(%(claimants)s::bigint[]) DESC,
                            ct.is_primary DESC, ct.confidence DESC, ct.added_at, ct.id
           ) = 1 AS deserves_it
      FROM candidate_tag ct
     WHERE ct.candidate_id = ANY(%(candidates)s::bigint[])
       AND ct.tag_id = ANY(ARRAY(SELECT id FROM tag WHERE kind = 'specialty'))
)
UPDATE candidate_tag
   SET is_primary = NOT is_primary
 WHERE id = ANY(ARRAY(SELECT id FROM ranked WHERE is_primary <> deserves_it))
RETURNING candidate_id
