-- At which address answers to these mails and texts reach whoever wrote them: the one that they
-- wrote from, where it is a working one of theirs and nobody else's. Parameters: mails.
SELECT i.candidate_id, i.id, p.address
  FROM inbound_mail i
  JOIN contact_point p
    ON p.candidate_id = i.candidate_id AND p.channel = i.channel AND p.address = lower(i.sender)
 WHERE i.id = ANY(%(mails)s)
   AND p.standing <> 'dead'
   AND NOT EXISTS (
           SELECT FROM suppression s WHERE s.address = p.address AND s.reason = 'address_dead'
       )
   AND NOT EXISTS (
           SELECT FROM contact_point o
            WHERE o.address = p.address AND o.candidate_id <> p.candidate_id
       )
