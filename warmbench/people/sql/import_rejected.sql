-- The rows of a chunk that cannot be loaded, and why.
SELECT s.line, s.place, s.reason, s.cells
  FROM import_stage s
 WHERE s.n > %(done)s::int AND s.n <= %(until)s::int AND s.reason <> ''
UNION ALL
SELECT s.line, s.place, m.problem, s.cells
  FROM import_match m
  JOIN import_stage s USING (n)
 WHERE m.person > %(done)s::int AND m.person <= %(until)s::int AND m.problem <> ''
 ORDER BY line
