-- The visits to these messages that count for their people: of each link, or picture, the first
-- on each day (UTC) that a person made. Who comes back tomorrow did it again.
--
-- ``waits`` are those that are to be judged again: whatever they have led to stands until then.
-- The link that nobody can see counts for nobody.
SELECT DISTINCT ON (message_id, kind, link, day, waits)
       id, message_id, candidate_id, kind, link, at, waits
  FROM (
           SELECT h.id, h.message_id, h.candidate_id, h.kind, h.link, h.at,
                  h.verdict = '' AS waits,
                  (h.at AT TIME ZONE 'UTC')::date AS day
             FROM hit h
            WHERE h.message_id = ANY(%(messages)s)
              AND h.verdict IN ('human', 'likely', '')
              AND h.link <> %(trap)s
       ) AS people
 ORDER BY message_id, kind, link, day, waits, at, id
