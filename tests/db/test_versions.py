"""Versions are published, and people moved between them: nobody twice, nobody lost."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.nurture import courses, drafts, outline, planner, versions
from warmbench.nurture.courses import Due
from warmbench.nurture.models import Enrollment, Sequence, SequenceDraft, SequenceVersion, Step
from warmbench.nurture.outline import Cadence, Outline, StepOutline
from warmbench.nurture.versions import Move, OutlineError, ReviewError
from warmbench.signals.models import FollowUp

State = Enrollment.State
DAY = timedelta(days=1)

WHOLE = Outline(
    key="whole",
    name="Whole",
    description="A step of each kind",
    trigger="high_interest",
    entry_rule="status = passive",
    exit_rule="status = placed",
    reentry_days=30,
    cadence=(Cadence("country = DE", 200), Cadence("status = open", 50)),
    repeat_from="news",
    steps=(
        StepOutline("hello", subject="Hello", body="Hello there.\n"),
        StepOutline("text", wait_days=1, channel="sms", body="Hello again."),
        StepOutline("news", kind="content", wait_days=30, content_kind="trends"),
        StepOutline("pause", kind="wait", wait_days=5),
        StepOutline("open", kind="branch", condition="status = open", otherwise="letter"),
        StepOutline("call", kind="follow_up", task="call", words="Call her"),
        StepOutline("tell", kind="notification", words="She is open"),
        StepOutline("end", kind="exit"),
        StepOutline(
            "letter",
            kind="check_in",
            wait_days=30,
            subject="Hi",
            body="How are you?\n",
            edit_hours=24,
            if_not_edited="skip",
        ),
        StepOutline("ask", kind="preference", wait_days=30, subject="Hi", body="Is it right?\n"),
    ),
)


def calls(*keys: str, repeat_from: str = "", key: str = "calls") -> Outline:
    """A sequence of calls, which need nobody's leave."""
    steps = (StepOutline(k, kind="follow_up", wait_days=7, task="call", words=k) for k in keys)
    return Outline(key, "Calls", repeat_from=repeat_from, steps=tuple(steps))


def published(written: Outline) -> SequenceVersion:
    return versions.apply(written, by_id=None, now=NOW).version


def standing(version: SequenceVersion, key: str, *, cycle: int = 0) -> Enrollment:
    """Somebody who stands before a step."""
    made = make.enrollment(make.candidate(), version)
    position = version.steps.get(key=key).position
    Enrollment.objects.filter(pk=made.pk).update(position=position, cycle=cycle)
    made.refresh_from_db()
    return made


def place(one: Enrollment) -> tuple[str, int, list[str]]:
    """Before which step somebody stands, in which cycle, and what she passes over."""
    one.refresh_from_db()
    return one.version.steps.get(position=one.position).key, one.cycle, sorted(one.skips)


