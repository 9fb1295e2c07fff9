"""What check-ins say, which roles go along with them, and what becomes of those."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DatabaseCase

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging import delivery, letters, outbox
from warmbench.messaging.handover import Recording
from warmbench.messaging.models import Message, Template, Withdrawal
from warmbench.nurture import check_ins, planner, readers, snippets
from warmbench.nurture.models import MarketSnippet, Step
from warmbench.nurture.snippets import Draft, UnfitError
from warmbench.people import consent, facts
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Consent, Tag
from warmbench.signals.models import FollowUp, Signal
from warmbench.sourcing import alerts, interest, roles, waves, writing
from warmbench.sourcing.models import Alert, Role

DAY = timedelta(days=1)
TODAY = NOW.date()
BODY = """Hi {{ first_name | default: "there" }},

{{ opening | default: "How are things?" }}

{% if market_note %}
{{ market_note }}
{% endif %}

{% if role_1 %}
{{ role_1 }}{% if role_1_link %} [Read on]({{ role_1_link }}){% endif %}
{% endif %}

{% if role_2 %}
{{ role_2 }}{% if role_2_link %} [Read on]({{ role_2_link }}){% endif %}
{% endif %}

{% if role_3 %}
{{ role_3 }}{% if role_3_link %} [Read on]({{ role_3_link }}){% endif %}
{% endif %}

