"""The first version of what signals are worth: the numbers that stood in the program before."""

from django.db import migrations, models

_FIRST = """
INSERT INTO warmth_policy (scope, version, weights, half_life_days, interest_count, interest_days,
                           interest_of, note, at, counted_at)
SELECT '', 1, '{"replied": 40, "preferences_updated": 30, "clicked": 20}', 30, 3, 30,
       'human', 'As it was from the beginning', coalesce(min(as_of), now()), now()
  FROM warmth
    ON CONFLICT DO NOTHING
"""
#: Half-lives become seconds, so that ranks by other half-lives may stand beside them.
_RANKS = "UPDATE warmth SET rank = rank * 2592000"


class Migration(migrations.Migration):
    dependencies = [("signals", "0009_queues_are_shared")]

    operations = [
        migrations.AddField(
            model_name="warmthpolicy",
            name="counted_to",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RemoveIndex(model_name="scopedwarmth", name="scoped_warmth_rank"),
        migrations.AddIndex(
            model_name="scopedwarmth",
            index=models.Index(
                models.F("scope"),
                models.OrderBy(models.F("rank"), descending=True, nulls_last=True),
                name="scoped_warmth_rank",
            ),
        ),
        migrations.RunSQL(_FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(_RANKS, "UPDATE warmth SET rank = rank / 2592000"),
    ]
