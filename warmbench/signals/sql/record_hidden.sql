-- Store one visit to what no reader sees in a message, unless it was asked for more often than
-- any reader would.
INSERT INTO hit (candidate_id, message_id, kind, link, method, at, agent, network, system,
                 has_language, flags, verdict, rules)
SELECT m.candidate_id, m.id, %(kind)s, %(link)s, %(method)s, %(now)s, %(agent)s, %(network)s,
       %(system)s, %(has_language)s, %(flags)s, '', '{}'
  FROM message m
 WHERE m.id = %(message)s
   AND (
           SELECT count(*)
             FROM (SELECT FROM hit WHERE hit.message_id = m.id LIMIT %(most)s) AS known
       ) < %(most)s
