-- Write down on which ground new people may be written to: what their row says, else what
-- holds for the whole file. An unclear answer is none.
INSERT INTO consent (candidate_id, channel, purpose, basis, evidence, source, at)
SELECT f.candidate_id, 'email', '',
       CASE f.consent WHEN 'yes' THEN 'consent' WHEN 'no' THEN 'withdrawn' ELSE %(basis)s::text END,
       CASE WHEN f.consent <> '' THEN %(said)s::text || f.consent_words ELSE %(evidence)s::text END,
       %(source)s::text,
       CASE WHEN f.consent = 'yes' THEN coalesce(f.consented_on, %(now)s::timestamptz) ELSE %(now)s::timestamptz END
  FROM import_fresh f
 WHERE f.consent = 'no'
    OR NOT f.opted_out AND (f.consent = 'yes' OR f.consent = '' AND %(basis)s::text <> '')
