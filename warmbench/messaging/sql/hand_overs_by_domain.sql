-- What each organisational domain handed over since a moment: as many as the mail servers took,
-- or may have taken.
--
-- The domain is that of the Message-ID, which is the sender's at that time. The DNS said at the
-- sender's last check whose it is; before that it counts by itself.
WITH organisation AS (
    SELECT split_part(s.from_address, '@', 2) AS domain, max(s.org_domain) AS name
      FROM sender s
     GROUP BY 1
)
SELECT coalesce(nullif(o.name, ''), sent.domain) AS domain, sum(sent.count)::bigint AS count
  FROM (SELECT rtrim(split_part(a.message_id_header, '@', 2), '>') AS domain, count(*)
          FROM attempt a
         WHERE a.claimed_at > %(since)s
           AND a.outcome IN ('accepted', 'unknown')
           -- Texts are sent in nobody's domain.
           AND a.sender_id NOT IN (SELECT id FROM sender WHERE channel <> 'email')
         GROUP BY 1) sent
  LEFT JOIN organisation o ON o.domain = sent.domain
 GROUP BY 1
