-- Claim the messages whose hits have waited longest, so that no two judges work on one.
--
-- Only the waiting hits are looked at, through their partial index.
SELECT m.id
  FROM (
           SELECT h.message_id, min(h.at) AS since
             FROM hit h
            WHERE h.verdict = '' AND h.at <= %(until)s
            GROUP BY h.message_id
       ) AS waiting
  JOIN message m ON m.id = waiting.message_id
 ORDER BY waiting.since
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF m SKIP LOCKED
