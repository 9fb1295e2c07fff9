"""Lets a check-in tell of several roles."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sourcing", "0001_initial"),
        ("messaging", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits for its time"),
                    ("written", "Written"),
                    ("merged", "In a check-in"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="waiting",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="message",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="alerts",
                to="messaging.message",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="place",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__isnull", False), ("state", "merged"))
                | models.Q(models.Q(("state", "merged"), _negated=True), ("place", None)),
                name="alert_merged_has_its_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                fields=("message", "place"), name="alert_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("place", None)),
                fields=("message",),
                name="alert_message_once",
            ),
        ),
    ]
