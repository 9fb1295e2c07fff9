-- Wants one line for each thing that somebody answered, booked or asked for, on their first record.
-- Parameters: connection, source, since, after (of signals, by id), kinds, rank, now.
INSERT INTO ats_write (
           connection_id, kind, key, candidate_id, record_id, external_id, detail, state, rank,
           tries, made_at, next_at, problem, request_id, their_id
       )
SELECT %(connection)s, 'activity', 'answer:' || s.id, s.candidate_id, r.id, r.external_id,
       jsonb_build_object('signal', s.id), 'waiting', %(rank)s, 0, %(now)s, %(now)s, '', '', ''
  FROM signal s
 CROSS JOIN LATERAL (
           SELECT r.id, r.external_id FROM candidate_record r
            WHERE r.candidate_id = s.candidate_id AND r.source = %(source)s AND r.fate = ''
            ORDER BY r.id
            LIMIT 1
       ) r
 WHERE s.id > %(after)s
   AND s.kind = ANY(%(kinds)s::text[])
   AND s.at >= %(since)s
   AND NOT EXISTS (
           -- Their first record may be another one by now: the line is there already.
           SELECT FROM ats_write w
            WHERE w.connection_id = %(connection)s
              AND w.candidate_id = s.candidate_id
              AND w.key = 'answer:' || s.id
              AND w.state <> 'dropped'
       )
 ORDER BY s.id
    ON CONFLICT (connection_id, external_id, key) DO NOTHING
