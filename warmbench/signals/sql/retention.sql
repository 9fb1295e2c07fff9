-- Who has not been heard from for so long that their time here ends before a moment: since when,
-- until when, and whether they were ever heard from at all.
--
-- Only what a person did counts: what they did by hand, a talk with them. Else the day on which
-- we got to know them. Whoever we placed or who is in a process is kept for other reasons.
-- Parameters: periods (months by country), kinds (of signals), until, first and last (ids).
WITH period AS (
    SELECT * FROM json_to_recordset(%(periods)s) AS p (country text, months int)
),
held AS (
    SELECT c.id, c.owner_id, p.country, p.months, c.added_at, c.last_conversation_on
      FROM candidate c
      LEFT JOIN organisation o ON true
      JOIN period p ON p.country = coalesce(nullif(c.country, ''), o.default_country, '')
     WHERE c.id BETWEEN %(first)s::bigint AND %(last)s::bigint
       AND c.status NOT IN ('applied', 'placed')
       -- What is too young in any case costs no look at its signals.
       AND greatest(c.added_at, c.last_conversation_on::timestamptz)
           + make_interval(months => p.months) <= %(until)s::timestamptz
),
heard AS (
    SELECT h.*, sign.at AS heard_at
      FROM held h
      LEFT JOIN LATERAL (
               SELECT s.at FROM signal s
                WHERE s.candidate_id = h.id AND s.kind = ANY(%(kinds)s::text[])
                ORDER BY s.at DESC LIMIT 1
           ) sign ON true
)
SELECT id, country, since, since + make_interval(months => months) AS ends_at, was_heard,
       owner_id
  FROM (SELECT id, owner_id, country, months,
               greatest(added_at, heard_at, last_conversation_on::timestamptz) AS since,
               heard_at IS NOT NULL OR last_conversation_on IS NOT NULL AS was_heard
          FROM heard) counted
 WHERE since + make_interval(months => months) <= %(until)s::timestamptz
 ORDER BY id
