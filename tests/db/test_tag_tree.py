"""The tag tree: loaded from files without undoing what people did, edited, merged."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import events
from warmbench.core.models import AuditEntry
from warmbench.nurture.models import ContentPiece
from warmbench.people import tag_edits, tag_tree, tagging, unmatched
from warmbench.people.models import (
    BulkTagging,
    CandidateFacet,
    CandidateTag,
    Specialism,
    Tag,
    TagAlias,
    UnmatchedSkill,
)
from warmbench.people.tag_edits import TreeError
from warmbench.people.tag_tree import TreeFileError
from warmbench.people.vocabulary import Vocabulary

Kind = Tag.Kind
LATER = NOW + timedelta(hours=1)

SMALL = """
categories:
- name: Technology
  specialties:
  - name: Software engineering
    aliases: [software]
    families:
    - name: Backend
      roles: [{name: Java developer, aliases: [java engineer]}]
    skills:
    - {name: Python, aliases: [python3]}
    - {name: Spring, aliases: [spring boot]}
  - name: Data
    skills: [SQL]
seniorities: [Individual contributor, {name: Manager, aliases: [mgr]}]
geographies:
- name: Europe
  countries: [{name: Norway, code: "NO", aliases: [norge]}]
- name: Far East
  countries: [Japan]
"""


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def tree(db: None) -> None:
    assert not tag_tree.load(SMALL, now=NOW).conflicts


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


def snapshot() -> set[tuple[object, ...]]:
    aliases = TagAlias.objects.values_list("tag__name", "kind", "key")
    tags = Tag.objects.values_list("name", "kind", "parent__name", "code", "retired_at")
    return {("alias", *alias) for alias in aliases} | {("tag", *tag) for tag in tags}


def sentences(loaded: tag_tree.Loaded) -> list[str]:
    return [str(conflict) for conflict in loaded.conflicts]


def test_the_default_tree_loads_whole_and_twice_is_once(db: None) -> None:
    loaded = tag_tree.load_default(now=NOW)
    assert (loaded.tags, loaded.conflicts) == (Tag.objects.count(), [])
    assert loaded.aliases == TagAlias.objects.count()
    assert Tag.objects.filter(kind=Kind.SPECIALTY).count() == 18
    before = snapshot()

    again = tag_tree.load_default(now=LATER)
    assert (again.tags, again.aliases, again.conflicts) == (0, 0, [])
    assert snapshot() == before
    assert AuditEntry.objects.filter(action="tag.tree_loaded").count() == 1


def test_an_exported_tree_loads_back_to_the_same(db: None) -> None:
    tag_tree.load_default(now=NOW)
    tag_edits.rename(tag("Python").pk, "Python 3", by_id=None, now=NOW)
    tag_edits.retire(tag("COBOL").pk, by_id=None, now=NOW)
    tag_edits.move(tag("Git").pk, tag("Cloud & DevOps").pk, by_id=None, now=NOW)
    before, text = snapshot(), tag_tree.export()
    levels = list(Tag.objects.filter(kind=Kind.SENIORITY).order_by("pk").values_list("name"))

    TagAlias.objects.all().delete()
    Tag.objects.update(parent=None)
    Tag.objects.all().delete()
    assert not tag_tree.load(text, now=NOW).conflicts
    assert snapshot() == before
    assert (
        list(Tag.objects.filter(kind=Kind.SENIORITY).order_by("pk").values_list("name")) == levels
    )
    assert tag_tree.export() == text


def test_a_tags_own_name_and_code_are_among_its_aliases(tree: None) -> None:
    keys = set(tag("Norway").aliases.values_list("key", flat=True))
    assert keys == {"norway", "norge", "no"}


def test_a_file_can_come_as_a_path(db: None, tmp_path: Path) -> None:
    file = tmp_path / "tree.yaml"
    file.write_bytes(b"\xef\xbb\xbfseniorities: [Senior]")
    assert tag_tree.load(file, now=NOW).tags == 1
    file.write_bytes(b"seniorities: [S\xe9nior]")
    with pytest.raises(TreeFileError, match="not text in UTF-8"):
        tag_tree.load(file, now=NOW)


def test_loading_keeps_what_people_did(tree: None) -> None:
    tag_edits.rename(tag("Python").pk, "Python programming", by_id=None, now=NOW)
    tag_edits.retire(tag("Spring").pk, by_id=None, now=NOW)
    tag_edits.move(tag("SQL").pk, tag("Software engineering").pk, by_id=None, now=NOW)
    tag_edits.merge(tag("Data").pk, tag("Software engineering").pk, by_id=None, now=NOW)
    before = snapshot()

    loaded = tag_tree.load(SMALL, now=LATER)
    assert snapshot() == before
    assert (loaded.tags, loaded.aliases, sentences(loaded)) == (0, 0, [])


def test_loading_adds_what_is_missing_and_says_what_stands_differently(tree: None) -> None:
    tag_edits.move(tag("SQL").pk, tag("Software engineering").pk, by_id=None, now=NOW)
    Tag.objects.filter(name="Norway").update(code="")
    loaded = tag_tree.load(
        """
