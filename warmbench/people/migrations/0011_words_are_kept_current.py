from django.db import migrations

#: In PL/pgSQL for the reason that 0003 gives. ``chr(1)`` keeps apart what is unaccented at once;
#: nobody can type it into a field.
FUNCTIONS = r"""
CREATE FUNCTION search_plain(words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN translate(
        public.unaccent('public.unaccent', lower(words)),
        E'!"$%&''()*,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0',
        repeat(' ', 34)
    );
END $$;

CREATE FUNCTION search_tokens(words text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN array_remove(string_to_array(search_plain(words), ' '), '');
END $$;

CREATE FUNCTION candidate_lexemes(
    names text, employer text, title text, place text, notes text, tag_ids int[]
) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    here text := public.search_plain(concat_ws(chr(1), names, employer, title, place));
    plain_notes text;
    words text[];
BEGIN
    IF length(notes) < 500 THEN
        plain_notes := nullif(btrim(public.search_plain(notes)), '');
    END IF;
    words := string_to_array(concat_ws(' ',
        'n' || replace(nullif(btrim(split_part(here, chr(1), 1)), ''), ' ', ' n'),
        'e' || replace(nullif(btrim(split_part(here, chr(1), 2)), ''), ' ', ' e'),
        't' || replace(nullif(btrim(split_part(here, chr(1), 3)), ''), ' ', ' t'),
        'c' || replace(nullif(btrim(split_part(here, chr(1), 4)), ''), ' ', ' c'),
        'x' || replace(plain_notes, ' ', ' x'),
        's' || nullif(array_to_string(tag_ids, ' s'), '')
    ), ' ');
    IF length(notes) >= 500 THEN
        -- A word of a long note may be longer than an index takes. Slower by far.
        words := words || ARRAY(
            SELECT 'x' || word FROM unnest(public.search_tokens(left(notes, 5000))) AS word
             WHERE length(word) BETWEEN 2 AND 40
        );
    END IF;
    IF strpos(concat(here, plain_notes), '  ') = 0 THEN
        RETURN array_to_tsvector(words);
    END IF;
    RETURN ts_delete(array_to_tsvector(array_remove(words, '')), '{n,e,t,c,x}'::text[]);
END $$;

-- Asks for a word wherever it may stand; tags are numbers there, and no words.
CREATE FUNCTION any_of_word(word text) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT string_agg(quote_literal(place || word), ' | ')
          FROM unnest('{n,e,t,c,x}'::text[]) AS place
    )::tsquery;
END $$;

-- What is said about a person besides their own row. Later packages add to it.
CREATE FUNCTION candidate_notes(person bigint) RETURNS text
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

CREATE FUNCTION candidate_words_now(people bigint[]) RETURNS TABLE (id bigint, words tsvector)
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT c.id, candidate_lexemes(
               c.first_name || ' ' || c.last_name, c.employer, c.job_title,
               c.city || ' ' || c.region,
               concat_ws(' ', c.last_conversation_topic, c.last_conversation_note,
                         candidate_notes(c.id)),
               coalesce(f.tag_ids, '{}')
           )
      FROM candidate c
      LEFT JOIN candidate_facet f ON f.candidate_id = c.id
     WHERE c.id = ANY(people);
END $$;

-- Add to all words there are what stands about these people and was never there.
CREATE FUNCTION learn_words(people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (word)
    SELECT found.word
      FROM (SELECT DISTINCT substr(lexeme, 2) AS word
              FROM candidate_words w, unnest(w.words)
             WHERE w.candidate_id = ANY(people)
               AND length(lexeme) > 3
               -- Tags are numbers there, and numbers in notes are nobody's words.
               AND (lexeme ~ '^[ne]' OR lexeme !~ '^s|[0-9]')) found
     WHERE NOT EXISTS (SELECT FROM search_word k WHERE k.word = found.word COLLATE "C");
END $$;

CREATE FUNCTION refresh_candidate_words(people bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Locked by one statement and read by the next: what somebody else has just committed about
    -- the same people is seen then.
    PERFORM FROM candidate_words WHERE candidate_id = ANY(people)
      ORDER BY candidate_id FOR NO KEY UPDATE;
    UPDATE candidate_words w SET words = now.words
      FROM candidate_words_now(people) now
     WHERE w.candidate_id = now.id AND w.words IS DISTINCT FROM now.words;
END $$;
"""
FUNCTIONS_AWAY = """
DROP FUNCTION refresh_candidate_words;
DROP FUNCTION learn_words;
DROP FUNCTION candidate_words_now;
DROP FUNCTION candidate_notes;
DROP FUNCTION any_of_word;
DROP FUNCTION candidate_lexemes;
DROP FUNCTION search_tokens;
DROP FUNCTION search_plain;
"""

