-- Whether there is an address on this channel that is not known to be dead.
LEFT JOIN LATERAL (
    SELECT true AS yes
      FROM contact_point p
     WHERE p.candidate_id = c.id
       AND p.channel = '{channel}'
       AND p.standing <> 'dead'
       AND NOT EXISTS (
               SELECT FROM suppression s
                WHERE s.address = p.address AND s.address <> '' AND s.reason = 'address_dead'
           )
     LIMIT 1
) AS reach_{channel} ON true
