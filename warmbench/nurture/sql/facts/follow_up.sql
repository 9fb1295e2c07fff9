-- Whether something that a candidate did waits for a recruiter, who has not said yet what came
-- of it.
LEFT JOIN LATERAL (
    SELECT true AS yes
      FROM follow_up w
     WHERE w.candidate_id = c.id
       AND w.state = 'open'
       AND w.reason IN ({answered_by_a_recruiter})
     LIMIT 1
) AS follow_up ON true
