-- Touches that were put off because of the hour or the day where she lives: when they were due,
-- where, and when she was written to before, which is what the date was counted from.
SELECT d.at, c.time_zone, c.country, c.region, earlier.at, count(*)
  FROM decision d
  JOIN candidate c ON c.id = d.candidate_id
  LEFT JOIN LATERAL (
           SELECT date_trunc('day', max(m.handed_at)) AS at FROM message m
            WHERE m.candidate_id = d.candidate_id AND m.handed_at < d.at
       ) earlier ON true
 WHERE d.verdict = 'later' AND d.reason IN ('window', 'quiet_hours') AND d.at >= %(since)s
   AND d.stage = 'planning'
 GROUP BY 1, 2, 3, 4, 5
