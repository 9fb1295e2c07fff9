-- When these people wrote to us last: what lets a person answer them. Not what a machine wrote, nor
-- what may be somebody else's, nor what asks for silence; and not what lies before a later wish
-- of theirs for a pause, or before what a person has yet to look at: that may ask us to stop.
--
-- What only came from a known address is theirs once a person said so: anybody can write any address
-- into a mail, and to put such a mail away says nothing of who wrote it. Parameters: ids.
SELECT i.candidate_id, max(i.received_at)
  FROM inbound_mail i
  JOIN candidate c ON c.id = i.candidate_id
 WHERE i.candidate_id = ANY(%(ids)s)
   AND i.kind = 'reply'
   AND i.state IN ('done', 'closed')
   AND i.match IN ('token', 'reference', 'number', 'person')
   AND coalesce(nullif(i.corrected_intent, ''), i.intent)
       NOT IN ('unsubscribe', 'out_of_office', 'left_company', 'wrong_person')
   AND NOT (c.pause_reason = 'asked' AND c.paused_at > i.received_at)
   AND NOT EXISTS (
           SELECT FROM inbound_mail o
            WHERE o.state = 'open'
              AND o.kind IN ('', 'reply')
              AND o.received_at >= i.received_at
              AND (o.candidate_id = c.id
                   OR o.candidate_id IS NULL
                      AND EXISTS (
                              SELECT FROM contact_point p
                               WHERE p.candidate_id = c.id AND p.address = o.sender
                          ))
       )
 GROUP BY i.candidate_id
