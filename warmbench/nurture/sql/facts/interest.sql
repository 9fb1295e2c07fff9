-- Whether a candidate took an interest on enough separate occasions lately, as
-- signals.scoring.occasions counts them by the policy that is in force: clicks in one message, and
-- opens where those count, are one occasion for an hour, whatever else is done by hand is one
-- each. A test holds the two together.
LEFT JOIN LATERAL (
    WITH RECURSIVE in_force AS MATERIALIZED (
        SELECT version, weights, interest_count, interest_days, interest_of
          FROM warmth_policy
         WHERE scope = ''
         UNION ALL
        SELECT 0, {first_weights}::jsonb, {first_count}, {first_days}, {first_of}
         ORDER BY version DESC
         LIMIT 1
    ),
    heard AS MATERIALIZED (
        SELECT s.kind, s.message_id, s.at
          FROM signal s
         WHERE s.candidate_id = c.id
           AND s.at > %(now)s::timestamptz
                      - (SELECT p.interest_days FROM in_force p) * interval '1 day'
           AND s.at <= %(now)s::timestamptz
           AND CASE s.kind
                   WHEN 'opened' THEN (SELECT p.interest_of = 'opens' FROM in_force p)
                   ELSE ((SELECT p.weights FROM in_force p) ->> s.kind)::float8 > 0
               END
    ),
    occasion AS (
        SELECT h.message_id, min(h.at) AS began
          FROM heard h
         WHERE h.kind IN ('clicked', 'opened')
         GROUP BY h.message_id
         UNION ALL
        SELECT o.message_id,
               (SELECT min(h.at)
                  FROM heard h
                 WHERE h.kind IN ('clicked', 'opened')
                   AND h.message_id IS NOT DISTINCT FROM o.message_id
                   AND h.at > o.began + {occasion})
          FROM occasion o
         WHERE o.began IS NOT NULL
    )
    SELECT (SELECT count(*) FROM occasion WHERE began IS NOT NULL)
           + (SELECT count(*) FROM heard WHERE kind NOT IN ('clicked', 'opened'))
           >= (SELECT p.interest_count FROM in_force p) AS yes
) AS interest ON true
