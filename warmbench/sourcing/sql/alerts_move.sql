-- Where alerts stand after they were asked about.
UPDATE alert a
   SET level = m.level, matched = m.matched, score = m.score, state = m.state, reason = m.reason, next_try_at = m.next_try_at,
       message_id = m.message_id,
       state_at = CASE WHEN a.state = m.state THEN a.state_at ELSE %(now)s END
  FROM json_to_recordset(%(alerts)s) AS m (
           id bigint, level text, matched int[], score float8, state text, reason text,
           next_try_at timestamptz, message_id bigint
       )
 WHERE a.id = m.id
