"""Skills that no tag knows wait for a person, who decides for everybody who wrote them."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from tests import make
from tests.make import NOW
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.people import tag_decisions, tag_edits, unmatched
from warmbench.people.models import CandidateUnmatchedSkill, Tag, TagAlias, UnmatchedSkill
from warmbench.people.tag_edits import TreeError
from warmbench.people.tagging import CandidateTagged
from warmbench.people.vocabulary import Vocabulary

Kind = Tag.Kind
LATER = NOW + timedelta(days=1)


@pytest.fixture
def python(db: None) -> Tag:
    return make.tag("Python")


def record(people: dict[int, list[str]], source: str = "Old ATS") -> list[int]:
    pairs = [(pk, text) for pk, texts in people.items() for text in texts]
    return unmatched.record(
        [pk for pk, _ in pairs], [text for _, text in pairs], source=source, now=NOW
    )


def skill(key: str) -> UnmatchedSkill:
    return UnmatchedSkill.objects.get(key=key)


def test_what_nobody_knows_is_kept_with_who_wrote_it(db: None) -> None:
    ana, ben = make.candidate(), make.candidate()
    assert record({ana.pk: ["Basket-Weaving", "basket weaving"], ben.pk: ["BASKET WEAVING"]}) == []
    kept = UnmatchedSkill.objects.get()
    assert (kept.key, kept.decision, kept.first_seen_at) == ("basket weaving", "", NOW)
    assert CandidateUnmatchedSkill.objects.filter(skill=kept, source="Old ATS").count() == 2


def test_the_same_again_is_kept_once(db: None) -> None:
    ana = make.candidate()
    for _ in range(2):
        record({ana.pk: ["Basket weaving"]})
    assert CandidateUnmatchedSkill.objects.count() == 1


def test_what_is_no_word_or_about_nobody_is_left_out(db: None) -> None:
    ana = make.candidate()
    assert record({ana.pk: ["...", "++", ""]}) == []
    assert not UnmatchedSkill.objects.exists()
    record({2**40: ["Pottery"]})
    record({ana.pk: ["Juggling\0", "x" * 300]})
    assert set(CandidateUnmatchedSkill.objects.values_list("skill__text", flat=True)) == {
        "Juggling",
        "x" * 120,
    }


def test_the_commonest_wait_first_with_what_they_may_mean(python: Tag) -> None:
    ana, ben = make.candidate(), make.candidate()
    record({ana.pk: ["Pottery", "Pythn"], ben.pk: ["Pythn", "Origami"]})
    tag_decisions.ignore([skill("origami").pk], by_id=None, now=NOW)
    first, second = unmatched.waiting(limit=10)
    assert (first.skill.text, first.people) == ("Pythn", 2)
    assert [tag.id for tag in first.suggestions] == [python.pk]
    assert (second.skill.text, second.people, second.suggestions) == ("Pottery", 1, [])
    assert [one.skill for one in unmatched.waiting(limit=1, offset=1)] == [second.skill]
    assert unmatched.count_waiting() == 2


def test_a_decision_tags_everybody_who_wrote_it(python: Tag) -> None:
    alice = make.user()
    ana, ben, chen = make.candidate(), make.candidate(python), make.candidate()
    record({ana.pk: ["Pythn"], ben.pk: ["Pythn"], chen.pk: ["Pottery"]})
    waiting = skill("pythn")
    with events.held_back() as held:
        assert tag_decisions.means(waiting.pk, python.pk, by_id=alice.pk, now=LATER) == [ana.pk]
    tag = ana.candidate_tags.get()
    assert (tag.tag, tag.source, tag.added_at) == (python, "Old ATS", LATER)
    assert ben.candidate_tags.get().source == "test"
    assert Vocabulary.load().skill("pythn") == python.pk
    waiting.refresh_from_db()
    assert (waiting.decision, waiting.tag) == ("tagged", python)
    assert not waiting.candidates.exists()
    assert [event for event in held if isinstance(event, CandidateTagged)] == [
        CandidateTagged(candidate_ids=[ana.pk])
    ]
    entry = AuditEntry.objects.get(action="skill.decided")
    assert (entry.actor_id, entry.detail) == (alice.pk, {"decision": "tagged", "tag": python.pk})


def test_what_is_decided_is_not_decided_again(python: Tag) -> None:
    ana = make.candidate()
    record({ana.pk: ["Pythn"]})
    waiting, pottery = skill("pythn"), make.tag("Pottery", Kind.SPECIALTY)
    tag_decisions.means(waiting.pk, python.pk, by_id=None, now=NOW)
    assert tag_decisions.means(waiting.pk, pottery.pk, by_id=None, now=NOW) == []
    assert tag_decisions.is_new(waiting.pk, pottery.pk, by_id=None, now=NOW) is None
    assert tag_decisions.ignore([waiting.pk], by_id=None, now=NOW) == 0


def test_a_word_may_mean_a_tag_of_another_kind(db: None) -> None:
    """Somebody wrote a role into the column of skills; so will the next."""
    nurse = make.tag("Registered nurse", Kind.ROLE)
    ana, ben = make.candidate(), make.candidate()
    record({ana.pk: ["Pflegekraft"]})
    tag_decisions.means(skill("pflegekraft").pk, nurse.pk, by_id=None, now=NOW)
    assert ana.candidate_tags.get().tag == nurse
    assert Vocabulary.load().role_of("Pflegekraft") == nurse.pk
    assert record({ben.pk: ["Pflegekraft"]}) == [ben.pk]
    assert ben.candidate_tags.get().tag == nurse

    tag_edits.retire(nurse.pk, by_id=None, now=NOW)
    chen = make.candidate()
    assert record({chen.pk: ["Pflegekraft"]}) == []
    assert not chen.candidate_tags.exists()
    assert not CandidateUnmatchedSkill.objects.exists()


@pytest.mark.parametrize("name", ["", "Pottery & ceramics"])
def test_a_word_may_be_a_new_skill(db: None, name: str) -> None:
    crafts = make.tag("Crafts", Kind.SPECIALTY)
    ana = make.candidate()
    record({ana.pk: ["Pottery"]})
    made = tag_decisions.is_new(skill("pottery").pk, crafts.pk, by_id=None, now=NOW, name=name)
    assert made is not None
    assert (made.name, made.parent, made.kind) == (name or "Pottery", crafts, Kind.SKILL)
    assert Vocabulary.load().skill("pottery") == made.pk
    assert ana.candidate_tags.get().tag == made


def test_a_word_that_cannot_be_decided_like_that_keeps_waiting(python: Tag) -> None:
    crafts, ana = make.tag("Crafts", Kind.SPECIALTY), make.candidate()
    record({ana.pk: ["Pottery"]})
    with pytest.raises(TreeError, match="“Python” means “Python” already"):
        tag_decisions.is_new(skill("pottery").pk, crafts.pk, by_id=None, now=NOW, name="Python")
    assert skill("pottery").decision == ""
    assert TagAlias.objects.count() == 2


def test_what_is_ignored_can_be_thought_over(python: Tag) -> None:
    ana, ben = make.candidate(), make.candidate()
    record({ana.pk: ["Pythn"]})
    assert tag_decisions.ignore([skill("pythn").pk], by_id=None, now=NOW) == 1
    assert unmatched.count_waiting() == 0
    record({ben.pk: ["Pythn"]})
    tagged = tag_decisions.means(skill("pythn").pk, python.pk, by_id=None, now=NOW)
    assert tagged == [ana.pk, ben.pk]


def test_an_edit_of_the_tree_decides_too(python: Tag) -> None:
    ana = make.candidate()
    record({ana.pk: ["Parseltongue"]})
    tag_edits.add_alias(python.pk, "snake", by_id=None, now=NOW)
    assert skill("parseltongue").decision == ""
    tag_edits.add_alias(python.pk, "parsel tongue", by_id=None, now=NOW)
    assert skill("parseltongue").tag == python
    assert ana.candidate_tags.get().tag == python


def test_a_decision_waits_for_an_import_that_meets_the_same_word(transactional_db: None) -> None:
    """Otherwise the import's people would stay behind with a word that was decided."""
    python, ana, ben = make.tag("Python"), make.candidate(), make.candidate()
    record({ana.pk: ["Pythn"]})
    written, waiting = Event(), skill("pythn")
    tagged: list[int] = []

    def decide() -> None:
        written.wait()
        tagged.extend(tag_decisions.means(waiting.pk, python.pk, by_id=None, now=NOW))
        connection.close()

    decision = Thread(target=decide)
    decision.start()
    with transaction.atomic():
        record({ben.pk: ["Pythn"]})
        written.set()
        decision.join(timeout=0.3)
        assert decision.is_alive()
    decision.join()
    assert tagged == [ana.pk, ben.pk]
