-- What each recruiter has to do, and how they got on in the last week. One row for each who is
-- active, and one, with no id, for what nobody has. Snoozed entries are counted apart.
-- By the indexes follow_up_queue (open ones) and follow_up_done (closed lately).
WITH desk AS (
    SELECT id, name, time_zone FROM app_user
     WHERE is_active AND role IN ('admin', 'recruiter')
     UNION ALL
    SELECT NULL, '', %(zone)s
), waiting AS (
    SELECT desk.id,
           count(*) FILTER (WHERE is_here) AS open,
           count(*) FILTER (WHERE is_here AND f.due_at < %(now)s) AS overdue,
           count(*) FILTER (
               WHERE is_here AND f.due_at >= %(now)s
                 AND f.due_at < (date_trunc('day', timezone(desk.time_zone, %(now)s))
                                 + interval '1 day') AT TIME ZONE desk.time_zone
           ) AS due_today,
           count(*) FILTER (WHERE NOT is_here) AS snoozed,
           max(%(now)s - f.asked_at) FILTER (WHERE is_here) AS oldest,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY %(now)s - f.asked_at)
               FILTER (WHERE is_here) AS median
      FROM follow_up f
      JOIN desk ON desk.id IS NOT DISTINCT FROM f.owner_id
     CROSS JOIN LATERAL (
           SELECT f.snoozed_until IS NULL OR f.snoozed_until <= %(now)s AS is_here
     ) AS seen
     WHERE f.state = 'open'
     GROUP BY desk.id
), closed AS (
    SELECT done_by_id AS id,
           count(*) AS done,
           count(*) FILTER (WHERE done_at <= due_at) AS in_time
      FROM follow_up
     WHERE state = 'done' AND done_at > %(since)s AND done_at <= %(now)s
       AND done_by_id IS NOT NULL
     GROUP BY done_by_id
)
SELECT desk.id, desk.name,
       coalesce(w.open, 0), coalesce(w.overdue, 0), coalesce(w.due_today, 0),
       coalesce(w.snoozed, 0), w.oldest, w.median,
       coalesce(c.done, 0), coalesce(c.in_time, 0)
  FROM desk
  LEFT JOIN waiting w ON w.id IS NOT DISTINCT FROM desk.id
  LEFT JOIN closed c ON c.id = desk.id
 ORDER BY desk.id IS NULL, desk.name, desk.id
