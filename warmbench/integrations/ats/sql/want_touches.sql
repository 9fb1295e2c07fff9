-- Wants one line for each touch that was handed over, on the first record of whoever got it.
-- Attempts whose fate a person found out later are looked at each time: they are few.
-- Parameters: connection, source, since, after (of attempts, by id), rank, now.
INSERT INTO ats_write (
           connection_id, kind, key, candidate_id, record_id, external_id, detail, state, rank,
           tries, made_at, next_at, problem, request_id, their_id
       )
SELECT %(connection)s, 'activity', 'touch:' || m.id, m.candidate_id, r.id, r.external_id,
       jsonb_build_object('message', m.id), 'waiting', %(rank)s, 0, %(now)s, %(now)s, '', '', ''
  FROM (
           SELECT a.message_id FROM attempt a
            WHERE a.id > %(after)s AND a.outcome = 'accepted' AND a.claimed_at >= %(since)s
            UNION
           SELECT a.message_id FROM attempt a
            WHERE a.outcome = 'unknown' AND a.claimed_at >= %(since)s
       ) a
  JOIN message m ON m.id = a.message_id AND m.state = 'sent'
 CROSS JOIN LATERAL (
           SELECT r.id, r.external_id FROM candidate_record r
            WHERE r.candidate_id = m.candidate_id AND r.source = %(source)s AND r.fate = ''
            ORDER BY r.id
            LIMIT 1
       ) r
 WHERE NOT EXISTS (
           SELECT FROM ats_write w
            WHERE w.connection_id = %(connection)s
              AND w.key = 'touch:' || m.id
              -- Their first record may be another one by now: the line is there already.
              AND (w.external_id = r.external_id
                   OR (w.candidate_id = m.candidate_id AND w.state <> 'dropped'))
       )
 ORDER BY m.id
    ON CONFLICT (connection_id, external_id, key) DO NOTHING
