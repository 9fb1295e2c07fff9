-- Units that share something become one, named after the lowest id. Again until nothing changes:
-- each time, at least every other unit is gone that has something in common with another.
UPDATE import_unit u
   SET unit = next.unit
  FROM (
           SELECT u.unit AS id, min(t.unit) AS unit
             FROM import_link l
             JOIN import_unit u USING (id)
             JOIN (
                      SELECT l.token, min(u.unit) AS unit
                        FROM import_link l
                        JOIN import_unit u USING (id)
                       GROUP BY l.token
                      HAVING min(u.unit) <> max(u.unit)
                  ) t USING (token)
            WHERE t.unit < u.unit
            GROUP BY u.unit
       ) next
 WHERE u.id = next.id
