from django.db import migrations, models

#: Not in the write-ahead log: after a crash nobody has asked for anything yet.
FORGETFUL = "ALTER TABLE rate_count SET UNLOGGED"


class Migration(migrations.Migration):
    dependencies = [("core", "0003_erasure")]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("begun", models.DateTimeField()),
                ("times", models.IntegerField()),
            ],
            options={"db_table": "rate_count"},
        ),
        migrations.RunSQL(FORGETFUL, migrations.RunSQL.noop),
    ]
