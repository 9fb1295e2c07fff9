from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("nurture", "0007_words_of_pieces_are_variants"),
    ]

    operations = [
        migrations.RemoveField(model_name="contentpiece", name="template"),
        migrations.AddField(
            model_name="contentpiece",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="contentpiece",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("review", "In review"),
                    ("live", "Live"),
                    ("retired", "Retired"),
                ],
                default="draft",
                max_length=7,
            ),
        ),
    ]
