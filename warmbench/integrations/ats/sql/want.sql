-- Wants the same thing written to the records of these people, in every connection that is there
-- for it. One that was wanted before is wanted again: what is written is looked up then, so that
-- the last word counts, however often it was said. One that is being written is not touched, but
-- goes once more afterwards, because its date is another (``ats.writes.settle``).
-- Parameters: ids, kind, key, detail, rank, now, connection (null: all).
INSERT INTO ats_write AS w (
           connection_id, kind, key, candidate_id, record_id, external_id, detail, state, rank,
           tries, made_at, next_at, problem, request_id, their_id
       )
SELECT c.id, %(kind)s, %(key)s, r.candidate_id, r.id, r.external_id, %(detail)s::jsonb, 'waiting',
       %(rank)s, 0, %(now)s, %(now)s, '', '', ''
  FROM candidate_record r
  JOIN truth_source t ON t.name = r.source
  JOIN ats_connection c ON c.truth_id = t.id
 WHERE r.candidate_id = ANY(%(ids)s::bigint[])
   AND r.fate = ''
   AND c.state IN ('loading', 'live', 'paused')
   AND (%(connection)s::bigint IS NULL OR c.id = %(connection)s::bigint)
 ORDER BY r.id
    ON CONFLICT (connection_id, external_id, key) DO UPDATE
   SET state = CASE WHEN w.state IN ('sending', 'unclear') THEN w.state ELSE 'waiting' END,
       next_at = CASE WHEN w.state IN ('sending', 'unclear') THEN w.next_at
                      ELSE excluded.next_at END,
       made_at = excluded.made_at, tries = 0, problem = '', detail = excluded.detail,
       candidate_id = excluded.candidate_id, record_id = excluded.record_id,
       done_at = NULL, status_code = NULL, request_id = '', their_id = ''
