"""Texts about people are kept once, read once, and nothing of what they say is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.core.models import AuditEntry
from warmbench.insight import deciding, recording
from warmbench.insight.found import Found, Reading
from warmbench.insight.kinds import Kind, Polarity, SourceKind
from warmbench.insight.models import Insight, Source, SourcePerson
from warmbench.insight.recording import NotKeptError
from warmbench.people import erasure, merging
from warmbench.people.models import Candidate, Tag

PAY = fact(
    "wants 90k", Kind.PAY, {"what": "target", "low": 90000, "currency": "EUR"}, Polarity.WANTS
)
PYTHON = fact("five years of Python", Kind.SKILL, {"name": "Python", "years": 5})
NOTE = "Talked to her: wants 90k. Has five years of Python."


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    return make.candidate()


def test_a_text_is_kept_as_it_came_before_anybody_reads_it(ana: Candidate) -> None:
    source = said.keep(f"  {NOTE}\n", ana)

    assert (source.text, source.state) == (f"  {NOTE}\n", Source.State.WAITING)
    assert AuditEntry.objects.filter(action="candidate.source_kept").count() == 1


def test_facts_stand_where_their_words_stand(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)
    assert recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON))

    pay, skill = Insight.objects.order_by("start")
    for one in (pay, skill):
        assert source.text[one.start : one.end] == one.quote
        assert (one.candidate_id, one.said_on, one.state) == (ana.pk, NOW.date(), "proposed")
    assert (pay.topic, pay.amount) == ("target", Decimal(90000))
    assert (skill.topic, skill.amount) == ("python", Decimal(5))
    source.refresh_from_db()
    assert source.state == Source.State.READ


def test_a_skill_goes_by_the_name_of_its_tag(ana: Candidate) -> None:
    tag = make.tag("Kubernetes")
    tag.aliases.create(kind=Tag.Kind.SKILL, text="k8s", key="k8s")
    (one,) = said.note(fact("runs k8s", Kind.SKILL, {"name": "k8s"}), about=ana)
    assert (one.tag, one.topic) == (tag, "kubernetes")


def test_reading_again_notes_nothing_twice(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)
    read = said.reader(PAY, PYTHON)

    assert recording.read(source.pk, now=NOW, extract=read)
    assert not recording.read(source.pk, now=NOW, extract=read)
    assert recording.read(source.pk, now=NOW, extract=read, version="next")

    assert Insight.objects.count() == 2


def test_better_extractors_replace_what_nobody_decided(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)
    recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON))
    better = fact("wants 90k", Kind.PAY, PAY["value"] | {"period": "month"}, Polarity.WANTS)

    recording.read(source.pk, now=NOW, extract=said.reader(better), version="next")

    states = list(Insight.objects.order_by("pk").values_list("kind", "value", "state"))
    assert states == [
        ("pay", PAY["value"], "superseded"),
        ("skill", PYTHON["value"], "superseded"),
        ("pay", better["value"], "proposed"),
    ]


def test_the_same_mail_is_one_text_however_often_it_comes(ana: Candidate) -> None:
    first = said.keep("Thanks, 90k it is.", ana, origin="reply", origin_id="7")
    again = said.keep("Thanks, 90k it is.", ana, origin="reply", origin_id="7")
    assert first.pk == again.pk
    assert SourcePerson.objects.count() == 1


def test_two_who_keep_one_mail_at_once_keep_it_once(transactional_db: None) -> None:
    make.organisation()
    ana = make.candidate()

    def take(_: int) -> bool:
        try:
            source = said.keep(NOTE, ana, origin="reply", origin_id="7")
            recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON))
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(take, range(12)))

    assert Source.objects.count() == SourcePerson.objects.count() == 1
    assert Insight.objects.count() == 2


@pytest.mark.parametrize("text", ["", " \n ", "x" * (recording.MOST + 1)])
def test_nothing_and_too_much_are_refused_in_a_sentence(ana: Candidate, text: str) -> None:
    with pytest.raises(NotKeptError):
        said.keep(text, ana)


def test_a_text_about_nobody_is_not_kept(ana: Candidate) -> None:
    erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
    with pytest.raises(NotKeptError):
        said.keep(NOTE, ana)


def test_a_text_of_tomorrow_is_taken_and_one_of_next_decade_is_not(ana: Candidate) -> None:
    said.keep(NOTE, ana, said_on=NOW.date() + timedelta(days=1))
    with pytest.raises(NotKeptError):
        said.keep(NOTE, ana, said_on=NOW.date() + timedelta(days=3650))


def test_what_extractors_fail_on_is_kept_and_says_so(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)

    def fails(_: object) -> list[object]:
        raise ZeroDivisionError

    assert recording.read(source.pk, now=NOW, extract=fails)  # type: ignore[arg-type]
    source.refresh_from_db()
    assert (source.state, source.text) == (Source.State.UNREADABLE, NOTE)
    assert source.trouble


def test_no_word_of_a_text_that_extractors_fail_on_is_in_the_log(
    ana: Candidate, caplog: pytest.LogCaptureFixture
) -> None:
    source = said.keep(NOTE, ana)

    def fails(reading: Reading) -> list[Found]:
        raise ValueError(reading.text)

    recording.read(source.pk, now=NOW, extract=fails)
    (told,) = caplog.records
    assert "90k" not in str(vars(told))
    assert "fails" in vars(told)["frames"]


def test_killed_before_the_commit_it_is_read_from_the_start(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)

    @transaction.atomic
    def dies() -> None:
        recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert not Insight.objects.exists()

    recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON))
    assert Insight.objects.count() == 2


def test_facts_of_several_people_are_of_whom_they_are_about(ana: Candidate) -> None:
    ben = make.candidate()
    source = said.keep(NOTE, ana, ben)
    hers = said.reader(PAY, PYTHON | {"about": 1})
    recording.read(source.pk, now=NOW, extract=hers)
    found = dict(Insight.objects.values_list("kind", "candidate_id"))
    assert found == {"pay": ana.pk, "skill": ben.pk}


def test_a_fact_about_somebody_else_is_about_nobody(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)
    recording.read(source.pk, now=NOW, extract=said.reader(PAY | {"about": 3}))
    assert not Insight.objects.exists()


def test_what_a_fact_says_is_never_rewritten(ana: Candidate) -> None:
    (one,) = said.note(PAY, about=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Insight.objects.filter(pk=one.pk).update(value={"what": "target", "low": 1})


def test_a_text_about_a_record_that_went_up_in_another_is_about_that_one(ana: Candidate) -> None:
    twin = make.candidate()
    merging.merge(ana.pk, twin.pk, by_id=None, now=NOW)
    source = said.keep(NOTE, twin, ana)
    assert [one.candidate_id for one in source.people.all()] == [ana.pk]


def test_the_kind_of_text_is_kept_beside_it(ana: Candidate) -> None:
    source = said.keep(NOTE, ana, kind=SourceKind.DEBRIEF, title="After the interview")
    assert (source.kind, source.title) == ("debrief", "After the interview")


def test_extractors_that_go_back_to_what_they_were_find_what_they_found(ana: Candidate) -> None:
    source = said.keep(NOTE, ana)
    recording.read(source.pk, now=NOW, extract=said.reader(PAY), version="before")
    recording.read(source.pk, now=NOW, extract=said.reader(PYTHON), version="next")
    recording.read(source.pk, now=NOW, extract=said.reader(PAY), version="before")
    states = dict(Insight.objects.values_list("kind", "state"))
    assert states == {"pay": "proposed", "skill": "superseded"}


def test_whoever_decides_while_it_is_read_again_has_the_last_word(transactional_db: None) -> None:
    make.organisation()
    ana, alice = make.candidate(), make.user()
    for round_ in range(6):
        text = f"{NOTE} {round_}"
        source = said.keep(text, ana, said_on=NOW.date())
        recording.read(source.pk, now=NOW, extract=said.reader(PYTHON))
        one = Insight.objects.get(source=source)

        def decide(one: Insight = one) -> None:
            deciding.reject([one.pk], by_id=alice.pk, now=NOW)
            connection.close()

        def read(source: Source = source) -> None:
            better = PYTHON | {"value": {"name": "Python", "years": 6}}
            recording.read(source.pk, now=NOW, extract=said.reader(better), version="next")
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(read), pool.submit(decide)]:
                done.result()

        one.refresh_from_db()
        assert one.state == "rejected"
        # Read before the decision, what stands there now is for a person to decide as well.
        others = Insight.objects.filter(source=source).exclude(pk=one.pk)
        assert others.count() <= 1


def test_who_is_erased_while_it_is_read_leaves_nothing(transactional_db: None) -> None:
    make.organisation()
    for _ in range(4):
        ana, ben = make.candidate(), make.candidate()
        source = said.keep(NOTE, ana, ben)

        def read(source: Source = source) -> None:
            recording.read(source.pk, now=NOW, extract=said.reader(PAY, PYTHON | {"about": 1}))
            connection.close()

        def erase(ana: Candidate = ana) -> None:
            erasure.erase([ana.pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(read), pool.submit(erase)]:
                done.result()

        assert not Insight.objects.filter(candidate_id=ana.pk).exists()
        assert not SourcePerson.objects.filter(candidate_id=ana.pk).exists()
