-- Find the pairs that these people may be in, by what has an index: an address, a number, and a
-- name together with an employer. The rest is found at night, where it says what a number is worth.
WITH mine AS (
    SELECT * FROM candidate WHERE id = ANY(%(ids)s::bigint[])
),
sign AS (
    SELECT p.candidate_id, o.candidate_id AS other_id,
           CASE p.channel WHEN 'sms' THEN 'phone' ELSE p.channel END AS ground
      FROM contact_point p
     CROSS JOIN LATERAL (
               SELECT x.candidate_id, count(*) OVER () AS people
                 FROM contact_point x
                WHERE x.address = p.address AND x.channel = p.channel
                LIMIT %(most)s + 1
           ) o
     WHERE p.candidate_id = ANY(%(ids)s::bigint[])
       AND o.people <= %(most)s
    UNION ALL
    SELECT c.id, o.id, 'name'
      FROM mine c
     CROSS JOIN LATERAL (
               SELECT x.id, count(*) OVER () AS people
                 FROM candidate x
                WHERE candidate_name_key(x.first_name, x.last_name)
                      = candidate_name_key(c.first_name, c.last_name)
                  AND lower(x.employer) = lower(c.employer)
                LIMIT %(most)s + 1
           ) o
     WHERE c.first_name <> '' AND c.last_name <> '' AND c.employer <> ''
       AND o.people <= %(most)s
),
found AS (
    SELECT least(candidate_id, other_id) AS low, greatest(candidate_id, other_id) AS high,
           array_agg(DISTINCT ground) AS grounds,
           sum(DISTINCT (%(worth)s::jsonb ->> ground)::int) AS strength
      FROM sign
     WHERE candidate_id <> other_id
     GROUP BY 1, 2
),
offered AS (
{offered}
)
INSERT INTO duplicate_pair AS d (low_id, high_id, grounds, strength, found_at, verdict)
SELECT low, high, grounds, strength, %(now)s, '' FROM offered
 ORDER BY low, high
    ON CONFLICT (low_id, high_id) DO NOTHING
