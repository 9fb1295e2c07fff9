-- Count on the rows of mailboxes what was claimed of them, and say when they may go on.
UPDATE sender s
   SET sent_on_day = CASE WHEN s.day = w.day THEN s.sent_on_day ELSE 0 END + w.count,
       day = w.day,
       next_send_at = w.next_send_at,
       last_claim_at = %(now)s
  FROM json_to_recordset(%(rows)s) AS w (
           id bigint, count int, day date, next_send_at timestamptz
       )
 WHERE s.id = w.id
