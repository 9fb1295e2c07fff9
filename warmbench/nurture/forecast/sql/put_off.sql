-- Why touches were put off when their time had come, how many, and of how many people.
SELECT d.reason, count(*), count(DISTINCT d.candidate_id)
  FROM decision d
 WHERE d.verdict = 'later' AND d.at >= %(since)s
 GROUP BY d.reason
 ORDER BY 2 DESC, 1
