-- Put down what is to be taken of the staged records: what is left to us is blank.
--
-- Parameters: rows.
UPDATE import_stage s
   SET first_name = t.first_name, last_name = t.last_name, employer = t.employer,
       job_title = t.job_title, profile_url = t.profile_url, city = t.city, region = t.region,
       country = t.country, time_zone = t.time_zone, owner_id = t.owner_id
  FROM json_to_recordset(%(rows)s) AS t (
           n int, first_name text, last_name text, employer text, job_title text,
           profile_url text, city text, region text, country text, time_zone text, owner_id bigint
       )
 WHERE s.n = t.n
