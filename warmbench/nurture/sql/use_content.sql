-- Note who was given which piece with which message.
INSERT INTO content_use (candidate_id, piece_id, message_id, at)
SELECT u.*, %(now)s
  FROM json_to_recordset(%(uses)s) AS u (candidate_id bigint, piece_id bigint, message_id bigint)
    ON CONFLICT (candidate_id, piece_id) DO NOTHING
