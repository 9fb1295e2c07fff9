-- When these people wrote to us last: what lets a person answer them. Not what a machine wrote, nor
-- what may be somebody else's, nor what asks for silence; and not what lies before a later wish
-- of theirs for a pause. Parameters: ids.
SELECT i.candidate_id, max(i.received_at)
  FROM inbound_mail i
  JOIN candidate c ON c.id = i.candidate_id
 WHERE i.candidate_id = ANY(%(ids)s)
   AND i.kind = 'reply'
   AND i.state IN ('done', 'closed')
   AND coalesce(nullif(i.corrected_intent, ''), i.intent)
       NOT IN ('unsubscribe', 'out_of_office', 'left_company', 'wrong_person')
   AND NOT (c.pause_reason = 'asked' AND c.paused_at > i.received_at)
 GROUP BY i.candidate_id
