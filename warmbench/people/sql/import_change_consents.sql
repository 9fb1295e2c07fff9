-- Write down what is new about permission. A withdrawal is only overcome by consent that was
-- given after it, on a day that the file names; a weaker ground does not replace a stronger.
WITH ground (basis, strength) AS (
    VALUES ('consent', 3), ('relationship', 2), ('inquiry', 2), ('legitimate_interest', 1),
           ('withdrawn', 0)
),
said AS (
    SELECT t.*,
           CASE t.consent WHEN 'yes' THEN 'consent' WHEN 'no' THEN 'withdrawn'
                          ELSE %(basis)s::text END AS basis
      FROM import_told t
     WHERE t.consent = 'no'
        OR NOT t.opted_out AND (t.consent = 'yes' OR t.consent = '' AND %(basis)s::text <> '')
)
INSERT INTO consent (
    candidate_id, channel, purpose, basis, evidence, source, how, balancing_test_id, at, since
)
SELECT s.candidate_id, 'email', '', s.basis,
       CASE WHEN s.consent <> '' THEN %(said)s::text || s.consent_words ELSE %(evidence)s::text END,
       %(source)s::text,
       'import',
       CASE WHEN s.basis = 'legitimate_interest'
            THEN (SELECT t.id FROM balancing_test t ORDER BY t.version DESC LIMIT 1) END,
       CASE WHEN s.consent = 'yes' THEN coalesce(s.consented_on, %(now)s::timestamptz) ELSE %(now)s::timestamptz END,
       CASE WHEN s.basis = 'relationship' THEN s.talked_on END
  FROM said s
 WHERE CASE
           WHEN s.consent = 'no' THEN
               'withdrawn' IS DISTINCT FROM (
                   SELECT c.basis FROM consent c
                    WHERE c.candidate_id = s.candidate_id AND c.channel = 'email'
                      AND c.purpose <> 'pixel'
                    ORDER BY c.at DESC, c.id DESC LIMIT 1
               )
               AND 'withdrawn' IS DISTINCT FROM (
                   SELECT c.basis FROM consent c
                    WHERE c.candidate_id = s.candidate_id AND c.channel = 'email'
                      AND c.purpose <> 'pixel' AND c.source = %(source)s::text
                    ORDER BY c.at DESC, c.id DESC LIMIT 1
               )
           ELSE NOT EXISTS (
               SELECT FROM consent c
                 JOIN ground had USING (basis)
                 JOIN ground has ON has.basis = s.basis
                WHERE c.candidate_id = s.candidate_id AND c.channel = 'email'
                  AND c.purpose <> 'pixel'
                  AND CASE
                          WHEN c.basis = 'withdrawn' THEN
                              s.consent <> 'yes' OR s.consented_on IS NULL
                              OR c.at >= s.consented_on
                          ELSE had.strength >= has.strength
                               AND (c.expires_at IS NULL OR c.expires_at > %(now)s::timestamptz)
                               AND c.purpose = ''
                               AND (s.consent <> 'yes' OR s.consented_on IS NULL
                                    OR c.at >= s.consented_on)
                      END
           )
       END
RETURNING candidate_id
