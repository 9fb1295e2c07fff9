-- Note addresses and numbers that are new. What this source told us before and does not tell
-- any more was corrected there: then the new one comes first. Returns who has a new one.
DROP TABLE IF EXISTS import_point;

CREATE TEMP TABLE import_point ON COMMIT DROP AS
SELECT x.*, first.source IS NOT DISTINCT FROM %(source)s::text
            AND first.address <> ALL (CASE x.channel WHEN 'email' THEN x.emails ELSE x.phones END)
            AS corrects,
       coalesce(first.places, 0) AS places
  FROM (
           SELECT t.candidate_id, 'email' AS channel, e.address, e.place, t.emails, t.phones
             FROM import_told t, unnest(t.emails) WITH ORDINALITY AS e (address, place)
           UNION ALL
           SELECT t.candidate_id, 'sms', p.address, p.place, t.emails, t.phones
             FROM import_told t, unnest(t.phones) WITH ORDINALITY AS p (address, place)
       ) x
  LEFT JOIN LATERAL (
           SELECT p.source, p.address, max(p.position) OVER () + 1 AS places
             FROM contact_point p
            WHERE p.candidate_id = x.candidate_id AND p.channel = x.channel
            ORDER BY p.position, p.id
            LIMIT 1
       ) first ON true
 WHERE NOT EXISTS (
           SELECT FROM contact_point p
            WHERE p.candidate_id = x.candidate_id AND p.channel = x.channel
              AND p.address = x.address
       );

UPDATE contact_point p
   SET position = p.position + n.new
  FROM (
           SELECT candidate_id, channel, count(*) AS new
             FROM import_point WHERE corrects GROUP BY candidate_id, channel
       ) n
 WHERE p.candidate_id = n.candidate_id AND p.channel = n.channel;

INSERT INTO contact_point (candidate_id, channel, address, standing, position, source, added_at)
SELECT n.candidate_id, n.channel, n.address, 'unverified',
       CASE WHEN n.corrects THEN 0 ELSE n.places END - 1
           + row_number() OVER (PARTITION BY n.candidate_id, n.channel ORDER BY n.place),
       %(source)s::text, %(now)s::timestamptz
  FROM import_point n
    ON CONFLICT DO NOTHING
RETURNING candidate_id
