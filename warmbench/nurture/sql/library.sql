-- Every piece with its wordings that may go out; the best of those that may be sent come first:
-- made for a level, made for a place, looked over latest.
SELECT p.id, p.kind, p.language, p.topic_id, p.seniority_id, p.place_id,
       coalesce(v.ids, '{}'), coalesce(v.templates, '{}'),
       p.state = 'live' AND coalesce(p.expires_on > %(today)s, true) AND v.ids IS NOT NULL
  FROM content_piece p
  LEFT JOIN (
           SELECT piece_id,
                  array_agg(id ORDER BY id) AS ids,
                  array_agg(template_id ORDER BY id) AS templates
             FROM content_variant
            WHERE NOT is_retired AND template_id IS NOT NULL
            GROUP BY piece_id
       ) v ON v.piece_id = p.id
 ORDER BY p.seniority_id IS NULL, p.place_id IS NULL, p.reviewed_on DESC, p.id
