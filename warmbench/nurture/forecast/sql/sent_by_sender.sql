-- How many messages each mailbox sends on each day of its owner, by which its cap counts.
SELECT s.sender_id, (s.at AT TIME ZONE coalesce(u.time_zone, 'UTC'))::date, count(*)
  FROM forecast_seen s
  JOIN sender b ON b.id = s.sender_id
  LEFT JOIN app_user u ON u.id = b.owner_id
 WHERE s.touch <> '' AND s.refusal = ''
 GROUP BY 1, 2
 ORDER BY 1, 2
