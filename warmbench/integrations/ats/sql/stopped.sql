-- Of these people (null: of everybody with a record) those who must not be mailed, by their own word
-- or the law's. A recruiter's own stop is not among them: it may be lifted, and theirs may not.
-- Parameters: ids.
SELECT s.candidate_id
  FROM suppression s
 WHERE (%(ids)s::bigint[] IS NULL OR s.candidate_id = ANY(%(ids)s::bigint[]))
   AND s.candidate_id IS NOT NULL
   AND s.channel IN ('', 'email')
   AND s.reason NOT IN ('address_dead', 'manual')
 UNION
-- Somebody else's opt-out from the same address: it is the same reader.
SELECT p.candidate_id
  FROM suppression s
  JOIN contact_point p ON p.address = s.address
 WHERE (%(ids)s::bigint[] IS NULL OR p.candidate_id = ANY(%(ids)s::bigint[]))
   AND s.address <> ''
   AND s.channel IN ('', 'email')
   AND s.reason NOT IN ('address_dead', 'manual')
 UNION
SELECT last.candidate_id
  FROM (
           SELECT DISTINCT ON (k.candidate_id) k.candidate_id, k.basis, k.purpose
             FROM consent k
            WHERE (%(ids)s::bigint[] IS NULL OR k.candidate_id = ANY(%(ids)s::bigint[]))
              AND k.channel = 'email'
              AND k.purpose <> 'pixel'
            ORDER BY k.candidate_id, k.at DESC, k.id DESC
       ) last
 WHERE last.basis = 'withdrawn' AND last.purpose = ''
