-- Write verdicts on hits, new ones and revised ones.
UPDATE hit
   SET verdict = new.verdict, rules = string_to_array(new.rules, ' '), judged_at = %(now)s
  FROM unnest(%(hits)s::bigint[], %(verdicts)s::text[], %(rules)s::text[])
       AS new (id, verdict, rules)
 WHERE hit.id = new.id
