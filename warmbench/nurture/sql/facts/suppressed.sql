-- Whether a candidate must never be written to by e-mail, on her own account or on that of
-- somebody with the same address. The last gate decides by messaging/sql/standings.sql; a
-- test holds the two together.
LEFT JOIN LATERAL (
    SELECT true AS yes
      FROM (SELECT s.id, s.releases_id
              FROM suppression s
             WHERE s.candidate_id = c.id
               AND s.reason <> 'address_dead'
               AND s.channel IN ('', 'email')
             UNION ALL
            SELECT s.id, s.releases_id
              FROM contact_point p
              JOIN suppression s ON s.address = p.address AND s.address <> ''
             WHERE p.candidate_id = c.id
               AND s.reason <> 'address_dead'
               AND s.channel IN ('', 'email')) AS stop
     WHERE stop.releases_id IS NULL
       AND NOT EXISTS (SELECT FROM suppression r WHERE r.releases_id = stop.id)
     LIMIT 1
) AS suppressed ON true
