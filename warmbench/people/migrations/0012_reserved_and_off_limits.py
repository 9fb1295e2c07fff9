import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

#: Reserved for somebody else, or at another employer: a message that is under way is asked about
#: anew.
STANDING = """
DROP TRIGGER candidate_standing_changes ON candidate;
CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until, OLD.gap_days,
         OLD.country, OLD.region, OLD.time_zone,
         OLD.reserved_by_id, OLD.reserved_until, OLD.employer)
        IS DISTINCT FROM
        (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until, NEW.gap_days,
         NEW.country, NEW.region, NEW.time_zone,
         NEW.reserved_by_id, NEW.reserved_until, NEW.employer)
    ) EXECUTE FUNCTION candidate_standing_changes();
"""
STANDING_BEFORE = """
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

#: Senders compare how many rows there are and how many have ended with what the claim saw. So
#: none may go, change, or begin again.
OFF_LIMITS = """
CREATE FUNCTION refuse_rewriting_off_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (OLD.employer, OLD.key, OLD.domain, OLD.client, OLD.since, OLD.until)
          IS DISTINCT FROM (NEW.employer, NEW.key, NEW.domain, NEW.client, NEW.since, NEW.until)
       OR OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at
    THEN
        RAISE EXCEPTION 'off_limits: end the row and add another one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER off_limits_only_ends BEFORE UPDATE OR DELETE ON off_limits
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_off_limits();

CREATE FUNCTION exception_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (SELECT candidate_id FROM lost);
    RETURN NULL;
END $$;

CREATE TRIGGER exception_changes_standing AFTER DELETE ON off_limits_exception
    REFERENCING OLD TABLE AS lost
    FOR EACH STATEMENT EXECUTE FUNCTION exception_changes_standing();
"""
OFF_LIMITS_BEFORE = """
DROP FUNCTION refuse_rewriting_off_limits() CASCADE;
DROP FUNCTION exception_changes_standing() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_words_are_kept_current"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="candidate",
            name="reserved_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(
                fields=["reserved_by"],
                condition=Q(reserved_by__isnull=False),
                name="candidate_reserved",
            ),
        ),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=models.CheckConstraint(
                condition=Q(reserved_by=None) | Q(reserved_until__isnull=False),
                name="candidate_reserved_until_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservationrequest",
            constraint=models.CheckConstraint(
                condition=~Q(by=F("of")), name="reservation_request_of_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="offlimits",
            constraint=models.CheckConstraint(
                condition=~Q(key="") | ~Q(domain=""), name="off_limits_names_an_employer"
            ),
        ),
        migrations.AddConstraint(
            model_name="offlimits",
            constraint=models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="off_limits_ends_after_it_begins",
            ),
        ),
        migrations.RunSQL(STANDING, STANDING_BEFORE),
        migrations.RunSQL(OFF_LIMITS, OFF_LIMITS_BEFORE),
    ]
