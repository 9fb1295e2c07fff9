-- Set where enrollments stand after their step was considered, and since when it is due. In a new cycle every step is
-- done again, whatever an earlier version did.
UPDATE enrollment e
   SET state = m.state, position = m.position, cycle = m.cycle,
       next_step_at = coalesce(m.next_step_at, e.next_step_at),
       skips = CASE WHEN m.cycle > e.cycle THEN '{}' ELSE e.skips END,
       waiting_for = m.waiting_for,
       waiting_since = CASE WHEN m.waiting_for = '' THEN NULL
                            WHEN e.waiting_for = '' THEN e.next_step_at
                            ELSE coalesce(e.waiting_since, e.next_step_at) END,
       exit_reason = m.exit_reason,
       ended_at = CASE WHEN m.state IN ('finished', 'exited') THEN %(now)s END
  FROM json_to_recordset(%(moves)s) AS m (
           enrollment_id bigint, state text, position int, cycle int, next_step_at timestamptz,
           waiting_for text, exit_reason text
       )
 WHERE e.id = m.enrollment_id
