from django.db import migrations

#: The tags of a candidate as one array, kept true whoever writes ``candidate_tag``.
FACETS = """
CREATE FUNCTION candidate_facet_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO candidate_facet (candidate_id, tag_ids) SELECT id, '{}' FROM added;
    RETURN NULL;
END $$;

CREATE TRIGGER candidate_facet_begin AFTER INSERT ON candidate
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_facet_begin();

CREATE FUNCTION candidate_facet_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate_facet f
       SET tag_ids = coalesce(t.tag_ids, '{}')
      FROM (SELECT DISTINCT candidate_id FROM changed) c
      LEFT JOIN LATERAL (
               SELECT array_agg(ct.tag_id ORDER BY ct.tag_id) AS tag_ids
                 FROM candidate_tag ct WHERE ct.candidate_id = c.candidate_id
           ) t ON true
     WHERE f.candidate_id = c.candidate_id
       AND f.tag_ids IS DISTINCT FROM coalesce(t.tag_ids, '{}');
    RETURN NULL;
END $$;

CREATE TRIGGER candidate_facet_insert AFTER INSERT ON candidate_tag
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_facet_refresh();
CREATE TRIGGER candidate_facet_update AFTER UPDATE ON candidate_tag
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_facet_refresh();
CREATE TRIGGER candidate_facet_delete AFTER DELETE ON candidate_tag
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_facet_refresh();
"""

#: Permission is a history: what was said stays said.
APPEND_ONLY = """
CREATE FUNCTION refuse_rewriting_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: add a row instead', TG_TABLE_NAME
        USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER consent_append_only BEFORE UPDATE OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_permission();
CREATE TRIGGER suppression_append_only BEFORE UPDATE OR DELETE ON suppression
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_permission();
"""

#: Whoever forbids a send takes the lock that claims take, and changes the version that
#: senders read last: in the same transaction, whatever code wrote the row.
STANDING = """
CREATE FUNCTION candidate_standing_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.standing_version := OLD.standing_version + 1;
    RETURN NEW;
END $$;

CREATE TRIGGER candidate_standing_changes BEFORE UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.status, OLD.owner_id, OLD.paused_at, OLD.paused_until)
        IS DISTINCT FROM (NEW.status, NEW.owner_id, NEW.paused_at, NEW.paused_until)
    ) EXECUTE FUNCTION candidate_standing_changes();

CREATE FUNCTION suppression_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (
               SELECT candidate_id FROM added WHERE candidate_id IS NOT NULL
               UNION
               SELECT p.candidate_id FROM contact_point p JOIN added a ON a.address = p.address
                WHERE a.address <> ''
           );
    RETURN NULL;
END $$;

CREATE TRIGGER suppression_changes_standing AFTER INSERT ON suppression
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION suppression_changes_standing();

CREATE FUNCTION consent_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (SELECT candidate_id FROM added WHERE basis = 'withdrawn');
    RETURN NULL;
END $$;

CREATE TRIGGER consent_changes_standing AFTER INSERT ON consent
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION consent_changes_standing();

CREATE FUNCTION contact_point_changes_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE candidate SET standing_version = standing_version + 1
     WHERE id IN (SELECT candidate_id FROM lost);
    RETURN NULL;
END $$;

CREATE TRIGGER contact_point_update_changes_standing AFTER UPDATE ON contact_point
    REFERENCING OLD TABLE AS lost
    FOR EACH STATEMENT EXECUTE FUNCTION contact_point_changes_standing();
CREATE TRIGGER contact_point_delete_changes_standing AFTER DELETE ON contact_point
    REFERENCING OLD TABLE AS lost
    FOR EACH STATEMENT EXECUTE FUNCTION contact_point_changes_standing();
"""

#: Millions of rows whose every visit changes them: leave room on the page, clean up early.
STORAGE = """
ALTER TABLE candidate SET (fillfactor = 85);
ALTER TABLE candidate_facet SET (fillfactor = 85);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (FACETS, APPEND_ONLY, STANDING, STORAGE)
    ]
