"""Tags come on people from files, from readings and by hand, and the surer word stays."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction

from tests import make
from tests.make import NOW
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.people import bulk_tagging, tagging
from warmbench.people.models import Candidate, CandidateFacet, CandidateTag, Tag
from warmbench.people.tag_words import (
    BY_CANDIDATE,
    BY_HAND,
    CERTAIN,
    FROM_TITLE,
    GUESSED,
    INFERRED,
    READ,
    STATED,
    Found,
)
from warmbench.people.tagging import CandidateTagged, Drafts, TagGoneError

Kind = Tag.Kind
LATER = NOW + timedelta(days=1)
ATS = "Old ATS"


@pytest.fixture
def ana(db: None) -> Candidate:
    return make.candidate()


@pytest.fixture
def java(db: None) -> Tag:
    return make.tag("Java")


@pytest.fixture
def software(db: None) -> Tag:
    return make.tag("Software engineering", Kind.SPECIALTY)


@pytest.fixture
def data(db: None) -> Tag:
    return make.tag("Data", Kind.SPECIALTY)


@pytest.fixture
def manager(db: None) -> Tag:
    return make.tag("Manager", Kind.SENIORITY)


@pytest.fixture
def director(db: None) -> Tag:
    return make.tag("Director", Kind.SENIORITY)


def put(
    candidate: Candidate,
    *tags: Tag,
    source: str = ATS,
    confidence: float = STATED,
    is_primary: bool = False,
    later: bool = False,
) -> list[int]:
    drafts = Drafts()
    found = [Found(tag.pk, source, confidence, is_primary) for tag in tags]
    drafts.add(candidate.pk, found, source=source)
    return tagging.apply(drafts, now=LATER if later else NOW)


def words(candidate: Candidate) -> dict[str, tuple[str, float]]:
    rows = candidate.candidate_tags.values_list("tag__name", "source", "confidence")
    return {name: (source, confidence) for name, source, confidence in rows}


def primary(candidate: Candidate) -> str:
    return candidate.candidate_tags.get(is_primary=True).tag.name


def test_a_tag_has_its_source_date_and_confidence(ana: Candidate, java: Tag) -> None:
    with events.held_back() as held:
        assert put(ana, java) == [ana.pk]
    tag = ana.candidate_tags.get()
    assert (tag.tag, tag.source, tag.confidence, tag.added_at) == (java, ATS, STATED, NOW)
    assert not tag.is_primary
    assert CandidateFacet.objects.get(pk=ana.pk).tag_ids == [java.pk]
    assert held == [CandidateTagged(candidate_ids=[ana.pk])]


def test_the_same_again_changes_nothing(ana: Candidate, java: Tag, software: Tag) -> None:
    put(ana, java, software, is_primary=True)
    before = list(CandidateTag.objects.order_by("pk").values())
    with events.held_back() as held:
        assert put(ana, java, software, is_primary=True, later=True) == []
        assert tagging.apply(Drafts(), now=NOW) == []
    assert list(CandidateTag.objects.order_by("pk").values()) == before
    assert held == []


def test_a_caller_can_announce_for_itself(ana: Candidate, java: Tag) -> None:
    drafts = Drafts()
    drafts.add(ana.pk, [Found(java.pk, "", STATED)], source=ATS)
    with events.held_back() as held:
        assert tagging.apply(drafts, now=NOW, announce=False) == [ana.pk]
    assert held == []


def test_of_two_words_for_a_tag_the_surer_stays(ana: Candidate, java: Tag) -> None:
    put(ana, java, source=INFERRED, confidence=GUESSED)
    assert put(ana, java, later=True) == [ana.pk]
    assert words(ana) == {"Java": (ATS, STATED)}
    assert ana.candidate_tags.get().added_at == LATER
    put(ana, java, source=INFERRED, confidence=GUESSED)
    put(ana, java, source="Other ATS")
    assert words(ana) == {"Java": (ATS, STATED)}
    put(ana, java, source=BY_HAND, confidence=CERTAIN)
    assert words(ana) == {"Java": (BY_HAND, CERTAIN)}


def test_of_two_words_in_one_batch_the_surer_counts(ana: Candidate, java: Tag) -> None:
    drafts = Drafts()
    for confidence in (READ, STATED, GUESSED):
        drafts.add(ana.pk, [Found(java.pk, f"source {confidence}", confidence)], source="")
    tagging.apply(drafts, now=NOW)
    assert words(ana) == {"Java": (f"source {STATED}", STATED)}


def test_the_first_specialty_is_the_primary_one(ana: Candidate, software: Tag, data: Tag) -> None:
    put(ana, software)
    assert primary(ana) == "Software engineering"
    put(ana, data)
    assert primary(ana) == "Software engineering"


def test_two_primary_specialties_at_once_become_one(
    ana: Candidate, software: Tag, data: Tag
) -> None:
    put(ana, software, data, is_primary=True)
    assert primary(ana) == "Software engineering"


def test_only_a_specialty_is_primary(ana: Candidate, java: Tag, software: Tag) -> None:
    put(ana, java, is_primary=True)
    assert not CandidateTag.objects.filter(is_primary=True).exists()
    put(ana, software)
    assert primary(ana) == "Software engineering"


@pytest.mark.parametrize(
    ("source", "confidence", "takes_over"),
    [
        (ATS, STATED, True),
        ("Other ATS", STATED, False),
        (FROM_TITLE, READ, False),
        (BY_HAND, CERTAIN, True),
    ],
)
def test_who_may_choose_another_primary_specialty(
    ana: Candidate, software: Tag, data: Tag, source: str, confidence: float, *, takes_over: bool
) -> None:
    put(ana, software, is_primary=True)
    put(ana, data, source=source, confidence=confidence, is_primary=True)
    assert primary(ana) == ("Data" if takes_over else "Software engineering")


def test_no_file_unmakes_a_persons_choice(ana: Candidate, software: Tag, data: Tag) -> None:
    put(ana, software, data, is_primary=True)
    assert tagging.make_primary(ana.pk, data.pk, by_id=None, now=NOW) == [ana.pk]
    assert tagging.make_primary(ana.pk, data.pk, by_id=None, now=NOW) == []
    put(ana, software, is_primary=True)
    assert primary(ana) == "Data"
    assert AuditEntry.objects.get(action="candidate.primary_chosen").detail == {"tag": data.pk}


@pytest.mark.parametrize("source", [ATS, BY_CANDIDATE])
def test_a_persons_choice_wins_over_another_source_that_is_as_sure(
    ana: Candidate, software: Tag, data: Tag, source: str
) -> None:
    put(ana, software, data, source=source, confidence=CERTAIN, is_primary=True)
    assert primary(ana) == "Software engineering"

    assert tagging.make_primary(ana.pk, data.pk, by_id=None, now=NOW) == [ana.pk]
    assert primary(ana) == "Data"

    put(ana, software, source=ATS, confidence=CERTAIN, is_primary=True)
    assert primary(ana) == "Data"


def test_a_persons_word_is_kept_as_theirs_where_a_file_is_as_sure(
    ana: Candidate, java: Tag
) -> None:
    put(ana, java, confidence=CERTAIN)
    put(ana, java, source=BY_HAND, confidence=CERTAIN)
    assert words(ana) == {"Java": (BY_HAND, CERTAIN)}
    put(ana, java, confidence=CERTAIN)
    put(ana, java, source=BY_CANDIDATE, confidence=CERTAIN)
    assert words(ana) == {"Java": (BY_HAND, CERTAIN)}


def test_what_is_stated_replaces_what_was_read(ana: Candidate, software: Tag, data: Tag) -> None:
    put(ana, data, source=INFERRED, confidence=GUESSED, is_primary=True)
    put(ana, software, is_primary=True)
    assert words(ana) == {"Software engineering": (ATS, STATED)}
    assert primary(ana) == "Software engineering"
    assert put(ana, data, source=FROM_TITLE, confidence=READ, is_primary=True) == []
    assert words(ana) == {"Software engineering": (ATS, STATED)}


def test_a_weaker_reading_does_not_replace_a_better_one(
    ana: Candidate, software: Tag, data: Tag
) -> None:
    put(ana, software, source=FROM_TITLE, confidence=READ, is_primary=True)
    assert put(ana, data, source=INFERRED, confidence=GUESSED, is_primary=True) == []
    assert words(ana) == {"Software engineering": (FROM_TITLE, READ)}


def test_a_new_title_replaces_what_the_old_one_told(
    ana: Candidate, software: Tag, data: Tag
) -> None:
    developer, analyst = make.tag("Developer", Kind.ROLE), make.tag("Analyst", Kind.ROLE)
    put(ana, developer, software, source=FROM_TITLE, confidence=READ, is_primary=True)
    put(ana, analyst, data, source=FROM_TITLE, confidence=READ, is_primary=True)
    assert words(ana) == {"Analyst": (FROM_TITLE, READ), "Data": (FROM_TITLE, READ)}
    assert primary(ana) == "Data"


def test_everybody_has_one_seniority(ana: Candidate, manager: Tag, director: Tag) -> None:
    put(ana, manager)
    assert put(ana, director, source=FROM_TITLE, confidence=READ) == []
    assert put(ana, director, source="Other ATS") == []
    assert words(ana) == {"Manager": (ATS, STATED)}
    put(ana, director)
    assert words(ana) == {"Director": (ATS, STATED)}
    put(ana, manager, source=BY_HAND, confidence=CERTAIN)
    assert words(ana) == {"Manager": (BY_HAND, CERTAIN)}
    put(ana, director, source=BY_HAND, confidence=CERTAIN)
    assert words(ana) == {"Director": (BY_HAND, CERTAIN)}
    assert CandidateFacet.objects.get(pk=ana.pk).tag_ids == [director.pk]


def test_of_two_seniorities_in_one_batch_the_surer_and_then_the_higher_counts(
    ana: Candidate, manager: Tag, director: Tag
) -> None:
    drafts = Drafts()
    drafts.add(
        ana.pk, [Found(director.pk, FROM_TITLE, READ), Found(manager.pk, "", STATED)], source=ATS
    )
    tagging.apply(drafts, now=NOW)
    assert words(ana) == {"Manager": (ATS, STATED)}

    ben = make.candidate()
    put(ben, manager, director)
    assert words(ben) == {"Director": (ATS, STATED)}


def test_who_moves_has_moved_but_may_like_other_places_too(ana: Candidate) -> None:
    germany, france, spain, italy = (
        make.tag(name, Kind.GEOGRAPHY) for name in ("Germany", "France", "Spain", "Italy")
    )
    put(ana, germany)
    put(ana, spain, source=BY_HAND, confidence=CERTAIN)
    put(ana, italy, source=BY_HAND, confidence=CERTAIN)
    put(ana, france)
    assert words(ana).keys() == {"France", "Spain", "Italy"}


def test_skills_add_up(ana: Candidate, java: Tag) -> None:
    put(ana, make.tag("Python"))
    put(ana, java)
    assert words(ana).keys() == {"Java", "Python"}


def test_no_file_puts_back_what_a_person_took_off(ana: Candidate, java: Tag) -> None:
    ben = make.candidate()
    put(ana, java)
    bulk = bulk_tagging.remove(java.pk, [ana.pk], by_id=None, now=NOW)
    assert bulk is not None
    assert put(ana, java) == put(ana, java, source="Other ATS") == []
    assert put(ben, java) == [ben.pk]
    assert put(ana, java, source=BY_HAND, confidence=CERTAIN) == [ana.pk]


def test_a_candidate_may_put_back_what_a_recruiter_took_off(ana: Candidate, java: Tag) -> None:
    put(ana, java)
    bulk_tagging.remove(java.pk, [ana.pk], by_id=None, now=NOW)
    assert put(ana, java, source=BY_CANDIDATE, confidence=CERTAIN) == [ana.pk]
    assert words(ana) == {"Java": (BY_CANDIDATE, CERTAIN)}


def test_who_says_where_she_lives_lives_there_whatever_a_file_says(ana: Candidate) -> None:
    germany, france = make.tag("Germany", Kind.GEOGRAPHY), make.tag("France", Kind.GEOGRAPHY)
    put(ana, germany)
    put(ana, france, source=BY_CANDIDATE, confidence=CERTAIN)
    put(ana, germany, later=True)
    assert set(words(ana)) == {"France"}


def test_what_was_taken_off_by_mistake_may_come_back(ana: Candidate, java: Tag) -> None:
    put(ana, java)
    bulk = bulk_tagging.remove(java.pk, [ana.pk], by_id=None, now=NOW)
    assert bulk is not None
    bulk_tagging.undo(bulk.pk, by_id=None, now=NOW)
    CandidateTag.objects.all().delete()
    assert put(ana, java) == [ana.pk]


def test_a_tag_that_was_merged_away_meanwhile_is_not_lost_silently(ana: Candidate) -> None:
    drafts = Drafts()
    drafts.add(ana.pk, [Found(2**30, "", STATED)], source=ATS)
    with pytest.raises(TagGoneError, match="was merged into another one meanwhile"):
        tagging.apply(drafts, now=NOW)


def test_people_who_are_gone_are_passed_over(ana: Candidate, java: Tag) -> None:
    drafts = Drafts()
    for candidate_id in (ana.pk, 2**40):
        drafts.add(candidate_id, [Found(java.pk, "", STATED)], source=ATS)
    assert tagging.apply(drafts, now=NOW) == [ana.pk]


def test_two_batches_about_the_same_people_take_turns(transactional_db: None) -> None:
    """Otherwise they deadlock, or the facet of one loses what the other wrote."""
    people = [make.candidate() for _ in range(30)]
    tags = [make.tag(f"Skill {number}") for number in range(4)]

    def write(tag: Tag, order: int) -> None:
        drafts = Drafts()
        for candidate in people[::order]:
            drafts.add(candidate.pk, [Found(tag.pk, "", STATED)], source=ATS)
        tagging.apply(drafts, now=NOW)
        connection.close()

    _at_once([partial(write, tag, number % 2 or -1) for number, tag in enumerate(tags)])
    facets = CandidateFacet.objects.values_list("tag_ids", flat=True)
    assert list(facets) == [sorted(tag.pk for tag in tags)] * len(people)


def test_two_sources_at_once_leave_one_primary_specialty(transactional_db: None) -> None:
    ana = make.candidate()
    tags = [make.tag(f"Specialty {number}", Kind.SPECIALTY) for number in range(4)]

    def write(tag: Tag) -> None:
        put(ana, tag, source=tag.name, is_primary=True)
        connection.close()

    _at_once([partial(write, tag) for tag in tags])
    assert ana.candidate_tags.count() == 4
    assert ana.candidate_tags.filter(is_primary=True).count() == 1


def _at_once(actions: list[Callable[[], None]]) -> None:
    threads = [Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_thousands_of_people_are_tagged_in_a_moment(db: None) -> None:
    """Plans for arrays of unknown length once compared each item with each other."""
    specialty, level = make.tag("Data", Kind.SPECIALTY), make.tag("Manager", Kind.SENIORITY)
    skills = [make.tag(f"Skill {number}") for number in range(5)]
    made = Candidate.objects.bulk_create(
        Candidate(last_name=str(number), status_since=NOW, added_at=NOW, changed_at=NOW)
        for number in range(2000)
    )
    found = [Found(tag.pk, "", STATED) for tag in (*skills, level)]
    found.append(Found(specialty.pk, "", STATED, is_primary=True))
    for repeat in range(8):
        drafts = Drafts()
        for candidate in made:
            drafts.add(candidate.pk, found, source=ATS)
        with transaction.atomic():
            assert len(tagging.apply(drafts, now=NOW)) == (0 if repeat else 2000)
    assert CandidateTag.objects.filter(is_primary=True).count() == 2000
