-- What decides how much these mailboxes may send now, and for whom.
--
-- With `queued`, also how many messages wait for each: room of theirs that is spoken for. Not
-- counted where the cap is beyond what one person's mailbox sends in a day: there it is far.
SELECT s.id, s.owner_id, coalesce(u.is_active, true), coalesce(u.time_zone, 'UTC'),
       s.paused_at IS NOT NULL OR s.activated_at IS NULL,
       s.us_brand <> '' AND s.us_campaign <> '',
       s.ramp_started_on, s.ramp_from, s.ramp_days, s.daily_cap, s.day, s.sent_on_day,
       CASE WHEN %(queued)s THEN (
           SELECT count(*)
             FROM (SELECT FROM message m
                    WHERE m.sender_id = s.id AND m.not_before IS NOT NULL
                    LIMIT CASE WHEN s.daily_cap > 5000 THEN 0 ELSE s.daily_cap END) w
       ) ELSE 0 END
  FROM sender s
  LEFT JOIN app_user u ON u.id = s.owner_id
 WHERE s.id = ANY(%(ids)s::bigint[])
