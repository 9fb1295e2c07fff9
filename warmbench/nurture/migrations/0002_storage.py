from django.db import migrations

#: Each step moves ``next_step_at``, so dead index entries pile up at the place where the
#: planner looks first.
STORAGE = """
ALTER TABLE enrollment SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
"""


class Migration(migrations.Migration):
    dependencies = [("nurture", "0001_initial")]

    operations = [migrations.RunSQL(STORAGE, migrations.RunSQL.noop)]
