-- Write touches to the outbox, each at most once. Returns the new ones.
INSERT INTO message (
    candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version,
    sender_id, template_id, context, state, reason,
    queued_at, not_before, valid_until, state_at, tries, address, follows_id,
    answers_id, client
)
SELECT candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version,
       sender_id, template_id, context,
       CASE WHEN refusal = '' THEN 'queued' ELSE 'refused' END, refusal,
       %(now)s, CASE WHEN refusal = '' THEN coalesce(draft.not_before, %(now)s::timestamptz) END,
       least(%(valid_until)s, draft.valid_until), %(now)s, 0, '', follows_id, answers_id,
       coalesce(client, '')
  FROM json_to_recordset(%(drafts)s) AS draft (
           candidate_id bigint, channel text, purpose text, touch text, occurrence int,
           sequence_id bigint, sequence_version int, sender_id bigint, template_id bigint,
           context jsonb, refusal text, follows_id bigint, valid_until timestamptz,
           answers_id bigint, not_before timestamptz, client text
       )
    ON CONFLICT (candidate_id, touch, occurrence, channel) DO NOTHING
RETURNING id, candidate_id, touch, occurrence
