-- Units of units become units, again until nothing changes: chains get short in a few rounds.
UPDATE import_unit u
   SET unit = v.unit
  FROM import_unit v
 WHERE v.id = u.unit AND v.unit < u.unit
