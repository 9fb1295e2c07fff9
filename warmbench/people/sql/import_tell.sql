-- What the rows say about people of whom there are several rows, or whom we know: one row each.
-- Further down in the file wins; where it is blank, what stands above counts.

-- A record may have gone up in another since we looked, which is meant by the rows then, unless
-- other rows are about it already.
UPDATE import_match m
   SET candidate_id = g.kept_id
  FROM candidate_merge g
 WHERE m.person > %(done)s::int AND m.person <= %(until)s::int
   AND g.gone_id = m.candidate_id AND g.undone_at IS NULL
   AND NOT EXISTS (
           SELECT FROM import_match o WHERE o.candidate_id = g.kept_id AND o.person <> m.person
       )
   AND NOT EXISTS (
           SELECT FROM import_match o
             JOIN candidate_merge b ON b.gone_id = o.candidate_id AND b.undone_at IS NULL
            WHERE b.kept_id = g.kept_id AND o.person <> m.person
       );

-- Somebody may have been erased since we looked: that must not be undone here.
UPDATE import_match m
   SET problem = 'The candidate was removed while the file was loaded.'
 WHERE m.person > %(done)s::int AND m.person <= %(until)s::int
   AND m.candidate_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM candidate c WHERE c.id = m.candidate_id);

CREATE TEMP TABLE import_told ON COMMIT DROP AS
WITH said AS (
    SELECT m.person, m.candidate_id AS known_id, count(*) OVER (PARTITION BY m.person) AS rows,
           s.*
      FROM import_match m
      JOIN import_stage s USING (n)
     WHERE m.person > %(done)s::int AND m.person <= %(until)s::int AND m.problem = ''
),
several AS (
    SELECT * FROM said WHERE rows > 1
),
email AS (
    SELECT person, array_agg(address ORDER BY n, place) AS addresses
      FROM (
               SELECT DISTINCT ON (person, e.address) person, n, e.place, e.address
                 FROM several, unnest(emails) WITH ORDINALITY AS e (address, place)
                ORDER BY person, e.address, n
           ) one GROUP BY person
),
phone AS (
    SELECT person, array_agg(address ORDER BY n, place) AS addresses
      FROM (
               SELECT DISTINCT ON (person, p.address) person, n, p.place, p.address
                 FROM several, unnest(phones) WITH ORDINALITY AS p (address, place)
                ORDER BY person, p.address, n
           ) one GROUP BY person
),
tagged AS (
    SELECT person, array_agg(t.id ORDER BY n) AS ids, array_agg(t.way ORDER BY n) AS ways
      FROM several, unnest(tag_ids, tag_ways) AS t (id, way)
     GROUP BY person
),
wrote AS (
    SELECT person, array_agg(DISTINCT u.text) AS texts
      FROM several, unnest(unmatched) AS u (text) GROUP BY person
),
merged AS (
    SELECT person,
           min(known_id) AS known_id,
           (array_agg(candidate_id ORDER BY n))[1] AS candidate_id,
           count(*) AS rows,
           -- Of several ids, always the same one, whatever the order of the rows.
           (array_agg(source ORDER BY external_id = '', source, external_id))[1] AS source,
           (array_agg(external_id ORDER BY external_id = '', source, external_id))[1]
               AS external_id,
           /* texts */,
           coalesce((array_agg(city ORDER BY n DESC) FILTER (WHERE has_place))[1], '') AS city,
           coalesce((array_agg(region ORDER BY n DESC) FILTER (WHERE has_place))[1], '') AS region,
           coalesce((array_agg(country ORDER BY n DESC) FILTER (WHERE has_place))[1], '')
               AS country,
           coalesce((array_agg(time_zone ORDER BY n DESC) FILTER (WHERE has_place))[1], '')
               AS time_zone,
           CASE WHEN bool_or(status = 'do_not_contact') THEN 'do_not_contact'
                WHEN bool_or(status = 'placed') THEN 'placed'
                ELSE coalesce((array_agg(status ORDER BY n DESC) FILTER (WHERE status <> ''))[1],
                              '')
           END AS status,
           (array_agg(owner_id ORDER BY n DESC) FILTER (WHERE owner_id IS NOT NULL))[1]
               AS owner_id,
           max(talked_on) AS talked_on,
           coalesce((array_agg(topic ORDER BY talked_on DESC NULLS LAST, n DESC)
                         FILTER (WHERE topic <> ''))[1], '') AS topic,
           coalesce((array_agg(note ORDER BY talked_on DESC NULLS LAST, n DESC)
                         FILTER (WHERE note <> ''))[1], '') AS note,
           CASE WHEN bool_or(consent = 'no') THEN 'no'
                WHEN bool_or(consent = 'unclear') THEN 'unclear'
                WHEN bool_or(consent = 'yes') THEN 'yes' ELSE '' END AS consent,
           coalesce((array_agg(consent_words ORDER BY consent, consented_on DESC NULLS LAST)
                         FILTER (WHERE consent <> ''))[1], '') AS consent_words,
           max(consented_on) AS consented_on,
           bool_or(opted_out) AS opted_out,
           (array_agg(primary_tag ORDER BY n DESC) FILTER (WHERE primary_tag IS NOT NULL))[1]
               AS primary_tag
      FROM (
               SELECT *, city || region || country || time_zone <> '' AS has_place FROM several
           ) s
     GROUP BY person
)
SELECT person, known_id IS NULL AS is_new, coalesce(known_id, candidate_id) AS candidate_id, rows,
       /* columns */, emails, phones, tag_ids, tag_ways, unmatched
  FROM said
 WHERE rows = 1
UNION ALL
SELECT g.person, g.known_id IS NULL, coalesce(g.known_id, g.candidate_id), g.rows, /* columns */,
       coalesce(e.addresses, '{}'), coalesce(p.addresses, '{}'), coalesce(t.ids, '{}'),
       coalesce(t.ways, '{}'), coalesce(w.texts, '{}')
  FROM merged g
  LEFT JOIN email e USING (person)
  LEFT JOIN phone p USING (person)
  LEFT JOIN tagged t USING (person)
  LEFT JOIN wrote w USING (person);

ANALYZE import_told (person, candidate_id)
