from django.db import migrations

#: What people wrote before there were threads: one for each message that they answered.
EARLIER = """
WITH theirs AS (
    SELECT i.*, coalesce(i.message_id, -i.id) AS about
      FROM inbound_mail i
     WHERE i.kind IN ('reply', 'unsubscribe') OR i.state = 'open'
),
made AS (
    INSERT INTO thread (id, candidate_id, channel, subject, last_at, waiting_since)
    SELECT min(id), candidate_id, channel, (array_agg(subject ORDER BY id))[1], max(received_at),
           min(received_at) FILTER (WHERE state = 'open')
      FROM theirs
     GROUP BY candidate_id, channel, about
    RETURNING id
)
UPDATE inbound_mail i
   SET thread_id = first.id
  FROM (
           SELECT id AS mail_id,
                  min(id) OVER (PARTITION BY candidate_id, channel, about) AS id
             FROM theirs
       ) first
 WHERE first.mail_id = i.id;

SELECT setval(pg_get_serial_sequence('thread', 'id'), (SELECT coalesce(max(id), 1) FROM thread));
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0016_threads")]

    operations = [migrations.RunSQL(EARLIER, migrations.RunSQL.noop)]
