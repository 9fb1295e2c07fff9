-- Write down on which ground new people may be written to: what their row says, else what
-- holds for the whole file. An unclear answer is none. A legitimate interest names the weighing
-- that it rests on; a relationship is as old as the last conversation that the file tells of.
INSERT INTO consent (
    candidate_id, channel, purpose, basis, evidence, source, how, balancing_test_id, at, since
)
SELECT f.candidate_id, 'email', '',
       CASE f.consent WHEN 'yes' THEN 'consent' WHEN 'no' THEN 'withdrawn' ELSE %(basis)s::text END,
       CASE WHEN f.consent <> '' THEN %(said)s::text || f.consent_words ELSE %(evidence)s::text END,
       %(source)s::text,
       'import',
       CASE WHEN f.consent = '' AND %(basis)s::text = 'legitimate_interest'
            THEN (SELECT t.id FROM balancing_test t ORDER BY t.version DESC LIMIT 1) END,
       CASE WHEN f.consent = 'yes' THEN coalesce(f.consented_on, %(now)s::timestamptz) ELSE %(now)s::timestamptz END,
       CASE WHEN f.consent = '' AND %(basis)s::text = 'relationship' THEN f.talked_on END
  FROM import_fresh f
 WHERE f.consent = 'no'
    OR NOT f.opted_out AND (f.consent = 'yes' OR f.consent = '' AND %(basis)s::text <> '')
