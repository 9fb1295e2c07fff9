"""Looks over what the law asks for: people who were not told, and interests not weighed."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from warmbench.cli.checkup import Finding, Level
from warmbench.people import balancing, law_rules, notices
from warmbench.people.models import Consent


def findings(*, now: datetime) -> Iterator[Finding]:
    """What is missing that the law asks for, and by which rules that was judged."""
    yield from _rules()
    yield from _balancing()
    yield from _notices(now)


def _rules() -> Iterator[Finding]:
    book = law_rules.book()
    chosen = ""
    if settings.CONSENT_FIRST:
        chosen = f" Your own choice of countries: {', '.join(settings.CONSENT_FIRST)}."
    yield Finding(
        Level.NOTE,
        "Rules",
        f"Version {book.version}, gone through on {book.reviewed:%-d %B %Y}.{chosen}",
        "This is not legal advice: have a lawyer confirm it. They are on the page Law.",
    )


def _balancing() -> Iterator[Finding]:
    weighed = Consent.objects.filter(basis=Consent.Basis.LEGITIMATE_INTEREST)
    test = balancing.current()
    if test is not None:
        yield Finding(
            Level.GOOD, "Balancing test", f"Version {test.version} of {test.at:%-d %B %Y}."
        )
        unnamed = weighed.filter(balancing_test=None).values("candidate").distinct().count()
        if unnamed:
            said = f"{unnamed:,} people's grounds are older than the first version."
            yield Finding(Level.NOTE, "Balancing test", said)
    elif weighed.exists():
        people = weighed.values("candidate").distinct().count()
        yield Finding(
            Level.CARE,
            "Balancing test",
            f"{people:,} people are held on the ground of legitimate interest, and nothing says how"
            " it was weighed against theirs.",
            "Write the balancing test on the page Law.",
        )


def _notices(now: datetime) -> Iterator[Finding]:
    sources = notices.by_source(now=now)
    people = sum(one.people for one in sources)
    stopped = sum(one.stopped for one in sources)
    aside = sum(one.aside for one in sources)
    if not people:
        yield Finding(Level.GOOD, "Notices", "Everybody was told in time that we have their data.")
        return
    if warned := people - stopped:
        yield Finding(
            Level.CARE,
            "Notices",
            f"{warned:,} people have to be told within a week that we have their data.",
            "Tell them, and say so on the page Law.",
        )
    if stopped:
        yield Finding(
            Level.CARE,
            "Notices",
            f"{stopped:,} people were not told in time and get no messages; {aside:,} of them are"
            " set aside.",
            "Tell or delete them. The page Law lists them.",
        )
