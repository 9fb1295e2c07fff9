"""What a candidate said herself, and who looked at her: on the page of one candidate."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.people import facts
from warmbench.people.facts import Kind, Saying, Word

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


def test_what_the_candidate_said_herself_stands_on_the_page(
    alice: User, browse: Callable[[User], Client]
) -> None:
    ana = make.candidate(owner=alice)
    sayings = [
        Saying(Kind.PAY, {"amount": "98000", "currency": "EUR", "period": "year"}),
        Saying(Kind.PLACES, [{"words": "Lyon"}, {"words": "<b>by the sea</b>"}]),
        Saying(Kind.RHYTHM, {"months": 2}),
        Saying(Kind.TOPICS, {"kinds": ["trends", "tip"], "specialties": []}),
        Saying(Kind.LANGUAGE, "fr"),
        Saying(Kind.SKILLS, {"words": ["Rust"]}),
        Saying(Kind.REMOTE, "hybrid"),
        Saying(Kind.CORRECTED, {"first_name": "Anna", "last_name": ""}, "name"),
        Saying(Kind.NOT_FOR_ME, {"about": "level", "is": "too_junior", "words": ""}, "level:1"),
    ]
    facts.say(ana.pk, sayings, Word("candidate", "Preferences page, message 1"), now=NOW)
    facts.say(ana.pk, [Saying(Kind.REMOTE, None)], Word("candidate", "Again"), now=NOW)

    page = browse(alice).get(f"/candidates/{ana.pk}/").content.decode()

    for words in (
        "at least €98,000 a year",
        "Lyon or &lt;b&gt;by the sea&lt;/b&gt;",
        "at most once in 2 months",
        "wants to read: trends, tip",
        "reads Français",
        "new skills: Rust",
        "Anna",
        "level too junior",
        "candidate, 3 March 2026",
    ):
        assert words in page
    assert "hybrid" not in page


def test_who_looked_is_kept_for_the_candidate_to_see_and_once_a_day(
    alice: User, browse: Callable[[User], Client]
) -> None:
    ana = make.candidate(owner=alice)
    bob = make.user("Bob Stone")
    for user in (alice, alice, bob):
        browse(user).get(f"/candidates/{ana.pk}/")
    seen = AuditEntry.objects.filter(action="candidate.seen", subject=f"candidate:{ana.pk}")
    assert seen.count() == 2
    assert set(seen.values_list("actor_id", flat=True)) == {alice.pk, bob.pk}
