-- Set the warmth of these people to what was counted for them at that moment.
INSERT INTO warmth AS w (candidate_id, points, as_of, rank, policy)
SELECT new.candidate_id,
       new.points,
       %(now)s,
       ln(new.points) / ln(2::float8) + extract(epoch FROM %(now)s)::float8 / %(half_life)s,
       %(policy)s
  FROM unnest(%(candidates)s::bigint[], %(points)s::float8[]) AS new (candidate_id, points)
 ORDER BY new.candidate_id
    ON CONFLICT (candidate_id) DO UPDATE
       SET points = excluded.points,
           as_of = excluded.as_of,
           rank = excluded.rank,
           policy = excluded.policy
