-- How many messages go on each day, by their purpose.
SELECT (s.at AT TIME ZONE %(zone)s)::date, s.purpose, count(*)
  FROM forecast_seen s
 WHERE s.touch <> '' AND s.refusal = ''
 GROUP BY 1, 2
 ORDER BY 1, 2
