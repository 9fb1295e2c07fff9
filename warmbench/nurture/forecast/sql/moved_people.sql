-- People whose messages the two forecasts see on different days, those first with most of them:
-- messages in each, and how many are on another day or in one only.
WITH a AS (
    SELECT * FROM forecast_touch WHERE forecast_id = %(a)s AND touch <> '' AND refusal = ''
),
b AS (
    SELECT * FROM forecast_touch WHERE forecast_id = %(b)s AND touch <> '' AND refusal = ''
)
SELECT candidate_id, count(a.at), count(b.at),
       count(*) FILTER (WHERE a.at::date IS DISTINCT FROM b.at::date)
  FROM a
  FULL JOIN b USING (candidate_id, touch, occurrence, channel)
 GROUP BY candidate_id
HAVING bool_or(a.at::date IS DISTINCT FROM b.at::date)
 ORDER BY 4 DESC, candidate_id
 LIMIT %(limit)s
