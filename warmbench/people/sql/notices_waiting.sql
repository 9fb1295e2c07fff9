-- Who has to be told that we hold their data, and has not been, from the day of the warning on
-- (GDPR Art. 14). Of unknown country: taken to live where the organisation works. Parameters:
-- clocks (country, warn, stop, decide, source), home (the organisation's country), now.
--
-- The last day is a month after we got the data, as the law has it, or the clock's if that is
-- sooner.
SELECT c.id,
       c.owner_id,
       c.source,
       c.added_at,
       c.added_at + make_interval(days => k.stop) AS stops_at,
       least(c.added_at + make_interval(days => k.decide), c.added_at + interval '1 month')
           AS decided_by,
       aside.at AS aside_at,
       k.source AS rule
  FROM candidate c
  JOIN json_to_recordset(%(clocks)s) AS k (
           country text, warn int, stop int, decide int, source text
       ) ON k.country = coalesce(nullif(c.country, ''), %(home)s::text)
  LEFT JOIN notice aside ON aside.candidate_id = c.id AND aside.kind = 'set_aside'
 WHERE c.added_at <= %(now)s::timestamptz - make_interval(days => k.warn)
   AND NOT EXISTS (
           SELECT FROM notice told WHERE told.candidate_id = c.id AND told.kind <> 'set_aside'
       )
