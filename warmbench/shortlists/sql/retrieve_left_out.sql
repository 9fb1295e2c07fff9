-- Who of these people is not put forward, and why; of the others, where they work.
--
-- Parameters: ids, role (null: of no role in particular), settled (who was hired or placed since
-- then stays where they are).
SELECT c.id,
       CASE WHEN c.status IN ('placed', 'hired') AND c.status_since > %(settled)s THEN 'placed'
            WHEN EXISTS (SELECT FROM application p
                          WHERE p.candidate_id = c.id AND p.role_id = %(role)s
                            AND NOT p.is_prospect) THEN 'in_process'
            ELSE '' END,
       c.employer
  FROM candidate c
 WHERE c.id = ANY(%(ids)s::bigint[])
