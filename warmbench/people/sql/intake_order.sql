-- Put the addresses of each person in order: what they told us themselves and stood before theirs,
-- then those that the system has, in its order, then all others as they stood.
--
-- Parameters: rows.
WITH told AS (
    SELECT t.candidate_id, t.channel, a.address, min(a.place) AS place
      FROM json_to_recordset(%(rows)s) AS t (
               candidate_id bigint, channel text, addresses text[]
           ),
           unnest(t.addresses) WITH ORDINALITY AS a (address, place)
     GROUP BY t.candidate_id, t.channel, a.address
),
ordered AS (
    SELECT p.id,
           row_number() OVER (
               PARTITION BY p.candidate_id, p.channel
               ORDER BY CASE WHEN p.source = 'candidate' THEN 0
                             WHEN told.address IS NOT NULL THEN 1 ELSE 2 END,
                        told.place, p.position, p.id
           ) - 1 AS position
      FROM contact_point p
      LEFT JOIN told USING (candidate_id, channel, address)
     WHERE (p.candidate_id, p.channel) IN (SELECT candidate_id, channel FROM told)
)
UPDATE contact_point p
   SET position = o.position
  FROM ordered o
 WHERE p.id = o.id AND p.position <> o.position
