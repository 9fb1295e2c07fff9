"""What is taken back takes back itself and no more, and leaves nothing of itself."""

from datetime import timedelta
from typing import Any

import pytest

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.insight import (
    dated,
    deciding,
    heard,
    profile,
    recording,
    removing,
    settling,
    stopping,
)
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight, Source
from warmbench.messaging.models import InboundMail
from warmbench.people import candidates, consent, merging, tagging
from warmbench.people.candidates import Conversation, ConversationTakenBack
from warmbench.people.models import Candidate, CandidateFact, CandidateTag, Suppression
from warmbench.people.tag_words import Found
from warmbench.signals.models import FollowUp

EUR = {"currency": "EUR", "period": "year"}


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice)


def pay(low: int) -> dict[str, object]:
    value = {"what": "target", "low": low, **EUR}
    return fact(f"wants {low}", Kind.PAY, value, Polarity.WANTS)


def stop(words: str = "never call me again") -> dict[str, object]:
    return fact(words, Kind.STOP, {"tier": "hard"}, Polarity.REFUSES)


def pause(until: str, words: str = "not before then") -> dict[str, object]:
    return fact(words, Kind.STOP, {"tier": "pause", "until": until}, Polarity.REFUSES)


def undone(one: Insight, by: User) -> None:
    deciding.reject([one.pk], by_id=by.pk, now=NOW)
    assert stopping.lift(one.pk, by_id=by.pk, now=NOW)


def stops() -> int:
    return Suppression.objects.filter(releases=None, released_by=None).count()


def states() -> list[str]:
    return list(Insight.objects.order_by("pk").values_list("state", flat=True))


class TestAStopThatIsLifted:
    def test_leaves_the_one_of_another_text(self, ana: Candidate, alice: User) -> None:
        (first,) = said.note(stop(), about=ana)
        (second,) = said.note(stop("leave me alone for good"), about=ana)
        undone(first, alice)
        assert stops() == 1
        undone(second, alice)
        assert stops() == 0

    def test_by_hand_leaves_the_one_that_was_read(self, ana: Candidate, alice: User) -> None:
        reason = Suppression.Reason.MANUAL
        consent.suppress(ana.pk, reason=reason, evidence="Rude", by_id=alice.pk, now=NOW)
        said.note(stop(), about=ana)
        by_hand = Suppression.objects.get(by=alice)
        consent.release(by_hand.pk, by_id=alice.pk, now=NOW)
        assert stops() == 1

    @pytest.mark.parametrize("other", ["2026-09-01", "2026-05-01"])
    def test_leaves_the_pause_of_another_text(
        self, ana: Candidate, alice: User, other: str
    ) -> None:
        said.note(pause(other, "leave me until then"), about=ana)
        (one,) = said.note(pause("2026-09-01"), about=ana)
        undone(one, alice)
        ana.refresh_from_db()
        assert candidates.is_paused(ana, now=NOW)
        assert ana.asked_until is not None
        assert ana.asked_until.date().isoformat() == other

    def test_is_not_read_again_as_a_shorter_one(self, ana: Candidate, alice: User) -> None:
        (one,) = said.note(stop(), about=ana)
        undone(one, alice)
        shorter = said.reader(fact(one.quote, Kind.STOP, {"tier": "pause"}, Polarity.REFUSES))
        recording.read(one.source_id, now=NOW, extract=shorter, version="next")
        ana.refresh_from_db()
        assert not candidates.is_paused(ana, now=NOW)
        assert states() == ["rejected"]


