-- Whoever has no name, and is tied only to people of one name, goes by it: the keys that are in
-- doubt may tell more, together with that.
INSERT INTO import_link
SELECT h.who, h.key || chr(31) || one.name
  FROM import_has h
  JOIN import_doubt USING (key)
  JOIN import_somebody s USING (who)
  JOIN import_unit u ON u.id = h.who
  JOIN (
           SELECT u.unit, min(s.name) AS name
             FROM import_unit u
             JOIN import_somebody s ON s.who = u.id
            GROUP BY u.unit
           HAVING min(s.name) = max(s.name)
       ) one USING (unit)
 WHERE s.names = 0
