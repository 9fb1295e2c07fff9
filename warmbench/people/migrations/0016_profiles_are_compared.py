from django.db import migrations

#: The same profile, however its address was pasted: without scheme, country, query and slash.
KEY = r"""
CREATE FUNCTION profile_key(url text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN rtrim(
        regexp_replace(
            split_part(split_part(lower(btrim(url)), '?', 1), '#', 1),
            '^(https?://)?(www\.|m\.|[a-z]{2}\.(?=linkedin\.|xing\.))?', ''
        ), '/'
    );
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0015_what_a_record_replaced")]

    operations = [migrations.RunSQL(KEY, "DROP FUNCTION profile_key")]
