-- Lease one stream that is due, what is current before what is read once more.
--
-- Parameters: now, lease (until when), states (of connections that are read).
UPDATE ats_stream
   SET lease_until = %(lease)s
 WHERE id = (
           SELECT s.id
             FROM ats_stream s
             JOIN ats_connection c ON c.id = s.connection_id
            WHERE c.state = ANY(%(states)s) AND s.kind <> 'events'
              AND s.next_at <= %(now)s
              AND (s.lease_until IS NULL OR s.lease_until <= %(now)s)
            ORDER BY s.is_reread, s.next_at, s.id
            LIMIT 1
              FOR UPDATE OF s SKIP LOCKED
       )
RETURNING id
