"""What conversations say of people goes with them, comes to them, and follows their records."""

from datetime import timedelta

import pytest

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.insight import dated, recording
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source, SourcePerson
from warmbench.people import erasure, export, merging
from warmbench.people.models import Candidate, ContactPoint
from warmbench.signals.models import FollowUp

TEXT = "Ana Silva wants 90k. Ben knows Python. Ben and Ana Silva met in Lyon. ana drives."
#: About whom each sentence is: Ana, Ben, Ben, Ana.
PAY = fact("wants 90k", Kind.PAY, {"what": "target", "low": 90000}, Polarity.WANTS)
PYTHON = fact("knows Python", Kind.SKILL, {"name": "Python"}, about=1)
LYON = fact("met in Lyon", Kind.PLACE, {"name": "Lyon"}, about=1)
WITH_ANA = fact("Ben and Ana Silva met", Kind.TOPIC, {"name": "meeting"}, about=1)


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    made = make.candidate()
    Candidate.objects.filter(pk=made.pk).update(first_name="Ana", last_name="Silva")
    return Candidate.objects.get(pk=made.pk)


@pytest.fixture
def ben(db: None) -> Candidate:
    made = make.candidate()
    Candidate.objects.filter(pk=made.pk).update(first_name="Ben", last_name="Okafor")
    return Candidate.objects.get(pk=made.pk)


def both(ana: Candidate, ben: Candidate) -> Source:
    source = said.keep(TEXT, ana, ben, title="Ana and Ben")
    recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON, LYON, WITH_ANA))
    first, second = TEXT.index("Ben knows"), TEXT.index("ana drives")
    for person, spans in (
        (ana, [0, first, second, len(TEXT)]),
        (ben, [first, second]),
    ):
        SourcePerson.objects.filter(candidate=person).update(spans=spans)
    return source


def erase(*people: Candidate) -> None:
    ids = [one.pk for one in people]
    erasure.erase(ids, reason=erasure.Reason.REQUEST, by_id=None, now=NOW)


def test_a_text_about_one_person_goes_with_them(ana: Candidate) -> None:
    said.note(PAY, about=ana)
    erase(ana)
    assert not Source.objects.exists()
    assert not Insight.objects.exists()


def test_a_text_about_two_keeps_what_it_says_of_the_other(ana: Candidate, ben: Candidate) -> None:
    source = both(ana, ben)
    erase(ana)

    source.refresh_from_db()
    assert len(source.text) == len(TEXT)
    for gone in ("Ana", "ana", "Silva", "90k", "drives"):
        assert gone not in source.text + source.title
    left = {one.kind: one for one in Insight.objects.all()}
    assert set(left) == {"skill", "place"}
    for one in left.values():
        assert source.text[one.start : one.end] == one.quote


def test_with_the_last_of_them_the_whole_text_goes(ana: Candidate, ben: Candidate) -> None:
    both(ana, ben)
    erase(ana)
    erase(ben)
    assert not Source.objects.exists()


def test_two_erased_at_once_take_it_with_them(ana: Candidate, ben: Candidate) -> None:
    both(ana, ben)
    erase(ana, ben)
    assert not Source.objects.exists()


def test_what_nobody_took_apart_yet_goes_as_a_whole(ana: Candidate, ben: Candidate) -> None:
    said.keep(TEXT, ana, ben)
    erase(ben)
    assert not Source.objects.exists()
    assert not SourcePerson.objects.exists()


def test_everybody_gets_what_is_about_them_and_nothing_of_others(
    ana: Candidate, ben: Candidate
) -> None:
    both(ana, ben)
    told = export.of(ben.pk, now=NOW).as_json()
    assert "knows Python" in told
    assert "90k" not in told
    assert "drives" not in told


def test_facts_of_both_records_are_the_persons_and_part_again(
    ana: Candidate, ben: Candidate
) -> None:
    both(ana, ben)
    done = merging.merge(ana.pk, ben.pk, by_id=None, now=NOW)
    assert set(Insight.objects.values_list("candidate_id", flat=True)) == {ana.pk}
    assert SourcePerson.objects.count() == 1

    merging.undo(done.pk, by_id=None, now=NOW + timedelta(days=1))
    whose = dict(Insight.objects.values_list("kind", "candidate_id"))
    assert (whose["pay"], whose["skill"]) == (ana.pk, ben.pk)
    assert SourcePerson.objects.count() == 2


def test_somebody_without_a_name_or_an_address_is_erased_from_a_shared_text(
    ana: Candidate, ben: Candidate
) -> None:
    source = both(ana, ben)
    Candidate.objects.filter(pk=ben.pk).update(first_name="", last_name="")
    ContactPoint.objects.filter(candidate=ben).delete()
    erase(ben)
    source.refresh_from_db()
    assert "knows Python" not in source.text
    assert "wants 90k" in source.text


def test_of_several_names_each_goes_and_the_small_words_between_them_stay(
    ana: Candidate, ben: Candidate
) -> None:
    Candidate.objects.filter(pk=ana.pk).update(first_name="Maria Luisa", last_name="de la Cruz")
    source = said.keep("Ben met Luisa and Mrs Cruz at the fin de la semaine.", ana, ben)
    SourcePerson.objects.filter(candidate=ben).update(spans=[0, 3])
    erase(ana)
    source.refresh_from_db()
    assert source.text == "Ben met █████ and Mrs ████ at the fin de la semaine."


def test_a_reminder_about_one_person_does_not_quote_another_who_is_erased(
    ana: Candidate, ben: Candidate
) -> None:
    words = "Ben starts with Ana Silva in May"
    value = {"from": "2026-05-04"}
    source = said.keep(f"{words}. Python is known.", ben, ana)
    recording.read(source.pk, now=NOW, extract=said.reader(fact(words, Kind.START, value)))
    SourcePerson.objects.filter(candidate=ben).update(spans=[0, len(words)])
    dated.follow([ben.pk], now=NOW)
    assert "Silva" in str(FollowUp.objects.get().evidence)
    erase(ana)
    assert "Silva" not in str(FollowUp.objects.get().evidence)
