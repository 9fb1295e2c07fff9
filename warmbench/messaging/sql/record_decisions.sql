-- Write down verdicts of the last gate.
INSERT INTO decision (
    candidate_id, message_id, touch, verdict, reason, rule, behind, until, inputs, stage, at, policy
)
SELECT d.*, %(stage)s, %(now)s, %(policy)s
  FROM json_to_recordset(%(verdicts)s) AS d (
           candidate_id bigint, message_id bigint, touch text, verdict text, reason text,
           rule text, behind text, until timestamptz, inputs jsonb
       )
