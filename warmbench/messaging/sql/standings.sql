-- What decides whether these people may be written to: one row each.
--
-- The one definition of "may we write to this person?". Planning and the claim of a send ask
-- it for a batch, a page asks it for one person. Parameters: ids, channel, purpose (of consent),
-- since (start of the longest budget span), queued (whether waiting touches count as contact:
-- yes when planning, no when one of them is being claimed).
WITH asked AS (
    SELECT c.* FROM candidate c WHERE c.id = ANY(%(ids)s)
),
point AS (
    SELECT DISTINCT ON (p.candidate_id) p.candidate_id, p.address
      FROM contact_point p
     WHERE p.candidate_id = ANY(%(ids)s)
       AND p.channel = %(channel)s
       AND p.standing <> 'dead'
       AND NOT EXISTS (
               SELECT FROM suppression s
                WHERE s.address = p.address AND s.address <> '' AND s.reason = 'address_dead'
           )
     ORDER BY p.candidate_id, p.position, p.id
),
permission AS (
    SELECT DISTINCT ON (k.candidate_id)
           k.candidate_id, k.basis, k.expires_at,
           CASE WHEN k.basis <> 'consent' THEN coalesce(k.since, k.at) END AS since
      FROM consent k
     WHERE k.candidate_id = ANY(%(ids)s)
       AND k.channel = %(channel)s
       AND k.purpose IN ('', %(purpose)s)
     ORDER BY k.candidate_id, k.at DESC, k.id DESC
),
stop AS (
    SELECT s.candidate_id, s.id, s.reason
      FROM suppression s
     WHERE s.candidate_id = ANY(%(ids)s)
       AND s.reason <> 'address_dead'
       AND s.channel IN ('', %(channel)s)
    UNION ALL
    -- Somebody else's opt-out from the same address: it is the same reader.
    SELECT p.candidate_id, s.id, s.reason
      FROM contact_point p
      JOIN suppression s ON s.address = p.address AND s.address <> ''
     WHERE p.candidate_id = ANY(%(ids)s)
       AND s.reason <> 'address_dead'
       AND s.channel IN ('', %(channel)s)
),
stopped AS (
    SELECT DISTINCT ON (stop.candidate_id) stop.candidate_id, stop.reason
      FROM stop
     WHERE NOT EXISTS (
               SELECT FROM suppression r WHERE r.releases_id = stop.id OR
               (r.id = stop.id AND r.releases_id IS NOT NULL)
           )
     ORDER BY stop.candidate_id, stop.id
),
recent AS (
    SELECT m.candidate_id,
           array_agg(coalesce(m.handed_at, m.not_before)
                     ORDER BY coalesce(m.handed_at, m.not_before) DESC) AS at,
           max(coalesce(m.handed_at, m.not_before)) FILTER (WHERE m.purpose = 'alert') AS alerted_at
      FROM message m
     WHERE m.candidate_id = ANY(%(ids)s)
       AND (m.state IN ('sending', 'sent', 'unknown') AND m.handed_at > %(since)s
            OR %(queued)s AND m.state = 'queued')
     GROUP BY m.candidate_id
)
SELECT a.id,
       -- With what rises when the list of employers changes that are off limits.
       a.standing_version + (SELECT count(*) + count(ended_at) FROM off_limits),
       a.status,
       a.owner_id,
       -- Of unknown country: taken to live where the organisation works.
       coalesce(nullif(a.country, ''), o.default_country, ''),
       a.region,
       a.time_zone,
       a.paused_at IS NOT NULL,
       a.paused_until,
       coalesce(stopped.reason, ''),
       coalesce(permission.basis, ''),
       permission.expires_at,
       coalesce(point.address, ''),
       coalesce(recent.at, '{}'),
       -- Their own wish may reach further back than our budget: only for those who have one.
       CASE WHEN a.gap_days IS NOT NULL THEN (
           SELECT max(coalesce(m.handed_at, m.not_before)) + make_interval(days => a.gap_days)
             FROM message m
            WHERE m.candidate_id = a.id
              AND (m.state IN ('sending', 'sent', 'unknown')
                   OR %(queued)s AND m.state = 'queued')
       ) END,
       permission.since,
       -- Nobody has to be told again. Asked of all at once and beside the joins: one join more
       -- takes longer to plan than to do.
       CASE WHEN a.id NOT IN (
           SELECT n.candidate_id FROM notice n
            WHERE n.candidate_id = ANY(%(ids)s) AND n.kind <> 'set_aside'
       ) THEN a.added_at END,
       a.source,
       recent.alerted_at,
       -- Of several records with one address the oldest is the reader: two budgets would let the
       -- same mail go there twice.
       EXISTS (
           SELECT FROM contact_point o
            WHERE o.address = point.address
              AND o.channel = %(channel)s
              AND o.standing <> 'dead'
              AND o.candidate_id < a.id
       ),
       a.reserved_by_id,
       a.reserved_until,
       a.employer,
       a.status_since
  FROM asked a
  LEFT JOIN organisation o ON true
  LEFT JOIN point ON point.candidate_id = a.id
  LEFT JOIN permission ON permission.candidate_id = a.id
  LEFT JOIN stopped ON stopped.candidate_id = a.id
  LEFT JOIN recent ON recent.candidate_id = a.id
