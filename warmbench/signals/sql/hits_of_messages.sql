-- Every visit to these messages. One that is still held back is context, and not yet judged.
/* visits */
 WHERE h.message_id = ANY(%(messages)s)
 ORDER BY h.at, h.id
