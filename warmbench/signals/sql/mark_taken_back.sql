-- Note of visits that what they had led to was taken back. Those that count again are not marked.
UPDATE hit
   SET taken_back_at = %(now)s
  FROM unnest(%(messages)s::bigint[], %(ats)s::timestamptz[]) AS gone (message_id, at)
 WHERE hit.message_id = gone.message_id
   AND hit.at = gone.at
   AND hit.verdict IN ('machine', 'unsure')
