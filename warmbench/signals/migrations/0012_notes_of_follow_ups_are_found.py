from django.db import migrations

#: What recruiters wrote when they followed somebody up belongs to the words about that person.
NOTES = """
CREATE OR REPLACE FUNCTION candidate_notes(person bigint) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN concat_ws(' ',
        (SELECT string_agg(f.evidence || ' ' || coalesce(said.words, ''), ' ')
           FROM candidate_fact f
           LEFT JOIN LATERAL (
                    SELECT string_agg(word #>> '{}', ' ') AS words
                      FROM jsonb_path_query(f.value, '$.** ? (@.type() == "string")') AS word
                ) said ON true
          WHERE f.candidate_id = person),
        (SELECT string_agg(u.note, ' ') FROM follow_up u
          WHERE u.candidate_id = person AND u.note <> '')
    );
END $$;

CREATE FUNCTION candidate_words_follow_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_candidate_words(ARRAY[NEW.candidate_id]);
    PERFORM learn_words(ARRAY[NEW.candidate_id]);
    RETURN NULL;
END $$;
-- At the end of the transaction: by then it holds whatever else it locks of the person, so two
-- that follow the same person up never wait for each other in a ring.
CREATE CONSTRAINT TRIGGER candidate_words_follow_notes AFTER UPDATE ON follow_up
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.note IS DISTINCT FROM NEW.note)
    EXECUTE FUNCTION candidate_words_follow_notes();
"""
NOTES_AWAY = """
DROP TRIGGER candidate_words_follow_notes ON follow_up;
DROP FUNCTION candidate_words_follow_notes;
CREATE OR REPLACE FUNCTION candidate_notes(person bigint) RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT string_agg(f.evidence || ' ' || coalesce(said.words, ''), ' ')
          FROM candidate_fact f
          LEFT JOIN LATERAL (
                   SELECT string_agg(word #>> '{}', ' ') AS words
                     FROM jsonb_path_query(f.value, '$.** ? (@.type() == "string")') AS word
               ) said ON true
         WHERE f.candidate_id = person
    );
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0011_what_users_say_of_visits"),
        ("people", "0011_words_are_kept_current"),
    ]

    operations = [migrations.RunSQL(NOTES, NOTES_AWAY)]
