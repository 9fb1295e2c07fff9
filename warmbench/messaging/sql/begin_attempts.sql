-- Move claimed messages to `sending` and write their attempts, before a first byte leaves.
WITH claimed AS (
    SELECT * FROM unnest(%(messages)s::bigint[], %(addresses)s::text[], %(headers)s::text[])
        AS c (id, address, header)
),
moved AS (
    UPDATE message m
       SET state = 'sending', state_at = %(now)s, not_before = NULL, handed_at = %(now)s, tries = m.tries + 1,
           address = c.address
      FROM claimed c
     WHERE m.id = c.id AND m.state = 'queued'
 RETURNING m.id, m.candidate_id, m.sender_id, c.header
)
INSERT INTO attempt (
    message_id, candidate_id, sender_id, worker, claimed_at, lease_until, message_id_header,
    outcome, text
)
SELECT id, candidate_id, sender_id, %(worker)s, %(now)s, %(lease_until)s, header, '', ''
  FROM moved
RETURNING message_id, id
