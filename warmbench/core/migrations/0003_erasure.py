from django.db import migrations, models

#: Histories that nobody may change have one door. It is open in the transaction that called
#: ``begin_erasure``, for the rows that their own triggers let through, and closes with it.
DOOR = """
CREATE FUNCTION begin_erasure() RETURNS void LANGUAGE sql AS $$
    SELECT set_config('warmbench.erasing', pg_current_xact_id()::text, true);
$$;

CREATE FUNCTION is_erasing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        current_setting('warmbench.erasing', true) = pg_current_xact_id_if_assigned()::text, false
    );
$$;
"""
DOOR_AWAY = """
DROP FUNCTION is_erasing();
DROP FUNCTION begin_erasure();
"""

#: Of the trail, erasing may empty what stands beside an entry: who did what, and when, stays.
TRAIL = """
DROP TRIGGER audit_entry_append_only ON audit_entry;

CREATE TRIGGER audit_entry_append_only
    BEFORE DELETE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER audit_entry_never_changes
    BEFORE UPDATE ON audit_entry
    FOR EACH STATEMENT WHEN (NOT public.is_erasing())
    EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER audit_entry_only_forgets
    BEFORE UPDATE ON audit_entry
    FOR EACH ROW WHEN (
        NEW.detail <> '{}'
        OR (OLD.id, OLD.at, OLD.actor_id, OLD.action, OLD.subject)
           IS DISTINCT FROM (NEW.id, NEW.at, NEW.actor_id, NEW.action, NEW.subject)
    )
    EXECUTE FUNCTION audit_entry_is_append_only();
"""
TRAIL_BACK = """
DROP TRIGGER audit_entry_only_forgets ON audit_entry;
DROP TRIGGER audit_entry_never_changes ON audit_entry;
DROP TRIGGER audit_entry_append_only ON audit_entry;
CREATE TRIGGER audit_entry_append_only
    BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("beats", models.BigIntegerField(default=0)),
                ("backed_up_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "epoch",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="epoch_single_row")
                ],
            },
        ),
        migrations.RunSQL(DOOR, DOOR_AWAY),
        migrations.RunSQL(TRAIL, TRAIL_BACK),
    ]
