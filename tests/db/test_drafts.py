"""Drafts keep whatever their authors have got to, and nobody's work is overwritten unseen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.nurture import drafts, outline, versions
from warmbench.nurture.drafts import StaleDraftError
from warmbench.nurture.models import Sequence, SequenceDraft
from warmbench.nurture.outline import Outline, StepOutline

CALLS = Outline(
    "calls", "Calls", steps=(StepOutline("a", kind="follow_up", task="call", words="Call"),)
)
MINUTE = timedelta(minutes=1)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


def test_a_draft_begins_as_a_copy_of_the_newest_version(alice: User) -> None:
    first = versions.apply(CALLS, by_id=None, now=NOW).version
    versions.apply(replace(CALLS, name="More calls"), by_id=None, now=NOW)
    draft = drafts.open(first.sequence_id, by_id=alice.pk, now=NOW)
    assert outline.from_json(draft.outline) == replace(CALLS, name="More calls")
    again = drafts.open(first.sequence_id, by_id=None, now=NOW)
    assert (again.revision, again.changed_by) == (1, alice)
    assert actions().count("sequence.draft_opened") == 1


def test_a_sequence_without_a_version_begins_empty(alice: User) -> None:
    sequence = Sequence.objects.create(key="bare", name="Bare")
    draft = drafts.open(sequence.pk, by_id=alice.pk, now=NOW)
    assert outline.from_json(draft.outline) == Outline("bare", "Bare")


def test_a_new_sequence_gets_a_key_that_no_other_has(alice: User) -> None:
    made = [drafts.create("My calls!", by_id=alice.pk, now=NOW) for _ in range(2)]
    made += [drafts.create(name, by_id=alice.pk, now=NOW, like=CALLS) for name in ("A", "B")]
    made += [drafts.create("…", by_id=None, now=NOW), drafts.create("x" * 90, by_id=None, now=NOW)]
    keys = ["my-calls", "my-calls-2", "calls", "calls-2", "sequence", "x" * 40]
    assert [one.key for one in made] == keys
    copied = outline.from_json(SequenceDraft.objects.get(pk=made[3].pk).outline)
    assert copied == replace(CALLS, key="calls-2", name="B")


def test_what_is_wrong_is_kept_too(alice: User) -> None:
    sequence = drafts.create("Calls", by_id=alice.pk, now=NOW)
    wrong = replace(CALLS, key="CALLS!", entry_rule="(((", repeat_from="nowhere")
    assert drafts.save(sequence.pk, wrong, revision=1, by_id=alice.pk, now=NOW) == 2
    assert outline.from_json(SequenceDraft.objects.get().outline) == wrong


def test_who_has_not_seen_the_newest_overwrites_nothing(alice: User) -> None:
    sequence = drafts.create("Calls", by_id=alice.pk, now=NOW)
    drafts.save(sequence.pk, CALLS, revision=1, by_id=alice.pk, now=NOW)
    other = replace(CALLS, name="Other")
    with pytest.raises(StaleDraftError):
        drafts.save(sequence.pk, other, revision=1, by_id=None, now=NOW)
    assert drafts.save(sequence.pk, CALLS, revision=2, by_id=None, now=NOW) == 2
    drafts.discard(sequence.pk, by_id=None, now=NOW)
    with pytest.raises(StaleDraftError):
        drafts.save(sequence.pk, other, revision=2, by_id=None, now=NOW)


def test_of_two_who_save_at_once_one_has_to_look_again(transactional_db: None) -> None:
    sequence = drafts.create("Calls", by_id=None, now=NOW)

    def save(name: str) -> bool:
        try:
            changed = replace(CALLS, name=name)
            drafts.save(sequence.pk, changed, revision=1, by_id=None, now=NOW)
        except StaleDraftError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(save, "abcd")).count(True) == 1


def test_one_sitting_is_one_entry_in_the_trail(alice: User) -> None:
    bob = make.user("Bob Okafor")
    sequence = drafts.create("Calls", by_id=alice.pk, now=NOW)
    sittings = [(alice, 1), (alice, 2), (bob, 3), (bob, 4), (alice, 5), (alice, 30)]
    for revision, (who, minute) in enumerate(sittings, 1):
        changed = replace(CALLS, description=str(revision))
        at = NOW + minute * MINUTE
        drafts.save(sequence.pk, changed, revision=revision, by_id=who.pk, now=at)
    assert actions() == ["sequence.created", *["sequence.draft_changed"] * 3]


def test_a_discarded_draft_leaves_the_version_and_nothing_of_an_idea(alice: User) -> None:
    running = versions.apply(CALLS, by_id=None, now=NOW).version.sequence
    idea = drafts.create("Idea", by_id=alice.pk, now=NOW)
    drafts.open(running.pk, by_id=alice.pk, now=NOW)
    assert drafts.discard(running.pk, by_id=alice.pk, now=NOW)
    assert not drafts.discard(running.pk, by_id=alice.pk, now=NOW)
    assert drafts.discard(idea.pk, by_id=alice.pk, now=NOW)
    assert list(Sequence.objects.all()) == [running]


def test_a_review_is_asked_for_and_withdrawn(alice: User) -> None:
    sequence = drafts.create("Calls", by_id=alice.pk, now=NOW)
    assert drafts.ask_for_review(sequence.pk, by_id=alice.pk, now=NOW)
    draft = SequenceDraft.objects.get()
    assert (draft.review_asked_at, draft.review_asked_by) == (NOW, alice)
    assert drafts.withdraw_review(sequence.pk, by_id=alice.pk, now=NOW)
    assert not drafts.withdraw_review(sequence.pk, by_id=alice.pk, now=NOW)
    assert actions()[-2:] == ["sequence.review_asked", "sequence.review_withdrawn"]