class TestAFactThatGoes:
    def test_lets_the_one_before_hold_though_it_was_put_right(
        self, ana: Candidate, alice: User
    ) -> None:
        said.note(pay(80000), about=ana, on=NOW.date() - timedelta(days=30))
        (one,) = said.note(pay(90000), about=ana)
        right = {"what": "target", "low": 95000, **EUR}
        deciding.correct(one.pk, right, by_id=alice.pk, now=NOW)
        deciding.undo(one.pk, by_id=alice.pk, now=NOW)
        deciding.reject([one.pk], by_id=alice.pk, now=NOW)
        assert states() == ["proposed", "rejected"]

    def test_with_its_text_lets_the_one_before_hold(self, ana: Candidate) -> None:
        said.note(pay(80000), about=ana, on=NOW.date() - timedelta(days=30))
        (one,) = said.note(pay(90000), about=ana)
        recording.take_away(one.source_id, by_id=None, now=NOW)
        assert states() == ["proposed"]

    def test_goes_with_its_correction(self, ana: Candidate, alice: User) -> None:
        for take in (removing.remove, recording.take_away):
            (one,) = said.note(pay(90000), about=ana)
            right = {"what": "target", "low": 95000, **EUR}
            deciding.correct(one.pk, right, by_id=alice.pk, now=NOW)
            assert take(one.source_id, by_id=alice.pk, now=NOW)
            assert states() == []


class TestADay:
    SEPTEMBER, NOVEMBER = (
        fact(f"shares vest in {month}", Kind.EVENT, {"what": "vesting", "from": f"2026-{month}-01"})
        for month in ("09", "11")
    )

    def test_that_a_later_word_moved_is_remembered_once(self, ana: Candidate) -> None:
        said.note(self.SEPTEMBER, about=ana, on=NOW.date() - timedelta(days=30))
        dated.follow([ana.pk], now=NOW)
        (later,) = said.note(self.NOVEMBER, about=ana)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == [f"insight:{later.pk}"]

    def test_that_was_rejected_by_mistake_is_remembered_again(
        self, ana: Candidate, alice: User
    ) -> None:
        (one,) = said.note(self.SEPTEMBER, about=ana)
        dated.follow([ana.pk], now=NOW)
        deciding.reject([one.pk], by_id=alice.pk, now=NOW)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == []
        deciding.undo(one.pk, by_id=alice.pk, now=NOW)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == [f"insight:{one.pk}"]

    def test_that_was_put_right_by_mistake_is_the_one_that_was_said(
        self, ana: Candidate, alice: User
    ) -> None:
        (one,) = said.note(self.SEPTEMBER, about=ana)
        right = {"what": "vesting", "from": "2026-11-01"}
        made = deciding.correct(one.pk, right, by_id=alice.pk, now=NOW)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == [f"insight:{made.pk}"]
        deciding.undo(one.pk, by_id=alice.pk, now=NOW)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == [f"insight:{one.pk}"]

    def test_follows_the_record_that_it_is_about(self, ana: Candidate, alice: User) -> None:
        twin = make.candidate(owner=alice)
        said.note(self.SEPTEMBER, about=twin)
        done = merging.merge(ana.pk, twin.pk, by_id=None, now=NOW)
        dated.follow([ana.pk], now=NOW)
        merging.undo(done.pk, by_id=None, now=NOW + timedelta(days=1))
        dated.follow([ana.pk, twin.pk], now=NOW + timedelta(days=1))
        (entry,) = FollowUp.objects.filter(state=FollowUp.State.OPEN)
        assert entry.candidate_id == twin.pk

    def test_a_stop_asks_for_a_look_until_somebody_did(self, ana: Candidate, alice: User) -> None:
        (one,) = said.note(stop(), about=ana)
        recording.read(one.source_id, now=NOW, extract=said.reader(), version="next")
        dated.follow([ana.pk], now=NOW)
        assert remembered() == [f"insight:{one.pk}"]
        deciding.confirm([one.pk], by_id=alice.pk, now=NOW)
        dated.follow([ana.pk], now=NOW)
        assert remembered() == []


def remembered() -> list[str]:
    open_ = FollowUp.objects.filter(state=FollowUp.State.OPEN)
    return [item["about"] for entry in open_ for item in entry.evidence]


