
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_saved_views'),
    ]

    operations = [
        migrations.AlterField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('reply', 'Somebody replied'), ('role_interest', 'Interest in a role'), ('call', 'A call to make'), ('reservation', 'Who may approach a candidate: asked for, given, taken'), ('rights', 'A request about personal data'), ('trouble', 'Something stopped: sending, a mailbox, an inbox, a webhook'), ('high_interest', 'High interest'), ('preferences', 'Changed preferences'), ('returned', 'A click after a long silence'), ('complained', 'A message was called spam'), ('left', 'Somebody warm unsubscribed'), ('moved', 'A new job, or an address that no longer works'), ('step', 'A step of a sequence'), ('offer', 'A follow-up that a colleague offers, takes or gives back'), ('chores', 'Other follow-ups')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notificationchoice',
            name='kind',
            field=models.CharField(choices=[('reply', 'Somebody replied'), ('role_interest', 'Interest in a role'), ('call', 'A call to make'), ('reservation', 'Who may approach a candidate: asked for, given, taken'), ('rights', 'A request about personal data'), ('trouble', 'Something stopped: sending, a mailbox, an inbox, a webhook'), ('high_interest', 'High interest'), ('preferences', 'Changed preferences'), ('returned', 'A click after a long silence'), ('complained', 'A message was called spam'), ('left', 'Somebody warm unsubscribed'), ('moved', 'A new job, or an address that no longer works'), ('step', 'A step of a sequence'), ('offer', 'A follow-up that a colleague offers, takes or gives back'), ('chores', 'Other follow-ups')], max_length=16),
        ),
        migrations.AlterField(
            model_name='webhook',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('reply', 'Somebody replied'), ('role_interest', 'Interest in a role'), ('call', 'A call to make'), ('reservation', 'Who may approach a candidate: asked for, given, taken'), ('rights', 'A request about personal data'), ('trouble', 'Something stopped: sending, a mailbox, an inbox, a webhook'), ('high_interest', 'High interest'), ('preferences', 'Changed preferences'), ('returned', 'A click after a long silence'), ('complained', 'A message was called spam'), ('left', 'Somebody warm unsubscribed'), ('moved', 'A new job, or an address that no longer works'), ('step', 'A step of a sequence'), ('offer', 'A follow-up that a colleague offers, takes or gives back'), ('chores', 'Other follow-ups')], max_length=16), size=None),
        ),
        migrations.AlterField(
            model_name='webhookcall',
            name='kind',
            field=models.CharField(choices=[('reply', 'Somebody replied'), ('role_interest', 'Interest in a role'), ('call', 'A call to make'), ('reservation', 'Who may approach a candidate: asked for, given, taken'), ('rights', 'A request about personal data'), ('trouble', 'Something stopped: sending, a mailbox, an inbox, a webhook'), ('high_interest', 'High interest'), ('preferences', 'Changed preferences'), ('returned', 'A click after a long silence'), ('complained', 'A message was called spam'), ('left', 'Somebody warm unsubscribed'), ('moved', 'A new job, or an address that no longer works'), ('step', 'A step of a sequence'), ('offer', 'A follow-up that a colleague offers, takes or gives back'), ('chores', 'Other follow-ups')], max_length=16),
        ),
    ]
