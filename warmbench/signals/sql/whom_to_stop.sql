-- Where somebody reads who wants to hear no more: where the message went, or else where the next
-- one on the channel would have gone. No row for somebody we do not know.
SELECT coalesce(
           (SELECT nullif(m.address, '') FROM message m
             WHERE m.id = %(message)s AND m.candidate_id = c.id
               AND (%(only)s = '' OR m.channel = %(only)s)),
           (SELECT p.address FROM contact_point p
             WHERE p.candidate_id = c.id
               AND p.channel = coalesce(nullif(%(only)s, ''), 'email')
             ORDER BY p.position, p.id LIMIT 1),
           ''
       )
  FROM candidate c
 WHERE c.id = %(candidate)s
