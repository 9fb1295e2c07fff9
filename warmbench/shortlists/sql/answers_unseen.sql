-- Of answers about people on shortlists: was it given unseen, and how many seconds after opening?
-- Who answers is a manager by a link, or one of us; only their own looks count. Where the browser
-- told how long this very person was looked at, that counts, else the time since opening.
SELECT a.id,
       l.opened_at IS NULL OR a.at - l.opened_at < %(too_soon)s,
       CASE WHEN l.seconds > 0 THEN l.seconds
            ELSE extract(epoch FROM a.at - l.opened_at)::int END
  FROM shortlist_answer a
  LEFT JOIN LATERAL (
       SELECT look.opened_at, look.seconds
         FROM look
        WHERE look.entry_id = a.entry_id AND look.opened_at <= a.at
          AND (look.link_id = a.link_id OR a.link_id IS NULL AND look.by_id = a.by_id)
          -- The earliest of one sitting: answering anew opens the page anew.
          AND look.opened_at > a.at - interval '1 day'
        ORDER BY look.opened_at
        LIMIT 1) l ON true
 WHERE (%(ids)s::bigint[] IS NULL OR a.id = ANY(%(ids)s::bigint[]))
   AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s::timestamptz)
   AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s::timestamptz)
