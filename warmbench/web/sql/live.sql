-- What the frame of a page counts for one user, and a mark that changes with their queue:
-- asked for every few seconds by everybody who looks at a page, so only by indexes of what is
-- open or unread.
WITH mine AS (
    SELECT due_at, asked_at, given_at, offered_at, snoozed_until, evidence, id
    FROM follow_up
    WHERE state = 'open' AND owner_id = ANY(%(whose)s::bigint[])
      AND (snoozed_until IS NULL OR snoozed_until <= %(now)s)
    UNION
    SELECT due_at, asked_at, given_at, offered_at, snoozed_until, evidence, id
    FROM follow_up
    WHERE state = 'open' AND offered_to_id = %(user)s AND offer_lapses_at > %(now)s
), queue AS (
    SELECT
        count(*) AS waiting,
        count(*) FILTER (
            WHERE greatest(asked_at, given_at, offered_at, snoozed_until) > %(since)s
        ) AS news,
        concat_ws(
            '.', count(*), max(id), sum(extract(epoch FROM due_at)::bigint),
            sum(jsonb_array_length(evidence)), max(extract(epoch FROM offered_at)::bigint)
        ) AS mark
    FROM mine
)
SELECT
    queue.waiting,
    queue.news,
    queue.mark,
    (
        SELECT count(*) FROM follow_up
        WHERE state = 'open' AND owner_id = %(user)s AND due_at < %(midnight)s
          AND (snoozed_until IS NULL OR snoozed_until <= %(now)s)
    ),
    (
        SELECT count(*) FROM thread t LEFT JOIN candidate c ON c.id = t.candidate_id
        WHERE t.waiting_since IS NOT NULL AND (c.owner_id = %(user)s OR c.owner_id IS NULL)
    ),
    (
        SELECT count(*) FROM thread t LEFT JOIN candidate c ON c.id = t.candidate_id
        WHERE t.waiting_since IS NOT NULL AND t.last_at > %(since)s
          AND (c.owner_id = %(user)s OR c.owner_id IS NULL)
    ),
    (SELECT count(*) FROM notification WHERE user_id = %(user)s AND read_at IS NULL)
FROM queue
