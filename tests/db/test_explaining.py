"""A person can read why somebody gets a content piece, or none."""

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.nurture.explaining import explain
from warmbench.nurture.models import ContentUse
from warmbench.people import facts
from warmbench.people.facts import Saying, Word
from warmbench.people.models import CandidateFact, Tag


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


def test_it_says_which_shelves_were_looked_at_and_what_stood_there(alice: User) -> None:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY, parent=technology)
    director = make.tag("Director", Tag.Kind.SENIORITY)
    ana = make.candidate(devops, owner=alice, country="DE")
    make.piece(language="de", seniority=director)
    had, second = make.piece(technology), make.piece(technology)
    ContentUse.objects.create(candidate=ana, piece=had, at=NOW)

    found = explain(ana.pk, "trends", now=NOW)

    assert found
    assert found.chosen
    assert found.chosen.piece_id == second.pk
    assert found.sentences[0] == (
        "Trends article in German: nothing for Cloud & DevOps or Technology;"
        " 1 piece for everybody, of which 1 is for another level."
    )
    assert found.sentences[1] == (
        "Trends article in English: nothing for Cloud & DevOps;"
        " 2 pieces for Technology, of which 1 was read before."
    )


def test_it_says_whose_turn_it_is(alice: User) -> None:
    devops, data = (make.tag(name, Tag.Kind.SPECIALTY) for name in ("DevOps", "Data"))
    ana = make.candidate(devops, data, owner=alice)
    ContentUse.objects.create(candidate=ana, piece=make.piece(devops), at=NOW)
    found = explain(ana.pk, "trends", now=NOW)
    assert found
    assert found.sentences[0] == (
        "Whose turn it is: Data (0 read, 0 clicked in), then DevOps (1 read, 0 clicked in)."
    )


def test_it_says_what_was_asked_for_and_that_nothing_is_left(alice: User) -> None:
    ana = make.candidate(owner=alice, country="GB")
    wish = Saying(CandidateFact.Kind.TOPICS, {"kinds": ["tip"], "specialties": []})
    facts.say(ana.pk, [wish], Word("candidate", "a test"), now=NOW)
    found = explain(ana.pk, "trends", now=NOW)
    assert found
    assert found.chosen is None
    assert found.sentences == (
        "Asked for other kinds of pieces: Profile tip.",
        "Profile tip in English: nothing for everybody.",
        "So there is nothing to send: the step is passed over rather than repeat a piece.",
    )


def test_nobody_gets_nothing_explained(alice: User) -> None:
    assert explain(0, "trends", now=NOW) is None
