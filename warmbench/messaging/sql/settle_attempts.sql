-- Write down how attempts ended and move their messages along.
--
-- An attempt that somebody settled meanwhile (its lease ran out) keeps its first outcome, and
-- its message the state it has.
WITH ended AS (
    SELECT * FROM unnest(
        %(attempts)s::bigint[], %(outcomes)s::text[], %(states)s::text[], %(codes)s::int[],
        %(texts)s::text[], %(reasons)s::text[], %(not_befores)s::timestamptz[]
    ) AS e (id, outcome, state, code, text, reason, not_before)
),
settled AS (
    UPDATE attempt a
       SET outcome = e.outcome, code = e.code, text = e.text, finished_at = %(now)s
      FROM ended e
     WHERE a.id = e.id AND a.outcome = ''
 RETURNING a.message_id, e.outcome, e.state, e.reason, e.not_before
)
UPDATE message m
   SET state = s.state,
       state_at = %(now)s,
       reason = s.reason,
       not_before = s.not_before,
       handed_at = CASE WHEN s.state = 'queued' THEN NULL ELSE m.handed_at END,
       tries = CASE WHEN s.outcome = 'not_started' THEN m.tries - 1 ELSE m.tries END
  FROM settled s
 WHERE m.id = s.message_id AND m.state = 'sending'
