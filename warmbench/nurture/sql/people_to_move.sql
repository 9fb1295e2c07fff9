-- Who is under way in another version of a sequence than the newest.
SELECT e.candidate_id
  FROM enrollment e
  JOIN sequence_version v ON v.id = e.version_id
 WHERE e.sequence_id = %(sequence)s
   AND e.state IN ('active', 'held')
   AND e.version_id <> %(to)s
   AND (%(only)s::int IS NULL OR v.number = %(only)s)
 ORDER BY e.candidate_id
