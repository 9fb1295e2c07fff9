-- Long chains of units get short in a few rounds when each looks at what the first one became.
UPDATE import_unit u
   SET unit = v.unit
  FROM import_unit v
 WHERE v.id = u.unit AND v.unit < u.unit
