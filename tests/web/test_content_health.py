from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Decision
from warmbench.nurture.models import ContentCheck, ContentPiece, Step
from warmbench.people.models import Tag

URL = "/sequences/content/health/"

Browse = Callable[[User], Client]

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture(autouse=True)
def _nothing_kept(db: None) -> None:
    """Counts are kept for minutes, and every test happens in the same one."""
    cache.clear()


def test_an_empty_library_says_what_will_stand_here(browse: Browse) -> None:
    page = browse(make.user()).get(URL).content.decode()

    assert "Nothing to look at" in page
    assert "Nothing is missing" in page
    assert "Nothing was sent yet" in page
    assert "There are too few messages yet" in page


def test_it_shows_what_is_stale_and_what_is_due_this_quarter(browse: Browse) -> None:
    make.piece(title="An old one", reviewed_on=NOW.date() - timedelta(days=200))
    make.piece(title="A new one")

    page = browse(make.user()).get(URL).content.decode()

    assert page.count("An old one") == 2
    assert "Nobody has looked at it for 200 days." in page
    assert "A new one" not in page


def test_what_is_missing_leads_to_a_new_piece_with_its_tags(browse: Browse) -> None:
    nursing = make.tag("Nursing", Tag.Kind.SPECIALTY)
    senior = make.tag("Manager", Tag.Kind.SENIORITY)
    version = make.sequence(Step.Kind.CONTENT)
    person = make.candidate(nursing, senior)
    Decision.objects.create(
        candidate_id=person.pk,
        touch=f"{version.sequence.key}/step-0",
        stage=Decision.Stage.PLANNING,
        verdict=Decision.Verdict.REFUSE,
        reason="no_content",
        at=NOW - timedelta(days=1),
        policy=1,
    )
    client = browse(make.user())

    page = client.get(URL).content.decode()

    link = f"/sequences/content/new/?kind=trends&amp;topic={nursing.pk}&amp;seniority={senior.pk}"
    assert link in page
    assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_it_says_that_opens_are_not_known(browse: Browse) -> None:
    from tests.db.test_content_health import enrolled, sent

    sent(make.piece(title="Read by two"), enrolled(), heard=("clicked",))

    page = browse(make.user()).get(URL).content.decode()

    assert "Opens are not shown" in page
    assert "Read by two" in page
    assert "100.0 %" in page


def test_remarks_of_a_check_show_the_phrase_and_what_to_write_instead() -> None:
    check = ContentCheck(
        piece=ContentPiece(),
        kind=ContentCheck.Kind.GENERIC,
        is_passed=False,
        findings=[
            {
                "variant": "A",
                "part": "body",
                "line": 3,
                "before": "<b>An ",
                "phrase": "exciting opportunity",
                "after": " at",
                "instead": "Name the role.",
            },
            {"variant": "A", "part": "body", "instead": "No sentence has a number."},
        ],
    )

    page = render_to_string("content_health/remarks.html", {"check": check})

    assert "<q>&lt;b&gt;An <mark>exciting opportunity</mark> at</q>" in page
    assert "A, line 3" in page
    assert "Name the role." in page
    assert "2 remarks" in page


def test_a_relevance_check_names_what_is_nearest() -> None:
    near = [
        {"tag": 1, "name": "Nursing", "score": 0.4, "is_claimed": False},
        {"tag": 2, "name": "Banking", "score": 0.1, "is_claimed": True},
    ]
    check = ContentCheck(
        kind=ContentCheck.Kind.RELEVANCE, findings=[{"variant": "A", "nearest": near}]
    )

    page = render_to_string("content_health/remarks.html", {"check": check})

    assert "Nearest to Nursing, then <b>Banking</b>." in page
