-- Give new people the tags of their rows.
INSERT INTO candidate_tag (candidate_id, tag_id, is_primary, source, confidence, added_at)
SELECT f.candidate_id, t.tag_id, t.tag_id IS NOT DISTINCT FROM f.primary_tag,
       (%(tag_sources)s::text[])[t.way], (%(confidences)s::float8[])[t.way],
       %(now)s::timestamptz
  FROM import_fresh f,
       unnest(f.tag_ids, f.tag_ways) AS t (tag_id, way)
