-- Put people before the first step of a version. `round` keeps their touches apart from those
-- of earlier times. Returns who began; whoever is on the sequence already does not.
INSERT INTO enrollment (
    candidate_id, sequence_id, version_id, pool_id, round, state, position, cycle,
    next_step_at, last_step, waiting_for, exit_reason, started_at
)
SELECT w.candidate_id, w.sequence_id, w.version_id, w.pool_id, w.round, 'active', 0, 0,
       w.next_step_at, false, '', '', %(now)s::timestamptz
  FROM json_to_recordset(%(wishes)s) AS w (
           candidate_id bigint, sequence_id bigint, version_id bigint, pool_id bigint,
           round smallint, next_step_at timestamptz
       )
    ON CONFLICT (candidate_id, sequence_id) WHERE state IN ('active', 'held') DO NOTHING
RETURNING candidate_id, sequence_id
