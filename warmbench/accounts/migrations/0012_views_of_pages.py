from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_heard_booking_url'),
    ]

    operations = [
        migrations.AddField(
            model_name='savedview',
            name='page',
            field=models.CharField(choices=[('candidates', 'The list of candidates'), ('knowledge', 'What the team knows')], default='candidates', max_length=10),
        ),
    ]
