-- The messages whose visits have waited longest to be judged.
--
-- Only the waiting ones are looked at, through their partial index.
SELECT h.message_id
  FROM hit h
 WHERE h.verdict = '' AND h.at <= %(until)s
 GROUP BY h.message_id
 ORDER BY min(h.at)
 LIMIT %(limit)s
