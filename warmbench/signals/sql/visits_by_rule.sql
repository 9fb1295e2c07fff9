-- In how many visits each rule fired lately, and what became of those.
SELECT fired.rule,
       count(*) AS visits,
       count(*) FILTER (WHERE verdict = 'machine') AS machines,
       count(*) FILTER (WHERE cardinality(rules) = 1) AS alone,
       count(*) FILTER (WHERE said = 'human') AS overruled
  FROM (SELECT * FROM hit ORDER BY id DESC LIMIT %(most)s) AS latest,
       unnest(latest.rules) AS fired (rule)
 WHERE at >= %(since)s
 GROUP BY fired.rule
 ORDER BY machines DESC, visits DESC, fired.rule
