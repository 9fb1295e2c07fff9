-- Whether there is a ground to write: the latest word on this channel and purpose counts. A
-- text needs consent in so many words, a mail may rest on another ground.
LEFT JOIN LATERAL (
    SELECT CASE '{channel}' WHEN 'sms' THEN k.basis = 'consent' ELSE k.basis <> 'withdrawn' END
           AND (k.expires_at IS NULL OR k.expires_at > %(now)s::timestamptz) AS given
      FROM consent k
     WHERE k.candidate_id = c.id
       AND k.channel = '{channel}'
       AND k.purpose IN ('', '{purpose}')
     ORDER BY k.at DESC, k.id DESC
     LIMIT 1
) AS consent_{channel}_{purpose} ON true
