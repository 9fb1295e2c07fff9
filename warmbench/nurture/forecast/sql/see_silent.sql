-- Note who hears nothing in a forecast's time, each under one reason: what was refused last, else
-- what her step waits for, else why she left, else that nothing was due.
INSERT INTO forecast_seen (candidate_id, at, touch, occurrence, purpose, channel, refusal)
SELECT f.id, %(since)s, '', 0, '', '',
       left(coalesce(
           (SELECT s.refusal FROM forecast_seen s
             WHERE s.candidate_id = f.id ORDER BY s.at DESC LIMIT 1),
           (SELECT e.waiting_for FROM enrollment e
             WHERE e.candidate_id = f.id AND e.state IN ('active', 'held') AND e.waiting_for <> ''
             ORDER BY e.next_step_at, e.id LIMIT 1),
           (SELECT CASE WHEN q.state <> 'active' THEN 'sequence_rests' ELSE 'not_due' END
              FROM enrollment e JOIN sequence q ON q.id = e.sequence_id
             WHERE e.candidate_id = f.id AND e.state IN ('active', 'held')
             ORDER BY q.state <> 'active', e.next_step_at, e.id LIMIT 1),
           (SELECT nullif(e.exit_reason, '') FROM enrollment e
             WHERE e.candidate_id = f.id AND e.ended_at >= %(since)s
             ORDER BY e.ended_at DESC, e.id DESC LIMIT 1),
           CASE WHEN EXISTS (SELECT FROM enrollment e WHERE e.candidate_id = f.id)
                THEN 'at_the_end' ELSE 'not_begun' END
       ), 40)
  FROM forecast_person f
 WHERE NOT EXISTS (SELECT FROM forecast_seen s WHERE s.candidate_id = f.id AND s.refusal = '')
