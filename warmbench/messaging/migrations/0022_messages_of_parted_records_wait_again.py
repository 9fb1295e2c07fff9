from django.db import migrations

#: A message that was cancelled because another record of the same person had it too comes back
#: into the queue when the two turn out to be two people. Nothing else comes back.
TRANSITIONS = """
CREATE OR REPLACE FUNCTION message_state_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('queued', 'sending'), ('queued', 'refused'), ('queued', 'cancelled'),
        ('sending', 'sent'), ('sending', 'failed'), ('sending', 'unknown'),
        ('sending', 'queued'),
        ('unknown', 'sent'), ('unknown', 'failed')
    ) AND NOT (
        (OLD.state, OLD.reason, NEW.state) = ('cancelled', 'merged', 'queued')
        AND public.is_merging()
    ) THEN
        RAISE EXCEPTION 'a message cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
TRANSITIONS_BEFORE = """
CREATE OR REPLACE FUNCTION message_state_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('queued', 'sending'), ('queued', 'refused'), ('queued', 'cancelled'),
        ('sending', 'sent'), ('sending', 'failed'), ('sending', 'unknown'),
        ('sending', 'queued'),
        ('unknown', 'sent'), ('unknown', 'failed')
    ) THEN
        RAISE EXCEPTION 'a message cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0021_whose_a_person_says_it_is"),
        ("people", "0014_two_records_of_one_person"),
    ]

    operations = [migrations.RunSQL(TRANSITIONS, TRANSITIONS_BEFORE)]
