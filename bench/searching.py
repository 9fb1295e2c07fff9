"""How soon people are found among many by whatever is typed, and who is found by mistyped words.

    python -m bench.searching --candidates 1000000

Invented people whose names, employers, towns, titles and skills follow Zipf's law: few are common,
most are rare. Beside each kind of question stands the plain one, for the very words, without order.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import scratch
from bench.world import NOW

_SYLLABLES = [
    "ba", "be", "bi", "bo", "da", "de", "di", "do", "fa", "fe", "fi", "fo", "ga", "ge", "go", "ha",
    "he", "hi", "ho", "ja", "je", "jo", "ka", "ke", "ki", "ko", "la", "le", "li", "lo", "ma", "me",
    "mi", "mo", "mu", "na", "ne", "ni", "no", "pa", "pe", "pi", "po", "ra", "re", "ri", "ro", "ru",
    "sa", "se", "si", "so", "ta", "te", "ti", "to", "va", "ve", "vi", "vo", "wa", "we", "za", "ze",
    "zi", "ann", "ber", "cor", "den", "ell", "fran", "gar", "hol", "ing", "jan", "kel", "lin",
    "mar", "nor", "ost", "per", "quin", "ros", "sten", "tor", "ulf", "vin", "wal", "berg", "mann",
    "son", "sen", "stein", "ford", "ley", "ton", "well", "ski", "vic", "ez", "ini", "eau",
]  # fmt: skip
_LEVELS = ("Junior", "", "", "Senior", "Lead", "Principal", "Head of", "Director of")
_CRAFTS = ("Backend", "Data", "Platform", "Sales", "Finance", "Nursing", "Process", "Payroll",
           "Product", "Risk", "Cloud", "Quality", "Supply", "Clinical", "Legal")  # fmt: skip
_TRADES = ("Engineer", "Engineer", "Manager", "Analyst", "Consultant", "Specialist", "Developer",
           "Architect", "Controller", "Coordinator")  # fmt: skip
#: How many people have a warmth: of most we have not heard for long.
_WARM = 0.15

_MAKE = """
INSERT INTO candidate (
    id, first_name, last_name, status, status_since, source, external_id, employer, job_title,
    profile_url, city, region, country, time_zone, stage_reached, last_conversation_topic,
    last_conversation_note, pause_reason, added_at, changed_at
)
SELECT n, first.word, last.word, 'passive', %(now)s, 'bench', n::text, firm.word, title.word, '',
       town.word, '', 'DE', 'Europe/Berlin', '', '', coalesce(said.words, ''), '', %(now)s, %(now)s
  FROM generate_series(%(from)s::bigint, %(to)s::bigint) n
  JOIN bench_word first ON first.kind = 'first' AND first.at = zipf(n * 11 + 1, %(first)s)
  JOIN bench_word last ON last.kind = 'last' AND last.at = zipf(n * 11 + 2, %(last)s)
  JOIN bench_word firm ON firm.kind = 'firm' AND firm.at = zipf(n * 11 + 3, %(firm)s)
  JOIN bench_word title ON title.kind = 'title' AND title.at = zipf(n * 11 + 4, %(title)s)
  JOIN bench_word town ON town.kind = 'town' AND town.at = zipf(n * 11 + 5, %(town)s)
  LEFT JOIN (
           SELECT m, string_agg(w.word, ' ') AS words
             FROM generate_series(%(from)s::bigint, %(to)s::bigint) m
             CROSS JOIN generate_series(1, 12) k
             JOIN bench_word w ON w.kind = 'said' AND w.at = zipf(m * 97 + k, %(said)s)
            WHERE m %% 3 = 0 GROUP BY m
       ) said ON said.m = n
"""
_FACETS = """
INSERT INTO candidate_facet (candidate_id, tag_ids)
SELECT n, array_agg(DISTINCT zipf(n * 31 + k, tags)::int)
  FROM (SELECT count(*)::int AS tags FROM tag) t, generate_series(1, 14) k,
       generate_series(%(from)s::bigint, %(to)s::bigint) n
 GROUP BY n
"""
_POINTS = """
INSERT INTO contact_point (candidate_id, channel, address, standing, position, source, added_at)
SELECT n, 'email', 'c' || n || '@example.com', 'unverified', 0, 'bench', %(now)s
  FROM generate_series(%(from)s::bigint, %(to)s::bigint) n
"""
_WORDS = """
INSERT INTO candidate_words (candidate_id, words)
SELECT id, words
  FROM candidate_words_now(ARRAY(SELECT generate_series(%(from)s::bigint, %(to)s::bigint)))
