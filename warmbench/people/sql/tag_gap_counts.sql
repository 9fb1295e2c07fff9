-- How many people lack a required tag, and how many lack which.
SELECT count(*), count(*) FILTER (WHERE specialty), count(*) FILTER (WHERE seniority),
       count(*) FILTER (WHERE geography)
  FROM (
/* gaps */
       ) gap
