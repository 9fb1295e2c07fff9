-- How long people who wrote to us waited until somebody dealt with it, by who did: the one in the
-- middle, in seconds. By the index follow_up_done.
SELECT
    done_by_id,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - asked_at))
FROM follow_up
WHERE state = 'done' AND reason = 'replied' AND done_by_id IS NOT NULL
  AND done_at > %(since)s AND done_at <= %(now)s
GROUP BY done_by_id
