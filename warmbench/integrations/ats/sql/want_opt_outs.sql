-- Wants an opt-out written to every record of these people whose system does not say so itself.
-- One that was written before is written again only where the system was heard to allow mail since,
-- and not for ever: somebody over there may mean it. Parameters: ids (null: everybody), now, rank,
-- lifted_before (null: what was written is not asked about), most.
INSERT INTO ats_write (
           connection_id, kind, key, candidate_id, record_id, external_id, detail, state, rank,
           tries, made_at, next_at, problem, request_id, their_id
       )
SELECT c.id, 'opt_out', 'opt_out:' || before.times + 1, r.candidate_id, r.id, r.external_id, '{}',
       'waiting', %(rank)s, 0, %(now)s, %(now)s, '', '', ''
  FROM ({stopped}) s
  JOIN candidate_record r ON r.candidate_id = s.candidate_id
  JOIN truth_source t ON t.name = r.source
  JOIN ats_connection c ON c.truth_id = t.id
 CROSS JOIN LATERAL (
           SELECT count(*) AS times,
                  bool_or(w.state <> 'dropped' AND (
                      w.state <> 'done'
                      OR %(lifted_before)s::timestamptz IS NULL
                      OR w.done_at > %(lifted_before)s::timestamptz
                      OR w.done_at >= r.seen_at
                  )) AS is_wanted_already
             FROM ats_write w
            WHERE w.connection_id = c.id
              AND w.external_id = r.external_id
              AND w.kind = 'opt_out'
              AND starts_with(w.key, 'opt_out:')
       ) before
 WHERE r.fate = ''
   AND NOT r.is_opted_out
   AND c.state IN ('loading', 'live', 'paused')
   AND coalesce(NOT before.is_wanted_already, true)
   AND before.times < %(most)s
 ORDER BY r.id
    ON CONFLICT (connection_id, external_id, key) DO NOTHING
