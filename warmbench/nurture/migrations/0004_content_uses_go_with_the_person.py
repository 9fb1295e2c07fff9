import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0005_returns"),
        ("nurture", "0003_rule_stamp"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contentuse",
            name="message",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="messaging.message",
            ),
        ),
    ]
