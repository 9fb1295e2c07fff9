-- Give new people the addresses and numbers of their rows, in their order.
INSERT INTO contact_point (candidate_id, channel, address, standing, position, source, added_at)
SELECT f.candidate_id, 'email', e.address, 'unverified', e.place - 1, %(source)s::text, %(now)s::timestamptz
  FROM import_fresh f, unnest(f.emails) WITH ORDINALITY AS e (address, place)
UNION ALL
SELECT f.candidate_id, 'sms', p.address, 'unverified', p.place - 1, %(source)s::text, %(now)s::timestamptz
  FROM import_fresh f, unnest(f.phones) WITH ORDINALITY AS p (address, place)
