from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0010_decisions_keep_what_the_gate_knew")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="message_queued"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("not_before__isnull", False)),
                fields=["sender", "not_before", "id"],
                name="message_queued",
            ),
        ),
    ]
