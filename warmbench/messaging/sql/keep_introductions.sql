-- Store with each text what it says besides its words.
UPDATE message m
   SET context = m.context || row.said
  FROM json_to_recordset(%(rows)s) AS row (id bigint, said jsonb)
 WHERE m.id = row.id
