-- How often somebody gets the same piece twice, which the database forbids, and how often twice
-- in a row one of the same kind about the same.
SELECT (SELECT count(*)
          FROM (SELECT FROM forecast_seen WHERE piece_id IS NOT NULL AND refusal = ''
                 GROUP BY candidate_id, piece_id HAVING count(*) > 1) twice),
       count(*) FILTER (WHERE kind = before_kind AND topic IS NOT DISTINCT FROM before_topic)
  FROM (SELECT p.kind, p.topic_id AS topic,
               lag(p.kind) OVER hers AS before_kind, lag(p.topic_id) OVER hers AS before_topic
          FROM forecast_seen s
          JOIN content_piece p ON p.id = s.piece_id
         WHERE s.refusal = ''
        WINDOW hers AS (PARTITION BY s.candidate_id ORDER BY s.at, s.touch)) each
