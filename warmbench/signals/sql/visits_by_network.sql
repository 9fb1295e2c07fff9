-- How visits from each network were judged lately, those with the most machines first.
SELECT network,
       count(*) AS visits,
       count(*) FILTER (WHERE verdict = 'machine') AS machines,
       count(*) FILTER (WHERE verdict = 'unsure') AS unsure,
       count(*) FILTER (WHERE verdict IN ('human', 'likely')) AS people,
       count(DISTINCT candidate_id) AS candidates
  FROM (SELECT * FROM hit ORDER BY id DESC LIMIT %(most)s) AS latest
 WHERE at >= %(since)s AND network <> ''
 GROUP BY network
 ORDER BY machines DESC, visits DESC, network
 LIMIT %(networks)s
