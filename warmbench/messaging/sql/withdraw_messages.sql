-- Say of messages that have not left that they must not: also of those that a worker holds.
INSERT INTO withdrawal (message_id, reason, at)
SELECT m.id, %(reason)s, %(now)s
  FROM message m
 WHERE m.id = ANY(%(messages)s::bigint[]) AND m.state IN ('queued', 'sending')
 ORDER BY m.id
    ON CONFLICT (message_id) DO UPDATE SET reason = excluded.reason, at = excluded.at
