-- Who is meant by all of some conditions, those spoken of last first, a page of them with the facts
-- that show it; then what else is known of the first of them, counted by kind and topic.
--
-- Filled in: “meant”, people with the last day on which one of their facts was said; “shown”, the
-- facts of a person p that meet each condition, as (bit, id, said_on).
-- Parameters: owner (0: of whomever), last_on and last_id (of the page before; null for the first),
-- limit, counted, with_counts; and those of the conditions.
WITH theirs AS MATERIALIZED (
    SELECT m.candidate_id, m.last_on
      FROM ({meant}) m
     WHERE %(owner)s::bigint = 0
        OR EXISTS (SELECT FROM candidate c WHERE c.id = m.candidate_id AND c.owner_id = %(owner)s)
),
page AS (
    SELECT t.candidate_id, t.last_on
      FROM theirs t
     WHERE %(last_on)s::date IS NULL
        OR (t.last_on, t.candidate_id) < (%(last_on)s::date, %(last_id)s::bigint)
     ORDER BY t.last_on DESC, t.candidate_id DESC
     LIMIT %(limit)s
),
first_ones AS (
    SELECT t.candidate_id
      FROM theirs t
     WHERE %(with_counts)s
     ORDER BY t.last_on DESC, t.candidate_id DESC
     LIMIT %(counted)s
)
SELECT 'hit' AS what,
       p.candidate_id,
       p.last_on,
       (
           SELECT array_agg(s.id ORDER BY s.bit, s.said_on DESC, s.id DESC)
             FROM ({shown}) s
       ) AS ids,
       '' AS kind,
       '' AS topic,
       0 AS people
  FROM page p
 UNION ALL
SELECT 'all', 0, NULL, NULL, '', '', count(*) FROM theirs WHERE %(with_counts)s
 UNION ALL
(
    SELECT 'count', 0, NULL, NULL, i.kind, i.topic, count(DISTINCT i.candidate_id)
      FROM first_ones f
      JOIN insight i ON i.candidate_id = f.candidate_id
     WHERE i.state IN ('proposed', 'confirmed')
       AND i.kind IN ('skill', 'title', 'seniority', 'place', 'remote', 'domain', 'stance', 'motive')
       -- What they refuse is nothing to look for them by.
       AND i.polarity IN ('had', 'wants', 'plans')
     GROUP BY i.kind, i.topic
     ORDER BY 7 DESC, 5, 6
     LIMIT 80
)
