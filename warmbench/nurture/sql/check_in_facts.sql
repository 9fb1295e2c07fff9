-- What there is to begin a check-in with, of each of these people, and what their earlier ones said.
--
-- Parameters: ids, since (nothing older is brought up), motives (those that may be named).
SELECT c.id,
       had.check_ins, had.openings, had.notes,
       told.title, told.handed_at,
       read.title, read.handed_at,
       talked.kind, talked.topic, talked.said_on
  FROM unnest(%(ids)s::bigint[]) AS c (id)
  CROSS JOIN LATERAL (
      SELECT count(*) AS check_ins,
             coalesce(array_agg(m.context->>'opening')
                      FILTER (WHERE m.context ? 'opening'), '{}') AS openings,
             -- Also as it was offered, where a recruiter wrote it anew.
             coalesce(array_agg(m.context->>'market_note')
                      FILTER (WHERE m.context ? 'market_note'), '{}')
             || coalesce(array_agg(p.fields->>'market_note')
                         FILTER (WHERE p.fields ? 'market_note'), '{}') AS notes
        FROM message m
        LEFT JOIN personalisation p
          ON p.candidate_id = m.candidate_id AND p.touch = m.touch AND p.occurrence = m.occurrence
       WHERE m.candidate_id = c.id AND m.purpose = 'check_in'
         AND m.state IN ('queued', 'sending', 'sent', 'unknown')
  ) had
  LEFT JOIN LATERAL (
      SELECT r.title, m.handed_at
        FROM alert a
        JOIN role r ON r.id = a.role_id
        JOIN message m ON m.id = a.message_id
       WHERE a.candidate_id = c.id AND a.engaged_at >= %(since)s AND m.handed_at IS NOT NULL
         AND NOT EXISTS (
                 SELECT FROM signal s
                  WHERE s.candidate_id = c.id AND s.message_id = m.id AND s.kind = 'not_for_me'
             )
       ORDER BY a.engaged_at DESC, a.id DESC
       LIMIT 1
  ) told ON true
  LEFT JOIN LATERAL (
      SELECT p.title, m.handed_at
        FROM signal s
        JOIN content_use u ON u.candidate_id = s.candidate_id AND u.message_id = s.message_id
        JOIN content_piece p ON p.id = u.piece_id
        JOIN message m ON m.id = s.message_id
       WHERE s.candidate_id = c.id AND s.kind = 'clicked' AND s.at >= %(since)s
         AND m.handed_at IS NOT NULL
       ORDER BY s.at DESC, s.id DESC
       LIMIT 1
  ) read ON true
  LEFT JOIN LATERAL (
      -- What was talked about last, by a note or a record of that talk.
      SELECT i.kind,
             CASE i.kind WHEN 'topic' THEN i.value->>'name' ELSE i.topic END AS topic,
             i.said_on
        FROM insight i
        JOIN source s ON s.id = i.source_id AND s.kind IN ('note', 'transcript')
       WHERE i.candidate_id = c.id
         AND i.said_on >= %(since)s::date
         AND (i.state = 'confirmed' OR i.state = 'proposed' AND i.confidence >= 0.8)
         AND (i.kind = 'topic' OR i.kind = 'motive' AND i.topic = ANY(%(motives)s::text[]))
       ORDER BY i.said_on DESC, i.kind = 'topic' DESC, i.id DESC
       LIMIT 1
  ) talked ON true
