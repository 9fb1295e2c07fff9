-- How many people have how many of a role's skills, from so many on.
--
-- Parameters: skills, rare, least, as in match_find.sql.
SELECT icount(f.tag_ids & %(skills)s::int[]) AS matched, count(*)
  FROM candidate_facet f
 WHERE f.tag_ids && %(rare)s::int[]
   AND icount(f.tag_ids & %(skills)s::int[]) >= %(least)s
 GROUP BY 1
