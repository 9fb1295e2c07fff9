from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0003_rights_and_retention")]

    operations = [
        migrations.AlterField(
            model_name="signal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("clicked", "Clicked a link"),
                    ("replied", "Replied"),
                    ("preferences_updated", "Updated their preferences"),
                    ("unsubscribed", "Unsubscribed"),
                    ("address_dead", "Address no longer works"),
                    ("complained", "Called a message spam"),
                    ("moved", "Moved on"),
                    ("not_for_me", "Said what does not fit"),
                ],
                max_length=20,
            ),
        ),
    ]