class TestAProfile:
    def test_keeps_the_skill_that_a_file_knows_of_when_a_fact_is_rejected(
        self, ana: Candidate, alice: User
    ) -> None:
        drafts = tagging.Drafts()
        drafts.add(ana.pk, [Found(make.tag("Python").pk, "", 0.6)], source="file")
        tagging.apply(drafts, now=NOW)
        (one,) = said.note(fact("knows Python", Kind.SKILL, {"name": "Python"}), about=ana)
        profile.follow([ana.pk], now=NOW)
        deciding.reject([one.pk], by_id=alice.pk, now=NOW)
        profile.follow([ana.pk], now=NOW)
        assert CandidateTag.objects.get(candidate=ana).source == "file"

    def test_says_what_holds_though_it_changes_while_it_is_read(
        self, ana: Candidate, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (one,) = said.note(pay(90000), about=ana)
        tag = profile._tag

        def slowly(*args: Any, **kwargs: Any) -> bool:
            deciding.reject([one.pk], by_id=alice.pk, now=NOW)
            return tag(*args, **kwargs)

        monkeypatch.setattr(profile, "_tag", slowly)
        profile.follow([ana.pk], now=NOW)
        assert not CandidateFact.objects.filter(candidate=ana).exists()


class TestATalk:
    def record(self, ana: Candidate, note: str) -> Conversation:
        candidates.record_conversation(
            ana.pk, on=NOW.date(), topic="", note=note, by_id=None, now=NOW
        )
        heard.keep_talk(ana.pk, by_id=None, now=NOW)
        return Conversation(NOW.date(), "", note)

    def take_back(self, ana: Candidate, talk: Conversation) -> bool:
        nothing = Conversation(None, "", "")
        with events.held_back() as published:
            candidates.take_back_conversation(ana.pk, talk, before=nothing, by_id=None, now=NOW)
        (told,) = [one for one in published if isinstance(one, ConversationTakenBack)]
        return heard.drop_talk(told.candidate_id, on=told.on, mark=told.mark, now=NOW)

    def test_that_was_none_goes_with_what_was_read_in_its_note(self, ana: Candidate) -> None:
        talk = self.record(ana, "She wants 90000")
        recording.read(Source.objects.get().pk, now=NOW, extract=said.reader(pay(90000)))
        assert self.take_back(ana, talk)
        assert states() == []

    def test_that_was_none_leaves_the_words_of_a_stop(self, ana: Candidate) -> None:
        talk = self.record(ana, "never call me again")
        recording.read(Source.objects.get().pk, now=NOW, extract=said.reader(stop()))
        assert not self.take_back(ana, talk)
        assert (stops(), states()) == (1, ["proposed"])

    def test_goes_on_in_a_note_of_its_own(self, ana: Candidate) -> None:
        for note in ("One.", "One.\nTwo.", "One.\nTwo.\nThree.", "One.\nTwo.\nThree."):
            self.record(ana, note)
        texts = Source.objects.order_by("pk").values_list("text", flat=True)
        assert list(texts) == ["One.", "Two.", "Three."]


def test_whom_somebody_elses_mail_stopped_is_put_before_a_person(
    ana: Candidate, alice: User
) -> None:
    ben = make.candidate(owner=alice)
    mail = InboundMail.objects.create(
        kind="reply", match="token", state="done", new_text="never call me again",
        digest="3" * 64, candidate=ana, raw=b"", received_at=NOW,
    )  # fmt: skip
    first = heard.keep_mail(mail.pk, now=NOW)
    assert first is not None
    recording.read(first.pk, now=NOW, extract=said.reader(stop()))
    InboundMail.objects.filter(pk=mail.pk).update(candidate=ben, match="person")
    heard.keep_mail(mail.pk, now=NOW)
    dated.follow([ana.pk], now=NOW)
    assert remembered() == [f"source:{first.pk}"]


def test_what_was_read_while_two_records_were_one_is_of_whom_the_text_is_about(
    ana: Candidate, alice: User
) -> None:
    ben = make.candidate(owner=alice)
    source = said.keep("She wants 90000, but not before then.", ben)
    done = merging.merge(ana.pk, ben.pk, by_id=None, now=NOW)
    later = NOW + timedelta(hours=1)
    found = said.reader(pay(90000), pause("2026-09-01"))
    recording.read(source.pk, now=later, extract=found)
    merging.undo(done.pk, by_id=None, now=NOW + timedelta(days=1))
    assert settling.part([ana.pk, ben.pk]) == 2
    assert settling.part([ana.pk, ben.pk]) == 0
    assert set(Insight.objects.values_list("candidate_id", flat=True)) == {ben.pk}
    ben.refresh_from_db()
    assert candidates.is_paused(ben, now=NOW + timedelta(days=1))
