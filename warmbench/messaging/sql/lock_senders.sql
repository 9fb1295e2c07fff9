-- Lock mailboxes that have something to send now, the longest idle first.
--
-- The caller reads cap and spacing from the locked rows alone: a counter joined from elsewhere
-- would come from the statement's old snapshot and let two workers overshoot the cap together.
SELECT s.id
  FROM sender s
 WHERE s.paused_at IS NULL
   AND s.activated_at IS NOT NULL
   AND (s.next_send_at IS NULL OR s.next_send_at <= %(now)s)
   AND EXISTS (
           SELECT FROM message m
            WHERE m.sender_id = s.id AND m.not_before <= %(now)s
       )
 ORDER BY s.last_claim_at NULLS FIRST, s.id
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF s SKIP LOCKED