categories:
- name: Technology
  specialties:
  - name: Data
    skills:
    - SQL
    - {name: Spark, aliases: [pyspark, python3, sql dialects]}
    - {name: Pandas, aliases: [pyspark]}
    - Spark
seniorities: [Director]
geographies:
- name: Europe
  countries:
  - {name: Norge, code: "NO"}
""",
        now=LATER,
    )
    sql_moved = "“SQL” stands below “Software engineering” in the tree, and stays there."
    spark_twice = "“Spark” stands in line 8 already. This one, and all below it, was left out."
    assert sentences(loaded) == [
        f"Line 7, Technology → Data → SQL: {sql_moved}",
        "Line 8, Technology → Data → Spark: “python3” means “Python” in the tree, and still does.",
        "Line 9, Technology → Data → Pandas: “pyspark” stands for “Spark” already.",
        f"Line 10, Technology → Data → Spark: {spark_twice}",
    ]
    assert (loaded.tags, loaded.aliases) == (3, 5)
    assert tag("Spark").parent == tag("Data")
    assert tag("Norway").code == "NO"


def test_a_country_keeps_its_code(tree: None) -> None:
    other = "geographies: [{name: Europe, countries: [{name: Norway, code: NW}]}]"
    loaded = tag_tree.load(other, now=NOW)
    assert sentences(loaded) == [
        "Line 1, Europe → Norway: “Norway” has the code NO in the tree, and keeps it."
    ]


def test_what_is_below_a_repeated_tag_is_left_out_with_it(db: None) -> None:
    loaded = tag_tree.load(
        "geographies:\n- Europe\n- {name: europe, countries: [{name: Norway}]}", now=NOW
    )
    assert (loaded.tags, len(loaded.conflicts)) == (1, 1)


def test_a_tag_can_come_retired(db: None) -> None:
    tag_tree.load("seniorities: [{name: Trainee, retired: yes}]", now=NOW)
    assert tag("Trainee").retired_at == NOW


def test_loading_tags_who_wrote_it_before(tree: None) -> None:
    ana = make.candidate()
    unmatched.record([ana.pk], ["Py Spark"], source="Old ATS", now=NOW)
    more = SMALL.replace("[SQL]", "[SQL, {name: Spark, aliases: [pyspark]}]")
    assert tag_tree.load(more, now=NOW).people == 1
    assert ana.candidate_tags.get().tag == tag("Spark")


def test_a_new_tag_is_known_from_then_on(tree: None, alice: User) -> None:
    ana = make.candidate()
    unmatched.record([ana.pk], ["Ruby on Rails"], source="Old ATS", now=NOW)
    added = tag_edits.add(
        Kind.SKILL,
        " Ruby ",
        parent_id=tag("Software engineering").pk,
        aliases=["ruby on rails", "RUBY"],
        by_id=alice.pk,
        now=NOW,
    )
    assert Vocabulary.load().skill("ruby") == added.pk
    assert list(ana.candidate_tags.values_list("tag", "source")) == [(added.pk, "Old ATS")]
    entry = AuditEntry.objects.get(action="tag.added")
    assert (entry.actor_id, entry.subject) == (alice.pk, f"tag:{added.pk}")


def test_a_country_is_added_with_its_code(tree: None) -> None:
    tag_edits.add(
        Kind.GEOGRAPHY, "Sweden", parent_id=tag("Europe").pk, code="SE", by_id=None, now=NOW
    )
    assert Vocabulary.load().country("SE") == tag("Sweden").pk
    assert Vocabulary.load().country("se") == tag("Sweden").pk


@pytest.mark.parametrize(
    ("kind", "name", "parent", "sentence"),
    [
        (Kind.SKILL, "python 3", "Software engineering", None),
        (Kind.SKILL, "Python3", "Software engineering", "“Python3” means “Python” already."),
        (Kind.SKILL, "PYTHON", "Software engineering", "“PYTHON” means “Python” already."),
        (Kind.SKILL, "Ruby", None, "A skill stands below a specialty."),
        (Kind.SKILL, "Ruby", "Backend", "A skill stands below a specialty."),
        (Kind.SENIORITY, "Boss", "Manager", "A seniority stands at the top."),
        (Kind.GEOGRAPHY, "Oslo", "Norway", "“Norway” is a country; nothing stands below it."),
        (Kind.GEOGRAPHY, "Asia", None, None),
        (Kind.SKILL, "...", "Data", "“...” has no letter or digit to match by."),
        (Kind.SKILL, "x" * 121, "Data", f"“{'x' * 30}…” is longer than 120 characters."),
    ],
)
def test_a_tag_has_its_place_and_its_name_alone(
    tree: None, kind: Kind, name: str, parent: str | None, sentence: str | None
) -> None:
    parent_id = tag(parent).pk if parent else None
    if sentence is None:
        tag_edits.add(kind, name, parent_id=parent_id, by_id=None, now=NOW)
        return
    with pytest.raises(TreeError) as refused:
        tag_edits.add(kind, name, parent_id=parent_id, by_id=None, now=NOW)
    assert str(refused.value).startswith(sentence)


def test_a_renamed_tag_is_still_known_by_its_old_name(tree: None) -> None:
    python = tag("Python")
    tag_edits.rename(python.pk, "Python programming", by_id=None, now=NOW)
    tag_edits.rename(python.pk, "Python programming", by_id=None, now=NOW)
    vocabulary = Vocabulary.load()
    assert vocabulary.tags[python.pk].name == "Python programming"
    assert vocabulary.skill("python") == vocabulary.skill("python programming") == python.pk
    assert AuditEntry.objects.get(action="tag.renamed").detail == {
        "from": "Python",
        "to": "Python programming",
    }
    with pytest.raises(TreeError, match="“spring boot” means “Spring” already"):
        tag_edits.rename(python.pk, "spring boot", by_id=None, now=NOW)


def test_a_tag_can_take_an_own_alias_for_its_name(tree: None) -> None:
    tag_edits.rename(tag("Python").pk, "PYTHON3", by_id=None, now=NOW)
    assert Vocabulary.load().skill("python") == tag("PYTHON3").pk


def test_a_tag_moves_only_where_its_kind_belongs(tree: None) -> None:
    tag_edits.move(tag("SQL").pk, tag("Software engineering").pk, by_id=None, now=NOW)
    tag_edits.move(tag("SQL").pk, tag("Software engineering").pk, by_id=None, now=NOW)
    assert tag("SQL").parent == tag("Software engineering")
    assert AuditEntry.objects.filter(action="tag.moved").count() == 1
    tag_edits.move(tag("Japan").pk, None, by_id=None, now=NOW)
    assert tag("Japan").parent is None
    with pytest.raises(TreeError, match="A skill stands below a specialty"):
        tag_edits.move(tag("SQL").pk, tag("Technology").pk, by_id=None, now=NOW)
    with pytest.raises(TreeError, match="“Europe” cannot stand below itself"):
        tag_edits.move(tag("Europe").pk, tag("Europe").pk, by_id=None, now=NOW)
    asia = tag_edits.add(Kind.GEOGRAPHY, "Asia", parent_id=None, by_id=None, now=NOW)
    with pytest.raises(TreeError, match="“Europe” has countries"):
        tag_edits.move(tag("Europe").pk, asia.pk, by_id=None, now=NOW)


def test_nobody_gets_a_retired_tag_and_who_has_it_keeps_it(tree: None) -> None:
    python, ana = tag("Python"), make.candidate(tag("Python"))
    tag_edits.retire(python.pk, by_id=None, now=NOW)
    tag_edits.retire(python.pk, by_id=None, now=LATER)
    assert tag("Python").retired_at == NOW
    assert ana.candidate_tags.get().tag == python
    assert Vocabulary.load().read(skills=["Python"]).unmatched == ()

    tag_edits.reinstate(python.pk, by_id=None, now=LATER)
    tag_edits.reinstate(python.pk, by_id=None, now=LATER)
    assert Vocabulary.load().skill("Python") == python.pk
    actions = AuditEntry.objects.filter(subject=f"tag:{python.pk}").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["tag.retired", "tag.reinstated"]


def test_an_alias_means_one_tag(tree: None) -> None:
    python = tag("Python")
    ana = make.candidate()
    unmatched.record([ana.pk], ["Python Scripting"], source="Old ATS", now=NOW)
    assert tag_edits.add_alias(python.pk, "python scripting", by_id=None, now=NOW) == [ana.pk]
    assert tag_edits.add_alias(python.pk, "Python-Scripting", by_id=None, now=NOW) == []
    with pytest.raises(TreeError, match="“Python Scripting” means “Python” already"):
        tag_edits.add_alias(tag("Spring").pk, "Python Scripting", by_id=None, now=NOW)


def test_an_alias_can_be_forgotten_but_not_the_name(tree: None) -> None:
    tag_edits.remove_alias(TagAlias.objects.get(key="python3").pk, by_id=None, now=NOW)
    assert Vocabulary.load().skill("python3") is None
    with pytest.raises(TreeError, match="is the name of the tag"):
        tag_edits.remove_alias(TagAlias.objects.get(key="python").pk, by_id=None, now=NOW)


def test_merging_takes_everything_along(tree: None, alice: User) -> None:
    software, data = tag("Software engineering"), tag("Data")
    ana = make.candidate(data)
    ben = make.candidate(software, data)
    chen = make.candidate(software)
    CandidateTag.objects.filter(candidate=ben, tag=data).update(source="Form", confidence=1)
    CandidateTag.objects.filter(candidate=ben, tag=software).update(
        confidence=0.6, is_primary=False
    )
    piece = make.piece(data)
    BulkTagging.objects.create(tag=data, added=True, candidate_ids=[ana.pk], by=alice, at=NOW)
    waiting = UnmatchedSkill.objects.create(
        key="dataengineering", text="x", first_seen_at=NOW, decision="tagged", tag=data
    )

    Specialism.objects.bulk_create(
        Specialism(user=user, tag=one)
        for user, one in [(alice, data), (alice, software), (make.user("Bob"), data)]
    )

    with events.held_back() as held:
        changed = tag_edits.merge(data.pk, software.pk, by_id=alice.pk, now=NOW)

    assert changed == [ana.pk, ben.pk]
    assert list(
        CandidateTag.objects.order_by("candidate").values_list(
            "candidate", "tag", "source", "confidence", "is_primary"
        )
    ) == [
        (ana.pk, software.pk, "test", 1.0, True),
        (ben.pk, software.pk, "Form", 1.0, True),
        (chen.pk, software.pk, "test", 1.0, True),
    ]
    assert CandidateFacet.objects.get(pk=ben.pk).tag_ids == [software.pk]
    assert ContentPiece.objects.get(pk=piece.pk).topic == software
    assert BulkTagging.objects.get().tag == software
    assert [one.tag for one in Specialism.objects.all()] == [software, software]
    waiting.refresh_from_db()
    assert waiting.tag == software
    assert tag("SQL").parent == software
    assert Vocabulary.load().specialty_of("data") == software.pk
    assert not Tag.objects.filter(pk=data.pk).exists()
    assert held == [
        tag_edits.TagTreeChanged(tag_ids=[software.pk]),
        tagging.CandidateTagged(candidate_ids=[ana.pk, ben.pk]),
    ]
    assert AuditEntry.objects.get(action="tag.merged").detail["people"] == 2


def test_a_merged_tag_that_nobody_had_announces_no_people(tree: None) -> None:
    with events.held_back() as held:
        tag_edits.merge(tag("Spring").pk, tag("Python").pk, by_id=None, now=NOW)
    assert [type(event) for event in held] == [tag_edits.TagTreeChanged]


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("Python", "Data", "“Python” can be merged into another skill."),
        ("Python", "Python", "“Python” can be merged into another skill."),
        ("Europe", "Norway", "“Norway” stands below “Europe”. Move it out first."),
        ("Europe", "Japan", "“Europe” has countries, which must stand below a region."),
    ],
)
def test_what_cannot_be_merged_is_left_alone(
    tree: None, one: str, other: str, sentence: str
) -> None:
    before = snapshot()
    with pytest.raises(TreeError) as refused:
        tag_edits.merge(tag(one).pk, tag(other).pk, by_id=None, now=NOW)
    assert str(refused.value) == sentence
    assert snapshot() == before
