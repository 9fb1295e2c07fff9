-- When something is to do next, by what it is. What was due before now has been tried and stays:
-- its sequence or its mailbox rests.
SELECT (SELECT min(e.next_step_at) FROM enrollment e
         WHERE e.state = 'active' AND e.next_step_at > %(now)s),
       (SELECT min(greatest(q.at, s.next_send_at))
          FROM sender s
          CROSS JOIN LATERAL (
                   SELECT min(m.not_before) AS at FROM message m
                    WHERE m.sender_id = s.id AND m.not_before IS NOT NULL
               ) q
         WHERE s.paused_at IS NULL
           AND s.activated_at IS NOT NULL
           AND (q.at > %(now)s OR s.next_send_at > %(now)s)),
       (SELECT min(a.next_try_at) FROM alert a WHERE a.next_try_at > %(now)s),
       (SELECT min(c.next_wave_at) FROM alert_campaign c WHERE c.next_wave_at > %(now)s),
       (SELECT min(e.due_at) FROM escalation e WHERE e.due_at > %(now)s)
