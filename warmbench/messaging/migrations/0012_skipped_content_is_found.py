from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0011_ties_in_the_queue_are_broken"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("reason", "no_content")),
                fields=["at"],
                name="decision_no_content",
            ),
        ),
    ]
