-- Who works for an employer, given all its spellings and the word that they begin with.
SELECT id
  FROM candidate
 WHERE candidate_search_text(first_name, last_name, employer) LIKE %(word)s
   AND employer = ANY(%(employers)s)
