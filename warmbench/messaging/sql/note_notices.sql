-- Write down of these messages, which were sent, that they told their readers that we have their
-- data, and from whom (GDPR Art. 14).
INSERT INTO notice (candidate_id, kind, evidence, message_id, at)
SELECT m.candidate_id, 'message', 'It names the source: ' || (m.context ->> 'notice_source'), m.id,
       coalesce(m.handed_at, %(now)s)
  FROM message m
 WHERE m.id = ANY(%(messages)s) AND m.state = 'sent'
    ON CONFLICT (candidate_id) WHERE NOT (kind = 'set_aside') DO NOTHING
