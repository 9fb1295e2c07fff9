-- What was read of these people and is in play: not rejected, not put right, not read any more.
--
-- The same rows as `insight.settling` settles, with what evidence needs of them, and without the
-- texts. Parameters: ids.
SELECT i.candidate_id, i.id, i.kind, i.topic, i.polarity, i.value::json, i.speaker, s.kind, i.said_on,
       i.at, i.decided_at, i.extractor, i.quote, i.confidence, i.tag_id
  FROM insight i
  JOIN source s ON s.id = i.source_id
 WHERE i.candidate_id = ANY(%(ids)s::bigint[])
   AND i.state IN ('proposed', 'confirmed', 'superseded')
   AND NOT (i.state = 'superseded' AND i.superseded_by_id IS NULL)
   AND NOT EXISTS (SELECT FROM insight better WHERE better.corrects_id = i.id
                                                AND better.candidate_id = i.candidate_id)
 ORDER BY i.candidate_id, i.id
