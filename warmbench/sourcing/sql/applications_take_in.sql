-- Take applications in, unless something later is known. Returns whose they are, and whose they
-- were before.
--
-- Parameters: rows, source, read_at.
WITH told AS (
    SELECT t.*, r.id AS role_id, a.candidate_id AS before_id,
           CASE WHEN a.id IS NULL THEN true
                WHEN t.changed_at <> a.changed_there_at THEN t.changed_at > a.changed_there_at
                ELSE %(read_at)s::timestamptz >= a.seen_at END AS is_later
      FROM json_to_recordset(%(rows)s) AS t (
               external_id text, candidate_id bigint, role_there text, outcome text, stage text,
               reached text, is_prospect boolean, applied_at timestamptz, ended_at timestamptz,
               changed_at timestamptz
           )
      LEFT JOIN role r ON r.source = %(source)s AND r.external_id = t.role_there
                      AND t.role_there <> ''
      LEFT JOIN application a ON a.source = %(source)s AND a.external_id = t.external_id
     WHERE EXISTS (SELECT FROM candidate c WHERE c.id = t.candidate_id)
),
stored AS (
    INSERT INTO application AS a (
        source, external_id, candidate_id, role_id, role_there, is_prospect, outcome, stage,
        reached, applied_at, ended_at, changed_there_at, seen_at
    )
    SELECT %(source)s, external_id, candidate_id, role_id, role_there, is_prospect, outcome,
           left(stage, 120), reached, applied_at, ended_at, changed_at, %(read_at)s
      FROM told
     WHERE is_later
     ORDER BY external_id
        ON CONFLICT (source, external_id) DO UPDATE
       SET candidate_id = excluded.candidate_id, role_id = excluded.role_id,
           role_there = excluded.role_there, is_prospect = excluded.is_prospect,
           outcome = excluded.outcome, stage = excluded.stage, reached = excluded.reached,
           applied_at = excluded.applied_at, ended_at = excluded.ended_at,
           changed_there_at = excluded.changed_there_at, seen_at = excluded.seen_at
    RETURNING a.external_id
)
SELECT t.candidate_id, nullif(t.before_id, t.candidate_id)
  FROM stored
  JOIN told t USING (external_id)
