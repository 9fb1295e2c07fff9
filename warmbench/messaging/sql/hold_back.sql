-- Queued messages that the last gate stopped in the moment of sending: put off, or refused.
UPDATE message m
   SET state = CASE WHEN v.refusal = '' THEN m.state ELSE 'refused' END,
       reason = v.refusal,
       state_at = CASE WHEN v.refusal = '' THEN m.state_at ELSE %(now)s END,
       not_before = v.until
  FROM unnest(%(messages)s::bigint[], %(untils)s::timestamptz[], %(refusals)s::text[])
       AS v (id, until, refusal)
 WHERE m.id = v.id AND m.state = 'queued'
