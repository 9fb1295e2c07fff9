-- All rows of one candidate are one person, whatever it was that told so.
UPDATE import_match m
   SET person = same.person
  FROM (
           SELECT candidate_id, min(person) AS person
             FROM import_match
            WHERE candidate_id IS NOT NULL AND person > %(done)s::int
            GROUP BY candidate_id
           HAVING count(DISTINCT person) > 1
       ) same
 WHERE m.candidate_id = same.candidate_id AND m.person <> same.person
   AND m.person > %(done)s::int;

ANALYZE import_match
