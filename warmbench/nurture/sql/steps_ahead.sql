-- What sequences have ready for these people, and when: steps that wait for nothing but time.
--
-- Parameters: ids, but (enrollments), since and until (of their dates), timely (what a step may wait
-- for that settles by itself).
SELECT e.id, e.candidate_id, e.version_id, e.sequence_id, e.round, e.position, e.cycle,
       e.last_step, e.waiting_for, e.skips,
       coalesce(CASE WHEN e.waiting_for <> '' THEN e.waiting_since END, e.next_step_at),
       e.next_step_at
  FROM enrollment e
  JOIN sequence s ON s.id = e.sequence_id AND s.state = 'active'
 WHERE e.candidate_id = ANY(%(ids)s::bigint[])
   AND e.state = 'active'
   AND e.next_step_at BETWEEN %(since)s AND %(until)s
   AND e.waiting_for = ANY(%(timely)s::text[])
   AND e.id <> ALL(%(but)s::bigint[])
