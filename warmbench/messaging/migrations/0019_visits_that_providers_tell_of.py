"""Providers tell of machines that followed a link or loaded a picture."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0018_messages_know_their_client")]

    operations = [
        migrations.AlterField(
            "providerevent",
            "kind",
            models.CharField(
                choices=[
                    ("delivered", "Delivered"),
                    ("deferred", "Not delivered yet"),
                    ("bounced", "Not delivered"),
                    ("complained", "Called spam"),
                    ("unsubscribed", "Opted out"),
                    ("bot_clicked", "A machine followed a link"),
                    ("bot_opened", "A machine loaded the picture"),
                ],
                max_length=12,
            ),
        ),
    ]
