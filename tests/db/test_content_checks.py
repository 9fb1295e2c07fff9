from collections.abc import Callable

import pytest

from tests import make
from tests.make import NOW
from warmbench.core.models import AuditEntry
from warmbench.messaging.inbound import meaning
from warmbench.nurture import checking, checks
from warmbench.nurture.checks import OverruleError, Unchecked
from warmbench.nurture.models import ContentCheck, ContentPiece, ContentVariant
from warmbench.people.models import Tag

Kind = ContentCheck.Kind

WARD = (
    "Six of nine wards plan their rotas eight weeks ahead.\n\n"
    "Ask how many patients a nurse has at night, and who stands in when somebody is ill."
)
EMPTY = "Exciting opportunities await! Reach out to a leading company in today's fast-paced world."


@pytest.fixture
def nursing(db: None) -> Tag:
    """A specialty with two others beside it, one of them in another category."""
    care, money = make.tag("Health", Tag.Kind.CATEGORY), make.tag("Finance", Tag.Kind.CATEGORY)
    made = make.tag("Nursing & care", Tag.Kind.SPECIALTY, care)
    make.tag("Registered nurse", Tag.Kind.ROLE, made)
    make.tag("Wound care", Tag.Kind.SKILL, made)
    banking = make.tag("Investment & banking", Tag.Kind.SPECIALTY, money)
    make.tag("Bond trading", Tag.Kind.SKILL, banking)
    make.tag("Software engineering", Tag.Kind.SPECIALTY, money)
    return made


def piece(topic: Tag | None, body: str = WARD) -> ContentPiece:
    made = make.piece(topic, title="What a rota is worth")
    made.variants.update(subject="What a rota is worth", body=body)
    return made


def passed(of: ContentPiece) -> dict[str, bool | None]:
    return {
        str(one.kind): None if isinstance(one, Unchecked) else one.is_passed
        for one in checks.standing(of)
    }


def test_a_piece_that_is_about_its_topic_and_says_something_may_go_live(nursing: Tag) -> None:
    made = piece(nursing)

    assert passed(made) == {"relevance": None, "generic": None}
    assert len(checks.missing(made)) == 2
    checks.run(made.pk, now=NOW)

    assert passed(made) == {"relevance": True, "generic": True}
    assert checks.missing(made) == []


def test_a_wrong_claim_is_told_with_what_is_nearer(nursing: Tag) -> None:
    made = piece(Tag.objects.get(name="Investment & banking"))

    checks.run(made.pk, now=NOW)

    check = made.checks.get(kind=Kind.RELEVANCE)
    assert not check.is_passed
    assert check.findings[0]["nearest"][0]["name"] == "Nursing & care"
    assert checks.missing(made) == ["It does not seem to be about Investment & banking."]


def test_a_role_claims_its_specialty_and_a_category_each_of_its_own(nursing: Tag) -> None:
    for name in ("Registered nurse", "Health"):
        made = piece(Tag.objects.get(name=name))
        checks.run(made.pk, now=NOW)
        assert passed(made)["relevance"], name


def test_what_is_for_everybody_claims_nothing(nursing: Tag) -> None:
    made = piece(None)

    checks.run(made.pk, now=NOW)

    assert passed(made) == {"generic": True}


def test_what_lies_in_no_specialty_is_compared_with_nothing(nursing: Tag) -> None:
    made = piece(make.tag("Odd", Tag.Kind.CATEGORY))

    checks.run(made.pk, now=NOW)

    assert passed(made)["relevance"]


def test_empty_phrases_are_kept_with_their_place_and_what_to_write_instead(nursing: Tag) -> None:
    made = piece(nursing, EMPTY)

    checks.run(made.pk, now=NOW)

    check = made.checks.get(kind=Kind.GENERIC)
    first = check.findings[0]
    assert not check.is_passed
    assert first["part"] == "body"
    assert EMPTY[first["start"] : first["end"]] == first["phrase"] == "Exciting opportunities"
    assert (first["before"], first["after"]) == ("", " await! Reach out to a leading company …")
    assert first["instead"]
    assert "It says too little of its own." in checks.missing(made)


