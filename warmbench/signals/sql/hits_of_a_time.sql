-- Every visit of a time, with what it takes to judge it; see hits_of_messages.sql.
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
 WHERE h.at >= %(since)s AND h.at < %(before)s
 ORDER BY h.at, h.id
