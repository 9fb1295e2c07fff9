import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Written by the system and by people, and then they stand: they prove what was done.
NEVER_CHANGED = """
CREATE FUNCTION refuse_rewriting_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'notice is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER notice_never_changes BEFORE UPDATE ON notice
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_notices();
CREATE TRIGGER balancing_test_append_only BEFORE UPDATE OR DELETE ON balancing_test
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_permission();
"""
MAY_CHANGE = """
DROP TRIGGER balancing_test_append_only ON balancing_test;
DROP FUNCTION refuse_rewriting_notices() CASCADE;
"""

#: Another country has another law: a message that is under way is asked about anew.
STANDING = """
DROP TRIGGER candidate_standing_changes ON candidate;
CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until, OLD.gap_days,
         OLD.country, OLD.region, OLD.time_zone)
        IS DISTINCT FROM
        (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until, NEW.gap_days,
         NEW.country, NEW.region, NEW.time_zone)
    ) EXECUTE FUNCTION candidate_standing_changes();
"""
STANDING_BEFORE = """
DROP TRIGGER candidate_standing_changes ON candidate;
CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until, OLD.gap_days)
        IS DISTINCT FROM
        (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until, NEW.gap_days)
    ) EXECUTE FUNCTION candidate_standing_changes();
"""

#: A later word may be a weaker one, which is not enough where she lives.
CONSENT = """
CREATE OR REPLACE FUNCTION consent_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (
               SELECT a.candidate_id FROM added a
                WHERE a.basis = 'withdrawn'
                   OR (a.basis <> 'consent' OR a.expires_at IS NOT NULL)
                      AND EXISTS (
                              SELECT FROM consent earlier
                               WHERE earlier.candidate_id = a.candidate_id
                                 AND earlier.channel = a.channel
                                 AND earlier.id < a.id
                          )
           );
    RETURN NULL;
END $$;
"""
CONSENT_BEFORE = """
CREATE OR REPLACE FUNCTION consent_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (SELECT candidate_id FROM added WHERE basis = 'withdrawn');
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_candidate_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not recorded"),
                    ("form", "In a form or on their own page"),
                    ("message", "In a message"),
                    ("call", "On the phone or face to face"),
                    ("import", "In an imported file"),
                    ("other", "In another way"),
                ],
                db_default="",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="inbound_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="ip_prefix",
            field=models.CharField(blank=True, db_default="", max_length=43),
        ),
        migrations.AddField(
            model_name="consent",
            name="since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="wording",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AlterField(
            model_name="consent",
            name="basis",
            field=models.CharField(
                choices=[
                    ("consent", "Consent"),
                    ("relationship", "Existing relationship"),
                    ("inquiry", "They wrote to us"),
                    ("legitimate_interest", "Legitimate interest"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                blank=True,
                choices=[
                    ("nurture", "Keeping in touch"),
                    ("alert", "Role alerts"),
                    ("pixel", "Recording that mails were opened"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="BalancingTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(unique=True)),
                ("interest", models.TextField()),
                ("necessity", models.TextField()),
                ("balance", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "balancing_test",
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="balancing_test",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.balancingtest",
            ),
        ),
        migrations.CreateModel(
            name="Notice",
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
                            ("message", "Told in a message of ours"),
                            ("told", "Told in another way"),
                            ("known", "Gave us their data themselves, or knew already"),
                            ("set_aside", "Set aside, because nobody told them in time"),
                        ],
                        max_length=9,
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=300)),
                ("message_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "candidate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="people.candidate",
                    ),
                ),
            ],
            options={
                "db_table": "notice",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "set_aside"), _negated=True),
                        fields=("candidate",),
                        name="notice_given_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "set_aside")),
                        fields=("candidate",),
                        name="notice_set_aside",
                    ),
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGED, MAY_CHANGE),
        migrations.RunSQL(STANDING, STANDING_BEFORE),
        migrations.RunSQL(CONSENT, CONSENT_BEFORE),
    ]
