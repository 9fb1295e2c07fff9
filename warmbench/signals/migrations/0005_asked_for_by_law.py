from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0004_not_for_me")]

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
                    ("notice_due", "Has to be told that we have their data"),
                    ("consent_needed", "Has to be asked first"),
                ],
                max_length=16,
            ),
        ),
    ]
