from django.db import migrations

#: One row that is another after every change of what compiled rules are made from: the rules
#: of pools, and the tags they name. A process compares it with the stamp of its last
#: compilation: one short read instead of reading pools and tags before every refresh.
#:
#: A random stamp and not a number: a transaction that is rolled back takes its number back,
#: and the next change would then pass for the one that never was.
STAMP = """
CREATE TABLE rule_stamp (
    id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    stamp uuid NOT NULL
);
INSERT INTO rule_stamp (stamp) VALUES (gen_random_uuid());

CREATE FUNCTION rule_stamp_renew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE rule_stamp SET stamp = gen_random_uuid();
    RETURN NULL;
END $$;

CREATE TRIGGER rule_stamp_tag AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tag
    FOR EACH STATEMENT EXECUTE FUNCTION rule_stamp_renew();
CREATE TRIGGER rule_stamp_alias AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tag_alias
    FOR EACH STATEMENT EXECUTE FUNCTION rule_stamp_renew();
CREATE TRIGGER rule_stamp_pool
    AFTER INSERT OR UPDATE OF entry_rule, exit_rule, archived_at OR DELETE OR TRUNCATE ON pool
    FOR EACH STATEMENT EXECUTE FUNCTION rule_stamp_renew();
"""


class Migration(migrations.Migration):
    dependencies = [("nurture", "0002_storage"), ("people", "0002_invariants")]

    operations = [migrations.RunSQL(STAMP, migrations.RunSQL.noop)]
