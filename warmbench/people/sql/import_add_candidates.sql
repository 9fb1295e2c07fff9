-- Add the people whom nobody knew, with the facts that the file tells. Returns who they are.
INSERT INTO candidate (
    id, first_name, last_name, status, status_since, owner_id, source, external_id, employer,
    job_title, profile_url, city, region, country, time_zone, stage_reached,
    last_conversation_on, last_conversation_topic, last_conversation_note, pause_reason,
    added_at, changed_at
)
SELECT f.candidate_id, f.first_name, f.last_name, coalesce(nullif(f.status, ''), 'passive'),
       %(now)s::timestamptz, coalesce(u.id, everybody.id), f.source, f.external_id, f.employer,
       f.job_title, f.profile_url, f.city, f.region, f.country, f.time_zone, f.stage,
       f.talked_on, f.topic, f.note, '', %(now)s::timestamptz, %(now)s::timestamptz
  FROM import_fresh f
  LEFT JOIN app_user u ON u.id = f.owner_id
  LEFT JOIN app_user everybody ON everybody.id = %(owner)s::bigint
RETURNING id
