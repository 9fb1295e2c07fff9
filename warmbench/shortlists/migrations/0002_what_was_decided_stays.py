from django.db import migrations

#: An approved version, a shared list and an answer stay as they were.
NEVER_REWRITTEN = """
CREATE FUNCTION refuse_rewriting_shortlists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was approved, shared or answered is never changed: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER profile_version_never_rewritten BEFORE UPDATE ON profile_version
    FOR EACH ROW WHEN (
        OLD.approved_at IS NOT NULL
        AND (OLD.profile_id, OLD.number, OLD.spec, OLD.note, OLD.approved_at)
            IS DISTINCT FROM (NEW.profile_id, NEW.number, NEW.spec, NEW.note, NEW.approved_at)
    ) EXECUTE FUNCTION refuse_rewriting_shortlists();

CREATE TRIGGER shortlist_answer_never_rewritten BEFORE UPDATE ON shortlist_answer
    FOR EACH ROW WHEN (
        (OLD.entry_id, OLD.verdict, OLD.requirement, OLD.words, OLD.at)
        IS DISTINCT FROM (NEW.entry_id, NEW.verdict, NEW.requirement, NEW.words, NEW.at)
    ) EXECUTE FUNCTION refuse_rewriting_shortlists();

CREATE FUNCTION refuse_rewriting_shared_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM shortlist s WHERE s.id = OLD.shortlist_id AND s.state <> 'draft') THEN
        RAISE EXCEPTION 'a shared shortlist is frozen: make another one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER shortlist_entry_frozen BEFORE UPDATE ON shortlist_entry
    FOR EACH ROW WHEN (
        (OLD.shortlist_id, OLD.place, OLD.rank, OLD.confidence, OLD.score, OLD.told, OLD.reach,
         OLD.removed_at, OLD.removed_why)
        IS DISTINCT FROM
        (NEW.shortlist_id, NEW.place, NEW.rank, NEW.confidence, NEW.score, NEW.told, NEW.reach,
         NEW.removed_at, NEW.removed_why)
    ) EXECUTE FUNCTION refuse_rewriting_shared_entries();
"""
GONE = """
DROP FUNCTION refuse_rewriting_shortlists() CASCADE;
DROP FUNCTION refuse_rewriting_shared_entries() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("shortlists", "0001_initial")]

    operations = [migrations.RunSQL(NEVER_REWRITTEN, GONE)]