def test_what_stands_around_a_phrase_is_prose_of_its_own_line(nursing: Tag) -> None:
    body = "Hi {{ first_name }},\n\n- **An** exciting opportunity, {{ city }}, that is [open](https://example.com/a)\nnow"
    made = piece(nursing, body)

    checks.run(made.pk, now=NOW)

    found = made.checks.get(kind=Kind.GENERIC).findings[0]
    assert (found["line"], found["before"], found["after"]) == (3, " An ", ", , that is open ")


def test_the_worst_wording_counts_unless_it_is_retired(nursing: Tag) -> None:
    made = piece(nursing)
    other = make.variant(made, "B", body=EMPTY)

    checks.run(made.pk, now=NOW)
    assert passed(made)["generic"] is False
    ContentVariant.objects.filter(pk=other.pk).update(is_retired=True)
    assert passed(made)["generic"] is None
    checks.run(made.pk, now=NOW)

    assert passed(made)["generic"] is True


@pytest.mark.parametrize("change", ["words", "topic", "title"])
def test_other_words_and_tags_have_to_be_checked_anew(nursing: Tag, change: str) -> None:
    made = piece(nursing)
    checks.run(made.pk, now=NOW)

    if change == "words":
        made.variants.update(body=WARD + "\n\nOne more.")
    elif change == "topic":
        made.topic = Tag.objects.get(name="Software engineering")
    else:
        made.title = "Another one"

    assert passed(made) == {"relevance": None, "generic": None}


def test_a_person_may_overrule_a_check_and_it_stays_on_record(nursing: Tag) -> None:
    made, alice = piece(nursing, EMPTY), make.user()
    checks.run(made.pk, now=NOW)
    check = made.checks.get(kind=Kind.GENERIC)

    checks.overrule(check.pk, why=" A joke for April ", by_id=alice.pk, now=NOW)

    assert not [one for one in checks.missing(made) if "of its own" in one]
    entry = AuditEntry.objects.get(action="content.check_overruled")
    assert (entry.actor_id, entry.subject) == (alice.pk, f"piece:{made.pk}")
    assert entry.detail == {"check": "generic", "why": "A joke for April"}
    # Whoever checks the same words again does not undo it.
    checks.run(made.pk, now=NOW)
    assert made.checks.get(pk=check.pk).overruled_by == alice


def test_overruling_takes_a_reason_and_something_that_failed(nursing: Tag) -> None:
    made, alice = piece(nursing), make.user()
    checks.run(made.pk, now=NOW)
    check = made.checks.get(kind=Kind.GENERIC)

    with pytest.raises(OverruleError, match="nothing to overrule"):
        checks.overrule(check.pk, why="Because", by_id=alice.pk, now=NOW)
    ContentCheck.objects.update(is_passed=False)
    with pytest.raises(OverruleError, match="Say why"):
        checks.overrule(check.pk, why="  ", by_id=alice.pk, now=NOW)
    with pytest.raises(OverruleError, match="nothing to overrule"):
        checks.overrule(0, why="Because", by_id=alice.pk, now=NOW)


def test_a_piece_that_is_gone_or_without_words_is_left_alone(nursing: Tag) -> None:
    made = piece(nursing)
    made.variants.all().delete()

    checks.run(made.pk, now=NOW)
    checks.run(0, now=NOW)

    assert not ContentCheck.objects.exists()


def test_live_pieces_from_files_are_checked_once(nursing: Tag) -> None:
    made, draft = piece(nursing), make.piece(nursing, state=ContentPiece.State.DRAFT)
    make.piece(nursing).variants.all().delete()

    assert checking.run_missing(now=NOW) == 1
    assert checking.run_missing(now=NOW) == 0

    assert passed(made) == {"relevance": True, "generic": True}
    assert passed(draft) == {"relevance": None, "generic": None}


def test_a_worker_does_it_and_who_asks_loads_no_encoder(
    nursing: Tag, jobs: Callable[[], list[str]], work: Callable[[], None]
) -> None:
    made = piece(nursing)
    meaning._encoder.cache_clear()

    checks.ask(made.pk)
    checks.missing(made)

    assert jobs() == ["nurture.check_piece"]
    assert meaning._encoder.cache_info().currsize == 0
    work()
    assert passed(made) == {"relevance": True, "generic": True}
