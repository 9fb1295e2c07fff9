-- Lock queued messages, whenever they are due, each with its mailbox's address and the one that
-- it would go to.
SELECT m.id, m.candidate_id, m.channel, m.touch, m.occurrence, s.from_address,
       coalesce(point.address, '')
  FROM message m
  JOIN sender s ON s.id = m.sender_id
  LEFT JOIN LATERAL (
           SELECT p.address
             FROM contact_point p
            WHERE p.candidate_id = m.candidate_id AND p.channel = m.channel
            ORDER BY p.position, p.id
            LIMIT 1
       ) point ON true
 WHERE m.state = 'queued'
   AND m.not_before IS NOT NULL
 ORDER BY m.id
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF m
