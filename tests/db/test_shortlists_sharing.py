"""Lists go to hiring managers by links that end, stay as they were, and are answered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests import locks, make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.events import held_back
from warmbench.people import erasure
from warmbench.people.models import Candidate
from warmbench.shortlists import answers, making, sharing
from warmbench.shortlists.answers import AnswerError, ShortlistAnswered, Verdict
from warmbench.shortlists.models import Answer, RankingRecord, ShareLink, Shortlist, ShortlistEntry
from warmbench.shortlists.sharing import Ended, Opened, Over, Shared, ShareError, ShortlistShared

DAY = timedelta(days=1)


@pytest.fixture
def people(db: None) -> list[Candidate]:
    return [make.candidate() for _ in range(3)]


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def draft(people: list[Candidate]) -> Shortlist:
    ana, ben, chen = people
    return make.shortlist(make.profile(make.tag("Go")), ana, ben, left=(chen,))


@pytest.fixture
def shared(draft: Shortlist, alice: User) -> Shared:
    return share(draft, alice)


def share(draft: Shortlist, by: User | None = None, **more: object) -> Shared:
    by_id = by.pk if by else None
    return sharing.share(draft.pk, reader="Dr Weber", by_id=by_id, now=NOW, **more)  # type: ignore[arg-type]


def entry(one: Candidate) -> ShortlistEntry:
    return ShortlistEntry.objects.get(candidate=one)


def say(one: Candidate, verdict: str, link: ShareLink, **more: object) -> Answer:
    return answers.answer(entry(one).pk, verdict, link_id=link.pk, **{"now": NOW} | more)  # type: ignore[arg-type]


def test_a_link_leads_to_the_list_and_says_when_it_was_opened(
    shared: Shared, people: list[Candidate]
) -> None:
    assert isinstance(sharing.open_(shared.token, now=NOW + DAY), Opened)
    opened = sharing.open_(shared.token, now=NOW + 2 * DAY)
    assert isinstance(opened, Opened)
    assert [one.candidate for one in opened.entries] == people
    assert opened.gone == 0
    link = ShareLink.objects.get()
    assert (link.first_opened_at, link.last_opened_at) == (NOW + DAY, NOW + 2 * DAY)
    assert link.expires_at == NOW + 14 * DAY


def test_the_token_is_kept_by_nobody(shared: Shared) -> None:
    assert shared.token not in str(ShareLink.objects.values().get())
    assert sharing.open_(shared.token + "x", now=NOW) is None


def test_a_link_that_is_over_says_why(shared: Shared, alice: User) -> None:
    ended = sharing.open_(shared.token, now=NOW + 14 * DAY)
    assert isinstance(ended, Over)
    assert ended.why == Ended.EXPIRED
    assert not sharing.revoke(shared.link.pk, by_id=alice.pk, now=NOW + 15 * DAY)
    assert sharing.revoke(shared.link.pk, by_id=alice.pk, now=NOW + DAY)
    revoked = sharing.open_(shared.token, now=NOW + 2 * DAY)
    assert isinstance(revoked, Over)
    assert revoked.why == Ended.REVOKED


def test_a_shared_list_is_frozen(shared: Shared, people: list[Candidate], alice: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ShortlistEntry.objects.filter(candidate=people[0]).update(told={})
    with pytest.raises(making.MakeError):
        making.remove(entry(people[0]).pk, why="No", by_id=alice.pk, now=NOW)
    with pytest.raises(making.MakeError):
        making.throw_away(shared.link.shortlist_id, by_id=alice.pk, now=NOW)


def test_sharing_again_is_another_way_to_the_same_list(shared: Shared, draft: Shortlist) -> None:
    with held_back() as events:
        again = share(draft)
    assert events == []
    assert again.token != shared.token
    assert Shortlist.objects.get().shared_at == NOW


def test_the_first_link_tells_that_the_list_was_shared(draft: Shortlist) -> None:
    with held_back() as events:
        share(draft)
    assert events == [ShortlistShared(shortlist_id=draft.pk)]


def test_a_link_has_a_reader_and_an_end(draft: Shortlist) -> None:
    for until in (NOW, NOW + 91 * DAY):
        with pytest.raises(ShareError):
            share(draft, until=until)
    with pytest.raises(ShareError):
        sharing.share(draft.pk, reader=" ", by_id=None, now=NOW)


def test_a_list_of_nobody_is_shared_only_if_it_says_so(people: list[Candidate]) -> None:
    version = make.profile(make.tag("Go"))
    nobody, emptied = make.shortlist(version), make.shortlist(version, people[0])
    making.remove(entry(people[0]).pk, why="Left the field", by_id=None, now=NOW)
    share(nobody)
    assert Shortlist.objects.get(pk=nobody.pk).state == Shortlist.State.SHARED
    with pytest.raises(ShareError):
        share(emptied)


def test_who_was_taken_off_before_is_not_on_it(draft: Shortlist, people: list[Candidate]) -> None:
    making.remove(entry(people[0]).pk, why="Moved away", by_id=None, now=NOW)
    opened = sharing.open_(share(draft).token, now=NOW)
    assert isinstance(opened, Opened)
    assert [one.candidate for one in opened.entries] == people[1:]
    assert opened.gone == 0


def test_who_is_erased_vanishes_and_the_list_says_so(
    shared: Shared, people: list[Candidate]
) -> None:
    make.organisation()
    say(people[0], Verdict.STAR, shared.link)
    erasure.erase([people[0].pk], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
    opened = sharing.open_(shared.token, now=NOW)
    assert isinstance(opened, Opened)
    assert [one.candidate for one in opened.entries] == people[1:]
    assert opened.gone == 1


def test_the_last_answer_counts_and_none_is_lost(shared: Shared, people: list[Candidate]) -> None:
    ana = people[0]
    with held_back() as events:
        say(ana, Verdict.PASS, shared.link, requirement="skill:go", words=" Too far away ")
        star = say(ana, Verdict.STAR, shared.link, now=NOW + DAY)
        assert say(ana, Verdict.STAR, shared.link, now=NOW + 2 * DAY) == star
    assert answers.last(shared.link.shortlist_id) == {entry(ana).pk: star}
    assert [one.verdict for one in answers.all_of(entry(ana).pk)] == ["star", "pass"]
    assert [type(one) for one in events] == [ShortlistAnswered] * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=star.pk).update(verdict="pass")


def test_an_answer_stands_in_the_record_of_the_ranking(
    shared: Shared, people: list[Candidate], alice: User
) -> None:
    listed = shared.link.shortlist
    RankingRecord.objects.create(
        shortlist=listed,
        candidate=people[0],
        version=listed.version,
        engine="test",
        place="listed",
        score=1,
        confidence=0.9,
        features={},
        at=NOW,
    )
    answers.answer(entry(people[0]).pk, Verdict.CHECK, by_id=alice.pk, now=NOW)
    record = RankingRecord.objects.get()
    assert (record.decision, record.decided_by, record.decided_at) == (
        "check",
        f"user:{alice.pk}",
        NOW,
    )


def test_what_cannot_be_answered_says_why(
    shared: Shared, draft: Shortlist, people: list[Candidate], alice: User
) -> None:
    ana, ben, chen = people
    link = shared.link
    with pytest.raises(AnswerError, match="Say one of"):
        say(ana, "maybe", link)
    with pytest.raises(AnswerError, match="does not ask"):
        say(ana, Verdict.PASS, link, requirement="skill:cobol")
    with pytest.raises(AnswerError, match="not on the list"):
        say(chen, Verdict.STAR, link)
    with pytest.raises(AnswerError, match="expired"):
        say(ana, Verdict.STAR, link, now=NOW + 14 * DAY)
    another = make.shortlist(draft.version, make.candidate())
    with pytest.raises(AnswerError, match="another list"):
        say(ana, Verdict.STAR, share(another).link)
    sharing.revoke(link.pk, by_id=None, now=NOW)
    with pytest.raises(AnswerError, match="taken back"):
        say(ben, Verdict.STAR, link)
    assert making.close(draft.pk, by_id=alice.pk, now=NOW)
    assert not making.close(draft.pk, by_id=alice.pk, now=NOW)
    with pytest.raises(AnswerError, match="closed"):
        answers.answer(entry(ben).pk, Verdict.STAR, by_id=alice.pk, now=NOW)


def test_a_draft_takes_no_answers(draft: Shortlist, people: list[Candidate], alice: User) -> None:
    with pytest.raises(AnswerError, match="draft"):
        answers.answer(entry(people[0]).pk, Verdict.STAR, by_id=alice.pk, now=NOW)
    with pytest.raises(AnswerError, match="no longer"):
        answers.answer(0, Verdict.STAR, by_id=alice.pk, now=NOW)
    with pytest.raises(ValueError, match="by a link"):
        answers.answer(entry(people[0]).pk, Verdict.STAR, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_an_answer_comes_before_its_link_is_revoked_or_not_at_all() -> None:
    ana = make.candidate()
    shared = share(make.shortlist(make.profile(make.tag("Go")), ana))

    def late() -> str:
        try:
            say(ana, Verdict.STAR, shared.link)
        except AnswerError as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            sharing.revoke(shared.link.pk, by_id=None, now=NOW)
            answered = pool.submit(late)
            locks.until_waiting()
        assert "taken back" in answered.result()
    assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_list_that_is_shared_in_this_moment_is_not_made_anew() -> None:
    ana = make.candidate()
    draft = make.shortlist(make.profile(make.tag("Go")), ana)

    def anew() -> str:
        try:
            making.refresh(draft.pk, by_id=None, now=NOW + DAY)
        except making.MakeError as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            share(draft)
            made = pool.submit(anew)
            locks.until_waiting()
        assert "was shared" in made.result()
    assert ShortlistEntry.objects.get().candidate == ana
