-- Each step that reaches people, of the versions that they are on: when it goes first, to how many
-- people, and how often it is refused.
WITH used AS (
    SELECT DISTINCT e.version_id FROM enrollment e
     WHERE e.state IN ('active', 'held') OR e.ended_at >= %(since)s
)
SELECT q.id, q.key, q.name, v.number, st.position, st.key, st.kind, st.content_kind,
       min(s.at) FILTER (WHERE s.refusal = ''),
       count(DISTINCT s.candidate_id) FILTER (WHERE s.refusal = ''),
       count(*) FILTER (WHERE s.refusal <> '')
  FROM used
  JOIN sequence_version v ON v.id = used.version_id
  JOIN sequence q ON q.id = v.sequence_id
  JOIN step st ON st.version_id = v.id
  LEFT JOIN forecast_seen s ON s.step_id = st.id
 WHERE st.kind IN ('message', 'content', 'check_in', 'preference')
 GROUP BY q.id, q.key, q.name, v.number, st.position, st.key, st.kind, st.content_kind
 ORDER BY q.name, q.id, v.number, st.position
