-- Every visit to these messages, with what it takes to judge it.
--
-- ``handed_at`` is when the mail server accepted the message, or when it was claimed for
-- hand-over if nobody knows. A visit that is still held back is context, and not yet judged.
SELECT h.id,
       h.message_id,
       h.candidate_id,
       h.kind,
       h.link,
       h.method,
       h.at,
       h.agent,
       h.network,
       h.system,
       h.has_language,
       h.flags,
       h.said,
       h.verdict,
       h.score,
       h.rules,
       coalesce(
           (
               SELECT max(a.finished_at)
                 FROM attempt a
                WHERE a.message_id = m.id AND a.outcome = 'accepted'
           ),
           m.handed_at
       ) AS handed_at,
       coalesce(jsonb_array_length(t.compiled -> 'links'), 0) AS links
  FROM hit h
  JOIN message m ON m.id = h.message_id
  LEFT JOIN template t ON t.id = m.template_id
 WHERE h.message_id = ANY(%(messages)s)
 ORDER BY h.at, h.id
