-- Some of the people who lack a required tag, or one kind of it, the newest first.
SELECT *
  FROM (
/* gaps */
       ) gap
 WHERE CASE %(kind)s::text WHEN 'specialty' THEN specialty
                           WHEN 'seniority' THEN seniority
                           WHEN 'geography' THEN geography
                           ELSE true
       END
 ORDER BY id DESC
 LIMIT %(limit)s::bigint
