-- How many touches the first forecast sees going and the second does not.
SELECT count(*)
  FROM forecast_touch a
 WHERE a.forecast_id = %(a)s AND a.touch <> '' AND a.refusal = ''
   AND NOT EXISTS (
           SELECT FROM forecast_touch b
            WHERE b.forecast_id = %(b)s AND b.candidate_id = a.candidate_id
              AND b.touch = a.touch AND b.occurrence = a.occurrence AND b.channel = a.channel
              AND b.refusal = ''
       )
