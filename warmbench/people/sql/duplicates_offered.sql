-- Of the pairs that were found, those that somebody is asked about: a number is what a household
-- shares, too, so that something else of the two has to go with it.
SELECT f.*
  FROM found f
  JOIN candidate a ON a.id = f.low
  JOIN candidate b ON b.id = f.high
 WHERE f.grounds <> ARRAY['phone']::varchar[]
    OR '' IN (a.first_name || a.last_name, b.first_name || b.last_name)
    OR a.last_name <> '' AND lower(a.last_name) = lower(b.last_name)
    OR a.employer <> '' AND lower(a.employer) = lower(b.employer)
    OR similarity(
           candidate_name_key(a.first_name, a.last_name),
           candidate_name_key(b.first_name, b.last_name)
       ) >= %(alike)s
