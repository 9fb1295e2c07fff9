from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shortlists", "0004_what_waits_for_its_day")]

    operations = [
        migrations.AddField("sharelink", "shows_terms", models.BooleanField(default=False))
    ]
