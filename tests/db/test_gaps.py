"""Who lacks a required tag is found, with what it may be, and tagged on a person's word."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests import make
from tests.make import NOW
from warmbench.core import sql
from warmbench.core.models import AuditEntry
from warmbench.people import gaps, tag_edits, tag_tree
from warmbench.people.gaps import Suggestion
from warmbench.people.models import Candidate, CandidateTag, Tag

Kind = Tag.Kind
SPECIALTY, SENIORITY, GEOGRAPHY = gaps.REQUIRED


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tree that Warmbench comes with, which takes seconds: once, around all that follows."""
    with django_db_blocker.unblock(), transaction.atomic():
        tag_tree.load_default(now=NOW)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def tree(loaded: None, db: None) -> None:
    """The tree, as it was loaded."""


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


def candidate(*tags: str, **facts: str) -> Candidate:
    made = make.candidate(*map(tag, tags), country="")
    Candidate.objects.filter(pk=made.pk).update(**facts)
    return made


def complete() -> Candidate:
    return candidate("Cybersecurity", "Manager", "Germany")


def report(limit: int, **narrowed: Any) -> gaps.Report:
    found = gaps.report(limit=limit, now=make.NOW, **narrowed)
    assert found is not None
    return found


def suggestions(made: Candidate) -> dict[str, tuple[str, str]]:
    gap = next(gap for gap in report(limit=10).gaps if gap.candidate_id == made.pk)
    return {one.kind: (one.tag_name, one.reason) for one in gap.suggestions}


def test_who_has_all_three_lacks_nothing(tree: None) -> None:
    complete()
    assert gaps.missing() == {}
    assert report(limit=10) == gaps.Report(0, dict.fromkeys(gaps.REQUIRED, 0), 0, [], None)


def test_each_person_lacks_what_she_lacks(tree: None) -> None:
    ana, ben = candidate("Manager"), candidate("Cybersecurity", "Germany", "Python")
    chen = candidate()
    assert gaps.missing() == {
        ana.pk: (SPECIALTY, GEOGRAPHY),
        ben.pk: (SENIORITY,),
        chen.pk: (SPECIALTY, SENIORITY, GEOGRAPHY),
    }
    assert gaps.missing([ben.pk, complete().pk]) == {ben.pk: (SENIORITY,)}
    assert gaps.missing([]) == {}


def test_a_specialty_that_is_not_the_primary_one_is_not_enough(tree: None) -> None:
    ana = complete()
    CandidateTag.objects.update(is_primary=False)
    assert gaps.missing() == {ana.pk: (SPECIALTY,)}
    assert suggestions(ana) == {
        SPECIALTY: (
            "Cybersecurity",
            "It is among their specialties, and none of them is the first.",
        )
    }


def test_without_a_tree_everybody_lacks_everything(db: None) -> None:
    sql.run("DELETE FROM tag_alias")
    sql.run("DELETE FROM tag")
    ana = make.candidate()
    assert gaps.missing() == {ana.pk: gaps.REQUIRED}
    assert report(limit=1).gaps == [gaps.Gap(ana.pk, gaps.REQUIRED, ())]


def test_who_must_not_be_contacted_needs_no_tags(tree: None) -> None:
    candidate(status=Candidate.Status.DO_NOT_CONTACT)
    assert report(limit=10).people == 0


def test_the_report_counts_all_and_shows_some(tree: None) -> None:
    alice = make.user()
    ana, ben, chen = candidate("Manager"), candidate("Cybersecurity", "Germany"), candidate()
    Candidate.objects.filter(pk=ana.pk).update(owner=alice)
    some = report(limit=2)
    assert (some.people, some.counts) == (3, {SPECIALTY: 2, SENIORITY: 2, GEOGRAPHY: 2})
    assert [gap.candidate_id for gap in some.gaps] == [chen.pk, ben.pk]
    assert [gap.candidate_id for gap in report(limit=2, offset=2).gaps] == [ana.pk]
    only = report(limit=9, kind=SENIORITY)
    assert [gap.candidate_id for gap in only.gaps] == [chen.pk, ben.pk]
    own = report(limit=9, owner_id=alice.pk)
    assert (own.people, [gap.candidate_id for gap in own.gaps]) == (1, [ana.pk])


