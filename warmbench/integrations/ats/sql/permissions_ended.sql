-- The records of a system whose permission has ended by now, and whose they are.
--
-- Parameters: source, now.
SELECT r.id, r.candidate_id
  FROM candidate_record r
 WHERE r.source = %(source)s AND NOT r.is_opted_out
   AND r.said ->> 'permitted_until' <> ''
   AND (r.said ->> 'permitted_until')::timestamptz <= %(now)s
 ORDER BY r.candidate_id, r.id
