from django.db import migrations

#: What a text says about somebody who is erased is blacked out, sign by sign, so that what it says
#: about others stays where it is. Names go wherever they stand.
REDACTED = r"""
CREATE FUNCTION blacked_out(words text, spans integer[], names text[])
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    place integer;
    name text;
BEGIN
    FOR place IN 1 .. coalesce(array_length(spans, 1), 0) - 1 BY 2 LOOP
        words := overlay(
            words PLACING repeat('█', spans[place + 1] - spans[place])
             FROM spans[place] + 1 FOR spans[place + 1] - spans[place]
        );
    END LOOP;
    FOREACH name IN ARRAY names LOOP
        words := regexp_replace(words, as_words(name), repeat('█', length(name)), 'gi');
    END LOOP;
    RETURN words;
END $$;

CREATE FUNCTION as_words(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '(?<!\w)' || regexp_replace(name, '([^\w\s])', '\\\1', 'g') || '(?!\w)'
$$;
"""
GONE = "DROP FUNCTION blacked_out(text, integer[], text[]); DROP FUNCTION as_words(text)"


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_what_was_read_stays")]

    operations = [migrations.RunSQL(REDACTED, GONE)]
