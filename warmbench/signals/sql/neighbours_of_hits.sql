-- The visits to other messages from these networks in these times, as they were judged.
SELECT
/* visit */
       , NULL::timestamptz AS handed_at,
       0 AS links
  FROM unnest(%(networks)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[])
       AS span (network, since, until)
  JOIN hit h ON h.network = span.network AND h.at BETWEEN span.since AND span.until
 WHERE h.message_id <> ALL(%(messages)s)
 ORDER BY h.at, h.id
