-- How many visits were judged in each way lately, and of how many credit was taken back, or a
-- user said otherwise. Ids rise with time, so that the latest are found without an index of times.
SELECT verdict, count(*), count(taken_back_at), count(*) FILTER (WHERE said <> '')
  FROM (SELECT * FROM hit ORDER BY id DESC LIMIT %(most)s) AS latest
 WHERE at >= %(since)s
 GROUP BY verdict
