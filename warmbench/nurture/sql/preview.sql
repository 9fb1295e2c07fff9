-- How many people a rule would let in, a few of them, and how many of them could not be
-- written to, for which reasons. One person may count under several reasons. Of many people
-- only so many are weighed, drawn evenly: somebody waits for the answer. Last, those of them whom
-- nothing of this kind holds up, for the gate to judge.
WITH matched AS MATERIALIZED (
    SELECT c.id, c.status
      FROM candidate c
      JOIN candidate_facet f ON f.candidate_id = c.id
      /* joins */
     WHERE /* expression */
),
weighed AS (
    SELECT c.id,
           NOT EXISTS (/* required_tags */) AS lacks_tags,
           consent_email_nurture.given IS NOT TRUE AS lacks_consent,
           suppressed.yes IS TRUE AS is_suppressed,
           reach_email.yes IS NOT TRUE AS lacks_address,
           c.status IN ('applied', 'placed', 'hired', 'do_not_contact') AS is_off_the_bench
      FROM (SELECT * FROM matched ORDER BY hashint8(id) LIMIT %(weigh)s) AS c
      CROSS JOIN LATERAL (SELECT c.id AS candidate_id) AS w
      /* permission */
)
SELECT (SELECT count(*) FROM matched),
       (SELECT array_agg(id) FROM (SELECT id FROM matched ORDER BY id DESC LIMIT %(limit)s) AS few),
       count(*),
       count(*) FILTER (WHERE lacks_tags),
       count(*) FILTER (WHERE lacks_consent),
       count(*) FILTER (WHERE is_suppressed),
       count(*) FILTER (WHERE lacks_address),
       count(*) FILTER (WHERE is_off_the_bench),
       array_agg(id) FILTER (WHERE NOT (lacks_tags OR lacks_consent OR is_suppressed
                                        OR lacks_address OR is_off_the_bench))
  FROM weighed
