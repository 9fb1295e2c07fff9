-- Alerts that go along with a check-in, and what becomes of what was to follow them: nothing.
--
-- Parameters: alerts (id, message_id, place, matched, score), now.
WITH merged AS (
    UPDATE alert a
       SET state = 'merged', level = 'normal', message_id = m.message_id, place = m.place,
           matched = m.matched, score = m.score, next_try_at = NULL, reason = '',
           state_at = %(now)s
      FROM json_to_recordset(%(alerts)s) AS m (
               id bigint, message_id bigint, place int, matched int[], score float8
           )
     WHERE a.id = m.id
    RETURNING a.id
)
UPDATE escalation e
   SET state = 'dropped', due_at = NULL, reason = 'not_sent', state_at = %(now)s
  FROM merged
 WHERE e.alert_id = merged.id AND e.state = 'waiting'
