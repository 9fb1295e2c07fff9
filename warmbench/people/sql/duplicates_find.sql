-- Find all pairs of records that may be of one person, by what only one person has: an address, a
-- number, a profile, or a name together with an employer. What somebody has said of a pair stays;
-- pairs that have nothing in common any more go, where nobody has said anything.
--
-- What more than `most` people have tells nobody: the number of a front desk, "N.N." at a large
-- employer.
WITH sign AS (
    SELECT p.channel AS kind, p.address AS sign, p.candidate_id FROM contact_point p
    UNION ALL
    SELECT 'profile', profile_key(c.profile_url), c.id FROM candidate c WHERE c.profile_url <> ''
    UNION ALL
    SELECT 'name',
           candidate_name_key(c.first_name, c.last_name) || chr(1) || lower(c.employer), c.id
      FROM candidate c
     WHERE c.first_name <> '' AND c.last_name <> '' AND c.employer <> ''
),
shared AS (
    SELECT kind, array_agg(DISTINCT candidate_id) AS people
      FROM sign
     GROUP BY kind, sign
    HAVING count(DISTINCT candidate_id) BETWEEN 2 AND %(most)s
),
alike AS (
    SELECT a.id AS low, b.id AS high,
           array_agg(DISTINCT CASE s.kind WHEN 'sms' THEN 'phone' ELSE s.kind END) AS grounds
      FROM shared s, unnest(s.people) AS a (id), unnest(s.people) AS b (id)
     WHERE a.id < b.id
     GROUP BY 1, 2
),
found AS (
    SELECT low, high, grounds,
           (SELECT sum((%(worth)s::jsonb ->> ground)::int) FROM unnest(grounds) AS ground)
               AS strength
      FROM alike
),
offered AS (
{offered}
),
gone AS (
    DELETE FROM duplicate_pair d
     WHERE d.verdict = ''
       AND NOT EXISTS (SELECT FROM offered o WHERE (o.low, o.high) = (d.low_id, d.high_id))
)
INSERT INTO duplicate_pair AS d (low_id, high_id, grounds, strength, found_at, verdict)
SELECT low, high, grounds, strength, %(now)s, '' FROM offered
    ON CONFLICT (low_id, high_id) DO UPDATE
       SET grounds = excluded.grounds, strength = excluded.strength
     WHERE d.grounds <> excluded.grounds
