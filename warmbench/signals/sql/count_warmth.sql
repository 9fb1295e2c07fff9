-- Count the warmth of these people anew from all their signals; the rows of those without any
-- go. Their rows are locked.
WITH counted AS (
    SELECT s.candidate_id,
           sum(worth.points * power(2::float8, greatest(-1000, least(0,
               -extract(epoch FROM %(now)s - s.at)::float8 / %(half_life)s)))) AS points
      FROM signal s
      JOIN unnest(%(kinds)s::text[], %(grades)s::text[], %(worths)s::float8[])
           AS worth (kind, grade, points) ON worth.kind = s.kind AND worth.grade = s.grade
     WHERE s.candidate_id = ANY(%(candidates)s::bigint[])
       -- Who objected has no warmth.
       AND NOT EXISTS (
           SELECT FROM suppression u
            WHERE u.candidate_id = s.candidate_id AND u.reason = 'objected'
       )
     GROUP BY s.candidate_id
),
cold AS (
    DELETE FROM warmth
     WHERE candidate_id = ANY(%(candidates)s::bigint[])
       AND candidate_id NOT IN (SELECT candidate_id FROM counted)
)
UPDATE warmth w
   SET points = counted.points,
       as_of = %(now)s,
       rank = extract(epoch FROM %(now)s)::float8
              + ln(counted.points) / ln(2::float8) * %(half_life)s,
       policy = %(policy)s
  FROM counted
 WHERE w.candidate_id = counted.candidate_id
