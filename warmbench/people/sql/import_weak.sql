-- Who may be who by what several people may have: a phone number, an address like "jobs@".
--
-- Somebody, here, is a candidate (who: minus their id) or the rows of one person whom we do not
-- know (who: the first row). A key that people of different names have is in doubt: it tells
-- somebody only together with the name. Leaves import_link: who is tied to whom so far.
DROP TABLE IF EXISTS import_weak, import_has, import_called, import_somebody, import_doubt,
    import_link;

CREATE TEMP TABLE import_weak ON COMMIT DROP AS
SELECT coalesce(-v.candidate_id, v.unit, s.n) AS who, w.key
  FROM import_stage s
  LEFT JOIN import_verdict v USING (n)
 CROSS JOIN LATERAL unnest(s.phones || s.shared) AS w (key)
 WHERE s.reason = '' AND coalesce(v.problem, '') = '';

ANALYZE import_weak;

-- Where all rows have their candidates, there is nothing to find out.
INSERT INTO import_weak
SELECT -p.candidate_id, p.address
  FROM (SELECT DISTINCT key FROM import_weak) w
  JOIN contact_point p ON p.address = w.key
 WHERE EXISTS (SELECT FROM import_weak WHERE who > 0);

ANALYZE import_weak;

CREATE TEMP TABLE import_has ON COMMIT DROP AS
WITH common AS (
    SELECT DISTINCT who
      FROM import_weak
      JOIN (
               SELECT key FROM import_weak GROUP BY key HAVING min(who) <> max(who)
           ) twice USING (key)
     WHERE EXISTS (SELECT FROM import_weak WHERE who > 0)
)
SELECT DISTINCT who, key FROM import_weak JOIN common USING (who);

ANALYZE import_has;

-- The names of the rows count, and a candidate's own where these have none: they replace it.
CREATE TEMP TABLE import_called ON COMMIT DROP AS
SELECT DISTINCT r.who, candidate_name_key(r.first_name, r.last_name || chr(31)) AS name
  FROM (
           SELECT coalesce(-v.candidate_id, v.unit, s.n) AS who, s.first_name, s.last_name
             FROM import_stage s
             LEFT JOIN import_verdict v USING (n)
            WHERE s.reason = '' AND coalesce(v.problem, '') = ''
              AND s.first_name || s.last_name <> ''
       ) r
 WHERE r.who IN (SELECT who FROM import_has) AND EXISTS (SELECT FROM import_has);

INSERT INTO import_called
SELECT -c.id, candidate_name_key(c.first_name, c.last_name || chr(31))
  FROM candidate c
 WHERE c.id IN (SELECT -who FROM import_has WHERE who < 0)
   AND c.first_name || c.last_name <> ''
   AND NOT EXISTS (SELECT FROM import_called x WHERE x.who = -c.id);

CREATE TEMP TABLE import_somebody ON COMMIT DROP AS
SELECT h.who, count(x.name) AS names, min(x.name) AS name
  FROM (SELECT DISTINCT who FROM import_has) h
  LEFT JOIN import_called x USING (who)
 GROUP BY h.who;

ANALYZE import_somebody;

CREATE TEMP TABLE import_doubt ON COMMIT DROP AS
SELECT h.key
  FROM import_has h
  JOIN import_somebody s USING (who)
 GROUP BY h.key
HAVING max(s.names) > 1 OR min(s.name) <> max(s.name);

-- Only somebody without a name could be tied to people of different names.
CREATE TEMP TABLE import_link ON COMMIT DROP AS
SELECT *
  FROM (
           SELECT h.who AS id,
                  CASE WHEN d.key IS NULL THEN h.key
                       WHEN s.names = 1 THEN h.key || chr(31) || s.name END AS token
             FROM import_has h
             JOIN import_somebody s USING (who)
             LEFT JOIN import_doubt d USING (key)
       ) t
 WHERE token IS NOT NULL AND EXISTS (SELECT FROM import_somebody WHERE names = 0)
