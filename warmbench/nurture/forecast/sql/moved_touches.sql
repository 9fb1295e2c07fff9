-- Touches that both forecasts see going, by how many days later the second one has them.
SELECT b.at::date - a.at::date, count(*), count(DISTINCT a.candidate_id)
  FROM forecast_touch a
  JOIN forecast_touch b USING (candidate_id, touch, occurrence, channel)
 WHERE a.forecast_id = %(a)s AND b.forecast_id = %(b)s
   AND a.touch <> '' AND a.refusal = '' AND b.refusal = ''
 GROUP BY 1
 ORDER BY 1