{{ own_note | default: "So long." }}
"""


def wording() -> Template:
    return make.template("A word from {{ recruiter_first_name }}", BODY)


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


def words(person: Candidate) -> dict[str, str]:
    reader = readers.load([person.pk])[person.pk]
    return check_ins.words([reader], now=NOW)[person.pk]


def talked(person: Candidate, topic: str, on: date = TODAY - 60 * DAY) -> None:
    Candidate.objects.filter(pk=person.pk).update(
        last_conversation_on=on, last_conversation_topic=topic
    )


def note(text: str, topic: Tag | None = None, **fields: object) -> MarketSnippet:
    usual: dict[str, object] = {
        "state": MarketSnippet.State.LIVE,
        "written_on": TODAY,
        "expires_on": TODAY + 90 * DAY,
    }
    return MarketSnippet.objects.create(text=text, topic=topic, **usual | fields)


def check_in(person: Candidate, **context: str) -> Message:
    """A check-in that she got earlier."""
    made = make.sent(person, make.sender(), at=NOW - 100 * DAY)
    Message.objects.filter(pk=made.pk).update(purpose="check_in", context=context)
    return made


class TestHowItOpens:
    def test_with_the_last_conversation(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        talked(ana, "the platform lead role")
        assert "about the platform lead role" in words(ana)["opening"]

    def test_with_a_role_that_she_took_an_interest_in(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        message = make.sent(ana, make.sender(), at=NOW - 60 * DAY)
        alert = told_earlier(ana, message)
        assert "“Platform engineer”" in words(ana)["opening"]

        make.signal(ana, Signal.Kind.NOT_FOR_ME, message=message)
        assert "opening" not in words(ana)
        alert.refresh_from_db()

    def test_with_what_she_read_last(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        message = make.sent(ana, make.sender(), at=NOW - 60 * DAY)
        piece = make.piece(title="What SRE teams ask for")
        piece.uses.create(candidate=ana, message=message, at=NOW - 60 * DAY)
        assert "opening" not in words(ana)
        make.signal(ana, message=message, at=NOW - 59 * DAY)
        assert "“What SRE teams ask for”" in words(ana)["opening"]

    def test_with_nothing_where_nothing_is_known(self, alice: User) -> None:
        assert words(make.candidate(owner=alice)) == {}

    def test_in_other_words_and_about_something_else_the_next_time(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        talked(ana, "the platform lead role")
        first = words(ana)["opening"]
        check_in(ana, opening=first)
        assert words(ana)["opening"] != first


class TestWhatIsSaidOfTheMarket:
    @pytest.fixture
    def technology(self, db: None) -> Tag:
        return make.tag("Technology", Tag.Kind.CATEGORY)

    @pytest.fixture
    def devops(self, technology: Tag) -> Tag:
        return make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY, parent=technology)

    def test_the_note_closest_to_her_work(self, alice: User, technology: Tag, devops: Tag) -> None:
        ana = make.candidate(devops, owner=alice)
        note("For all.")
        assert words(ana)["market_note"] == "For all."
        note("For technology.", technology)
        assert words(ana)["market_note"] == "For technology."
        note("For DevOps.", devops)
        assert words(ana)["market_note"] == "For DevOps."

    def test_nothing_that_expired_was_retired_or_is_a_draft(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        note("Expired.", expires_on=TODAY)
        note("Retired.", state=MarketSnippet.State.RETIRED)
        note("Draft.", state=MarketSnippet.State.DRAFT)
        assert "market_note" not in words(ana)

    def test_none_that_she_heard_if_there_is_another(self, alice: User, devops: Tag) -> None:
        ana = make.candidate(devops, owner=alice)
        note("For DevOps.", devops)
        note("For all.")
        check_in(ana, market_note="For DevOps.")
        assert words(ana)["market_note"] == "For all."
        check_in(ana, market_note="For all.")
        assert words(ana)["market_note"] == "For DevOps."

    def test_in_her_language_or_else_in_english(self, alice: User) -> None:
        ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)
        note("In English.")
        note("Auf Deutsch.", language="de")
        told = [Saying(CandidateFact.Kind.LANGUAGE, "fr")]
        facts.say(ben.pk, told, Word("candidate", "a test"), now=NOW)
        assert words(ana)["market_note"] == "Auf Deutsch."
        assert words(ben)["market_note"] == "In English."

    def test_a_whole_batch_takes_as_many_questions_as_one_person(
        self,
        alice: User,
        django_assert_max_num_queries: object,
        django_assert_num_queries: object,
    ) -> None:
        note("For all.")
        people = readers.load([make.candidate(owner=alice).pk for _ in range(20)])
        with django_assert_num_queries(2):  # type: ignore[operator]
            said = check_ins.words(list(people.values()), now=NOW)
        assert len(said) == 20


class TestTheShelfOfNotes:
    def test_ships_with_notes_for_every_category(self, db: None) -> None:
        for name in ("Technology", "Finance", "Healthcare", "Engineering", "General"):
            make.tag(name, Tag.Kind.CATEGORY)
        assert snippets.load(snippets.SHIPPED, now=NOW) == 11
        assert snippets.load(snippets.SHIPPED, now=NOW) == 0
        for one in MarketSnippet.objects.all():
            assert len(one.text) <= 400
            assert one.text == " ".join(one.text.split())

    def test_keeps_dates_and_says_who_changed_it(self, alice: User) -> None:
        draft = Draft(None, "en", " Hiring has  picked up. ", "live", TODAY + 30 * DAY)
        made = snippets.create(draft, by_id=alice.pk, now=NOW)
        assert (made.text, made.written_on) == ("Hiring has picked up.", TODAY)
        later = NOW + 5 * DAY
        assert not snippets.edit(made.pk, draft, by_id=alice.pk, now=later)
        other = Draft(None, "en", "Hiring has slowed down.", "live", TODAY + 60 * DAY)
        assert snippets.edit(made.pk, other, by_id=alice.pk, now=later)
        made.refresh_from_db()
        assert made.written_on == later.date()
        assert snippets.retire(made.pk, by_id=alice.pk, now=later)
        assert not snippets.retire(made.pk, by_id=alice.pk, now=later)
        assert snippets.restore(made.pk, by_id=alice.pk, now=later)
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
            *("snippet.created", "snippet.edited", "snippet.retired", "snippet.restored")
        ]

    @pytest.mark.parametrize(
        ("text", "days"),
        [("...", 30), ("Hello {{ first_name }}.", 30), ("No full stop", 30), ("Too long.", 400)],
    )
    def test_refuses_what_cannot_be_said(self, db: None, text: str, days: int) -> None:
        with pytest.raises(UnfitError):
            snippets.create(
                Draft(None, "en", text, "live", TODAY + days * DAY), by_id=None, now=NOW
            )


def told_earlier(person: Candidate, message: Message) -> Alert:
    return Alert.objects.create(
        role=make.role(state=Role.State.CLOSED),
        candidate=person,
        level="normal",
        wave=1,
        matched=[],
        score=1,
        policy=1,
        threshold=2,
        state=Alert.State.WRITTEN,
        message=message,
        made_at=NOW,
        state_at=NOW,
        engaged_at=NOW - 50 * DAY,
    )


@pytest.fixture
def skills(db: None) -> list[Tag]:
    return [make.tag(name) for name in ("Go", "Kubernetes", "Terraform", "AWS")]


@pytest.fixture
def ana(alice: User, skills: list[Tag]) -> Candidate:
    """Somebody with a check-in due, who knows enough for a few roles."""
    ana = make.candidate(*skills[:2], owner=alice)
    version = make.sequence(Step.Kind.CHECK_IN)
    version.steps.update(template=wording())
    make.enrollment(ana, version)
    return ana


def waits_for(*titles: str, skills: list[Tag]) -> list[Role]:
    """Roles that people with the first two of these skills wait to hear of."""
    made = [
        make.role(*skills, title=title, apply_url=f"https://jobs.example/{at}")
        for at, title in enumerate(titles)
    ]
    for role in made:
        make.campaign(role)
    while waves.advance(now=NOW):
        pass
    return made


def fates() -> list[str]:
    return list(Alert.objects.order_by("pk").values_list("state", flat=True))


class TestRolesThatGoAlong:
    def test_up_to_three_that_she_waits_for_are_told_in_one_letter(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        waits_for("One", "Two", "Three", "Four", skills=skills)

        assert planner.plan(now=NOW) == {"queued": 1}

        message = Message.objects.get()
        said = [message.context.get(f"role_{at}", "") for at in (1, 2, 3, 4)]
        assert all("It asks for Go and Kubernetes, which you know." in one for one in said[:3])
        assert said[3] == ""
        assert sorted(fates()) == ["merged", "merged", "merged", "waiting"]
        merged = Alert.objects.filter(state="merged")
        assert set(merged.values_list("message", "place")) == {(message.pk, n) for n in (1, 2, 3)}
        while writing.write_due(now=NOW):
            pass
        assert not Message.objects.filter(purpose="alert", state="queued").exists()

    def test_none_is_made_up_where_she_waits_for_none(self, ana: Candidate) -> None:
        planner.plan(now=NOW)
        assert not [name for name in Message.objects.get().context if name.startswith("role_")]

    @pytest.mark.parametrize("kind", ["strong", "hot", "on hold", "unfit"])
    def test_only_ordinary_matches_that_could_go_now_do(
        self, ana: Candidate, skills: list[Tag], kind: str
    ) -> None:
        (role,) = waits_for("One", skills=skills)
        match kind:
            case "strong":
                alerts.start(role.pk, threshold=2, strong_from=2, wave_size=9, by_id=None, now=NOW)
            case "hot":
                Role.objects.filter(pk=role.pk).update(deadline=NOW + 3 * DAY)
            case "on hold":
                alerts.pause(role.pk, by_id=None, now=NOW)
            case _:
                ana.candidate_tags.all().delete()
        assert check_ins.roles([ana.pk], now=NOW) == {}

    def test_a_role_that_ends_is_taken_out_of_the_letter_that_waits(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        one, two = waits_for("One", "Two", skills=skills)
        planner.plan(now=NOW)
        roles.change_state(one.pk, Role.State.FILLED, by_id=None, now=NOW)
        roles.change_state(two.pk, Role.State.ON_HOLD, by_id=None, now=NOW)

        message = Message.objects.get()
        assert message.state == "queued"
        assert not [name for name in message.context if name.startswith("role_")]
        assert dict(Alert.objects.values_list("role", "state")) == {
            one.pk: "withdrawn",
            two.pk: "waiting",
        }
        sent = Recording()
        assert delivery.deliver(lambda _: sent, worker="w", clock=lambda: NOW) == 1
        assert b"It asks for" not in sent.mails[0][2]

    def test_a_letter_that_is_on_its_way_does_not_go_with_a_role_that_ended(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        (role,) = waits_for("One", skills=skills)
        planner.plan(now=NOW)
        Message.objects.update(state="sending", not_before=None, handed_at=NOW)
        alerts.stop(role.pk, by_id=None, now=NOW)
        message = Message.objects.get()
        assert Withdrawal.objects.get().message_id == message.pk
        Message.objects.update(state="queued", not_before=NOW)
        Message.objects.update(state="refused", not_before=None, reason="role_ended")
        assert alerts.retry(now=NOW) == 1
        assert fates() == ["withdrawn"]

    @pytest.mark.parametrize("reason", ["expired", "unsubscribed"])
    def test_roles_of_a_letter_that_does_not_go_are_taken_up_again(
        self, ana: Candidate, skills: list[Tag], reason: str
    ) -> None:
        waits_for("One", "Two", skills=skills)
        planner.plan(now=NOW)
        outbox.cancel(ana.pk, reason=reason, now=NOW)
        assert alerts.retry(now=NOW) == 2
        assert fates() == ["waiting", "waiting"]
        assert not Alert.objects.exclude(message=None, place=None).exists()

    def test_so_are_roles_of_one_that_a_mail_server_did_not_take(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        waits_for("One", skills=skills)
        planner.plan(now=NOW)
        Message.objects.update(state="sending", not_before=None, handed_at=NOW)
        Message.objects.update(state="failed", reason="The mail server said no.")
        assert alerts.retry(now=NOW) == 1
        assert fates() == ["waiting"]

    def test_a_click_on_a_role_is_interest_in_that_role_and_no_other(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        waits_for("One", "Two", skills=skills)
        planner.plan(now=NOW)
        message = Message.objects.get()
        assert message.template_id
        targets = letters.compiled(message.template_id).links
        heard = make.signal(ana, message=message)
        key = f"click:{message.pk}/{targets.index('{{ role_2_link }}')}:2026-03-03"
        Signal.objects.filter(pk=heard.pk).update(key=key)

        interest.engaged([heard.pk], now=NOW)

        engaged = Alert.objects.get(engaged_at__isnull=False)
        assert engaged.place == 2
        entry = FollowUp.objects.get(reason="role_interest")
        assert entry.evidence[0]["about"] == f"role:{engaged.role_id}"
        Signal.objects.all().delete()
        interest.forget([ana.pk], now=NOW)
        assert not Alert.objects.filter(engaged_at__isnull=False).exists()

    def test_an_answer_to_a_letter_with_roles_is_about_none_of_them(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        waits_for("One", "Two", skills=skills)
        planner.plan(now=NOW)
        heard = make.signal(ana, Signal.Kind.REPLIED, message=Message.objects.get())
        interest.engaged([heard.pk], now=NOW)
        assert not Alert.objects.filter(engaged_at__isnull=False).exists()

    def test_one_who_agrees_to_hear_of_no_roles_hears_of_none(
        self, ana: Candidate, skills: list[Tag]
    ) -> None:
        waits_for("One", skills=skills)
        consent.record(
            ana.pk,
            basis=Consent.Basis.WITHDRAWN,
            evidence="A form",
            purpose="alert",
            now=NOW,
        )
        assert check_ins.roles([ana.pk], now=NOW) == {}


class TestAnyReader(DatabaseCase):
    """Laws of what check-ins say, for readers of any kind."""

    @settings(max_examples=25, deadline=None)
    @given(
        topic=st.text(max_size=40).filter(lambda text: "\0" not in text),
        employer=st.text(max_size=40).filter(lambda text: "\0" not in text),
        days=st.none() | st.integers(-5, 900),
    )
    def test_no_field_is_blank_or_has_gaps(
        self, topic: str, employer: str, days: int | None
    ) -> None:
        ana = make.candidate()
        Candidate.objects.filter(pk=ana.pk).update(
            last_conversation_topic=topic,
            employer=employer,
            last_conversation_on=None if days is None else TODAY - days * DAY,
        )
        for value in words(ana).values():
            assert value.strip()
            assert "  " not in value
            assert "{" not in value
