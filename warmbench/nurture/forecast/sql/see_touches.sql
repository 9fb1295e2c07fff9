-- Note what went in a forecast's time, and what was refused.
--
-- A piece is her own if it is about a role, a family of roles or a specialty, then one for a
-- whole category, then one for everybody. It is stale if nobody looked at it for so many days.
INSERT INTO forecast_seen
SELECT m.candidate_id, coalesce(m.handed_at, m.state_at), m.touch, m.occurrence, m.purpose,
       m.channel, m.sender_id, u.piece_id, CASE WHEN m.state = 'refused' THEN m.reason ELSE '' END,
       st.id, coalesce(p.kind, nullif(st.content_kind, '')),
       CASE WHEN st.content_kind = '' OR st.id IS NULL THEN NULL
            WHEN m.state = 'refused' THEN CASE WHEN m.reason = 'no_content' THEN 'nothing' END
            WHEN t.id IS NULL THEN 'general'
            WHEN t.kind = 'category' THEN 'category'
            ELSE 'own' END,
       p.reviewed_on < m.handed_at::date - %(fresh_days)s::int
  FROM message m
  LEFT JOIN sequence_version v ON v.sequence_id = m.sequence_id AND v.number = m.sequence_version
  LEFT JOIN step st ON st.version_id = v.id AND st.key = split_part(m.touch, '/', 2)
  LEFT JOIN content_use u
    ON u.candidate_id = m.candidate_id AND u.message_id = m.id
  LEFT JOIN content_piece p ON p.id = u.piece_id
  LEFT JOIN tag t ON t.id = p.topic_id
 WHERE m.state = 'sent' AND m.handed_at >= %(since)s
    OR m.state = 'refused' AND m.state_at >= %(since)s
