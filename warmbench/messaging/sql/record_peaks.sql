-- Write down the most that each organisational domain handed over within 24 hours, and when that
-- first were so many as make a bulk sender. What is written never falls.
--
-- Looks at each hand-over of the last day together with the 24 hours before it, so that no peak
-- between two runs is missed. The domain is found as in hand_overs_by_domain.sql.
WITH organisation AS (
    SELECT split_part(s.from_address, '@', 2) AS domain, max(s.org_domain) AS name
      FROM sender s
     GROUP BY 1
),
handed AS (
    SELECT coalesce(nullif(o.name, ''), sent.domain) AS domain, sent.claimed_at
      FROM (SELECT rtrim(split_part(a.message_id_header, '@', 2), '>') AS domain, a.claimed_at
              FROM attempt a
             WHERE a.claimed_at > %(now)s::timestamptz - interval '48 hours'
               AND a.outcome IN ('accepted', 'unknown')
               -- Texts are sent in nobody's domain.
               AND a.sender_id NOT IN (SELECT id FROM sender WHERE channel <> 'email')) sent
      LEFT JOIN organisation o ON o.domain = sent.domain
),
rolling AS (
    SELECT domain, claimed_at,
           count(*) OVER (PARTITION BY domain ORDER BY claimed_at
                          RANGE BETWEEN interval '24 hours' PRECEDING AND CURRENT ROW) AS count
      FROM handed
)
INSERT INTO domain_volume AS v (domain, peak, peak_at, bulk_since)
SELECT domain,
       max(count),
       (array_agg(claimed_at ORDER BY count DESC, claimed_at))[1],
       min(claimed_at) FILTER (WHERE count >= %(bulk)s)
  FROM rolling
 WHERE claimed_at > %(now)s::timestamptz - interval '24 hours'
 GROUP BY domain
    ON CONFLICT (domain) DO UPDATE
       SET peak = greatest(v.peak, EXCLUDED.peak),
           peak_at = CASE WHEN EXCLUDED.peak > v.peak THEN EXCLUDED.peak_at ELSE v.peak_at END,
           bulk_since = coalesce(v.bulk_since, EXCLUDED.bulk_since)
