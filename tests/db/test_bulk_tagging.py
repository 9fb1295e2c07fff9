"""One act of a person tags many, and can be undone to how it was."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests import locks, make
from tests.make import NOW
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.people import bulk_tagging, tag_edits, tagging
from warmbench.people.models import BulkTagging, Candidate, CandidateTag, Tag
from warmbench.people.tag_edits import TreeError
from warmbench.people.tag_words import BY_HAND, CERTAIN, STATED, Found
from warmbench.people.tagging import CandidateTagged, Drafts

Kind = Tag.Kind
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def java(db: None) -> Tag:
    return make.tag("Java")


@pytest.fixture
def people(db: None) -> list[Candidate]:
    return [make.candidate() for _ in range(3)]


def ids(people: list[Candidate]) -> list[int]:
    return [candidate.pk for candidate in people]


def put(candidate: Candidate, tag: Tag, source: str, confidence: float = STATED) -> None:
    drafts = Drafts()
    drafts.add(candidate.pk, [Found(tag.pk, source, confidence)], source=source)
    tagging.apply(drafts, now=NOW)


def carried() -> set[tuple[object, ...]]:
    return set(
        CandidateTag.objects.values_list(
            "candidate", "tag__name", "source", "confidence", "is_primary", "added_at", "expires_at"
        )
    )


def test_only_who_lacks_the_tag_gets_it(java: Tag, people: list[Candidate]) -> None:
    alice = make.user()
    ana, ben, chen = people
    put(ana, java, "Old ATS")
    with events.held_back() as held:
        bulk = bulk_tagging.add(java.pk, [*ids(people), 2**40], by_id=alice.pk, now=NOW)
    assert bulk is not None
    assert (bulk.candidate_ids, bulk.added, bulk.by) == ([ben.pk, chen.pk], True, alice)
    assert held == [CandidateTagged(candidate_ids=[ben.pk, chen.pk])]
    tag = ben.candidate_tags.get()
    assert (tag.source, tag.confidence, tag.added_at) == (BY_HAND, CERTAIN, NOW)
    assert ana.candidate_tags.get().source == "Old ATS"
    entry = AuditEntry.objects.get(action="candidate_tag.added_in_bulk")
    assert (entry.actor_id, entry.detail) == (alice.pk, {"tag": java.pk, "people": 2})
    assert bulk_tagging.add(java.pk, ids(people), by_id=alice.pk, now=NOW) is None


def test_an_undone_add_takes_off_what_it_put_on(java: Tag, people: list[Candidate]) -> None:
    put(people[0], java, "Old ATS")
    before = carried()
    bulk = bulk_tagging.add(java.pk, ids(people), by_id=None, now=LATER)
    assert bulk is not None
    with events.held_back() as held:
        assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == ids(people[1:])
    assert carried() == before
    assert held == [CandidateTagged(candidate_ids=ids(people[1:]))]
    assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == []
    bulk.refresh_from_db()
    assert bulk.undone_at == LATER


def test_undo_leaves_what_others_did_since(java: Tag, people: list[Candidate]) -> None:
    bulk = bulk_tagging.add(java.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    bulk_tagging.remove(java.pk, [people[0].pk], by_id=None, now=LATER)
    bulk_tagging.add(java.pk, [people[0].pk], by_id=None, now=LATER)
    assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == ids(people[1:])
    assert CandidateTag.objects.get().candidate == people[0]


def test_undo_of_what_others_undid_already_tells_nobody(java: Tag, people: list[Candidate]) -> None:
    bulk = bulk_tagging.add(java.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    bulk_tagging.remove(java.pk, ids(people), by_id=None, now=LATER)
    with events.held_back() as held:
        assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == []
    assert held == []


def test_only_who_has_the_tag_loses_it(java: Tag, people: list[Candidate]) -> None:
    put(people[0], java, "Old ATS")
    with events.held_back() as held:
        bulk = bulk_tagging.remove(java.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    assert (bulk.candidate_ids, bulk.added) == ([people[0].pk], False)
    assert held == [CandidateTagged(candidate_ids=[people[0].pk])]
    assert not CandidateTag.objects.exists()
    assert bulk_tagging.remove(java.pk, ids(people), by_id=None, now=NOW) is None


def test_an_undone_removal_leaves_everything_as_it_was(people: list[Candidate]) -> None:
    ana, ben, chen = people
    software = make.tag("Software", Kind.SPECIALTY)
    data = make.tag("Data", Kind.SPECIALTY)
    put(ana, software, "Old ATS")
    put(ana, data, "Form")
    put(ben, data, "Old ATS")
    put(ben, software, "Old ATS", 0.6)
    put(chen, software, "Form")
    CandidateTag.objects.filter(candidate=chen).update(
        expires_at=LATER, added_at=NOW - timedelta(microseconds=1)
    )
    before = carried()

    bulk = bulk_tagging.remove(software.pk, ids(people), by_id=None, now=LATER)
    assert bulk is not None
    assert ana.candidate_tags.get(is_primary=True).tag == data
    bulk_tagging.undo(bulk.pk, by_id=None, now=LATER)
    assert carried() == before


def test_undo_does_not_overrule_a_primary_specialty_that_was_chosen_since(
    people: list[Candidate],
) -> None:
    ana = people[0]
    software = make.tag("Software", Kind.SPECIALTY)
    data = make.tag("Data", Kind.SPECIALTY)
    put(ana, software, "Old ATS")
    bulk = bulk_tagging.remove(software.pk, [ana.pk], by_id=None, now=NOW)
    assert bulk is not None
    tagging.make_primary(ana.pk, data.pk, by_id=None, now=LATER)
    bulk_tagging.undo(bulk.pk, by_id=None, now=LATER)
    assert ana.candidate_tags.count() == 2
    assert ana.candidate_tags.get(is_primary=True).tag == data


def test_a_specialty_becomes_the_primary_one_of_who_has_none(people: list[Candidate]) -> None:
    software = make.tag("Software", Kind.SPECIALTY)
    bulk = bulk_tagging.add(software.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    assert CandidateTag.objects.filter(is_primary=True).count() == 3


def test_a_seniority_replaces_another_and_undo_brings_it_back(people: list[Candidate]) -> None:
    ana, ben, chen = people
    manager, director = make.tag("Manager", Kind.SENIORITY), make.tag("Director", Kind.SENIORITY)
    put(ana, manager, "Old ATS")
    put(ben, director, "Old ATS")
    before = carried()
    bulk = bulk_tagging.add(director.pk, ids(people), by_id=None, now=LATER)
    assert bulk is not None
    assert bulk.candidate_ids == [ana.pk, chen.pk]
    assert set(CandidateTag.objects.values_list("tag", flat=True)) == {director.pk}
    assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == [ana.pk, chen.pk]
    assert carried() == before


def test_an_undone_removal_gives_nobody_a_second_seniority(people: list[Candidate]) -> None:
    manager, director = make.tag("Manager", Kind.SENIORITY), make.tag("Director", Kind.SENIORITY)
    for candidate in people[:2]:
        put(candidate, manager, "Old ATS")
    bulk = bulk_tagging.remove(manager.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    put(people[0], director, "Old ATS")
    assert bulk_tagging.undo(bulk.pk, by_id=None, now=LATER) == [people[1].pk]
    assert people[0].candidate_tags.get().tag == director


def test_what_was_merged_since_comes_back_as_what_it_is_now(
    java: Tag, people: list[Candidate]
) -> None:
    j2ee = make.tag("J2EE")
    put(people[0], j2ee, "Old ATS")
    bulk = bulk_tagging.remove(j2ee.pk, ids(people), by_id=None, now=NOW)
    assert bulk is not None
    tag_edits.merge(j2ee.pk, java.pk, by_id=None, now=NOW)
    bulk_tagging.undo(bulk.pk, by_id=None, now=LATER)
    assert people[0].candidate_tags.get().tag == java
    assert BulkTagging.objects.get().tag == java


def test_a_retired_tag_is_not_given_any_more_but_taken(java: Tag, people: list[Candidate]) -> None:
    put(people[0], java, "Old ATS")
    tag_edits.retire(java.pk, by_id=None, now=NOW)
    with pytest.raises(TreeError, match="“Java” is retired"):
        bulk_tagging.add(java.pk, ids(people), by_id=None, now=NOW)
    assert bulk_tagging.remove(java.pk, ids(people), by_id=None, now=NOW) is not None


def test_undoing_while_the_tag_is_merged_waits_its_turn(transactional_db: None) -> None:
    """Otherwise each waits for what the other one holds, and one of them fails."""
    ana, java, j2ee = make.candidate(), make.tag("Java"), make.tag("J2EE")
    put(ana, j2ee, "Old ATS")
    bulk = bulk_tagging.remove(j2ee.pk, [ana.pk], by_id=None, now=NOW)
    assert bulk is not None
    ben = make.candidate()
    put(ben, j2ee, "Old ATS")

    def merge() -> object:
        return tag_edits.merge(j2ee.pk, java.pk, by_id=None, now=LATER)

    def undo() -> object:
        return bulk_tagging.undo(bulk.pk, by_id=None, now=LATER)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            # Merging waits for this, with the tags locked.
            tagging.hold([ben.pk])
            merged = pool.submit(alone, merge)
            locks.until_waiting(1)
            undone = pool.submit(alone, undo)
            locks.until_waiting(2)
        assert (merged.result(), undone.result()) == ([ben.pk], [ana.pk])
    assert set(CandidateTag.objects.values_list("candidate", "tag")) == {
        (ana.pk, java.pk),
        (ben.pk, java.pk),
    }


def alone(act: Callable[[], object]) -> object:
    """What comes of it on a connection of its own."""
    try:
        return act()
    finally:
        connection.close()
