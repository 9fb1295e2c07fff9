"""The inbox, the conversations in it, and the answers that are written there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.db.test_delivery import engage
from tests.make import NOW
from warmbench.accounts.models import Role, User
from warmbench.messaging.models import InboundMail, Message, PersonalDraft, Sender, Switch, Thread
from warmbench.people.models import Candidate, Channel
from warmbench.signals.models import FollowUp

pytestmark = pytest.mark.django_db

YES = "Yes, I would love to talk about this. When are you free?"


@pytest.fixture(autouse=True)
def _at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warmbench.core.clock.now", lambda: NOW + timedelta(minutes=5))


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@example.com")


@pytest.fixture
def sent(ana: Candidate, alice: User) -> Sent:
    return Sent(ana, make.sender(alice))


@pytest.fixture
def thread(sent: Sent, ana: Candidate) -> Thread:
    comes_in(sent.answer(YES))
    make.follow_up(ana)
    return Thread.objects.get()


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def page(browser: Client, name: str, *args: object) -> str:
    response = browser.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def typed(thread: Thread, text: str = "How about Thursday?") -> dict[str, str]:
    mail = InboundMail.objects.filter(thread_id=thread.pk).latest("pk")
    return {"text": text, "answers": str(mail.pk), "seen": "0", "closes": "1"}


def act(browser: Client, what: str, thread: Thread, **also: str) -> str:
    address = reverse(f"answer-{what}", args=[thread.candidate_id, thread.pk])
    return browser.post(address, typed(thread) | also, follow=True).content.decode()


def personal() -> Message:
    return Message.objects.get(purpose="personal")


class TestTheInbox:
    def test_mine_stand_on_the_first_page_and_wait(self, browser: Client, thread: Thread) -> None:
        shown = page(browser, "replies")
        assert "Waits since Tue 3 Mar" in shown
        assert reverse("thread", args=[thread.pk]) in shown
        assert "Nobody has written to the team" in page(browser, "replies-team")
        assert "Nobody waits" in page(browser, "replies-nobody")

    def test_those_of_colleagues_and_of_nobody(self, client: Client, thread: Thread) -> None:
        client.force_login(make.user("Bob Okafor"))
        assert "Alice Meyer" in page(client, "replies-team")
        Candidate.objects.update(owner=None)
        assert str(thread.candidate) not in page(client, "replies")
        assert "Waits since" in page(client, "replies-nobody")

    def test_the_number_beside_replies_is_of_what_waits(
        self, browser: Client, thread: Thread
    ) -> None:
        assert '<span class="count">1</span>' in page(browser, "replies")
        browser.post(reverse("thread-close", args=[thread.pk]))
        assert '<span class="count">1</span>' not in page(browser, "replies")

    def test_the_page_is_told_of_what_came_in_since(self, browser: Client, thread: Thread) -> None:
        asked = {"page": "replies", "since": (NOW - timedelta(hours=1)).isoformat()}
        told = browser.get(reverse("live"), asked).json()
        assert (told["news"], told["counts"]["replies"]) == (1, 1)
        again = browser.get(reverse("live"), asked | {"seen": told["seen"]})
        assert again.status_code == 204

    def test_the_whole_list_takes_a_few_questions(
        self, browser: Client, thread: Thread, django_assert_max_num_queries: object
    ) -> None:
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            page(browser, "replies")

    def test_older_ones_stand_on_further_pages(
        self, browser: Client, thread: Thread, ana: Candidate
    ) -> None:
        Thread.objects.bulk_create(
            Thread(candidate=ana, subject=f"About {n}.", last_at=NOW - timedelta(days=n))
            for n in range(45)
        )
        assert "?page=2" in page(browser, "replies")
        older = browser.get(reverse("replies"), {"page": "2"}).content.decode()
        assert "About 44." in older
        assert "?page=1" in older
        assert browser.get(reverse("replies"), {"page": "99999999"}).status_code == 200


class TestAConversation:
    def test_everything_stands_in_it(self, browser: Client, thread: Thread) -> None:
        shown = page(browser, "thread", thread.pk)
        assert YES in shown
        assert "waits for you since" in shown
        assert "A follow-up of Alice Meyer" in shown
        assert "Goes now." in shown

    def test_who_may_not_change_her_reads(self, client: Client, thread: Thread) -> None:
        client.force_login(make.user("Bob Okafor"))
        shown = page(client, "thread", thread.pk)
        assert "Alice Meyer looks after them" in shown
        assert "answer-text" not in shown
        client.force_login(make.user("Vera Lund", Role.VIEWER))
        assert "answer-text" not in page(client, "thread", thread.pk)

    def test_a_stranger_is_to_be_named_first(self, browser: Client, sent: Sent) -> None:
        raw = sent.answer(YES, to="alice@northwind.example")
        comes_in(raw.replace(b"ana@example.com", b"zoe@example.com"))
        assert "Say whose it is first" in page(browser, "thread", Thread.objects.get().pk)

    def test_one_key_corrects_what_it_was_taken_for(self, browser: Client, sent: Sent) -> None:
        mail = comes_in(sent.answer("Hm.", to="alice@northwind.example"))
        thread = Thread.objects.get()
        shown = page(browser, "thread", thread.pk)
        assert "Say what it wants; then it can be answered." in shown
        assert 'data-hotkey="5"' in shown
        answer = {"candidate": thread.candidate_id, "intent": "question"}
        browser.post(reverse("reply-decide", args=[mail.pk]), answer)
        assert "Goes now." in page(browser, "thread", thread.pk)

    def test_it_needs_no_answer_and_does_again(self, browser: Client, thread: Thread) -> None:
        browser.post(reverse("thread-close", args=[thread.pk]))
        thread.refresh_from_db()
        assert thread.waiting_since is None
        browser.post(reverse("thread-reopen", args=[thread.pk]))
        thread.refresh_from_db()
        assert thread.waiting_since == NOW


class TestAnswering:
    def test_it_is_sent_with_half_a_minute_to_think_again(
        self, browser: Client, thread: Thread
    ) -> None:
        shown = act(browser, "send", thread)
        assert "It goes in 30 seconds." in shown
        assert reverse("answer-undo", args=[personal().pk]) in shown
        assert "How about Thursday?" in shown
        assert FollowUp.objects.get().state == FollowUp.State.DONE

        undone = browser.post(reverse("answer-undo", args=[personal().pk]), follow=True)
        assert "It is a draft again." in undone.content.decode()
        assert personal().state == Message.State.CANCELLED
        assert "How about Thursday?" in page(browser, "thread", thread.pk)
        assert FollowUp.objects.get().state == FollowUp.State.OPEN

    def test_the_follow_up_may_stay_open(self, browser: Client, thread: Thread) -> None:
        act(browser, "send", thread, closes="")
        assert FollowUp.objects.get().state == FollowUp.State.OPEN

    def test_what_is_typed_is_kept(self, browser: Client, thread: Thread) -> None:
        address = reverse("answer-draft", args=[thread.candidate_id, thread.pk])
        said = browser.post(address, typed(thread, "Hel"), headers={"HX-Request": "true"})
        assert "Draft kept" in said.content.decode()
        assert PersonalDraft.objects.get().text == "Hel"
        assert "Hel</textarea>" in page(browser, "thread", thread.pk)
        assert "Kept as a draft." in act(browser, "draft", thread)
        assert "The draft is gone." in act(browser, "discard", thread)
        assert not PersonalDraft.objects.exists()

    def test_two_recruiters_never_answer_the_same_mail(
        self, browser: Client, thread: Thread
    ) -> None:
        act(browser, "send", thread)
        colleague = make.user("Ada Admin", Role.ADMIN)
        make.sender(colleague)
        Candidate.objects.update(reserved_by=None, reserved_until=None)
        other = Client()
        other.force_login(colleague)
        shown = act(other, "send", thread, text="I am the admin.")
        assert "Alice Meyer answered this on 3 March" in shown
        assert "I am the admin.</textarea>" in shown
        assert Message.objects.filter(purpose="personal").count() == 1

    def test_without_a_mailbox_there_is_a_way_out(self, browser: Client, thread: Thread) -> None:
        Sender.objects.update(owner=None)
        shown = page(browser, "thread", thread.pk)
        assert "You have no mailbox here." in shown
        assert "mailto:ana@example.com?subject=Re%3A%20Salaries%20this%20year" in shown

    def test_what_the_gate_says_stands_there_and_the_words_are_kept(
        self, browser: Client, thread: Thread
    ) -> None:
        engage(Switch.Scope.EVERYTHING, 0)
        assert "It cannot go." in page(browser, "thread", thread.pk)
        assert "Sending is stopped." in act(browser, "send", thread)
        assert PersonalDraft.objects.get().text == "How about Thursday?"

    def test_too_much_is_not_taken(self, browser: Client, thread: Thread) -> None:
        assert "too long" in act(browser, "send", thread, text="x" * 10_001)
        address = reverse("answer-draft", args=[thread.candidate_id, thread.pk])
        assert browser.post(address, typed(thread, "x" * 10_001)).status_code == 422

    def test_nobody_answers_in_the_name_of_others(self, client: Client, thread: Thread) -> None:
        client.force_login(make.user("Bob Okafor"))
        address = reverse("answer-send", args=[thread.candidate_id, thread.pk])
        assert client.post(address, typed(thread)).status_code == 403
        other = make.candidate(owner=None)
        address = reverse("answer-send", args=[other.pk, thread.pk])
        assert client.post(address, typed(thread)).status_code == 404

    def test_hostile_words_stay_words(self, browser: Client, thread: Thread) -> None:
        shown = act(browser, "send", thread, text="<script>alert(1)</script>")
        assert "<script>alert" not in shown


class TestWriting:
    def test_somebody_is_written_to_who_has_not_written(
        self, browser: Client, ana: Candidate, alice: User
    ) -> None:
        make.sender(alice)
        assert reverse("candidate-write", args=[ana.pk]) in page(browser, "candidate", ana.pk)
        assert "Goes now." in page(browser, "candidate-write", ana.pk)
        words = {"subject": "Lunch", "text": "On Friday?", "channel": "email", "seen": "0"}
        browser.post(reverse("letter-send", args=[ana.pk]), words, follow=True)
        thread = Thread.objects.get()
        assert thread.subject == "Lunch"
        assert "On Friday?" in page(browser, "thread", thread.pk)

    def test_a_text_needs_a_number_to_go_from(self, browser: Client, ana: Candidate) -> None:
        address = reverse("candidate-write", args=[ana.pk]) + "?channel=sms"
        assert "no number here" in browser.get(address).content.decode()

    def test_texts_are_answered_by_text(self, browser: Client, ana: Candidate, alice: User) -> None:
        make.text_sender(alice)
        thread = Thread.objects.create(candidate=ana, channel=Channel.SMS, last_at=NOW)
        assert "Answer by text" not in page(browser, "thread", thread.pk)
        assert "by text" in page(browser, "thread", thread.pk)
