from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0002_moves_and_complaints")]

    operations = [
        migrations.AlterField(
            model_name="followup",
            name="reason",
            field=models.CharField(
                choices=[
                    ("replied", "Replied"),
                    ("high_interest", "High interest"),
                    ("clicked", "Clicked after a long silence"),
                    ("preferences", "Changed their preferences"),
                    ("address_dead", "Address no longer works"),
                    ("unsubscribed", "Unsubscribed"),
                    ("complained", "Called a message spam"),
                    ("moved", "May have a new job"),
                    ("rights", "Asks about their data"),
                    ("retention", "Not heard from for long"),
                ],
                max_length=16,
            ),
        ),
    ]
