-- When something is to do next, by what it is: steps and messages that are due after some moment
-- (now, where nothing more can be done about those before), and what is due later for the rest.
SELECT least((SELECT min(e.next_step_at) FROM enrollment e
               WHERE e.state = 'active' AND e.next_step_at > %(steps_after)s),
             -- A sequence that was let run a moment ago still rests.
             (SELECT min(q.activated_at + %(undo)s::interval) FROM sequence q
               WHERE q.state = 'active' AND q.activated_at + %(undo)s::interval > %(now)s)),
       (SELECT min(q.at)
          FROM sender s
          CROSS JOIN LATERAL (
                   SELECT greatest(min(m.not_before), s.next_send_at) AS at FROM message m
                    WHERE m.sender_id = s.id AND m.not_before IS NOT NULL
                   HAVING min(m.not_before) IS NOT NULL
               ) q
         WHERE s.paused_at IS NULL
           AND s.activated_at IS NOT NULL
           AND q.at > %(messages_after)s),
       (SELECT min(a.next_try_at) FROM alert a WHERE a.next_try_at > %(now)s),
       (SELECT min(c.next_wave_at) FROM alert_campaign c WHERE c.next_wave_at > %(now)s),
       (SELECT min(e.due_at) FROM escalation e WHERE e.due_at > %(now)s)
