-- What a forecast saw: each touch that went or was refused, and each person who heard nothing
-- (whose touch is blank), with what is to be counted by.
CREATE TEMP TABLE forecast_seen (
    candidate_id bigint, at timestamptz, touch text, occurrence int, purpose text, channel text,
    sender_id bigint, piece_id bigint, refusal text, step_id bigint, content_kind text,
    level text, is_stale boolean
)
