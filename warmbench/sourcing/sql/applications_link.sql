-- Link applications with roles that came in after them. Returns whose they are.
--
-- Parameters: source.
UPDATE application a
   SET role_id = r.id
  FROM role r
 WHERE a.source = %(source)s AND a.role_id IS NULL AND a.role_there <> ''
   AND r.source = a.source AND r.external_id = a.role_there
RETURNING a.candidate_id
