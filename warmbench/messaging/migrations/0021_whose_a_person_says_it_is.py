from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0020_those_of_unknown_fate_are_found")]

    operations = [
        migrations.AlterField(
            model_name="inboundmail",
            name="match",
            field=models.CharField(
                blank=True,
                choices=[
                    ("token", "A signed address or link of ours"),
                    ("reference", "The Message-ID of ours that it names"),
                    ("address", "The address that it came from"),
                    ("number", "The number that it came from"),
                    ("person", "A person who looked at it"),
                ],
                max_length=9,
            ),
        ),
    ]