class TestPublishing:
    def test_a_version_is_the_outline_that_it_was_made_of(self, db: None) -> None:
        assert outline.problems(WHOLE) == []
        applied = versions.apply(WHOLE, by_id=None, now=NOW)
        assert (applied.is_new, applied.is_changed) == (True, True)
        assert versions.outline_of(applied.version) == WHOLE
        sequence = applied.version.sequence
        assert (sequence.state, sequence.activated_at) == (Sequence.State.ACTIVE, NOW)

    def test_the_same_outline_again_changes_nothing(self, db: None) -> None:
        first = published(WHOLE)
        entries = AuditEntry.objects.count()
        again = versions.apply(WHOLE, by_id=None, now=NOW + DAY)
        assert (again.version, again.is_new, again.is_changed) == (first, False, False)
        assert AuditEntry.objects.count() == entries

    def test_another_name_makes_no_other_version(self, db: None) -> None:
        first = published(WHOLE)
        again = versions.apply(replace(WHOLE, name="All"), by_id=None, now=NOW)
        assert (again.version, again.is_new, again.is_changed) == (first, False, True)
        assert Sequence.objects.get().name == "All"

    def test_an_edited_step_makes_another_version_and_leaves_the_first(self, db: None) -> None:
        first = published(WHOLE)
        second = published(outline.changed(WHOLE, "hello", body="Good morning.\n"))
        assert (first.number, second.number) == (1, 2)
        assert versions.outline_of(first) == WHOLE

    def test_a_wrong_outline_is_not_published_and_stays_a_draft(self, db: None) -> None:
        sequence = drafts.create("News", by_id=None, now=NOW)
        with pytest.raises(OutlineError, match="no step yet"):
            versions.publish(sequence.pk, by_id=None, now=NOW)
        assert SequenceDraft.objects.filter(sequence=sequence).exists()

    def test_a_draft_becomes_the_newest_version(self, db: None) -> None:
        sequence = drafts.create("Whole thing", by_id=None, now=NOW, like=WHOLE)
        assert (sequence.key, sequence.state) == ("whole", Sequence.State.DRAFT)
        version = versions.publish(sequence.pk, by_id=None, now=NOW)
        assert versions.outline_of(version) == replace(WHOLE, name="Whole thing")
        sequence.refresh_from_db()
        assert (sequence.state, sequence.activated_at) == (Sequence.State.ACTIVE, NOW)
        assert not SequenceDraft.objects.exists()

    def test_a_paused_sequence_stays_paused(self, db: None) -> None:
        first = published(WHOLE)
        Sequence.objects.update(state=Sequence.State.PAUSED)
        published(outline.without(WHOLE, "tell"))
        assert Sequence.objects.get(pk=first.sequence_id).state == Sequence.State.PAUSED

    def test_an_archived_sequence_takes_no_version(self, db: None) -> None:
        published(WHOLE)
        Sequence.objects.update(state=Sequence.State.ARCHIVED)
        with pytest.raises(OutlineError, match="archived"):
            published(outline.without(WHOLE, "tell"))

    def test_the_key_stays_once_a_version_is_out(self, db: None) -> None:
        sequence = published(WHOLE).sequence
        draft = drafts.open(sequence.pk, by_id=None, now=NOW)
        renamed = replace(WHOLE, key="other")
        drafts.save(sequence.pk, renamed, revision=draft.revision, by_id=None, now=NOW)
        with pytest.raises(OutlineError, match="part of every touch"):
            versions.publish(sequence.pk, by_id=None, now=NOW)

    def test_a_new_sequence_cannot_take_the_key_of_another(self, db: None) -> None:
        published(WHOLE)
        sequence = drafts.create("News", by_id=None, now=NOW)
        drafts.save(sequence.pk, WHOLE, revision=1, by_id=None, now=NOW)
        with pytest.raises(OutlineError, match="already: take another key"):
            versions.publish(sequence.pk, by_id=None, now=NOW)
        other = replace(WHOLE, key="other")
        drafts.save(sequence.pk, other, revision=2, by_id=None, now=NOW)
        assert versions.publish(sequence.pk, by_id=None, now=NOW).sequence.key == "other"

    def test_without_a_draft_there_is_nothing_to_publish(self, db: None) -> None:
        with pytest.raises(OutlineError, match="no draft"):
            versions.publish(published(WHOLE).sequence_id, by_id=None, now=NOW)

    def test_an_applied_file_is_the_end_of_a_draft_that_says_the_same(self, db: None) -> None:
        drafts.create("Whole", by_id=None, now=NOW, like=WHOLE)
        other = drafts.create("Calls", by_id=None, now=NOW, like=calls("a"))
        published(WHOLE)
        published(calls("b"))
        assert SequenceDraft.objects.get().sequence == other


class TestReview:
    @pytest.fixture
    def alice(self, db: None) -> User:
        return make.user("Alice Meyer")

    @pytest.fixture
    def sequence(self, alice: User) -> Sequence:
        return drafts.create("Whole", by_id=alice.pk, now=NOW, like=WHOLE)

    def test_who_is_alone_lets_it_go_alone(self, alice: User, sequence: Sequence) -> None:
        version = versions.publish(sequence.pk, by_id=alice.pk, now=NOW)
        assert version.created_by == alice
        entry = AuditEntry.objects.get(action="sequence.published")
        assert entry.detail["is_reviewed"] is False

    def test_somebody_else_lets_it_go(self, alice: User, sequence: Sequence) -> None:
        bob = make.user("Bob Okafor")
        with pytest.raises(ReviewError, match="Ask for a review first"):
            versions.publish(sequence.pk, by_id=alice.pk, now=NOW)
        assert drafts.ask_for_review(sequence.pk, by_id=alice.pk, now=NOW)
        assert not drafts.ask_for_review(sequence.pk, by_id=alice.pk, now=NOW)
        with pytest.raises(ReviewError, match="You changed it last"):
            versions.publish(sequence.pk, by_id=alice.pk, now=NOW)
        versions.publish(sequence.pk, by_id=bob.pk, now=NOW)
        entry = AuditEntry.objects.get(action="sequence.published")
        assert (entry.actor_id, entry.detail["written_by"]) == (bob.pk, alice.pk)
        assert (entry.detail["asked_by"], entry.detail["is_reviewed"]) == (alice.pk, True)

    def test_what_the_reviewer_changed_is_for_the_author_to_look_at(
        self, alice: User, sequence: Sequence
    ) -> None:
        bob = make.user("Bob Okafor")
        drafts.ask_for_review(sequence.pk, by_id=alice.pk, now=NOW)
        edited = outline.without(WHOLE, "tell")
        drafts.save(sequence.pk, edited, revision=1, by_id=bob.pk, now=NOW)
        draft = SequenceDraft.objects.get()
        assert versions.unreviewed(draft, by_id=bob.pk)
        assert not versions.unreviewed(draft, by_id=alice.pk)


