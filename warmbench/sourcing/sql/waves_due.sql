-- Lock the campaign whose wave is due for longest. Another worker takes the next one.
SELECT c.role_id
  FROM alert_campaign c
  JOIN role r ON r.id = c.role_id AND r.state = 'open'
 WHERE c.next_wave_at <= %(now)s
 ORDER BY c.next_wave_at, c.role_id
 LIMIT 1
   FOR NO KEY UPDATE OF c SKIP LOCKED
