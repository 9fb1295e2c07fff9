-- Write touches to the outbox, each at most once. Returns the new ones.
INSERT INTO message (
    candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version,
    sender_id, template_id, context, state, reason,
    queued_at, not_before, valid_until, state_at, tries, address
)
SELECT candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version,
       sender_id, template_id, context::jsonb,
       CASE WHEN refusal = '' THEN 'queued' ELSE 'refused' END, refusal,
       %(now)s, %(now)s, %(valid_until)s, %(now)s, 0, ''
  FROM unnest(
           %(candidates)s::bigint[], %(channels)s::text[], %(purposes)s::text[],
           %(touches)s::text[], %(occurrences)s::int[], %(sequences)s::bigint[],
           %(versions)s::int[], %(senders)s::bigint[], %(templates)s::bigint[],
           %(contexts)s::text[], %(refusals)s::text[]
       ) AS draft (
           candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version,
           sender_id, template_id, context, refusal
       )
    ON CONFLICT (candidate_id, touch, occurrence, channel) DO NOTHING
RETURNING id, candidate_id, touch, occurrence
