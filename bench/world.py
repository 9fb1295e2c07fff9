"""Any number of invented people, made inside the database."""

from datetime import UTC, datetime, timedelta

from warmbench.core import sql

#: A Tuesday, ten o'clock in Berlin.
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

_PEOPLE = """
WITH shelf AS (
    SELECT array_agg(id ORDER BY id) FILTER (WHERE kind = 'specialty') AS specialties,
           array_agg(id ORDER BY id) FILTER (WHERE kind = 'seniority') AS seniorities,
           array_agg(id ORDER BY id) FILTER (WHERE kind = 'skill') AS skills,
           min(id) FILTER (WHERE code = 'DE') AS germany
      FROM tag
),
owners AS (SELECT array_agg(id ORDER BY id) AS ids FROM app_user),
made AS (
    INSERT INTO candidate (
        first_name, last_name, status, status_since, owner_id, source, external_id, employer,
        job_title, profile_url, city, region, country, time_zone, stage_reached,
        last_conversation_on, last_conversation_topic, last_conversation_note, pause_reason,
        added_at, changed_at
    )
    SELECT 'First' || n, 'Last' || n, 'passive', %(now)s, ids[1 + n %% array_length(ids, 1)],
           'bench', n::text, 'Employer ' || n %% 5000, 'Title ' || n %% 300, '', 'Berlin', '',
           'DE', 'Europe/Berlin', (ARRAY['', 'screened', 'interviewed', 'final'])[1 + n %% 4],
           %(now)s::date - (n %% 900)::int, 'a platform role', '', '', %(now)s, %(now)s
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, owners
    RETURNING id, external_id::bigint AS n
),
points AS (
    INSERT INTO contact_point (candidate_id, channel, address, standing, position, source, added_at)
    SELECT id, 'email', 'c' || n || '@example.com', 'unverified', 0, 'bench', %(now)s FROM made
),
permissions AS (
    INSERT INTO consent (candidate_id, channel, purpose, basis, evidence, source, at)
    SELECT id, 'email', '', 'consent', 'bench', 'bench', %(now)s - interval '1 day'
      FROM made
),
told AS (
    INSERT INTO notice (candidate_id, kind, evidence, at)
    SELECT id, 'told', 'bench', %(now)s FROM made
)
INSERT INTO candidate_tag (candidate_id, tag_id, is_primary, source, confidence, added_at)
SELECT made.id, t.id, t.id = specialties[1 + n %% array_length(specialties, 1)], 'bench', 1,
       %(now)s
  FROM made, shelf
  CROSS JOIN LATERAL (
      SELECT DISTINCT id FROM unnest(ARRAY[
          specialties[1 + n %% array_length(specialties, 1)],
          seniorities[1 + n %% array_length(seniorities, 1)],
          germany
      ] || (
          -- Few skills are common and most are rare.
          SELECT array_agg(skills[1 + floor(power(
                     (hashint8(n * 31 + k)::float8 + 2147483648.0) / 4294967296.0, 3
                 ) * array_length(skills, 1))::int])
            FROM generate_series(1, 8) k
      )) AS id
  ) t
"""


def tags() -> None:
    """A small tree: enough of each kind to be told apart."""
    from warmbench.people.models import Tag

    top = Tag.objects.create(kind="category", name="Technology")
    for n in range(18):
        Tag.objects.create(kind="specialty", name=f"Specialty {n}", parent=top)
    for name in ("Individual contributor", "Manager", "Director", "Executive"):
        Tag.objects.create(kind="seniority", name=name)
    Tag.objects.create(kind="geography", name="Germany", code="DE")
    Tag.objects.bulk_create([Tag(kind="skill", name=f"Skill {n}") for n in range(700)])


def team(recruiters: int, *, cap: int = 2_000_000_000) -> None:
    """An organisation whose recruiters each have a mailbox without spacing."""
    from warmbench.accounts.models import Organisation, Role, User
    from warmbench.messaging.models import Sender

    Organisation.objects.create(
        name="Northwind Talent",
        postal_address="1 Quay Street, 10115 Berlin",
        default_country="DE",
        default_time_zone="Europe/Berlin",
        created_at=NOW,
    )
    for n in range(recruiters):
        owner = User.objects.create_user(
            f"r{n}@example.com", date_joined=NOW, name=f"Recruiter {n}", role=Role.RECRUITER
        )
        Sender.objects.create(
            owner=owner,
            from_name=owner.name,
            from_address=f"r{n}@northwind.example",
            host="127.0.0.1",
            security=Sender.Security.NONE,
            daily_cap=cap,
            spacing_min=0,
            spacing_max=0,
            ramp_started_on=(NOW - timedelta(days=365)).date(),
            activated_at=NOW,
            created_at=NOW,
        )


def people(count: int, *, chunk: int = 50_000) -> None:
    """So many candidates, each with an address, consent, a notice and some ten tags."""
    for first in range(1, count + 1, chunk):
        last = min(first + chunk - 1, count)
        sql.run(_PEOPLE, {"first": first, "last": last, "now": NOW})
    sql.run("ANALYZE")
