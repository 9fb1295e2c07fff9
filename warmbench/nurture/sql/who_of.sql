-- For whom of these people one rule holds. Parameters: ids, now, and moments of the rule.
SELECT c.id
  FROM candidate c
  JOIN candidate_facet f ON f.candidate_id = c.id
  /* joins */
 WHERE c.id = ANY(%(ids)s::bigint[])
   AND /* expression */
