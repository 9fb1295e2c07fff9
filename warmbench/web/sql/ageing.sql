-- How old what waits is, by reason: for the lead's view. One walk over what is open and in sight.
SELECT
    reason,
    count(*) FILTER (WHERE asked_at > %(now)s - interval '1 day'),
    count(*) FILTER (
        WHERE asked_at <= %(now)s - interval '1 day' AND asked_at > %(now)s - interval '3 days'
    ),
    count(*) FILTER (
        WHERE asked_at <= %(now)s - interval '3 days' AND asked_at > %(now)s - interval '7 days'
    ),
    count(*) FILTER (
        WHERE asked_at <= %(now)s - interval '7 days' AND asked_at > %(now)s - interval '14 days'
    ),
    count(*) FILTER (WHERE asked_at <= %(now)s - interval '14 days')
FROM follow_up
WHERE state = 'open' AND (snoozed_until IS NULL OR snoozed_until <= %(now)s)
GROUP BY reason
