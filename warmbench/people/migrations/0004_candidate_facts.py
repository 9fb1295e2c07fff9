from django.db import migrations, models

KINDS = [
    ("pay", "Target pay"),
    ("places", "Where they would work"),
    ("remote", "On site or remote"),
    ("skills", "Skills gained"),
    ("topics", "What they want to hear about"),
    ("rhythm", "How often they want to hear"),
    ("language", "Language"),
    ("corrected", "Corrected by them"),
    ("not_for_me", "Not for them"),
]

#: What somebody said stays said. It goes with the person, and only then.
NEVER_CHANGED = """
CREATE FUNCTION refuse_rewriting_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'candidate_fact is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER candidate_fact_never_changes BEFORE UPDATE ON candidate_fact
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_facts();
"""

#: Who asks for longer gaps may have a message under way: it is asked about anew.
STANDING = """
DROP TRIGGER candidate_standing_changes ON candidate;
CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until, OLD.gap_days)
        IS DISTINCT FROM
        (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until, NEW.gap_days)
    ) EXECUTE FUNCTION candidate_standing_changes();
"""
WITHOUT_GAPS = """
DROP TRIGGER candidate_standing_changes ON candidate;
CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until)
        IS DISTINCT FROM (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until)
    ) EXECUTE FUNCTION candidate_standing_changes();
"""
TABLE_IS_GONE = "DROP FUNCTION refuse_rewriting_facts() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("people", "0003_search")]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="gap_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="CandidateFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=20)),
                ("topic", models.CharField(blank=True, max_length=120)),
                ("value", models.JSONField(null=True)),
                ("source", models.CharField(max_length=80)),
                ("evidence", models.CharField(max_length=300)),
                ("message_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "candidate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="facts",
                        to="people.candidate",
                    ),
                ),
            ],
            options={
                "db_table": "candidate_fact",
                "indexes": [
                    models.Index(
                        fields=["candidate", "kind", "topic", "-at", "-id"],
                        name="candidate_fact_latest",
                    )
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGED, TABLE_IS_GONE),
        migrations.RunSQL(STANDING, WITHOUT_GAPS),
    ]
