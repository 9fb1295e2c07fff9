from django.db import migrations, models

#: What each pool led to, it leads to still.
KEEP = """
INSERT INTO pool_sequence (pool_id, sequence_id)
SELECT id, sequence_id FROM pool WHERE sequence_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("nurture", "0008_pieces_are_edited")]

    operations = [
        migrations.AlterField(
            model_name="pool",
            name="sequence",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="nurture.sequence",
            ),
        ),
        migrations.AddField(
            model_name="pool",
            name="sequences",
            field=models.ManyToManyField(
                db_table="pool_sequence", related_name="pools", to="nurture.sequence"
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="pool", name="sequence"),
    ]
