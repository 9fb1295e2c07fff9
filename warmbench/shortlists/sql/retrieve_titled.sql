-- Who has the words of one of these titles in theirs, those who came last first.
--
-- Parameters: words (a tsquery), most.
SELECT w.candidate_id
  FROM candidate_words w
 WHERE w.words @@ %(words)s::tsquery
 ORDER BY w.candidate_id DESC
 LIMIT %(most)s
