"""What it costs to choose what somebody reads: for a batch of people, from a large library.

    python -m bench.choosing --people 100000 --pieces 1000

Each of the library's pieces has been read by some people, and some of them clicked. Beside it, in
the same run: reading the same people from the database, which planning has to do anyway.
"""

import argparse
import random
from datetime import timedelta

from bench import scratch, world

_KINDS = ("trends", "salary", "tip", "spotlight")
_BATCH = 1000


def _pieces(count: int) -> None:
    """So many live pieces: for specialties, for categories, and for everybody; two wordings
    each."""
    from warmbench.messaging import wording
    from warmbench.nurture.models import ContentPiece, ContentVariant
    from warmbench.people.models import Tag

    chance = random.Random(4)
    topics = list(Tag.objects.filter(kind__in=["specialty", "category"]))
    levels = list(Tag.objects.filter(kind="seniority"))
    made = ContentPiece.objects.bulk_create(
        ContentPiece(
            key=f"piece-{n}",
            kind=_KINDS[n % len(_KINDS)],
            title=f"Piece {n}",
            topic=None if n % 10 == 0 else chance.choice(topics),
            seniority=chance.choice(levels) if n % 7 == 0 else None,
            state="live",
            reviewed_on=world.NOW.date() - timedelta(days=chance.randrange(90)),
        )
        for n in range(count)
    )
    template = wording.keep(subject="News", body="Hello", look="article", now=world.NOW)
    ContentVariant.objects.bulk_create(
        ContentVariant(piece=one, label=label, subject="News", body="Hello", template=template)
        for one in made
        for label in "AB"
    )


_READ = """
INSERT INTO content_use (candidate_id, piece_id, message_id, at)
SELECT c.id, p.id, c.id * 1000 + p.id, %(now)s
  FROM candidate c
  JOIN content_piece p ON hashint8(c.id * 7919 + p.id) %% 125 = 0
 WHERE c.id <= %(count)s
"""
_CLICKED = """
INSERT INTO signal (candidate_id, kind, grade, at, message_id, topic, key)
SELECT candidate_id, 'clicked', 'likely', at, message_id, '', 'click:' || message_id
  FROM content_use WHERE message_id %% 3 = 0
"""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--pieces", type=int, default=1000)
    parser.add_argument("--read", type=int, default=5000, help="so many people had some before")
    options = parser.parse_args()

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.messaging import voices
    from warmbench.nurture import content, readers
    from warmbench.people.models import Tag

    world.tags()
    world.team(8)
    world.people(options.people)
    _pieces(options.pieces)
    sql.run(_READ, {"now": world.NOW, "count": options.read})
    sql.run(_CLICKED)
    sql.run("VACUUM ANALYZE")
    print(sql.run("SELECT count(*) FROM content_use").fetchall(), "pieces were read")

    ids = range(1, _BATCH + 1)
    today = world.NOW.date()
    all_voices, people = voices.voices(), list(readers.load(ids).values())
    specialties = list(Tag.objects.filter(kind="specialty").values_list("pk", flat=True))
    for n, one in enumerate(people[::3]):
        one.tags.append(specialties[n % len(specialties)])
    several = sum(len(one.specialties(all_voices)) > 1 for one in people)
    print(f"{several} of {len(people)} people have several specialties")

    def choose() -> None:
        shelf = content.shelf(today=today)
        for n, one in enumerate(people):
            shelf.choose(_KINDS[n % len(_KINDS)], one, all_voices)

    shelf = content.shelf(today=today)
    found = sum(bool(shelf.choose("trends", one, all_voices)) for one in people)
    print(f"{found} of {len(people)} found something")
    for what, action in (
        ("the library", lambda: content.shelf(today=today)),
        ("choosing, with the library", choose),
        ("reading the people", lambda: readers.load(ids)),
        ("of that, without what they read", lambda: voices.rows(ids)),
    ):
        taken = scratch.median_ms(action, 15)
        print(f"{what}: {taken:.1f} ms, {taken * 1000 / _BATCH:.1f} µs a person")


if __name__ == "__main__":
    main()
