-- Keep these tags from being merged away until we have put them on people.
SELECT id, kind FROM tag WHERE id = ANY(%(tags)s::int[]) ORDER BY id FOR KEY SHARE
