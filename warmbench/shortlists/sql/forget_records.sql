-- Delete records of rankings that no law wants kept any more.
DELETE FROM ranking_record r
 USING (SELECT p.law, p.years, p.since
          FROM json_to_recordset(%(periods)s) AS p(law text, years int, since date)
         UNION ALL SELECT '', %(usual)s, '2000-01-01'::date) AS period
 WHERE period.law = CASE WHEN EXISTS (
           SELECT FROM json_to_recordset(%(periods)s) AS q(law text, years int, since date)
            WHERE q.law = r.law AND q.since <= r.at::date) THEN r.law ELSE '' END
   AND r.at < %(now)s - make_interval(years => period.years)
