-- Who has at least so many of a role's skills, by the skills that they have.
--
-- Whoever has k of n skills has one of the n - k + 1 rarest, so those alone are looked up in the
-- index: the common ones would bring everybody. Parameters: skills (all of them), rare, least (k),
-- role, new_only (leave out whom an alert was made for, and who is or was in the process for it).
SELECT f.tag_ids & %(skills)s::int[] AS matched, array_agg(f.candidate_id)
  FROM candidate_facet f
 WHERE f.tag_ids && %(rare)s::int[]
   AND icount(f.tag_ids & %(skills)s::int[]) >= %(least)s
   AND (NOT %(new_only)s
        OR f.candidate_id NOT IN (SELECT a.candidate_id FROM alert a WHERE a.role_id = %(role)s)
           AND f.candidate_id NOT IN (
                   SELECT p.candidate_id FROM application p
                    WHERE p.role_id = %(role)s AND NOT p.is_prospect
               ))
 GROUP BY 1
