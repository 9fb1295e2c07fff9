-- Write verdicts on visits, new ones and revised ones.
UPDATE hit
   SET verdict = new.verdict,
       score = new.score,
       rules = string_to_array(new.rules, ' '),
       policy = %(policy)s,
       judged_at = %(now)s
  FROM unnest(%(hits)s::bigint[], %(verdicts)s::text[], %(scores)s::float8[], %(rules)s::text[])
       AS new (id, verdict, score, rules)
 WHERE hit.id = new.id
