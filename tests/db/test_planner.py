"""From a due enrollment to a queued message, or the reason why not."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging.models import Decision, Message, Sender
from warmbench.nurture import planner
from warmbench.nurture.models import ContentUse, Enrollment, SequenceVersion, Step
from warmbench.people import consent, facts
from warmbench.people.facts import Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Suppression, Tag

CONTENT, MESSAGE = Step.Kind.CONTENT, Step.Kind.MESSAGE


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    alice = make.user()
    make.sender(alice, is_default=True)
    return alice


@pytest.fixture
def devops(db: None) -> Tag:
    return make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)


def test_a_due_step_queues_a_message_and_sets_the_next(alice: User, devops: Tag) -> None:
    piece = make.piece(devops, title="What SRE teams ask for")
    ana = make.candidate(devops, owner=alice)
    enrolled = make.enrollment(ana, make.sequence(CONTENT, CONTENT))

    assert planner.plan(now=NOW) == {"queued": 1}

    message = Message.objects.get()
    assert (message.state, message.template_id) == ("queued", piece.variants.get().template_id)
    assert message.context["recruiter_first_name"] == "Alice"
    assert ContentUse.objects.get().message == message
    assert Decision.objects.get().verdict == "allow"
    enrolled.refresh_from_db()
    assert (enrolled.position, enrolled.next_step_at) == (1, NOW + timedelta(days=30))


def test_a_step_that_is_not_due_does_nothing(alice: User) -> None:
    make.enrollment(make.candidate(), make.sequence(MESSAGE), due=NOW + timedelta(seconds=1))
    assert not planner.plan(now=NOW)
    assert not Message.objects.exists()


def test_nobody_gets_the_same_piece_twice(alice: User, devops: Tag) -> None:
    make.piece(devops)
    ana = make.candidate(devops, owner=alice)
    make.enrollment(ana, make.sequence(CONTENT, CONTENT, CONTENT))

    planner.plan(now=NOW)
    assert planner.plan(now=NOW + timedelta(days=30)) == {"no_content": 1}

    first, second = Message.objects.order_by("pk")
    assert (first.state, second.state, second.reason) == ("queued", "refused", "no_content")


def test_content_falls_back_to_the_category_and_then_to_everybody(alice: User) -> None:
    technology = make.tag("Technology", Tag.Kind.CATEGORY)
    devops = make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY, parent=technology)
    general, close = make.piece(), make.piece(technology)
    make.enrollment(make.candidate(devops, owner=alice), make.sequence(CONTENT, CONTENT))

    planner.plan(now=NOW)
    planner.plan(now=NOW + timedelta(days=30))

    used = ContentUse.objects.order_by("pk").values_list("piece_id", flat=True)
    assert list(used) == [close.pk, general.pk]


def says(candidate: Candidate, kind: CandidateFact.Kind, value: object) -> None:
    facts.say(candidate.pk, [Saying(kind, value)], Word("candidate", "a test"), now=NOW)


def test_who_asks_for_other_kinds_and_fields_reads_those(alice: User, devops: Tag) -> None:
    data = make.tag("Data", Tag.Kind.SPECIALTY)
    make.piece(devops)
    tip = make.piece(data, kind="tip")
    ana = make.candidate(devops, owner=alice)
    says(ana, CandidateFact.Kind.TOPICS, {"kinds": ["salary", "tip"], "specialties": [data.pk]})
    make.enrollment(ana, make.sequence(CONTENT))

    assert planner.plan(now=NOW) == {"queued": 1}

    assert ContentUse.objects.get().piece == tip


def test_who_wants_no_articles_gets_none(alice: User, devops: Tag) -> None:
    make.piece(devops)
    ana = make.candidate(devops, owner=alice)
    says(ana, CandidateFact.Kind.TOPICS, {"kinds": [], "specialties": []})
    make.enrollment(ana, make.sequence(CONTENT, MESSAGE))

    assert planner.plan(now=NOW) == {"no_content": 1}


@pytest.mark.parametrize(("told", "language"), [("fr", "fr"), (None, "de")])
def test_a_message_is_in_the_language_that_its_reader_told_us_or_else_lives_in(
    alice: User, told: str | None, language: str
) -> None:
    ana = make.candidate(owner=alice, country="AT")
    says(ana, CandidateFact.Kind.LANGUAGE, "nl")
    says(ana, CandidateFact.Kind.LANGUAGE, told)
    make.enrollment(ana, make.sequence(MESSAGE))

    planner.plan(now=NOW)

    assert Message.objects.get().context["language"] == language


def test_who_asked_for_a_longer_rhythm_waits_for_it(alice: User) -> None:
    ana = make.candidate(owner=alice)
    make.sent(ana, Sender.objects.get(), at=NOW - timedelta(days=31))
    says(ana, CandidateFact.Kind.RHYTHM, {"months": 2})
    enrolled = make.enrollment(ana, make.sequence(MESSAGE))

    assert planner.plan(now=NOW) == {"rhythm": 1}

    enrolled.refresh_from_db()
    assert enrolled.waiting_for == "rhythm"
    assert enrolled.next_step_at >= NOW + timedelta(days=30)


def test_who_opted_out_leaves_the_sequence_with_a_refusal(alice: User) -> None:
    ana = make.candidate(owner=alice)
    make.enrollment(ana, make.sequence(MESSAGE))
    consent.suppress(ana.pk, reason=Suppression.Reason.UNSUBSCRIBED, now=NOW)

    assert planner.plan(now=NOW) == {"unsubscribed": 1}

    assert Message.objects.get().reason == "unsubscribed"
    assert Enrollment.objects.get().exit_reason == "unsubscribed"


def test_who_lacks_consent_waits_and_is_asked_about_again(alice: User) -> None:
    make.enrollment(make.candidate(owner=alice, consented=False), make.sequence(MESSAGE))

    planner.plan(now=NOW)
    planner.plan(now=NOW + timedelta(days=1))

    enrolled = Enrollment.objects.get()
    assert (enrolled.state, enrolled.waiting_for) == ("active", "no_consent")
    assert enrolled.next_step_at == NOW + timedelta(days=2)
    assert Decision.objects.count() == 1, "said once, not every day"


def test_a_missing_field_holds_the_step_and_names_itself(alice: User) -> None:
    version = make.sequence(MESSAGE)
    ana = make.candidate(owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(first_name="")
    make.enrollment(ana, version)

    planner.plan(now=NOW)

    assert Enrollment.objects.get().waiting_for == "missing: first_name"
    assert not Message.objects.exists()


def test_two_sequences_share_one_contact_budget(alice: User) -> None:
    ana = make.candidate(owner=alice)
    for _ in range(2):
        make.enrollment(ana, make.sequence(MESSAGE))

    assert planner.plan(now=NOW) == {"queued": 1, "budget": 1}

    waiting = Enrollment.objects.get(waiting_for="budget")
    assert waiting.next_step_at == NOW + timedelta(days=7)


def test_a_mailbox_is_not_given_more_than_its_day_holds(alice: User) -> None:
    bob = make.user("Bob Stone")
    make.sender(bob, cap=2)
    version = make.sequence(MESSAGE)
    for _ in range(5):
        make.enrollment(make.candidate(owner=bob), version)

    assert planner.plan(now=NOW) == {"queued": 2, "sender_cap": 3}
    # Tomorrow at nine in Berlin.
    assert (
        Enrollment.objects.filter(
            waiting_for="sender_cap", next_step_at=NOW.replace(day=4, hour=8)
        ).count()
        == 3
    )


def test_at_night_the_step_waits_for_the_morning_where_she_lives(alice: User) -> None:
    ana = make.candidate(owner=alice, time_zone="America/Los_Angeles", country="US")
    make.enrollment(ana, make.sequence(MESSAGE))

    planner.plan(now=NOW)

    enrolled = Enrollment.objects.get()
    assert enrolled.waiting_for == "window"
    assert enrolled.next_step_at == NOW.replace(hour=17)


def test_a_paused_sequence_waits_and_then_goes_on(alice: User) -> None:
    version = make.sequence(MESSAGE)
    make.enrollment(make.candidate(owner=alice), version)
    version.sequence.state = "paused"
    version.sequence.save(update_fields=["state"])

    assert not planner.plan(now=NOW)

    version.sequence.state = "active"
    version.sequence.save(update_fields=["state"])
    assert planner.plan(now=NOW) == {"queued": 1}


def test_a_repeating_sequence_begins_its_arc_again(alice: User) -> None:
    version = make.sequence(MESSAGE, MESSAGE, wait_days=28, repeat_from=1)
    make.enrollment(make.candidate(owner=alice), version)
    for weeks in (0, 4, 8):
        assert planner.plan(now=NOW + timedelta(weeks=weeks)) == {"queued": 1}

    touches = Message.objects.order_by("pk").values_list("touch", "occurrence")
    assert [occurrence for _, occurrence in touches] == [0, 0, 1]


def test_without_a_mailbox_everybody_waits(db: None) -> None:
    make.organisation()
    version: SequenceVersion = make.sequence(MESSAGE)
    make.enrollment(make.candidate(), version)
    assert planner.plan(now=NOW) == {"no_sender": 1}
