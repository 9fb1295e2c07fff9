-- Make alerts, each person once for a role. Whoever is being erased is left out.
INSERT INTO alert (
    role_id, candidate_id, level, wave, matched, score, policy, threshold, state, next_try_at,
    reason, made_at, state_at
)
SELECT %(role)s, c.id, a.level, %(wave)s, a.matched, a.score, a.policy, %(threshold)s, 'waiting',
       %(now)s, '', %(now)s, %(now)s
  FROM json_to_recordset(%(alerts)s) AS a (
           candidate_id bigint, level text, matched int[], score float8, policy int
       )
  JOIN LATERAL (
           SELECT id FROM candidate WHERE id = a.candidate_id FOR KEY SHARE SKIP LOCKED
       ) c ON true
 ORDER BY a.candidate_id
    ON CONFLICT (role_id, candidate_id) DO NOTHING
