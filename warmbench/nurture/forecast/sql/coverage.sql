-- Who gets what to read, by specialty, seniority and month: a piece about their own work, a more
-- general one, nothing; and how many of the pieces nobody has looked at for long. In touches.
SELECT w.specialty_id, w.seniority_id, to_char(s.at AT TIME ZONE %(zone)s, 'YYYY-MM'),
       count(*) FILTER (WHERE s.level = 'own'),
       count(*) FILTER (WHERE s.level IN ('category', 'general')),
       count(*) FILTER (WHERE s.level = 'nothing'),
       count(*) FILTER (WHERE s.is_stale)
  FROM forecast_seen s
  JOIN (/* who */) w ON w.candidate_id = s.candidate_id
 WHERE s.level IS NOT NULL
 GROUP BY 1, 2, 3
 ORDER BY 3, 1, 2
