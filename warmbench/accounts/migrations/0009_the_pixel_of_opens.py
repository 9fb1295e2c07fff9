"""Whether the organisation records which mails are opened, of those who agree to it: off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_told_of_reservations")]

    operations = [
        migrations.AddField("organisation", "pixel_on", models.BooleanField(db_default=False, default=False)),
    ]
