from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("shortlists", "0003_who_wants_no_ranking")]

    operations = [
        migrations.AddField("snapshot", "next_day", models.DateField(null=True)),
        migrations.AddIndex(
            "snapshot",
            models.Index(
                fields=["next_day"], condition=Q(next_day__isnull=False), name="snapshot_next_day"
            ),
        ),
        migrations.RemoveIndex("change", "change_at"),
        migrations.AddIndex("change", models.Index(fields=["-at", "-id"], name="change_at")),
        migrations.AddIndex(
            "changenotice",
            models.Index(
                fields=["recipient", "-shown_at"],
                condition=Q(shown_at__isnull=False),
                name="change_notice_shown",
            ),
        ),
        migrations.AddIndex(
            "aptness",
            models.Index(fields=["-since"], condition=Q(is_apt=True), name="aptness_since"),
        ),
    ]
