"""What a user said of a visit, by which rules it was judged, and when its credit was taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0010_the_first_policy_of_warmth")]

    operations = [
        migrations.AddField("hit", "policy", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "hit",
            "said",
            models.CharField(
                blank=True,
                choices=[("human", "A person"), ("machine", "A machine")],
                db_default="",
                max_length=7,
            ),
        ),
        migrations.AddField("hit", "taken_back_at", models.DateTimeField(null=True)),
    ]
