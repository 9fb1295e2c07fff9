-- The staged records that are about people whom we know, with what we know of these, and the other
-- records that the same system has of them: those in the database and those that came along.
--
-- Parameters: source.
SELECT s.n, c.id, c.first_name, c.last_name, c.employer, c.job_title, c.profile_url, c.city,
       c.region, c.country, c.time_zone,
       ARRAY(
           SELECT f.topic::text FROM candidate_fact f
            WHERE f.candidate_id = c.id AND f.kind = 'corrected'
       ),
       coalesce(
           (
               SELECT jsonb_agg(jsonb_build_array(
                          extract(epoch FROM r.changed_there_at), r.external_id
                      ))
                 FROM candidate_record r
                WHERE r.candidate_id = c.id AND r.source = %(source)s AND r.fate = ''
                  AND r.external_id <> s.external_id
           ),
           '[]'
       )
  FROM import_stage s
  JOIN import_match m USING (n)
  JOIN candidate c ON c.id = m.candidate_id
 WHERE m.problem = ''
 ORDER BY s.n
