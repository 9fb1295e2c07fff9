from django.db import migrations

#: What a piece said stays what it says, as the first of its wordings.
MOVE = """
INSERT INTO content_variant (piece_id, label, subject, body, template_id, is_retired)
SELECT p.id, 'A', left(t.subject, 200), t.body, t.id, false
  FROM content_piece p
  JOIN template t ON t.id = p.template_id
 WHERE NOT EXISTS (SELECT FROM content_variant v WHERE v.piece_id = p.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("nurture", "0006_the_whole_programme"),
    ]

    operations = [migrations.RunSQL(MOVE, migrations.RunSQL.noop)]
