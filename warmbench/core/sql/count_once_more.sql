-- Count one more for a key, beginning anew with each span. Returns how many there are now.
INSERT INTO rate_count AS r (key, begun, times)
VALUES (%(key)s, %(begun)s, 1)
    ON CONFLICT (key) DO UPDATE
   SET begun = excluded.begun,
       times = CASE WHEN r.begun = excluded.begun THEN r.times + 1 ELSE 1 END
RETURNING times
