from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("nurture", "0009_pools_lead_to_sequences")]

    operations = [
        migrations.RemoveIndex(model_name="enrollment", name="enrollment_due"),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("state", "active")),
                fields=["next_step_at", "id"],
                name="enrollment_due",
            ),
        ),
    ]
