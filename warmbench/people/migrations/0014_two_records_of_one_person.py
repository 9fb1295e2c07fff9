import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Histories that nobody may change let one thing through: that they are of another record of the
#: same person. The door is open in the transaction that called ``begin_merging``, and closes with
#: it, like the one in core's 0003_erasure.
DOOR = """
CREATE FUNCTION begin_merging() RETURNS void LANGUAGE sql AS $$
    SELECT set_config('warmbench.merging', pg_current_xact_id()::text, true);
$$;

CREATE FUNCTION is_merging() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        current_setting('warmbench.merging', true) = pg_current_xact_id_if_assigned()::text, false
    );
$$;

CREATE FUNCTION goes_over(old_row jsonb, new_row jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT public.is_merging() AND old_row - 'candidate_id' = new_row - 'candidate_id';
$$;

CREATE OR REPLACE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME IN ('consent', 'suppression') AND public.is_erasing() THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF public.goes_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: add a row instead', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE FUNCTION refuse_rewriting_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF public.goes_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'candidate_fact is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE FUNCTION refuse_rewriting_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF public.goes_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'notice is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;
"""
CLOSED = """
CREATE OR REPLACE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME IN ('consent', 'suppression') AND public.is_erasing() THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only: add a row instead', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE FUNCTION refuse_rewriting_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'candidate_fact is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;
CREATE OR REPLACE FUNCTION refuse_rewriting_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'notice is append-only: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;
DROP FUNCTION goes_over;
DROP FUNCTION is_merging;
DROP FUNCTION begin_merging;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0013_truth_and_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CandidateMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gone_id", models.BigIntegerField()),
                ("fields", models.JSONField(default=dict)),
                ("rows", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("via", models.CharField(blank=True, max_length=80)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="people.candidate",
                    ),
                ),
                (
                    "undone_by",
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
                "db_table": "candidate_merge",
                "indexes": [models.Index(fields=["-at", "-id"], name="candidate_merge_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("gone_id",),
                        name="candidate_merge_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("gone_id")), _negated=True),
                        name="candidate_merge_of_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("email", "the same e-mail address"),
                                ("phone", "the same number"),
                                ("profile", "the same profile"),
                                ("name", "the same name and employer"),
                            ],
                            max_length=7,
                        ),
                        size=None,
                    ),
                ),
                ("strength", models.PositiveSmallIntegerField()),
                ("found_at", models.DateTimeField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Nobody has looked yet"),
                            ("distinct", "Not the same person"),
                        ],
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "high",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.candidate",
                    ),
                ),
                (
                    "low",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.candidate",
                    ),
                ),
            ],
            options={
                "db_table": "duplicate_pair",
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "")),
                        fields=["-strength", "id"],
                        name="duplicate_pair_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("low", "high"), name="duplicate_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("low__lt", models.F("high"))),
                        name="duplicate_pair_in_order",
                    ),
                ],
            },
        ),
        migrations.RunSQL(DOOR, CLOSED),
    ]
