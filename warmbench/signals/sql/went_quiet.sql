-- Who was warm at some moment since a day, and has given no sign for long: of each recruiter's
-- people so many, the warmest first.
--
-- A rank is the same at any time; what it is worth at a moment is the distance between the two. So
-- the index on ranks names all who can have been warm since that day: warmth is at most what is
-- left of it now, counted back to then. Most of them were warm at their last sign, which the rank
-- tells; of the others all signs are looked at. Parameters: now, since (how far is looked back),
-- until (no sign after it), noted (not since then already), least (rank of the warm at since),
-- distance (of the rank from its moment, for the warm), warm (points), half_life (seconds), kinds,
-- grades and worths (what signals are worth), no_signs (kinds that are no doing of theirs), most.
WITH quiet AS (
    SELECT w.candidate_id, w.rank, sign.at,
           w.rank - extract(epoch FROM greatest(sign.at, %(since)s)) >= %(distance)s AS was_warm
      FROM warmth w
      CROSS JOIN LATERAL (
               SELECT s.at FROM signal s
                WHERE s.candidate_id = w.candidate_id AND s.kind <> ALL(%(no_signs)s::text[])
                ORDER BY s.at DESC LIMIT 1
           ) sign
     WHERE w.rank >= %(least)s AND sign.at <= %(until)s
),
free AS (
    SELECT c.id, c.owner_id, q.at, q.rank, q.was_warm
      FROM quiet q
      JOIN candidate c ON c.id = q.candidate_id
     WHERE c.status IN ('passive', 'open', 'searching')
       AND (c.paused_at IS NULL OR c.paused_until <= %(now)s)
       AND (c.last_conversation_on IS NULL OR c.last_conversation_on <= %(until)s::date)
       AND NOT EXISTS (
               SELECT FROM follow_up f
                WHERE f.candidate_id = c.id
                  AND (f.state = 'open' OR f.reason = 'cooling' AND f.asked_at > %(noted)s)
           )
       AND NOT EXISTS (
               SELECT FROM signal s
                WHERE s.candidate_id = c.id AND s.kind = 'went_quiet' AND s.at > %(noted)s
           )
),
-- What was there at each sign, reckoned in points of now, and what that was worth then.
earlier AS (
    SELECT f.id
      FROM free f
      CROSS JOIN LATERAL (
               SELECT greatest(s.at, %(since)s) AS then,
                      sum(worth.points
                          * power(2::float8, greatest(-1000,
                                -extract(epoch FROM %(now)s - s.at)::float8 / %(half_life)s))
                      ) OVER (ORDER BY s.at) AS points
                 FROM signal s
                 JOIN unnest(%(kinds)s::text[], %(grades)s::text[], %(worths)s::float8[])
                      AS worth (kind, grade, points)
                   ON worth.kind = s.kind AND worth.grade = s.grade
                WHERE s.candidate_id = f.id AND s.at > %(now)s - interval '5 years'
           ) had
     WHERE NOT f.was_warm
     GROUP BY f.id
    HAVING max(had.points
               * power(2::float8, extract(epoch FROM %(now)s - had.then) / %(half_life)s))
           >= %(warm)s
)
SELECT id, owner_id, at
  FROM (SELECT id, owner_id, at,
               row_number() OVER (PARTITION BY owner_id ORDER BY rank DESC, id) AS place
          FROM free
         WHERE was_warm OR id IN (SELECT id FROM earlier)) placed
 WHERE place <= %(most)s
 ORDER BY place, owner_id, id
