-- The tags that new people get.
SELECT DISTINCT t.id FROM import_fresh f, unnest(f.tag_ids) AS t (id)
