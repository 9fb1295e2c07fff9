-- What the records that a system has of these people come to: hired somewhere, in a process that
-- goes on, or nothing; and the furthest stage that they reached. Prospects are in no process.
--
-- Parameters: ids, source.
SELECT r.candidate_id, r.id,
       CASE WHEN a.is_hired OR r.said ->> 'status' = 'placed' THEN 'placed'
            WHEN a.is_active THEN 'applied' ELSE '' END,
       CASE a.stage WHEN 4 THEN 'offer' WHEN 3 THEN 'final' WHEN 2 THEN 'interviewed'
                    WHEN 1 THEN 'screened' ELSE '' END
  FROM candidate_record r
  LEFT JOIN LATERAL (
           SELECT coalesce(bool_or(p.outcome = 'hired'), false) AS is_hired,
                  coalesce(bool_or(p.outcome = 'active' AND NOT p.is_prospect), false) AS is_active,
                  max(CASE p.reached WHEN 'offer' THEN 4 WHEN 'final' THEN 3
                                     WHEN 'interviewed' THEN 2 WHEN 'screened' THEN 1 END) AS stage
             FROM application p
            WHERE p.candidate_id = r.candidate_id AND p.source = r.source
       ) a ON true
 WHERE r.candidate_id = ANY(%(ids)s::bigint[]) AND r.source = %(source)s
