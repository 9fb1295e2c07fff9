-- The employers in our records that have this word, each with how many people work there. The
-- expression is that of the index on names.
SELECT employer, count(*)
  FROM candidate
 WHERE candidate_search_text(first_name, last_name, employer) LIKE %(word)s
   AND employer <> ''
 GROUP BY employer
