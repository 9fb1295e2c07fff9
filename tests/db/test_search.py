"""Finding people by what is typed, and by what keeps us from writing to them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from warmbench.messaging import unwritable
from warmbench.messaging.unwritable import Obstacle
from warmbench.messaging.verdict import Reason
from warmbench.people import (
    bulk_tagging,
    candidates,
    consent,
    erasure,
    facts,
    search,
)
from warmbench.people.consent import Proof
from warmbench.people.facts import Saying, Word
from warmbench.people.law import months_after
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateWords,
    Channel,
    Consent,
    ContactPoint,
    Notice,
    SearchWord,
    Suppression,
    Tag,
)
from warmbench.signals import finding
from warmbench.signals.models import FollowUp
from warmbench.web import verdicts

NOW = make.NOW

pytestmark = pytest.mark.django_db


def person(first: str, last: str, employer: str = "", email: str | None = "") -> Candidate:
    made = make.candidate(email=email)
    Candidate.objects.filter(pk=made.pk).update(first_name=first, last_name=last, employer=employer)
    return made


def found(typed: str) -> set[int]:
    people = search.find(Candidate.objects.all(), typed, country="DE")
    return set(people.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "Müller",
        "muller",
        "MÜLL",
        "jo mül",
        "müller jörg",
        "estuario",
        "jörg estuário",
        "jm@EXAMPLE.org",
        "jm@exa",
        "+49 151 12345678",
        "0151 1234 5678",
        "00491511234",
    ],
)
def test_a_person_is_found_by_name_employer_address_and_number(typed: str) -> None:
    joerg = person("Jörg", "Müller", "Estuário Labs", "jm@example.org")
    ContactPoint.objects.create(
        candidate=joerg, channel=Channel.SMS, address="+4915112345678", added_at=NOW
    )
    person("Ana", "Moreau", "Northwind", "ana@example.org")

    assert found(typed) == {joerg.pk}


@pytest.mark.parametrize("typed", ["%", "_", "\\", "x' OR 1=1 --", "{{7*7}}", "م"])
def test_what_is_typed_is_taken_literally(typed: str) -> None:
    person("Ana", "Moreau")
    assert not found(typed)


def test_of_a_short_word_only_beginnings_are_looked_for() -> None:
    li, _elinor = person("Bo", "Li"), person("Elinor", "Wolf")
    assert found("li") == {li.pk}


def test_nothing_typed_leaves_everybody() -> None:
    ana = person("Ana", "Moreau")
    assert found("  ") == {ana.pk}


def test_a_tag_goes_by_its_aliases_but_not_once_it_is_retired() -> None:
    tag = make.tag("Kubernetes")
    tag.aliases.create(kind=Tag.Kind.SKILL, text="k8s", key="k8s")

    assert search.tag_called(" K8S ") == tag
    assert list(search.tags_named("kub")) == [tag]

    Tag.objects.filter(pk=tag.pk).update(retired_at=NOW)
    assert search.tag_called("kubernetes") is None
    assert not search.tags_named("kub")


def stop(one: Candidate) -> None:
    consent.suppress(one.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)


def stop_same_address(one: Candidate) -> None:
    address = one.contact_points.get().address
    other = make.candidate(email=address)
    consent.suppress(other.pk, reason=Suppression.Reason.COMPLAINED, address=address, now=NOW)
    Candidate.objects.filter(pk=other.pk).update(status=Candidate.Status.PLACED)


def place(one: Candidate) -> None:
    candidates.change_status(one.pk, Candidate.Status.PLACED, now=NOW)


def withdraw(one: Candidate) -> None:
    consent.record(one.pk, basis=Consent.Basis.WITHDRAWN, evidence="Said so", now=NOW)


def expire(one: Candidate) -> None:
    Consent.objects.create(
        candidate=one,
        channel=Channel.EMAIL,
        basis=Consent.Basis.CONSENT,
        evidence="For a year",
        at=NOW,
        expires_at=NOW,
    )


def tell_nobody(one: Candidate) -> None:
    Notice.objects.filter(candidate=one).delete()
    Candidate.objects.filter(pk=one.pk).update(added_at=NOW - timedelta(days=28))


def weigh(one: Candidate) -> None:
    ground = Consent.Basis.LEGITIMATE_INTEREST
    consent.record(one.pk, basis=ground, evidence="We weighed it", now=NOW)


def wrote_long_ago(one: Candidate) -> None:
    proof = Proof(since=months_after(NOW, -6))
    consent.record(one.pk, basis=Consent.Basis.INQUIRY, evidence="By mail", proof=proof, now=NOW)


def bury(one: Candidate) -> None:
    consent.mark_address_dead(one.contact_points.get().address, evidence="550", now=NOW)


def pause(one: Candidate) -> None:
    candidates.pause([one.pk], reason=candidates.PauseReason.ASKED, now=NOW)


@pytest.mark.parametrize(
    ("obstacle", "meet", "reason"),
    [
        (Obstacle.SUPPRESSED, stop, Reason.UNSUBSCRIBED),
        (Obstacle.SUPPRESSED, stop_same_address, Reason.COMPLAINED),
        (Obstacle.STATUS, place, Reason.PLACED),
        (Obstacle.WITHDRAWN, withdraw, Reason.CONSENT_WITHDRAWN),
        (Obstacle.NOTICE_OVERDUE, tell_nobody, Reason.NOTICE_OVERDUE),
        (Obstacle.CONSENT_FIRST, weigh, Reason.CONSENT_FIRST),
        (Obstacle.EXPIRED, expire, Reason.CONSENT_EXPIRED),
        (Obstacle.IMPLIED_EXPIRED, wrote_long_ago, Reason.IMPLIED_EXPIRED),
        (Obstacle.NO_ADDRESS, bury, Reason.NO_ADDRESS),
        (Obstacle.PAUSED, pause, Reason.PAUSED),
    ],
)
def test_the_list_and_the_gate_name_the_same_obstacle(
    obstacle: Obstacle, meet: Callable[[Candidate], None], reason: Reason
) -> None:
    make.organisation()
    make.sender(is_default=True)
    one = make.candidate()

    meet(one)

    one.refresh_from_db()
    said = verdicts.now_for([one], now=NOW)[one.pk].because
    assert said.startswith(verdicts.because(reason))
    everybody = Candidate.objects.all()
    under = {o for o in Obstacle if one in unwritable.because_of(o, everybody, now=NOW)}
    assert under == {obstacle}


def test_nobody_without_an_obstacle_is_on_any_of_these_lists() -> None:
    make.candidate()
    paused_before = make.candidate()
    candidates.pause(
        [paused_before.pk],
        reason=candidates.PauseReason.ABSENT,
        until=NOW,
        now=NOW - timedelta(days=3),
    )
    released = make.candidate()
    consent.suppress(released.pk, reason=Suppression.Reason.MANUAL, now=NOW)
    consent.release(released.suppressions.get().pk, by_id=make.user().pk, now=NOW)
    renewed = make.candidate()
    withdraw(renewed)
    consent.record(
        renewed.pk, basis=Consent.Basis.CONSENT, evidence="Again", now=NOW + timedelta(days=1)
    )

    everybody = Candidate.objects.all()
    for obstacle in Obstacle:
        assert not unwritable.because_of(obstacle, everybody, now=NOW + timedelta(days=2))


def test_somebody_without_permission_is_found() -> None:
    one = make.candidate(consented=False)
    everybody = Candidate.objects.all()
    assert list(unwritable.because_of(Obstacle.NO_CONSENT, everybody, now=NOW)) == [one]


def finds(typed: str) -> list[int]:
    """Whom the search box shows, the best first."""
    return finding.find(typed, limit=20).candidate_ids


@pytest.mark.parametrize(
    "typed",
    [
        "kubernets",
        "kubrenetes",
        "kuberrnetes",
        "juergen",
        "Jürgen",
        "jugren",
        "jurgn",
        "schönbrger",
        "shcoenbergerr",
        "jürgen kubernets lisabon",
        "lisbon porfessional",
    ],
)
def test_mistyped_words_find_who_is_meant(typed: str) -> None:
    tag = make.tag("Kubernetes")
    juergen = make.candidate(tag)
    Candidate.objects.filter(pk=juergen.pk).update(
        first_name="Jürgen",
        last_name="Schönberger",
        city="Lisbon",
        last_conversation_note="A true professional.",
    )
    person("Ana", "Moreau", "Northwind")

    assert finds(typed) == [juergen.pk]


def test_whole_names_come_before_beginnings_employers_and_notes_and_the_warm_before_the_cold() -> (
    None
):
    note, employer = person("Ana", "Roth"), person("Ben", "Li", "Martin & Sons")
    Candidate.objects.filter(pk=note.pk).update(last_conversation_note="Knows Martin")
    begins, cold, warm = person("X", "Martinez"), person("Y", "Martin"), person("Martin", "Z")
    make.signal(warm)

    assert finds("martin") == [warm.pk, cold.pk, begins.pk, employer.pk, note.pk]


def test_a_word_of_three_letters_is_not_taken_for_another() -> None:
    person("Ana", "Costa")
    assert not finds("ane")


def test_what_was_corrected_is_found_by_what_it_is_now() -> None:
    ana = person("Ana", "Costa", "Estuário")
    Candidate.objects.filter(pk=ana.pk).update(last_name="Silva")

    assert finds("silva") == [ana.pk]
    assert not finds("ana costa")


def test_a_tag_is_searched_for_as_soon_as_it_is_there_and_no_longer() -> None:
    tag = make.tag("Kubernetes")
    tag.aliases.create(kind=Tag.Kind.SKILL, text="k8s", key="k8s")
    ana = make.candidate()
    bulk = bulk_tagging.add(tag.pk, [ana.pk], by_id=None, now=NOW)
    assert bulk is not None
    assert finds("k8s") == [ana.pk]

    bulk_tagging.undo(bulk.pk, by_id=None, now=NOW)
    assert not finds("k8s")


def test_what_somebody_said_is_found() -> None:
    ana = make.candidate()
    saying = Saying(CandidateFact.Kind.SKILLS, {"words": "Beekeeping"})
    facts.say(ana.pk, [saying], Word(source="candidate", evidence="On the phone"), now=NOW)

    assert finds("beekeping") == [ana.pk]


def test_the_words_about_one_person_alone_are_erased_with_them() -> None:
    ana, ben = person("Xantippe", "Moreau"), person("Ben", "Moreau")
    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"xantippe", "moreau"} <= words

    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)

    left = set(SearchWord.objects.values_list("word", flat=True))
    assert "xantippe" not in left
    assert "moreau" in left
    assert finds("moreau") == [ben.pk]
    assert not CandidateWords.objects.filter(pk=ana.pk).exists()


LETTERS = st.text("aábßeéøçñłzÄÖ9'-&. ", min_size=1, max_size=12)


@given(first=LETTERS, last=LETTERS, employer=LETTERS, data=st.data())
@settings(max_examples=50, deadline=None)
def test_whoever_stands_behind_a_part_of_a_word_is_found(
    first: str, last: str, employer: str, data: st.DataObject
) -> None:
    one = person(first, last, employer)
    words = f"{first} {last} {employer}".split()
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    begin = data.draw(st.integers(0, len(word) - 1))
    part = word[begin:] if len(word) - begin >= 3 else word
    letters = [letter for letter in part if letter.isalnum()]
    # What has a short piece between marks is found by its whole words.
    if letters and all(len(piece) >= 3 or begin == 0 for piece in re.split(r"[^\w]+", part)):
        assert one.pk in found(part)


@pytest.mark.django_db(transaction=True)
def test_what_was_noted_at_a_follow_up_is_found() -> None:
    make.organisation()
    ana = make.candidate()
    entry = make.follow_up(ana)
    FollowUp.objects.filter(pk=entry.pk).update(note="Prefers Wednesdays")

    assert finds("wednesday") == [ana.pk]
