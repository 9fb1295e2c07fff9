from django.db import migrations

#: In PL/pgSQL, because SQL functions that are not inlined cost three times as much per row,
#: and each imported row pays for them. ``unaccent`` is only called stable for fear of changed
#: dictionaries; nobody changes the one that comes with it. Named with its schema, because
#: VACUUM and pg_restore look nowhere by themselves.
FUNCTIONS = """
CREATE FUNCTION search_key(words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN public.unaccent('public.unaccent', lower(words));
END $$;

CREATE FUNCTION candidate_search_text(first_name text, last_name text, employer text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    -- The blank in front lets "begins a word" be asked for the first one too.
    RETURN public.unaccent('public.unaccent', lower(' ' || first_name || ' ' || last_name || ' ' || employer));
END $$;

CREATE FUNCTION candidate_name_key(first_name text, last_name text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN public.unaccent('public.unaccent', lower(last_name || ' ' || first_name));
END $$;
"""
FUNCTIONS_AWAY = """
DROP FUNCTION candidate_name_key;
DROP FUNCTION candidate_search_text;
DROP FUNCTION search_key;
"""

#: Addresses need none of their own: the beginning of one is found by ``contact_point_address``.
INDEXES = """
CREATE INDEX candidate_search ON candidate
    USING gin (candidate_search_text(first_name, last_name, employer) gin_trgm_ops);
CREATE INDEX candidate_name_order ON candidate (candidate_name_key(first_name, last_name), id);
CREATE INDEX candidate_conversation ON candidate (last_conversation_on, id)
    WHERE last_conversation_on IS NOT NULL;
"""
INDEXES_AWAY = """
DROP INDEX candidate_conversation;
DROP INDEX candidate_name_order;
DROP INDEX candidate_search;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_invariants")]

    operations = [
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_AWAY),
        migrations.RunSQL(INDEXES, INDEXES_AWAY),
    ]
