-- Units that share something become one, named after the first. Again until nothing changes.
UPDATE import_unit u
   SET unit = next.unit
  FROM (
           SELECT l.id, min(t.unit) AS unit
             FROM import_link l
             JOIN (
                      SELECT l.token, min(u.unit) AS unit
                        FROM import_link l JOIN import_unit u USING (id)
                       GROUP BY l.token
                  ) t USING (token)
            GROUP BY l.id
       ) next
 WHERE u.id = next.id AND next.unit < u.unit
