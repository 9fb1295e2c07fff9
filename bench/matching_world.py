"""People with skills by Zipf's law, and roles that ask for some of them."""

import math
import random
from dataclasses import dataclass
from datetime import timedelta

from bench.world import NOW
from warmbench.core import sql

#: Different skills, and as many draws as bring twelve different ones a person.
SKILLS, DRAWS = 10_000, 13
#: Matched skills that make a match.
THRESHOLD = 3
#: Nobody asks a specific role for these.
COMMONEST = 10

#: The n-th commonest skill is drawn with a chance of 1/n. One in five says what she wants to earn,
#: one in seven where she would work, one in five from where.
_PEOPLE = """
WITH shelf AS (
    SELECT min(id) FILTER (WHERE kind = 'skill') AS skill,
           array_agg(id ORDER BY id) FILTER (WHERE kind = 'seniority') AS seniorities
      FROM tag
),
drawn AS MATERIALIZED (
    SELECT n, array_agg(DISTINCT
               skill + floor(0.5 * exp(random() * ln(2 * %(skills)s + 1)) - 0.5)::int
           ) || (array_agg(
               seniorities[CASE WHEN n %% 10 < 7 THEN 1 WHEN n %% 10 < 9 THEN 2 ELSE 3 END]
           ))[1] AS tags
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
      CROSS JOIN generate_series(1, %(draws)s) k
      CROSS JOIN shelf
     GROUP BY n
),
people AS (
    INSERT INTO candidate (
        id, first_name, last_name, status, status_since, source, external_id, employer, job_title,
        profile_url, city, region, country, time_zone, stage_reached, last_conversation_on,
        last_conversation_topic, last_conversation_note, pause_reason, added_at, changed_at
    )
    SELECT n, 'First' || n, 'Last' || n, 'passive', %(now)s, 'bench', n::text, '', '', '',
           (ARRAY['Berlin', 'Munich', 'Hamburg', 'Cologne', 'Vienna', 'Zurich', 'Lyon', ''])
               [1 + h %% 8], '',
           (ARRAY['DE', 'DE', 'DE', 'DE', 'AT', 'CH', 'FR', ''])[1 + h %% 8],
           'Europe/Berlin', '',
           CASE WHEN h %% 3 > 0 THEN %(now)s::date - (h %% 900)::int END, '', '', '',
           %(now)s, %(now)s
      FROM drawn CROSS JOIN LATERAL (SELECT abs(hashint8(n * 13)::bigint) AS h) hashed
),
facets AS (
    INSERT INTO candidate_facet (candidate_id, tag_ids)
    SELECT n, sort(tags) FROM drawn
),
wishes AS (
    INSERT INTO candidate_fact (candidate_id, kind, topic, value, source, evidence, at)
    SELECT n, kind, '', value, 'candidate', 'bench', %(now)s
      FROM drawn
      CROSS JOIN LATERAL (VALUES
          (5, 'pay', jsonb_build_object('amount', (50000 + n * 7 %% 60 * 1000)::text,
                                        'currency', 'EUR', 'period', 'year')),
          (7, 'places', '[{"words": "Berlin", "city": "Berlin", "region": "",
                           "country": "DE"}]'::jsonb),
          (5, 'remote', to_jsonb((ARRAY['remote', 'hybrid', 'on_site', 'any'])[1 + n / 5 %% 4]))
      ) AS wish (each, kind, value)
     WHERE n %% each = 0
),
points AS (
    INSERT INTO contact_point (candidate_id, channel, address, standing, position, source, added_at)
    SELECT n, 'email', 'c' || n || '@example.com', 'unverified', 0, 'bench', %(now)s FROM drawn
),
permissions AS (
    INSERT INTO consent (candidate_id, channel, purpose, basis, evidence, source, at)
    SELECT n, 'email', '', 'consent', 'bench', 'bench', %(now)s - interval '1 day'
      FROM drawn WHERE n %% 4 > 0
),
told AS (
    INSERT INTO notice (candidate_id, kind, evidence, at)
    SELECT n, 'told', 'bench', %(now)s FROM drawn
)
INSERT INTO candidate_tag (candidate_id, tag_id, is_primary, source, confidence, added_at)
SELECT n, tag_id, false, 'bench', (ARRAY[0.6, 0.8, 0.9, 0.9, 1])[1 + h %% 5],
       %(now)s - make_interval(days => (h / 5 %% 1800)::int)
  FROM drawn
  CROSS JOIN LATERAL unnest(tags) AS tag_id
  CROSS JOIN LATERAL (SELECT abs(hashint8(n * 31 + tag_id)::bigint) AS h) hashed
"""
#: Built again afterwards: a million rows put into them one by one take far longer.
_INDEXES = """
SELECT indexdef, indexname FROM pg_indexes
 WHERE indexname IN ('candidate_facet_tag_ids', 'candidate_tag_tag')
"""


