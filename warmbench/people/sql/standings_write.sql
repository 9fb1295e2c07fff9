-- Put down what records say, and which status each of them replaced.
--
-- Parameters: rows.
UPDATE candidate_record r
   SET standing = t.standing, status_before = t.status_before
  FROM json_to_recordset(%(rows)s) AS t (id bigint, standing text, status_before text)
 WHERE r.id = t.id
