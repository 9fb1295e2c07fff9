from django.db import migrations

#: The arrows of docs/architecture.md. Whatever code, job or hand writes a state, no other
#: arrow exists.
TRANSITIONS = """
CREATE FUNCTION message_state_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER message_state_changes BEFORE UPDATE OF state ON message
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION message_state_changes();

CREATE FUNCTION message_state_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a message begins queued or refused, not %', NEW.state
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER message_state_begins BEFORE INSERT ON message
    FOR EACH ROW WHEN (NEW.state NOT IN ('queued', 'refused'))
    EXECUTE FUNCTION message_state_begins();
"""

STORAGE = """
ALTER TABLE message SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE attempt SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (TRANSITIONS, STORAGE)
    ]
