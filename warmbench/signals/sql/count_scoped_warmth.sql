-- Count the warmth of these people anew in the scopes they are in, or in one of them, each by its
-- own policy. Their rows are locked; those of the cold stay, without points.
WITH policy AS (
    SELECT DISTINCT ON (scope) scope, version, weights, half_life_days * 86400.0::float8 AS half_life
      FROM warmth_policy
     WHERE scope <> ''
     ORDER BY scope, version DESC
),
counted AS (
    SELECT m.id, p.version, p.half_life,
           sum((p.weights ->> s.kind)::float8
               * CASE s.grade WHEN 'certain' THEN %(certain)s::float8 ELSE %(likely)s::float8 END
               * power(2::float8, greatest(-1000, least(0,
                     -extract(epoch FROM %(now)s - s.at)::float8 / p.half_life)))) AS points
      FROM scoped_warmth m
      JOIN policy p USING (scope)
      LEFT JOIN signal s
             ON s.candidate_id = m.candidate_id
            AND (p.weights ->> s.kind)::float8 > 0
            AND NOT EXISTS (
                SELECT FROM suppression u
                 WHERE u.candidate_id = s.candidate_id AND u.reason = 'objected'
            )
     WHERE m.candidate_id = ANY(%(candidates)s::bigint[])
       AND (m.scope = %(scope)s::text OR %(scope)s::text IS NULL)
     GROUP BY m.id, p.version, p.half_life
)
UPDATE scoped_warmth w
   SET points = counted.points,
       as_of = CASE WHEN counted.points IS NOT NULL THEN %(now)s END,
       rank = extract(epoch FROM %(now)s)::float8
              + ln(counted.points) / ln(2::float8) * counted.half_life,
       policy = counted.version
  FROM counted
 WHERE w.id = counted.id