@dataclass(frozen=True, slots=True)
class Asking:
    """A role, and what it asks for."""

    role_id: int
    #: ``specific`` or ``popular``.
    kind: str
    skills: list[int]


def tags() -> None:
    """The skills, the commonest first, one after the other, and four levels."""
    from warmbench.people.models import Tag

    for name in ("Individual contributor", "Manager", "Director", "Executive"):
        Tag.objects.create(kind="seniority", name=name)
    Tag.objects.bulk_create(Tag(kind="skill", name=f"Skill {n}") for n in range(SKILLS))


def people(count: int, *, chunk: int = 50_000) -> None:
    """So many candidates with twelve skills each, a level, a place and wishes."""
    from django.db import transaction

    indexes = sql.run(_INDEXES).fetchall()
    for _, name in indexes:
        sql.run(f"DROP INDEX {name}")
    for first in range(1, count + 1, chunk):
        with transaction.atomic():
            # Neither triggers nor foreign keys: both are kept by what is written here.
            sql.run("SET LOCAL session_replication_role = replica")
            sql.run("SELECT setseed(%s)", [first / (count + 1)])
            values = {"first": first, "last": min(first + chunk - 1, count), "now": NOW}
            sql.run(_PEOPLE, values | {"skills": SKILLS, "draws": DRAWS})
    for definition, _ in indexes:
        sql.run(definition)
    sql.run("VACUUM ANALYZE")


def roles(measured: int, others: int) -> list[Asking]:
    """Open roles: so many to be measured, half of them specific, and so many more."""
    from warmbench.people.models import Tag
    from warmbench.sourcing.models import Role, RoleSkill

    draw = random.Random(7)
    skills = list(Tag.objects.filter(kind="skill").order_by("pk").values_list("pk", flat=True))
    level = Tag.objects.get(name="Individual contributor")
    berlin = {"words": "Berlin", "city": "Berlin", "region": "", "country": "DE"}
    made = Role.objects.bulk_create(
        Role(
            title=f"Role {n}",
            seniority=level,
            places=[berlin],
            remote=("on_site", "hybrid", "remote")[n % 3],
            pay_min=60_000,
            pay_max=80_000,
            pay_currency="EUR",
            pay_period="year",
            musts=[[], ["pay"], ["place"], ["seniority"]][n // 2 % 4],
            state="open",
            state_at=NOW - timedelta(days=1),
            created_at=NOW,
            changed_at=NOW,
        )
        for n in range(measured + others)
    )
    asking = [
        Asking(role.pk, kind, _drawn(draw, skills, first=COMMONEST if kind == "specific" else 0))
        for n, role in enumerate(made)
        for kind in [("specific", "popular")[n % 2]]
    ]
    RoleSkill.objects.bulk_create(
        RoleSkill(role_id=role.role_id, tag_id=tag, is_required=at < 4)
        for role in asking
        for at, tag in enumerate(role.skills)
    )
    sql.run("VACUUM ANALYZE")
    return asking[:measured]


def _drawn(draw: random.Random, skills: list[int], *, first: int) -> list[int]:
    """Five to eight skills, drawn as those of people are, from the ``first`` commonest on."""
    found: dict[int, None] = {}
    size = draw.randint(5, 8)
    while len(found) < size:
        rank = int(0.5 * math.exp(draw.random() * math.log(2 * SKILLS + 1)) - 0.5)
        if rank >= first:
            found[skills[rank]] = None
    return list(found)
