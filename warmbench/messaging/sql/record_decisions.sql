-- Write down verdicts of the last gate.
INSERT INTO decision (
    candidate_id, message_id, touch, verdict, reason, until, stage, at, policy
)
SELECT d.*, %(stage)s, %(now)s, %(policy)s
  FROM unnest(
           %(candidates)s::bigint[], %(messages)s::bigint[], %(touches)s::text[],
           %(verdicts)s::text[], %(reasons)s::text[], %(untils)s::timestamptz[]
       ) AS d
