-- Whom we may write to in any way by ourselves. Where more people are to hear of a role, that may
-- be anybody.
SELECT e.candidate_id FROM enrollment e WHERE e.state IN ('active', 'held')
 UNION
SELECT m.candidate_id FROM pool_member m WHERE m.left_at IS NULL
 UNION
SELECT m.candidate_id FROM message m WHERE m.not_before IS NOT NULL
 UNION
SELECT a.candidate_id FROM alert a WHERE a.state = 'waiting'
 UNION
SELECT c.id FROM candidate c
 WHERE EXISTS (SELECT FROM alert_campaign w WHERE w.next_wave_at IS NOT NULL)
 UNION
SELECT unnest(%(joining)s::bigint[])