class TestMigration:
    def test_everybody_goes_on_with_the_step_of_the_same_key(self, db: None) -> None:
        old = published(calls("a", "b", "c"))
        ana, ben = standing(old, "b"), standing(old, "c")
        published(calls("a", "x", "c", "b"))
        assert versions.migrate(old.sequence_id, by_id=None, now=NOW + DAY) == 2
        assert place(ana) == ("b", 0, ["a"])
        assert place(ben) == ("c", 0, ["a", "b"])
        assert (ana.next_step_at, ana.version.number) == (NOW, 2)

    def test_a_step_that_is_gone_is_followed_by_the_next_that_is_there(self, db: None) -> None:
        old = published(calls("a", "b", "c", "d"))
        ana = standing(old, "b")
        published(calls("a", "d"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("d", 0, ["a"])

    def test_where_none_is_left_it_ends(self, db: None) -> None:
        old = published(calls("a", "b"))
        ana = standing(old, "b")
        published(calls("a"))
        found = versions.migration(old.sequence_id)
        assert (found.people, found.ending) == (1, 1)
        versions.migrate(old.sequence_id, by_id=None, now=NOW + DAY)
        ana.refresh_from_db()
        assert (ana.state, ana.ended_at) == (State.FINISHED, NOW + DAY)

    def test_where_none_is_left_it_begins_again_if_it_repeats(self, db: None) -> None:
        old = published(calls("a", "b", "c", repeat_from="b"))
        ana = standing(old, "c", cycle=2)
        published(calls("a", "b", repeat_from="b"))
        assert versions.migration(old.sequence_id).moves == (Move(1, "c", "b", 1, True),)
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("b", 3, [])
        assert ana.next_step_at == NOW

    def test_what_was_done_before_it_was_moved_is_passed_over(self, db: None) -> None:
        old = published(calls("a", "b", "c"))
        ana = standing(old, "c")
        published(calls("c", "a", "d", "b"))
        found = versions.migration(old.sequence_id)
        assert found.moves == (Move(1, "c", "c", 1),)
        assert found.passed_over == (("a", 1), ("b", 1))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("c", 0, ["a", "b"])

    def test_what_was_done_is_remembered_while_it_is_away(self, db: None) -> None:
        old = published(calls("a", "b", "c"))
        ana = standing(old, "c")
        for keys in ("cd", "cda"):
            published(calls(*keys))
            versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("c", 0, ["a", "b"])

    def test_who_has_come_round_is_not_welcomed_again(self, db: None) -> None:
        old = published(calls("welcome", "a", "b", repeat_from="a"))
        ana, ben = standing(old, "b", cycle=1), standing(old, "a")
        published(calls("a", "b", "welcome"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("b", 1, ["a", "welcome"])
        assert place(ben) == ("a", 0, ["welcome"])

    def test_a_step_that_is_repeated_from_now_on_is_done_in_the_next_cycle(self, db: None) -> None:
        old = published(calls("welcome", "a", "b", repeat_from="a"))
        ana = standing(old, "b", cycle=1)
        published(calls("a", "b", "welcome", repeat_from="a"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("b", 1, ["a", "welcome"])
        done = [advance(ana, holds=True) for _ in range(4)]
        assert done == [(1, "b"), (2, "a"), (2, "b"), (2, "welcome")]

    def test_who_was_moved_to_before_the_repeated_part_does_nothing_twice(self, db: None) -> None:
        first = published(calls("a", "b", repeat_from="a"))
        ana = standing(first, "a", cycle=1)
        published(calls("a", "b", "c", repeat_from="c"))
        versions.migrate(first.sequence_id, by_id=None, now=NOW)
        ana.refresh_from_db()
        done = [advance(ana, holds=True) for _ in range(2)]
        published(calls("c", "a", "b", repeat_from="c"))
        versions.migrate(first.sequence_id, by_id=None, now=NOW)
        ana.refresh_from_db()
        done += [advance(ana, holds=True) for _ in range(4)]
        assert done == [(1, "a"), (1, "b"), (1, "c"), (2, "c"), (2, "a"), (2, "b")]

    def test_a_wait_that_was_moved_is_waited_for_anew(self, db: None) -> None:
        steps = calls("a", "b").steps
        pause = StepOutline("pause", kind="wait", wait_days=3)
        old = published(Outline("k", "K", steps=(pause, *steps)))
        ana = standing(old, "a")
        without_a = Outline("k", "K", steps=(steps[1], pause))
        published(without_a)
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        assert place(ana) == ("b", 0, ["pause"])
        due = Due(1, 1, 1, 1, 0, 0, 0, False, "", ana.skips, NOW)
        course = courses.courses([ana.version_id])[ana.version_id]
        assert course.place(due, 1) == (1, 0)

    def test_the_planner_does_nothing_again_and_goes_on(self, db: None) -> None:
        old = published(calls("a", "b", "c"))
        ana = make.enrollment(make.candidate(owner=make.user()), old)
        planner.plan(now=NOW + DAY)
        published(calls("b", "a", "c"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW + DAY)
        for week in range(1, 5):
            planner.plan(now=NOW + DAY + week * 7 * DAY)
        asked = FollowUp.objects.get(candidate=ana.candidate).evidence
        assert [one["text"].split(" (")[0][-1] for one in asked] == ["a", "b", "c"]
        ana.refresh_from_db()
        assert ana.state == State.FINISHED

    def test_who_is_held_stays_held_and_a_wait_for_something_stays(self, db: None) -> None:
        old = published(calls("a", "b"))
        held, waiting, moved = (standing(old, key) for key in "aab")
        Enrollment.objects.filter(pk=held.pk).update(state=State.HELD, waiting_for="left_pool")
        Enrollment.objects.filter(pk__in=[waiting.pk, moved.pk]).update(waiting_for="budget")
        published(calls("a", "c"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        held.refresh_from_db()
        waiting.refresh_from_db()
        assert (held.state, held.waiting_for) == (State.HELD, "left_pool")
        assert waiting.waiting_for == "budget"
        moved.refresh_from_db()
        assert (moved.state, moved.waiting_for) == (State.FINISHED, "")

    def test_one_version_alone_may_be_moved(self, db: None) -> None:
        first = published(calls("a", "b"))
        second = published(calls("a", "b", "c"))
        ana, ben = standing(first, "a"), standing(second, "a")
        published(calls("b", "a"))
        assert versions.migration(first.sequence_id, only_version=2).people == 1
        assert versions.migrate(first.sequence_id, by_id=None, now=NOW, only_version=2) == 1
        ana.refresh_from_db()
        ben.refresh_from_db()
        assert (ana.version.number, ben.version.number) == (1, 3)

    def test_what_a_draft_would_do_can_be_seen_before(self, db: None) -> None:
        first = published(calls("a", "b"))
        standing(first, "a")
        newest = published(calls("a", "b", "c"))
        standing(newest, "b")
        found = versions.migration(first.sequence_id, calls("c"))
        assert found.moves == (Move(1, "a", "", 1), Move(2, "b", "c", 1))

    def test_what_is_queued_goes_as_it_is(self, db: None) -> None:
        old = published(WHOLE)
        ana = standing(old, "text")
        message = make.message(ana.candidate, make.sender(), touch="whole/hello")
        published(outline.without(WHOLE, "hello"))
        versions.migrate(old.sequence_id, by_id=None, now=NOW)
        before = (message.state, message.template_id, message.not_before)
        message.refresh_from_db()
        assert (message.state, message.template_id, message.not_before) == before

    def test_nobody_moves_while_nothing_is_out_or_nothing_is_newer(self, db: None) -> None:
        sequence = drafts.create("News", by_id=None, now=NOW)
        assert versions.migration(sequence.pk).people == 0
        assert versions.migrate(sequence.pk, by_id=None, now=NOW) == 0
        version = published(calls("a"))
        standing(version, "a")
        assert versions.migrate(version.sequence_id, by_id=None, now=NOW) == 0


# Whatever is edited, and however far people have come.

KEYS = "abcdef"
kinds = st.sampled_from(["follow_up", "follow_up", "notification", "wait", "branch"])
orders = st.permutations(KEYS).flatmap(
    lambda order: st.integers(1, len(order)).map(lambda n: order[:n])
)


@st.composite
def courses_of_steps(draw: st.DrawFn) -> Outline:
    """Steps in any order; the same keys come back in other versions, be it as other kinds."""
    keys = draw(orders)
    steps = []
    for at, key in enumerate(keys):
        kind = draw(kinds)
        later = draw(st.sampled_from(["", *keys[at + 1 :]]))
        steps.append(
            StepOutline(
                key,
                kind=kind,
                wait_days=7,
                words=key,
                task="call" if kind == "follow_up" else "",
                condition="status = open" if kind == "branch" else "",
                otherwise=later if kind == "branch" else "",
            )
        )
    again = draw(st.sampled_from(["", *keys]))
    return Outline("any", "Any", repeat_from=again, steps=tuple(steps))


def advance(one: Enrollment, *, holds: bool) -> tuple[int, str] | None:
    """Do the step that somebody stands before, as the planner does. Returns what was done."""
    if one.state != State.ACTIVE:
        return None
    course = courses.courses([one.version_id])[one.version_id]
    place = (one.version_id, 1, 0, one.position, one.cycle)
    due = Due(one.pk, 1, *place, False, "", one.skips, NOW)
    step = course.steps[one.position]
    is_branch = step.kind == Step.Kind.BRANCH
    to = course.otherwise(due) if is_branch and not holds else one.position + 1
    done = None if course.was_done(due) else (one.cycle, step.key)
    if step.kind not in courses.DONE_ONCE:
        done = None
    found = course.place(due, to)
    if found is None:
        one.state = State.FINISHED
    else:
        one.skips = one.skips if found.cycle == one.cycle else []
        one.position, one.cycle = found
    one.save(update_fields=["state", "position", "cycle", "skips"])
    return done


def expected(old: Outline, new: Outline, one: Enrollment) -> tuple[str, int, int] | None:
    """Where the rules of ``migrate`` put somebody: step, position and cycle; None at the end."""
    keys = [step.key for step in old.steps]
    done = {*one.skips, *keys[: one.position]}
    again = new.position(new.repeat_from) if new.repeat_from else None
    ahead = [new.position(key) for key in keys[one.position :]]
    start = next((at for at in ahead if at is not None), len(new.steps))
    for at, step in enumerate(new.steps[start:], start):
        if step.key not in done or step.kind not in courses.DONE_ONCE:
            return step.key, at, one.cycle
    return None if again is None else (new.repeat_from, again, one.cycle + 1)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    written=st.lists(courses_of_steps(), min_size=2, max_size=4),
    walks=st.lists(st.lists(st.booleans(), max_size=6), min_size=16, max_size=16),
    only=st.sampled_from([None, 1]),
)
def test_nobody_gets_a_step_twice_and_nobody_is_lost(
    db: None, written: list[Outline], walks: list[list[bool]], only: int | None
) -> None:
    with transaction.atomic():
        first = published(written[0])
        people = [make.enrollment(make.candidate(), first) for _ in range(4)]
        done: Counter[tuple[int, int, str]] = Counter()
        for edited in written:
            newest = published(edited)
            olds = {one.version_id: versions.outline_of(one.version) for one in people}
            wanted = {
                one.pk: expected(olds[one.version_id], edited, one)
                for one in people
                if one.state == State.ACTIVE
                and one.version_id != newest.pk
                and only in {None, one.version.number}
            }
            staid = {one.pk: one.version_id for one in people if one.pk not in wanted}
            seen = versions.migration(first.sequence_id, only_version=only)
            moved = versions.migrate(first.sequence_id, by_id=None, now=NOW, only_version=only)
            assert moved == seen.people == len(wanted)
            assert Counter({move.after: 0 for move in seen.moves}) + Counter(
                key for one in wanted.values() for key in [one[0] if one else ""]
            ) == sum((Counter({move.after: move.people}) for move in seen.moves), Counter())
            for one in people:
                one.refresh_from_db()
                assert one.next_step_at == NOW
                if one.pk in staid:
                    assert one.version_id == staid[one.pk]
                elif to := wanted[one.pk]:
                    assert (one.state, one.position, one.cycle) == (State.ACTIVE, *to[1:])
                else:
                    assert one.state == State.FINISHED
            for one in people:
                for holds in walks.pop() if walks else []:
                    if what := advance(one, holds=holds):
                        done[one.pk, *what] += 1
        assert max(done.values(), default=1) == 1
        assert Enrollment.objects.filter(sequence=first.sequence).count() == len(people)
        transaction.set_rollback(True)
