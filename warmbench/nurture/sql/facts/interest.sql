-- Whether a candidate took an interest on enough separate occasions lately, as
-- signals.scoring.occasions counts them: clicks in one message are one occasion for an hour,
-- whatever else is done by hand is one each. A test holds the two together.
LEFT JOIN LATERAL (
    WITH RECURSIVE heard AS MATERIALIZED (
        SELECT s.kind, s.message_id, s.at
          FROM signal s
         WHERE s.candidate_id = c.id
           AND s.at > %(now)s::timestamptz - {interest_span}
           AND s.at <= %(now)s::timestamptz
           AND s.kind IN ({interest_kinds})
    ),
    occasion AS (
        SELECT h.message_id, min(h.at) AS began
          FROM heard h
         WHERE h.kind = 'clicked'
         GROUP BY h.message_id
         UNION ALL
        SELECT o.message_id,
               (SELECT min(h.at)
                  FROM heard h
                 WHERE h.kind = 'clicked'
                   AND h.message_id IS NOT DISTINCT FROM o.message_id
                   AND h.at > o.began + {occasion})
          FROM occasion o
         WHERE o.began IS NOT NULL
    )
    SELECT (SELECT count(*) FROM occasion WHERE began IS NOT NULL)
           + (SELECT count(*) FROM heard WHERE kind <> 'clicked') >= {enough} AS yes
) AS interest ON true
