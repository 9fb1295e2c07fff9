"""Skills of another tree come into ours once, where they are in use, and facts get their tags."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.cli import app
from warmbench.core.models import AuditEntry
from warmbench.insight import recording, skill_import, skill_trees
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.linker import Node
from warmbench.insight.models import Insight
from warmbench.people.models import Candidate, Tag, TagAlias

#: Invented, in the form of ESCO's file.
TREE = """conceptType,conceptUri,preferredLabel,altLabels,status
KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/1,Python (computer programming),"Python 3
snake language",released
KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/2,operate kelp dryers,"kelp drying
dry kelp",released
KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/3,tune organ pipes,"organ voicing
dry kelp",released
KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/4,double thing,"Python
Java",released
"""


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    home = make.tag("Software engineering", Tag.Kind.SPECIALTY)
    for name in ("Python", "Java"):
        make.tag(name, parent=home)
    return make.candidate()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    file = tmp_path / "skills_en.csv"
    file.write_text(TREE)
    return file


def spellings(name: str) -> set[str]:
    return set(TagAlias.objects.filter(tag__name=name).values_list("text", flat=True))


def bring_in(tree: Path, *, only_used: bool = False) -> skill_import.Done:
    nodes = skill_trees.read(tree)
    return skill_import.bring_in(nodes, only_used=only_used, below=None, source="x", now=NOW)


def test_a_known_skill_gets_the_other_spellings(ana: Candidate, tree: Path) -> None:
    done = bring_in(tree)
    assert done.tags == 2
    assert {"Python 3", "snake language"} <= spellings("Python")
    assert not Tag.objects.filter(name__startswith="Python (").exists()


def test_a_new_skill_has_a_home_and_no_spelling_that_means_two(ana: Candidate, tree: Path) -> None:
    bring_in(tree)
    kelp = Tag.objects.get(name="operate kelp dryers")
    assert kelp.parent is not None
    assert kelp.parent.name == "Software engineering"
    assert spellings(kelp.name) == {"operate kelp dryers", "kelp drying"}


def test_what_may_mean_two_tags_is_left(ana: Candidate, tree: Path) -> None:
    plan = skill_import.plan(skill_trees.read(tree), only_used=False)
    assert plan.left == ["“double thing” may mean “Java”, “Python” of your tree, and was left out."]


def test_again_nothing_comes_and_the_notice_is_kept(ana: Candidate, tree: Path) -> None:
    bring_in(tree)
    assert bring_in(tree) == skill_import.Done(0, 0, 0, 0)
    entry = AuditEntry.objects.get(action="tag.skills_imported")
    assert entry.detail["notice"] == skill_import.NOTICE
    assert len(entry.detail["tags"]) == 3


def test_only_used_skills_come_and_facts_get_their_tags(ana: Candidate, tree: Path) -> None:
    text = "She can do kelp drying by hand."
    source = said.keep(text, ana)
    kelp = fact("kelp drying", Kind.SKILL, {"name": "kelp drying"}, Polarity.HAD)
    recording.read(source.pk, now=NOW, extract=said.reader(kelp))
    done = bring_in(tree, only_used=True)
    assert (done.tags, done.facts) == (1, 1)
    tag = Insight.objects.get().tag
    assert tag is not None
    assert tag.name == "operate kelp dryers"


def test_a_label_in_a_text_is_in_use(ana: Candidate, tree: Path) -> None:
    said.keep("Wants to tune organ pipes again.", ana)
    plan = skill_import.plan(skill_trees.read(tree), only_used=True)
    assert [node.label for node, _ in plan.new] == ["tune organ pipes"]


def test_the_name_of_another_new_skill_is_no_spelling(ana: Candidate) -> None:
    nodes = [Node("1", "shear sheep", ("shear rams",)), Node("2", "tend flocks", ("shear sheep",))]
    plan = skill_import.plan(nodes, only_used=False)
    assert [(node.label, others) for node, others in plan.new] == [
        ("shear sheep", ["shear rams"]),
        ("tend flocks", []),
    ]


def test_a_retired_skill_stays_as_it_is(ana: Candidate) -> None:
    Tag.objects.filter(name="Java").update(retired_at=NOW)
    plan = skill_import.plan([Node("1", "Java", ("java language",))], only_used=False)
    assert plan.left == ["“Java” is “Java” in your tree, which is retired."]


def test_too_many_are_refused(ana: Candidate) -> None:
    many = [Node(str(n), f"skill number {n}") for n in range(skill_import.MOST + 1)]
    with pytest.raises(skill_import.TooManyError, match="--used"):
        skill_import.plan(many, only_used=False)


def test_the_command_says_first_and_does_when_told(ana: Candidate, tree: Path) -> None:
    def run(*more: str) -> str:
        done = CliRunner().invoke(
            app, ["skills", "import", str(tree), *more], env={"COLUMNS": "200"}
        )
        assert done.exit_code == 0, done.output
        return done.output

    said_first = run()
    assert "2 skills are new" in said_first
    assert skill_import.NOTICE in said_first
    assert not Tag.objects.filter(name="tune organ pipes").exists()
    assert "2 skills and" in run("--write", "--below", "Software engineering")
    assert Tag.objects.filter(name="tune organ pipes").exists()
