-- Note what both sides changed. A newer conflict about a field stands in the place of an older one.
--
-- Parameters: rows, now.
UPDATE conflict c
   SET state = 'theirs', settled_at = %(now)s
  FROM json_to_recordset(%(rows)s) AS t (record_id bigint, field text)
 WHERE c.record_id = t.record_id AND c.field = t.field AND c.state = 'open';
INSERT INTO conflict (record_id, field, ours, theirs, state, at)
SELECT t.record_id, t.field, t.ours, t.theirs, 'open', %(now)s
  FROM json_to_recordset(%(rows)s) AS t (record_id bigint, field text, ours text, theirs text)
