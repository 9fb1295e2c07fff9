from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_returns")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="rule",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
    ]
