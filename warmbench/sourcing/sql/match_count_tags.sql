-- Counts how many people carry each tag, and forgets tags that are gone from everybody.
--
-- Parameters: now.
WITH counted AS (
    SELECT carried.tag_id, count(*) AS people
      FROM candidate_facet f
      CROSS JOIN LATERAL unnest(f.tag_ids) AS carried (tag_id)
     GROUP BY carried.tag_id
),
everybody AS (SELECT count(*) AS people FROM candidate_facet),
gone AS (
    DELETE FROM tag_count WHERE tag_id NOT IN (SELECT tag_id FROM counted)
)
INSERT INTO tag_count (tag_id, people, among, counted_at)
SELECT counted.tag_id, counted.people, everybody.people, %(now)s
  FROM counted
  JOIN tag ON tag.id = counted.tag_id
  CROSS JOIN everybody
    ON CONFLICT (tag_id) DO UPDATE
   SET people = excluded.people, among = excluded.among, counted_at = excluded.counted_at
