"""How soon people are found by what conversations say of them, among many facts.

    python -m bench.insight_search --insights 1000000

Invented facts, ten of each person: a few skills, titles and places are common, most are rare.
Beside each question stands the plain one: the same conditions, without order, quotes or counts.
"""

import argparse
from datetime import date
from decimal import Decimal

from bench import scratch
from bench.world import NOW

_MAKE = """
INSERT INTO candidate (
    id, first_name, last_name, status, status_since, source, external_id, employer, job_title,
    profile_url, city, region, country, time_zone, stage_reached, last_conversation_topic,
    last_conversation_note, pause_reason, added_at, changed_at
)
SELECT n, 'Ana', 'Person ' || n, 'passive', %(now)s, 'bench', n::text, '', '', '', '', '', 'DE',
       'Europe/Berlin', '', '', '', '', %(now)s, %(now)s
  FROM generate_series(1, %(people)s::bigint) n
"""
_SOURCES = """
INSERT INTO source (
    id, kind, title, text, language, basis, said_on, author_name, origin, origin_id, role_ids,
    added_at, state, read_by, trouble
)
SELECT n, 'note', '', repeat('Talked to her about this and that. ', 20), 'en', 'conversation',
       %(today)s::date - (n %% 1400)::int, '', 'bench', n::text, '{}', %(now)s, 'read', '1', ''
  FROM generate_series(1, %(people)s::bigint) n
"""
#: One draw between 0 and 1 for a fact, and another, always the same ones.
_FACTS = """
INSERT INTO insight (
    candidate_id, source_id, kind, topic, polarity, value, speaker, quote, start, "end", said_on,
    confidence, extractor, version, amount, on_day, at, state
)
SELECT p, p, f.kind,
       CASE f.kind
            WHEN 'skill' THEN 'skill ' || floor(2000 ^ f.draw)::int
            WHEN 'title' THEN 'title ' || floor(500 ^ f.draw)::int
            WHEN 'place' THEN 'place ' || floor(300 ^ f.draw)::int
            WHEN 'domain' THEN 'domain ' || floor(100 ^ f.draw)::int
            WHEN 'remote' THEN (ARRAY['remote', 'hybrid', 'onsite'])[1 + (f.draw * 3)::int %% 3]
            WHEN 'pay' THEN (ARRAY['current', 'target', 'floor'])[1 + (f.draw * 3)::int %% 3]
            WHEN 'stance' THEN (ARRAY['active', 'open', 'later'])[1 + (f.draw * 3)::int %% 3]
            ELSE ''
       END,
       CASE WHEN f.kind IN ('skill', 'title', 'domain', 'notice') THEN 'had' ELSE 'wants' END,
       '{"name": "x"}',
       'candidate',
       'has word' || floor(3000 ^ f.draw)::int || ' and word' || floor(3000 ^ f.other)::int
       || ' to tell of this',
       k * 40, k * 40 + 30, %(today)s::date - (p %% 1400)::int, 0.9, 'bench', '1',
       CASE f.kind WHEN 'pay' THEN 40000 + 1000 * floor(f.other * 100)
                   WHEN 'notice' THEN 30 * floor(f.other * 7) END,
       CASE f.kind WHEN 'start' THEN %(today)s::date + (f.other * 300)::int END,
       %(now)s,
       CASE WHEN f.other < 0.7 THEN 'proposed' WHEN f.other < 0.85 THEN 'confirmed'
            ELSE 'superseded' END
  FROM generate_series(1, %(people)s::bigint) p
 CROSS JOIN generate_series(1, 10) k
 CROSS JOIN LATERAL (
           SELECT (ARRAY['skill', 'skill', 'skill', 'title', 'place', 'remote', 'pay', 'start',
                         'domain', 'stance'])[k] AS kind,
                  (hashint8(p * 31 + k) + 2147483648.0) / 4294967296.0 AS draw,
                  (hashint8(p * 97 + k * 7) + 2147483648.0) / 4294967296.0 AS other
       ) f
"""


def main() -> None:
    """Fill a database, ask, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--insights", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--again", action="store_true", help="On the facts of the last run.")
    asked = parser.parse_args()
    scratch.begin() if asked.again else scratch.prepare()
    from warmbench.core import sql

    values = {"now": NOW, "today": NOW.date(), "people": asked.insights // 10}
    if not asked.again:
        with scratch.timed(f"{asked.insights:,} facts made"):
            for statement in (_MAKE, _SOURCES, _FACTS):
                sql.run(statement, values)
        sql.run("VACUUM ANALYZE insight")
        sql.run("ANALYZE candidate")
    _measure(asked.times)


def _measure(times: int) -> None:
    from warmbench.core import sql
    from warmbench.insight import asking, search
    from warmbench.insight.ageing import Age
    from warmbench.insight.search import Facet, Query

    remote = Facet("remote", "remote", ("wants",))
    questions = {
        "everybody": Query(),
        "one common skill": Query((Facet("skill", "skill 1"),)),
        "one rare skill": Query((Facet("skill", "skill 1500"),)),
        "any skill at all": Query((Facet("skill"),)),
        "title, remote, start by": Query(
            (Facet("title", "title 3"), remote, Facet("start", by_day=date(2027, 1, 1)))
        ),
        "remote, pay at most, open": Query(
            (
                remote,
                Facet("pay", "target", at_most=Decimal(80000)),
                Facet("stance", "open"),
            )
        ),
        "remote, fresh": Query((remote,), age=Age.FRESH),
        "two common words": Query(words=("word1", "word2")),
        "a rare word": Query(words=("word2900",)),
        "skill and words": Query((Facet("skill", "skill 2"),), ("word12",)),
    }
    print(f"{'':<28}{'people':>8}{'first page':>12}{'second':>9}{'plain':>9}{'ratio':>7}")
    for name, query in questions.items():
        page = search.find(query, now=NOW)
        first = scratch.median_ms(lambda query=query: search.find(query, now=NOW), times)
        after = page.next
        second = (
            scratch.median_ms(
                lambda query=query, after=after: search.find(query, now=NOW, after=after), times
            )
            if after
            else 0.0
        )
        asked: dict[str, object] = {}
        parts = search._conditions(query, asked, today=NOW.date())  # noqa: SLF001
        plain = " INTERSECT ".join(
            f"SELECT i.candidate_id FROM insight i WHERE {part}" for part in parts
        )
        slow = scratch.median_ms(
            lambda plain=plain, asked=asked: sql.run(
                f"SELECT count(*) FROM ({plain}) p",
                asked,
            ).fetchall(),
            times,
        )
        print(
            f"{name:<28}{page.total or 0:>8,}{first:>9.0f} ms{second:>6.0f} ms{slow:>6.0f} ms"
            f"{first / max(slow, 0.1):>7.1f}"
        )
    line = "title 3 who want remote and can start by January with word12"
    asking.parse(line, today=NOW.date())
    taken = scratch.median_ms(lambda: asking.parse(line, today=NOW.date()), times)
    print(f"a line read, once all is loaded: {taken:.0f} ms")


if __name__ == "__main__":
    main()
