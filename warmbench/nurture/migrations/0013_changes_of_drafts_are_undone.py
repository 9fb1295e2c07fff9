from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("nurture", "0012_since_when_a_step_is_due")]

    operations = [
        migrations.AddField(
            model_name="sequencedraft",
            name="before",
            field=models.JSONField(null=True),
        ),
    ]
