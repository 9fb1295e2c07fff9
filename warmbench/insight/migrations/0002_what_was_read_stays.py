from django.db import migrations

#: What was read stays as it was read; where it stands may change.
NEVER_REWRITTEN = """
CREATE FUNCTION refuse_rewriting_insights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what an insight says is never changed: add a row instead'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER insight_never_rewritten BEFORE UPDATE ON insight
    FOR EACH ROW WHEN (
        (OLD.source_id, OLD.kind, OLD.topic, OLD.polarity, OLD.value, OLD.speaker, OLD.quote,
         OLD.start, OLD."end", OLD.said_on, OLD.confidence, OLD.extractor,
         OLD.version, OLD.at)
        IS DISTINCT FROM
        (NEW.source_id, NEW.kind, NEW.topic, NEW.polarity, NEW.value, NEW.speaker, NEW.quote,
         NEW.start, NEW."end", NEW.said_on, NEW.confidence, NEW.extractor,
         NEW.version, NEW.at)
    ) EXECUTE FUNCTION refuse_rewriting_insights();
"""
GONE = "DROP FUNCTION refuse_rewriting_insights() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial")]

    operations = [migrations.RunSQL(NEVER_REWRITTEN, GONE)]
