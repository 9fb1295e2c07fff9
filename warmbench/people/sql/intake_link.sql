-- Keep what each record says, and whom it is about. Returns the ids of the rows.
--
-- Parameters: rows, source, seen_at.
INSERT INTO candidate_record (
    source, external_id, candidate_id, url, said, digest, standing, status_before, is_opted_out,
    fate, changed_there_at, seen_at
)
SELECT %(source)s, t.external_id, t.candidate_id, t.url, t.said, t.digest, '', '', t.is_opted_out,
       '', t.changed_there_at, %(seen_at)s
  FROM json_to_recordset(%(rows)s) AS t (
           external_id text, candidate_id bigint, url text, said jsonb, digest text,
           is_opted_out boolean, changed_there_at timestamptz
       )
 ORDER BY t.external_id
    ON CONFLICT (source, external_id) DO UPDATE
   SET candidate_id = excluded.candidate_id, url = excluded.url, said = excluded.said,
       digest = excluded.digest, is_opted_out = excluded.is_opted_out, fate = '',
       changed_there_at = excluded.changed_there_at, seen_at = excluded.seen_at
RETURNING external_id, id
