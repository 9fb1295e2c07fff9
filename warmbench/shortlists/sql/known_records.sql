-- What records say of these people's work: title and employer of today, and their tags.
--
-- No name and no address is read. `told_on` is the day on which a system of record changed the
-- record last; where none did, it is as old as the record itself. Parameters: ids, now.
SELECT c.id, c.job_title, c.employer,
       coalesce(told.on_day, c.added_at)::date,
       coalesce(told.source, nullif(c.source, ''), 'record'),
       coalesce(tags.rows, '[]')
  FROM candidate c
  LEFT JOIN LATERAL (
           SELECT r.source, max(coalesce(r.changed_there_at, r.seen_at)) AS on_day
             FROM candidate_record r
            WHERE r.candidate_id = c.id AND r.fate = ''
            GROUP BY r.source
            ORDER BY on_day DESC, r.source
            LIMIT 1
       ) told ON true
  LEFT JOIN LATERAL (
           SELECT json_agg(json_build_array(
                      t.id, t.kind, t.name, ct.source, ct.confidence, ct.added_at::date
                  ) ORDER BY t.id) AS rows
             FROM candidate_tag ct
             JOIN tag t ON t.id = ct.tag_id
              AND t.kind IN ('skill', 'seniority', 'role', 'specialty')
            WHERE ct.candidate_id = c.id
              AND (ct.expires_at IS NULL OR ct.expires_at > %(now)s)
       ) tags ON true
 WHERE c.id = ANY(%(ids)s::bigint[])
