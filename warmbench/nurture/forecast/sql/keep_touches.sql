-- Keep what a forecast saw. Of people who are being erased nothing is kept.
WITH there AS (
    SELECT c.id FROM {live}.candidate c
     WHERE c.id IN (SELECT candidate_id FROM forecast_seen)
       FOR KEY SHARE SKIP LOCKED
)
INSERT INTO {live}.forecast_touch (
    forecast_id, candidate_id, at, touch, occurrence, purpose, channel, sender_id, piece_id, refusal
)
SELECT %(forecast)s, s.candidate_id, s.at, s.touch, s.occurrence, s.purpose, s.channel,
       s.sender_id, s.piece_id, left(s.refusal, 40)
  FROM forecast_seen s
  JOIN there ON there.id = s.candidate_id
 ORDER BY s.at, s.candidate_id, s.touch
