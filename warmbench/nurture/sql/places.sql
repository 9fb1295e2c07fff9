-- Where people who are under way in older versions of a sequence would stand among other steps.
--
-- %(keys)s are the keys of those steps in their order, %(once)s which of them are done once, and
-- %(repeat)s the position that follows the last, counted from 0. A person goes on with the step of
-- the same key; else with the first one after it, in the order of her own version, that is among
-- them; and passes over what she did before. One that is beyond the last goes on where the
-- sequence repeats, or not at all.
goal AS (
    SELECT key, once, (n - 1)::int AS position
      FROM unnest(%(keys)s::text[], %(once)s::boolean[]) WITH ORDINALITY AS k (key, once, n)
),
course AS (
    SELECT id, number
      FROM sequence_version
     WHERE sequence_id = %(sequence)s
       AND id IS DISTINCT FROM %(to)s::bigint
       AND (%(only)s::int IS NULL OR number = %(only)s)
),
old AS (
    SELECT step.version_id, step.position, step.key, goal.position AS goes_to
      FROM step
      JOIN course ON course.id = step.version_id
      LEFT JOIN goal USING (key)
),
standing AS (
    SELECT e.id, e.candidate_id, c.number, e.position, e.cycle, old.key,
           c.id AS version_id, e.skips
      FROM enrollment e
      JOIN course c ON c.id = e.version_id
      LEFT JOIN old ON old.version_id = e.version_id AND old.position = e.position
     WHERE e.sequence_id = %(sequence)s
       AND e.state IN ('active', 'held')
       AND (%(ids)s::bigint[] IS NULL OR e.candidate_id = ANY(%(ids)s))
),
-- What she did, and does not do again in this cycle: all that lies before her. Where the sequence
-- repeats does not matter: who is in a later cycle may have been moved to before that, and have done
-- in this cycle what others did in their first. Kept also where it is in no step now: it may come
-- back. What a branch led her past counts too: it was decided not to do it.
knowing AS (
    SELECT s.*, done.keys AS done
      FROM standing s
      CROSS JOIN LATERAL (
               SELECT coalesce(array_agg(DISTINCT k.key), '{}')::text[] AS keys
                 FROM (
                          SELECT unnest(s.skips)
                           UNION ALL
                          SELECT o.key
                            FROM old o
                           WHERE o.version_id = s.version_id
                             AND o.position < s.position
                      ) AS k (key)
           ) done
),
landed AS (
    SELECT k.*, next.position AS goes_to
      FROM knowing k
      LEFT JOIN LATERAL (
               SELECT o.goes_to
                 FROM old o
                WHERE o.version_id = k.version_id
                  AND o.position >= k.position
                  AND o.goes_to IS NOT NULL
                ORDER BY o.position
                LIMIT 1
           ) survivor ON true
      LEFT JOIN LATERAL (
               SELECT goal.position
                 FROM goal
                WHERE goal.position >= survivor.goes_to
                  AND NOT (goal.once AND goal.key = ANY(k.done))
                ORDER BY goal.position
                LIMIT 1
           ) next ON true
),
place AS (
    SELECT id, candidate_id, number, key, done,
           coalesce(goes_to, %(repeat)s::int) AS position,
           goes_to IS NULL AND %(repeat)s::int IS NOT NULL AS is_new_cycle,
           cycle
      FROM landed
)
