-- Visits with what it takes to judge them. Begins other questions.
--
-- ``handed_at`` is when the mail server accepted the message, or when it was claimed for
-- hand-over if nobody knows.
SELECT
/* visit */
       , coalesce(
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
