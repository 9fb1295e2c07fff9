from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0017_earlier_replies_have_threads")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="client",
            field=models.CharField(blank=True, db_default="", max_length=160),
        ),
    ]
