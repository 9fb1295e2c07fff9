-- Which of these people have got a text, and when the last one that said how to stop.
SELECT m.candidate_id, max(m.handed_at) FILTER (WHERE m.context ? 'text_hint')
  FROM message m
 WHERE m.candidate_id = ANY(%(ids)s)
   AND m.handed_at IS NOT NULL
   AND m.channel = 'sms'
   AND m.state = 'sent'
 GROUP BY m.candidate_id
