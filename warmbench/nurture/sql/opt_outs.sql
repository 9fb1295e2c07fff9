-- How many messages of a sequence went, and how many people opted out by one of them: lately, and
-- in the time before. A complaint is an opt-out, too. Parameters: sequence, touches (what those of
-- the sequence begin with), before, lately, now.
WITH theirs AS MATERIALIZED (
    SELECT DISTINCT e.candidate_id FROM enrollment e WHERE e.sequence_id = %(sequence)s::bigint
),
sent AS MATERIALIZED (
    SELECT m.id, m.handed_at
      FROM theirs t
      JOIN message m ON m.candidate_id = t.candidate_id
     WHERE m.handed_at > %(before)s::timestamptz
       AND m.handed_at <= %(now)s::timestamptz
       AND m.state IN ('sending', 'sent', 'unknown')
       AND starts_with(m.touch, %(touches)s)
),
opted_out AS MATERIALIZED (
    SELECT s.candidate_id, min(s.at) AS at
      FROM theirs t
      JOIN signal s ON s.candidate_id = t.candidate_id
      JOIN message m ON m.id = s.message_id AND starts_with(m.touch, %(touches)s)
     WHERE s.kind IN ('unsubscribed', 'complained')
       AND s.at > %(before)s::timestamptz
       AND s.at <= %(now)s::timestamptz
     GROUP BY s.candidate_id
)
SELECT (SELECT count(*) FROM sent WHERE handed_at > %(lately)s::timestamptz),
       (SELECT count(*) FROM opted_out WHERE at > %(lately)s::timestamptz),
       (SELECT count(*) FROM sent WHERE handed_at <= %(lately)s::timestamptz),
       (SELECT count(*) FROM opted_out WHERE at <= %(lately)s::timestamptz)
