-- Note who was given which piece with which message.
INSERT INTO content_use (candidate_id, piece_id, message_id, at)
SELECT u.*, %(now)s
  FROM unnest(%(candidates)s::bigint[], %(pieces)s::bigint[], %(messages)s::bigint[]) AS u
    ON CONFLICT (candidate_id, piece_id) DO NOTHING
