-- What the signals of these people are worth now by two policies, and how many of them count
-- lately towards high interest by each.
WITH worth AS (
    SELECT *
      FROM unnest(
               %(kinds)s::text[], %(grades)s::text[],
               %(now_points)s::float8[], %(then_points)s::float8[],
               %(now_counts)s::boolean[], %(then_counts)s::boolean[]
           ) AS worth (kind, grade, now_points, then_points, now_counts, then_counts)
)
SELECT s.candidate_id,
       sum(worth.now_points * power(2::float8, greatest(-1000, least(0,
           -extract(epoch FROM %(now)s - s.at)::float8 / %(now_half_life)s)))) AS now_points,
       sum(worth.then_points * power(2::float8, greatest(-1000, least(0,
           -extract(epoch FROM %(now)s - s.at)::float8 / %(then_half_life)s)))) AS then_points,
       count(*) FILTER (WHERE worth.now_counts AND s.at > %(now_since)s) AS now_recent,
       count(*) FILTER (WHERE worth.then_counts AND s.at > %(then_since)s) AS then_recent
  FROM signal s
  JOIN worth ON worth.kind = s.kind AND worth.grade = s.grade
 WHERE s.candidate_id = ANY(%(candidates)s::bigint[])
   AND s.at <= %(now)s
   AND NOT EXISTS (
       SELECT FROM suppression u WHERE u.candidate_id = s.candidate_id AND u.reason = 'objected'
   )
 GROUP BY s.candidate_id