TRIGGERS = """
CREATE FUNCTION candidate_words_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO candidate_words (candidate_id, words)
    SELECT id, candidate_lexemes(
               first_name || ' ' || last_name, employer, job_title, city || ' ' || region,
               concat_ws(' ', last_conversation_topic, last_conversation_note), '{}'
           )
      FROM added;
    PERFORM learn_words(ARRAY(SELECT id FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER candidate_words_begin AFTER INSERT ON candidate
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_words_begin();

CREATE FUNCTION candidate_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_candidate_words(ARRAY[NEW.id]);
    PERFORM learn_words(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER candidate_words_follow AFTER UPDATE ON candidate
    FOR EACH ROW WHEN (
        (OLD.first_name, OLD.last_name, OLD.employer, OLD.job_title, OLD.city, OLD.region,
         OLD.last_conversation_topic, OLD.last_conversation_note)
        IS DISTINCT FROM
        (NEW.first_name, NEW.last_name, NEW.employer, NEW.job_title, NEW.city, NEW.region,
         NEW.last_conversation_topic, NEW.last_conversation_note)
    ) EXECUTE FUNCTION candidate_words_follow();

CREATE FUNCTION candidate_words_follow_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_candidate_words(ARRAY(SELECT candidate_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER candidate_words_follow_tags AFTER UPDATE ON candidate_facet
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_words_follow_tags();

CREATE FUNCTION candidate_words_follow_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people bigint[] := ARRAY(SELECT DISTINCT candidate_id FROM added);
BEGIN
    PERFORM refresh_candidate_words(people);
    PERFORM learn_words(people);
    RETURN NULL;
END $$;
CREATE TRIGGER candidate_words_follow_facts AFTER INSERT ON candidate_fact
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_words_follow_facts();

CREATE FUNCTION search_word_of_alias() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (word)
    SELECT DISTINCT part FROM added, unnest(string_to_array(key, ' ')) AS part
     WHERE length(part) BETWEEN 3 AND 40
       AND NOT EXISTS (SELECT FROM search_word k WHERE k.word = part COLLATE "C");
    RETURN NULL;
END $$;
CREATE TRIGGER search_word_of_alias AFTER INSERT ON tag_alias
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION search_word_of_alias();
"""
TRIGGERS_AWAY = """
DROP TRIGGER search_word_of_alias ON tag_alias;
DROP FUNCTION search_word_of_alias;
DROP TRIGGER candidate_words_follow_facts ON candidate_fact;
DROP FUNCTION candidate_words_follow_facts;
DROP TRIGGER candidate_words_follow_tags ON candidate_facet;
DROP FUNCTION candidate_words_follow_tags;
DROP TRIGGER candidate_words_follow ON candidate;
DROP FUNCTION candidate_words_follow;
DROP TRIGGER candidate_words_begin ON candidate;
DROP FUNCTION candidate_words_begin;
"""

#: Whoever was there before: one pass over everybody.
FILL = """
ALTER TABLE candidate_words SET (fillfactor = 90);
INSERT INTO candidate_words (candidate_id, words)
SELECT id, words FROM candidate_words_now(ARRAY(SELECT id FROM candidate));
SELECT learn_words(ARRAY(SELECT id FROM candidate));
INSERT INTO search_word (word)
SELECT DISTINCT word FROM tag_alias, unnest(string_to_array(key, ' ')) AS word
 WHERE length(word) BETWEEN 3 AND 40;
"""

#: Three letters at a time in names and employers: parts of words are found by the words that have
#: them now, and there are far fewer words than people.
OLD_INDEX_AWAY = "DROP INDEX candidate_search; DROP FUNCTION candidate_search_text;"
OLD_INDEX = """
CREATE FUNCTION candidate_search_text(first_name text, last_name text, employer text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN public.unaccent(
        'public.unaccent', lower(' ' || first_name || ' ' || last_name || ' ' || employer)
    );
END $$;
CREATE INDEX candidate_search ON candidate
    USING gin (candidate_search_text(first_name, last_name, employer) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0010_words_to_search")]

    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_AWAY),
        migrations.RunSQL(TRIGGERS, TRIGGERS_AWAY),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(OLD_INDEX_AWAY, OLD_INDEX),
    ]
