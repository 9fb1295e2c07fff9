import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: What was permitted and forbidden goes with the person, and only then: see core's 0003_erasure.
DOOR = """
CREATE OR REPLACE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME IN ('consent', 'suppression') AND public.is_erasing() THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only: add a row instead', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;
"""
CLOSED = """
CREATE OR REPLACE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: add a row instead', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_erasure"),
        ("people", "0005_law"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=models.CharField(
                choices=[
                    ("unsubscribed", "Unsubscribed"),
                    ("complained", "Complained"),
                    ("address_dead", "Address dead"),
                    ("do_not_contact", "Do not contact"),
                    ("imported", "Opted out in the imported data"),
                    ("manual", "Stopped by a recruiter"),
                    ("objected", "Objected to what we do with their data"),
                    ("erased", "Somebody with the same address was erased"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="SuppressionHash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[("erased", "Erased"), ("stopped", "Wants nothing from us")],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "suppression_hash"},
        ),
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "A copy of their data"),
                            ("correction", "Correct their data"),
                            ("dispute", "Dispute something we hold"),
                            ("erasure", "Erase their data"),
                            ("objection", "Object to what we do"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("channel", models.CharField(blank=True, max_length=80)),
                ("received_at", models.DateTimeField()),
                ("deadline", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("refused", "Refused")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "candidate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="rights_requests",
                        to="people.candidate",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "rights_request",
                "indexes": [
                    models.Index(fields=["candidate"], name="rights_request_candidate"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["deadline"],
                        name="rights_request_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("candidate", "kind"),
                        name="rights_request_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                models.Q(("done_at", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rights_request_done_has_its_date",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["candidate"], name="notice_candidate"),
        ),
        migrations.RunSQL(DOOR, CLOSED),
    ]