"""
_WARMTH = """
INSERT INTO warmth (candidate_id, points, as_of, rank, policy)
SELECT id, 1 + 90 * draw, %(now)s, log(2, (1 + 90 * draw)::numeric)::float8, 1
  FROM (SELECT id, (hashint8(id * 7) + 2147483648.0) / 4294967296.0 AS draw FROM candidate) c
 WHERE draw < %(share)s
"""


def _invented(count: int, draw: random.Random, *, least: int = 2, most: int = 4) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(draw.choices(_SYLLABLES, k=draw.randint(least, most))).capitalize()] = None
    return list(made)


def _world(candidates: int) -> None:
    from warmbench.core import sql
    from warmbench.people.models import Tag, TagAlias

    draw = random.Random(3)
    several = max(candidates // 5, 1_000)
    parts = _invented(max(several // 8, 500), draw)
    titles = {f"{a} {b} {c}".strip() for a in _LEVELS for b in _CRAFTS for c in _TRADES}
    stock = {
        "first": _invented(3_000, draw, most=3),
        "last": _invented(several, draw, least=2, most=5),
        "firm": [" ".join(draw.choices(parts, k=draw.randint(1, 3))) for _ in range(several // 3)],
        "town": _invented(2_000, draw, most=3),
        "title": draw.sample(sorted(titles), len(titles)),
        "said": _invented(5_000, draw),
    }
    sql.run("CREATE TABLE bench_word (kind text, at int, word text, PRIMARY KEY (kind, at))")
    for kind, words in stock.items():
        sql.run(
            "INSERT INTO bench_word SELECT %s, at, word"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS w (word, at)",
            [kind, words],
        )
    sql.run("ANALYZE bench_word")
    # Exact for Zipf's law with the exponent 1.
    sql.run("""
        CREATE FUNCTION zipf(seed bigint, count int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
            SELECT least(count, 1 + floor(exp(
                (hashint8(seed) + 2147483648.0) / 4294967296.0 * ln(count)) - 1)::int)
        $$""")
    skills = _invented(2_000, draw, most=3)
    tags = Tag.objects.bulk_create([Tag(kind="skill", name=name) for name in skills])
    TagAlias.objects.bulk_create(
        [TagAlias(tag=tag, kind="skill", text=tag.name, key=tag.name.lower()) for tag in tags]
    )
    sizes = {kind: len(words) for kind, words in stock.items()}
    # How many rows a series has is not known beforehand: a nested loop over two would take hours.
    sql.run("SET enable_nestloop = off")
    sql.run("SET session_replication_role = replica")
    sql.run("DROP INDEX candidate_words_words")
    for first in range(1, candidates + 1, 50_000):
        span = {"from": first, "to": min(first + 49_999, candidates), "now": NOW, **sizes}
        for query in (_MAKE, _FACETS, _POINTS, _WORDS):
            sql.run(query, {name: span[name] for name in span if f"%({name})s" in query})
    sql.run(_WARMTH, {"now": NOW, "share": _WARM})
    sql.run("CREATE INDEX candidate_words_words ON candidate_words USING gin (words)")
    sql.run("SELECT learn_words(ARRAY(SELECT id FROM candidate))")
    sql.run("SET session_replication_role = origin")
    sql.run("RESET enable_nestloop")
    sql.run("VACUUM ANALYZE candidate, candidate_facet, candidate_words, contact_point, warmth")
    sql.run("VACUUM ANALYZE search_word, tag_alias")


@dataclass(frozen=True)
class _Person:
    pk: int
    first: str
    last: str
    employer: str
    city: str
    skill: str


def _mistyped(word: str, draw: random.Random) -> str:
    """The word with a letter wrong, missing, doubled or swapped with the next; two if long."""
    wrong = 2 if len(word) >= 9 else 1
    for _ in range(wrong):
        at = draw.randrange(1, len(word) - 1)
        letter = draw.choice("abcdefghijklmnopqrstuvwxyz")
        word = draw.choice(
            [
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    return word


def _people(candidates: int, count: int) -> list[_Person]:
    from warmbench.core import sql

    draw = random.Random(17)
    rows = sql.run(
        "SELECT c.id, first_name, last_name, employer, city, t.name FROM candidate c"
        " JOIN candidate_facet f ON f.candidate_id = c.id JOIN tag t ON t.id = f.tag_ids[3]"
        " WHERE c.id = ANY(%s)",
        [draw.sample(range(1, candidates + 1), count)],
    )
    return [_Person(*row) for row in rows]


def _plain(typed: str) -> object:
    from warmbench.core import sql
    from warmbench.people import search_words
    from warmbench.people.search_words import Word

    words = [Word((word,)) for word in typed.lower().split()]
    query = search_words.query(words, whole=True)
    return sql.run(
        "SELECT candidate_id FROM candidate_words WHERE words @@ %s::tsquery LIMIT 20", [query]
    ).fetchall()


def _ms(action: Callable[[str], object], typed: Sequence[str]) -> list[float]:
    taken = []
    for one in typed:
        runs = []
        for _ in range(2):
            began = time.perf_counter()
            action(one)
            runs.append((time.perf_counter() - began) * 1000)
        taken.append(min(runs))
    return sorted(taken)


def _questions(people: Sequence[_Person]) -> dict[str, list[str]]:
    from warmbench.core import sql

    common = [
        word
        for (word,) in sql.run(
            "SELECT word FROM bench_word WHERE at <= 2 AND kind <> 'title'"
            " UNION ALL SELECT name FROM tag WHERE id <= 3"
            " UNION ALL SELECT 'Senior Engineer ' || word FROM bench_word"
            " WHERE at <= 3 AND kind IN ('first', 'town')"
        )
    ]
    common += ["Engineer", "Senior", "Manager", "Engineer Manager"]
    draw = random.Random(23)
    long = [one for one in people if len(one.last) >= 5]
    return {
        "whole name": [f"{one.first} {one.last}" for one in people],
        "while typing: 2 letters": [one.first[:2] for one in people],
        "while typing: 3 letters": [one.last[:3] for one in people],
        "while typing: name and part": [f"{one.first} {one.last[:3]}" for one in people],
        "employer": [one.employer for one in people],
        "name, skill and town": [f"{one.first} {one.skill} {one.city}" for one in people],
        "skill and town": [f"{one.skill} {one.city}" for one in people],
        "very common words": common,
        "nobody": [f"{one.last}qx{one.first}" for one in people[:40]],
        "mistyped last name": [_mistyped(one.last.lower(), draw) for one in long],
        "mistyped name": [f"{one.first} {_mistyped(one.last.lower(), draw)}" for one in long],
    }


def _recall(people: Sequence[_Person]) -> None:
    from warmbench.people.models import Candidate
    from warmbench.signals import finding

    draw = random.Random(29)
    long = [one for one in people if len(one.last) >= 5]
    found = {"first name and mistyped last name": 0, "mistyped last name alone": 0}
    for one in long:
        mistyped = _mistyped(one.last.lower(), draw)
        for kind, typed in zip(found, (f"{one.first} {mistyped}", mistyped), strict=True):
            ids = finding.find(typed, limit=20).candidate_ids
            names = Candidate.objects.filter(pk__in=ids).values_list("last_name", flat=True)
            found[kind] += one.last in names
    for kind, hits in found.items():
        print(f"{kind}: the right name is among the first 20 for {hits / len(long):.1%}")


def _sizes(candidates: int) -> None:
    from warmbench.core import sql

    for name in ("candidate_words", "candidate_words_words", "search_word"):
        (size,) = sql.run("SELECT pg_total_relation_size(%s::regclass)", [name]).fetchall()[0]
        print(f"{name}: {size / 1e6:,.0f} MB, {size / candidates:,.0f} bytes a candidate")
    (words,) = sql.run("SELECT count(*) FROM search_word").fetchall()[0]
    print(f"different words: {words:,}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=100, help="of each kind")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.signals import finding

    with scratch.timed(f"{options.candidates:,} people"):
        _world(options.candidates)
    _sizes(options.candidates)
    people = _people(options.candidates, options.questions)
    every: list[float] = []
    plainly: list[float] = []
    for kind, typed in _questions(people).items():
        us = _ms(lambda one: finding.find(one, limit=20), typed)
        plain = _ms(_plain, typed)
        every += us
        plainly += plain
        print(
            f"{kind}: {_spread(us)} ms; the very words, unordered: {_spread(plain)} ms;"
            f" ratio {statistics.median(us) / statistics.median(plain):.1f}"
        )
    print(f"all: {_spread(sorted(every))} ms; the very words {_spread(sorted(plainly))} ms")
    _recall(people)


def _spread(times: Sequence[float]) -> str:
    p95 = times[math.ceil(len(times) * 0.95) - 1]
    return f"{statistics.median(times):,.1f} (p95 {p95:,.1f}, most {times[-1]:,.1f})"


if __name__ == "__main__":
    main()
