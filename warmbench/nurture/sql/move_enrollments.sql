-- Set where enrollments stand after their step was considered.
UPDATE enrollment e
   SET state = m.state, position = m.position, cycle = m.cycle,
       next_step_at = coalesce(m.next_step_at, e.next_step_at),
       waiting_for = m.waiting_for, exit_reason = m.exit_reason,
       ended_at = CASE WHEN m.state IN ('finished', 'exited') THEN %(now)s END
  FROM unnest(
           %(ids)s::bigint[], %(states)s::text[], %(positions)s::int[], %(cycles)s::int[],
           %(next_steps)s::timestamptz[], %(waits)s::text[], %(exits)s::text[]
       ) AS m (id, state, position, cycle, next_step_at, waiting_for, exit_reason)
 WHERE e.id = m.id
