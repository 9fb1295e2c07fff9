-- What would become of the candidates whom we know, for those with whom it is anything else.
--
-- A blank says nothing. A place is one fact: somebody who moved leaves nothing of the old one
-- behind. Nothing leads back from "do not contact" and "placed", and an older conversation
-- does not hide a newer one. A name or a place that they put right themselves stays (GDPR
-- Art. 16).
DROP TABLE IF EXISTS import_change;

CREATE TEMP TABLE import_change ON COMMIT DROP AS
SELECT next.*, next.status <> c.status AS has_new_status,
       next.owner_id IS DISTINCT FROM c.owner_id AS has_new_owner
  FROM (
           SELECT c.id,
                  CASE WHEN own.name THEN c.first_name
                       ELSE coalesce(nullif(t.first_name, ''), c.first_name) END AS first_name,
                  CASE WHEN own.name THEN c.last_name
                       ELSE coalesce(nullif(t.last_name, ''), c.last_name) END AS last_name,
                  coalesce(nullif(t.employer, ''), c.employer) AS employer,
                  coalesce(nullif(t.job_title, ''), c.job_title) AS job_title,
                  coalesce(nullif(t.profile_url, ''), c.profile_url) AS profile_url,
                  CASE WHEN own.place THEN c.city WHEN moved THEN t.city
                       ELSE coalesce(nullif(t.city, ''), c.city) END AS city,
                  CASE WHEN own.place THEN c.region WHEN moved THEN t.region
                       ELSE coalesce(nullif(t.region, ''), c.region) END AS region,
                  CASE WHEN own.place THEN c.country WHEN moved THEN t.country
                       ELSE coalesce(nullif(t.country, ''), c.country) END AS country,
                  CASE WHEN own.place THEN c.time_zone WHEN moved THEN t.time_zone
                       ELSE coalesce(nullif(t.time_zone, ''), c.time_zone) END AS time_zone,
                  CASE WHEN t.status IN ('', c.status) THEN c.status
                       WHEN c.status = 'do_not_contact' THEN c.status
                       WHEN c.status = 'placed' AND t.status <> 'do_not_contact' THEN c.status
                       ELSE t.status
                  END AS status,
                  coalesce(u.id, c.owner_id, everybody.id) AS owner_id,
                  coalesce(nullif(t.stage, ''), c.stage_reached) AS stage_reached,
                  CASE WHEN newer THEN coalesce(t.talked_on, c.last_conversation_on)
                       ELSE c.last_conversation_on END AS last_conversation_on,
                  CASE WHEN newer THEN coalesce(nullif(t.topic, ''), c.last_conversation_topic)
                       ELSE c.last_conversation_topic END AS last_conversation_topic,
                  CASE WHEN newer THEN coalesce(nullif(t.note, ''), c.last_conversation_note)
                       ELSE c.last_conversation_note END AS last_conversation_note,
                  CASE WHEN takes_id THEN t.external_id ELSE c.external_id END AS external_id,
                  CASE WHEN takes_id THEN t.source ELSE c.source END AS source
             FROM import_told t
             JOIN candidate c ON c.id = t.candidate_id
             LEFT JOIN app_user u ON u.id = t.owner_id
             LEFT JOIN app_user everybody ON everybody.id = %(owner)s::bigint
            CROSS JOIN LATERAL (
                      SELECT coalesce(bool_or(f.topic = 'name'), false) AS name,
                             coalesce(bool_or(f.topic = 'place'), false) AS place
                        FROM candidate_fact f
                       WHERE f.candidate_id = c.id AND f.kind = 'corrected'
                  ) own
            CROSS JOIN LATERAL (
                      SELECT t.country <> '' AND (
                                 c.country NOT IN ('', t.country)
                                 OR t.city <> '' AND c.city <> ''
                                    AND lower(t.city) <> lower(c.city)
                             ) AS moved,
                             c.last_conversation_on IS NULL
                             OR t.talked_on >= c.last_conversation_on AS newer,
                             c.external_id = '' AND t.external_id <> ''
                             AND c.source IN ('', t.source) AS takes_id
                  ) how
            WHERE NOT t.is_new
       ) next
  JOIN candidate c ON c.id = next.id
 WHERE (next.first_name, next.last_name, next.employer, next.job_title, next.profile_url,
        next.city, next.region, next.country, next.time_zone, next.status, next.owner_id,
        next.stage_reached, next.last_conversation_on, next.last_conversation_topic,
        next.last_conversation_note, next.external_id, next.source)
       IS DISTINCT FROM
       (c.first_name, c.last_name, c.employer, c.job_title, c.profile_url,
        c.city, c.region, c.country, c.time_zone, c.status, c.owner_id,
        c.stage_reached, c.last_conversation_on, c.last_conversation_topic,
        c.last_conversation_note, c.external_id, c.source)
