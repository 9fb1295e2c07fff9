from django.db import migrations

#: A message is shown in the words of its template, years later: so nobody may change those.
KEEP = """
CREATE FUNCTION template_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a template never changes: other words are another one'
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER template_never_changes BEFORE UPDATE ON template
    FOR EACH ROW EXECUTE FUNCTION template_never_changes();
"""
DROP = """
DROP TRIGGER template_never_changes ON template;
DROP FUNCTION template_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0013_decisions_name_what_goes_first")]

    operations = [migrations.RunSQL(KEEP, DROP)]