@pytest.mark.parametrize(
    ("tags", "facts", "expected"),
    [
        (
            ["Java developer"],
            {},
            {
                SPECIALTY: ("Software engineering", "Their role is “Java developer”."),
            },
        ),
        (
            ["Engineering manager"],
            {},
            {
                SPECIALTY: ("Software engineering", "Their role is “Engineering manager”."),
                SENIORITY: ("Manager", "Their role is “Engineering manager”."),
            },
        ),
        (
            [],
            {"job_title": "Head of controlling"},
            {
                SPECIALTY: (
                    "Accounting & controlling",
                    "So says the title “Head of controlling”.",
                ),
                SENIORITY: ("Director", "The title “Head of controlling” says so."),
            },
        ),
        (
            [],
            {"job_title": "Java developer"},
            {
                SPECIALTY: ("Software engineering", "So says the title “Java developer”."),
                SENIORITY: (
                    "Individual contributor",
                    "The title “Java developer” names no higher level.",
                ),
            },
        ),
        (
            ["Terraform", "Kubernetes", "Python"],
            {},
            {
                SPECIALTY: (
                    "Cloud & DevOps",
                    "2 of their 3 skills belong there: Kubernetes, Terraform.",
                ),
            },
        ),
        (
            [],
            {"job_title": "Zookeeper, cybersecurity"},
            {
                SPECIALTY: (
                    "Cybersecurity",
                    "The title “Zookeeper, cybersecurity” speaks of it.",
                ),
            },
        ),
        ([], {"country": "NO"}, {GEOGRAPHY: ("Norway", "They live in Norway.")}),
        ([], {"city": "München"}, {GEOGRAPHY: ("Germany", "München lies in Germany.")}),
        ([], {"country": "AD", "city": "München"}, {}),
        ([], {"city": "Nowhereville", "job_title": "Zookeeper"}, {}),
    ],
)
def test_a_suggestion_says_what_speaks_for_it(
    tree: None, tags: list[str], facts: dict[str, str], expected: dict[str, tuple[str, str]]
) -> None:
    assert suggestions(candidate(*tags, **facts)) == expected


def test_a_retired_specialty_is_not_suggested(tree: None) -> None:
    ana = candidate("Java developer", "Python", job_title="Java developer")
    tag_edits.retire(tag("Software engineering").pk, by_id=None, now=NOW)
    assert SPECIALTY not in suggestions(ana)


def test_what_a_person_accepts_is_certain(tree: None) -> None:
    alice = make.user()
    ana = candidate(job_title="Head of controlling", country="NO")
    chosen = [(ana.pk, one.tag_id) for one in report(limit=1).gaps[0].suggestions]
    assert gaps.accept(chosen, by_id=alice.pk, now=NOW) == [ana.pk]
    assert set(
        ana.candidate_tags.values_list("tag__name", "source", "confidence", "is_primary")
    ) == {
        ("Accounting & controlling", "by hand", 1.0, True),
        ("Director", "by hand", 1.0, False),
        ("Norway", "by hand", 1.0, False),
    }
    assert gaps.missing() == {}
    entry = AuditEntry.objects.get(action="candidate_tag.gaps_closed")
    assert (entry.actor_id, entry.detail["candidates"]) == (alice.pk, [ana.pk] * 3)
    assert gaps.accept(chosen, by_id=alice.pk, now=NOW) == []
    assert gaps.accept([], by_id=alice.pk, now=NOW) == []


def test_a_gap_that_somebody_closed_meanwhile_stays_as_it_is(tree: None) -> None:
    ana = candidate("Cybersecurity", "Germany")
    wanted = [(ana.pk, tag("Human resources").pk), (ana.pk, tag("Manager").pk)]
    wanted += [(ana.pk, tag("Director").pk), (2**40, tag("Manager").pk)]
    assert gaps.accept(wanted, by_id=None, now=NOW) == [ana.pk]
    names = set(ana.candidate_tags.values_list("tag__name", flat=True))
    assert names == {"Cybersecurity", "Germany", "Manager"}


def test_a_suggestion_is_a_tag_of_the_kind_that_is_missing(tree: None) -> None:
    candidate(job_title="Head of controlling", country="NO")
    for one in report(limit=1).gaps[0].suggestions:
        assert isinstance(one, Suggestion)
        assert Tag.objects.get(pk=one.tag_id).kind == one.kind
