-- Remember words that no tag knows. In one order, whoever writes: two imports that both meet
-- the same new words then wait instead of deadlocking.
INSERT INTO unmatched_skill (key, text, first_seen_at, decision)
SELECT key, text, %(now)s, ''
  FROM unnest(%(keys)s::text[], %(texts)s::text[]) AS w (key, text)
 ORDER BY key
    ON CONFLICT (key) DO NOTHING
