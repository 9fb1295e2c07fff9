-- Write down what is different.
UPDATE candidate c
   SET first_name = x.first_name, last_name = x.last_name, employer = x.employer,
       job_title = x.job_title, profile_url = x.profile_url, city = x.city, region = x.region,
       country = x.country, time_zone = x.time_zone, status = x.status,
       status_since = CASE WHEN x.has_new_status THEN %(now)s::timestamptz ELSE c.status_since END,
       owner_id = x.owner_id, stage_reached = x.stage_reached,
       last_conversation_on = x.last_conversation_on,
       last_conversation_topic = x.last_conversation_topic,
       last_conversation_note = x.last_conversation_note,
       external_id = x.external_id, source = x.source, changed_at = %(now)s::timestamptz
  FROM import_change x
 WHERE c.id = x.id
RETURNING c.id, c.status, c.owner_id, x.has_new_status, x.has_new_owner
