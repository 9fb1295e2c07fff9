"""What people write about themselves and others becomes the tags they mean."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.people import tag_file
from warmbench.people.models import Tag
from warmbench.people.tag_words import FROM_TITLE, GUESSED, INFERRED, READ, STATED, key
from warmbench.people.vocabulary import KnownTag, Vocabulary

Kind = Tag.Kind
TREE_FILE = Path(__file__).parents[2] / "warmbench" / "people" / "data" / "tags.yaml"


def build(text: str) -> Vocabulary:
    file = tag_file.read(text)
    assert not file.conflicts
    ids = {entry: number for number, entry in enumerate(file.entries, start=1)}
    tags = [
        KnownTag(
            ids[entry],
            entry.kind,
            entry.name,
            ids[entry.parent] if entry.parent else None,
            entry.code,
            entry.is_retired,
        )
        for entry in file.entries
    ]
    aliases = [
        (ids[entry], key(text))
        for entry in file.entries
        for text in (entry.name, *(alias for alias, _ in entry.aliases), entry.code)
        if text
    ]
    return Vocabulary(tags, aliases)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return build(TREE_FILE.read_text(encoding="utf-8"))


def name(vocabulary: Vocabulary, tag_id: int | None) -> str:
    return "" if tag_id is None else vocabulary.tags[tag_id].name


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Node.js", "node.js"),
        (".NET", ".net"),
        ("Sr.", "sr"),
        ("U.S.A.", "u.s.a"),
        ("C++ / C#", "c++ c#"),
        ("Führungskräfte-Entwicklung", "fuhrungskrafte entwicklung"),
        ("  Power\u00a0BI  ", "power bi"),
        ("... ", ""),
        ("中国", "zhongguo"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_key_keeps_what_tells_skills_apart(written: str, expected: str) -> None:
    assert key(written) == expected


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert key(key(text)) == key(text)
    assert len(key(text)) <= 120


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("K8s", "Kubernetes"),
        ("power bi", "Power BI"),
        ("PowerBI", "Power BI"),
        ("Java Script", "JavaScript"),
        ("c ++", "C++"),
        ("Kubernets", ""),
        ("", ""),
    ],
)
def test_a_skill_is_found_by_its_spelling_and_never_by_likeness(
    vocabulary: Vocabulary, written: str, meant: str
) -> None:
    assert name(vocabulary, vocabulary.skill(written)) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Kubernets", "Kubernetes"),
        ("MS Excel (advanced)", "Microsoft Excel"),
        ("React Hooks", "React"),
        ("machine lerning", "Machine learning"),
    ],
)
def test_what_may_be_meant_is_suggested_to_a_person(
    vocabulary: Vocabulary, written: str, meant: str
) -> None:
    assert vocabulary.nearest(written, limit=2)[0].name == meant


def test_nothing_is_suggested_for_what_is_like_nothing(vocabulary: Vocabulary) -> None:
    assert vocabulary.nearest("xyzzyx") == []


def test_a_spelling_that_two_tags_share_without_spaces_is_neither() -> None:
    vocabulary = Vocabulary(
        [KnownTag(1, Kind.SKILL, "Data base"), KnownTag(2, Kind.SKILL, "Datab ase")],
        [(1, "data base"), (2, "datab ase")],
    )
    assert vocabulary.skill("database") is None
    assert vocabulary.skill("Data base") == 1


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Account Executive", "Individual contributor"),
        ("Senior Account Executive", "Individual contributor"),
        ("Executive Assistant to the CEO", "Individual contributor"),
        ("Managing Director", "Executive"),
        ("Assistant Vice President", "Manager"),
        ("Vice President", "Executive"),
        ("VP of Engineering", "Executive"),
        ("Co-Founder & CTO", "Executive"),
        ("Senior Manager, Executive Search", "Manager"),
        ("Lead Generation Manager", "Manager"),
        ("HR Business Partner", "Individual contributor"),
        ("Product Manager", "Individual contributor"),
        ("Marketing Manager", "Manager"),
        ("Chief of Staff", "Director"),
        ("Head of Data", "Director"),
        ("Teamleiterin Buchhaltung", "Manager"),
        ("Teamleiter/in Buchhaltung (m/w/d)", "Manager"),
        ("Order-to-cash manager", "Manager"),
        ("Zookeeper", ""),
        ("", ""),
    ],
)
def test_the_words_of_a_title_tell_the_level(
    vocabulary: Vocabulary, title: str, level: str
) -> None:
    assert name(vocabulary, vocabulary.seniority_of(title)) == level


@pytest.mark.parametrize(
    ("title", "role", "specialty"),
    [
        ("Java Developer", "Java developer", "Software engineering"),
        ("Senior Java Developer (m/w/d)", "Java developer", "Software engineering"),
        ("Softwareentwicklerin", "Software engineer", "Software engineering"),
        ("Senior Backendentwickler", "Backend engineer", "Software engineering"),
        ("Sr. SRE", "Site reliability engineer", "Cloud & DevOps"),
        ("Krankenschwester", "Registered nurse", "Nursing & care"),
        (
            "Nurse / Machine learning engineer",
            "Machine learning engineer",
            "Data & machine learning",
        ),
        ("Data Entry Clerk", "", ""),
        ("", "", ""),
    ],
)
def test_a_title_names_a_role_and_the_role_its_specialty(
    vocabulary: Vocabulary, title: str, role: str, specialty: str
) -> None:
    found = vocabulary.role_of(title)
    assert name(vocabulary, found) == role
    above = None if found is None else vocabulary.specialty_above(found)
    assert name(vocabulary, above) == specialty


@pytest.mark.parametrize(
    ("text", "specialty"),
    [
        ("Cyber-Security", "Cybersecurity"),
        ("softwareentwicklung", "Software engineering"),
        ("Backend", "Software engineering"),
        ("Java developer", "Software engineering"),
        ("Knitting", ""),
    ],
)
def test_a_specialty_is_known_by_itself_and_by_what_is_below_it(
    vocabulary: Vocabulary, text: str, specialty: str
) -> None:
    assert name(vocabulary, vocabulary.specialty_of(text)) == specialty


@pytest.mark.parametrize(
    ("text", "country"),
    [("NO", "Norway"), ("Norge", "Norway"), ("de", "Germany"), ("Europe", "Europe"), ("XX", "")],
)
def test_a_country_is_known_by_code_and_name(
    vocabulary: Vocabulary, text: str, country: str
) -> None:
    assert name(vocabulary, vocabulary.country(text)) == country


def tags_of(vocabulary: Vocabulary, **words: object) -> dict[str, tuple[str, float, bool]]:
    reading = vocabulary.read(**words)  # type: ignore[arg-type]
    return {
        name(vocabulary, tag.tag_id): (tag.source, tag.confidence, tag.is_primary)
        for tag in reading.tags
    }


def test_everything_about_a_candidate_is_read_at_once(vocabulary: Vocabulary) -> None:
    found = tags_of(
        vocabulary,
        title="Senior Data Engineer",
        skills=["Python", "SQL", "python3"],
        specialties=["Data & machine learning", "DevOps"],
        seniority="Mid-Senior level",
        country="DE",
    )
    assert found == {
        "Python": ("", STATED, False),
        "SQL": ("", STATED, False),
        "Data & machine learning": ("", STATED, True),
        "Cloud & DevOps": ("", STATED, False),
        "Data engineer": (FROM_TITLE, READ, False),
        "Individual contributor": ("", STATED, False),
        "Germany": ("", STATED, False),
    }


def test_a_title_tells_the_specialty_where_none_is_stated(vocabulary: Vocabulary) -> None:
    assert tags_of(vocabulary, title="Head of controlling") == {
        "Accounting & controlling": (FROM_TITLE, READ, True),
        "Head of controlling": (FROM_TITLE, READ, False),
        "Director": (FROM_TITLE, READ, False),
    }


def test_a_title_without_a_level_is_taken_for_the_lowest_or_that_of_its_role(
    vocabulary: Vocabulary,
) -> None:
    assert tags_of(vocabulary, title="Registered nurse")["Individual contributor"] == (
        FROM_TITLE,
        GUESSED,
        False,
    )
    assert tags_of(vocabulary, title="Einkaufsleiter")["Manager"] == (FROM_TITLE, READ, False)
    assert tags_of(vocabulary, title="Zookeeper") == {}


@pytest.mark.parametrize(
    ("skills", "specialty"),
    [
        (["Terraform", "Kubernetes"], "Cloud & DevOps"),
        (["Terraform", "Kubernetes", "Ansible", "Python"], "Cloud & DevOps"),
        (["Terraform"], ""),
        (["Terraform", "terraform"], ""),
        (["Terraform", "Kubernetes", "Python", "Java"], ""),
        (["Terraform", "Kubernetes", "Python", "SQL"], ""),
    ],
)
def test_skills_tell_the_specialty_when_it_leads_clearly(
    vocabulary: Vocabulary, skills: list[str], specialty: str
) -> None:
    found = tags_of(vocabulary, skills=skills)
    inferred = [tag for tag, (source, *_) in found.items() if source == INFERRED]
    assert inferred == ([specialty] if specialty else [])
    if specialty:
        assert found[specialty] == (INFERRED, GUESSED, True)


def test_a_stated_category_is_kept_and_leaves_the_specialty_open(vocabulary: Vocabulary) -> None:
    assert tags_of(vocabulary, specialties=["Finance"]) == {"Finance": ("", STATED, False)}
    assert tags_of(vocabulary, specialties=["Finance"], title="Java developer")[
        "Software engineering"
    ] == (FROM_TITLE, READ, True)


def test_a_stated_role_is_kept_beside_its_specialty(vocabulary: Vocabulary) -> None:
    assert tags_of(vocabulary, specialties=["Java developer", "Software"]) == {
        "Software engineering": ("", STATED, True),
        "Java developer": ("", STATED, False),
    }


def test_unknown_words_are_handed_back(vocabulary: Vocabulary) -> None:
    reading = vocabulary.read(skills=["Python", "Basket weaving"], specialties=["Knitting"])
    assert reading.unmatched == ("Basket weaving", "Knitting")


RETIRED = """
categories:
- name: Technology
  specialties:
  - name: Software
    families: [{name: Web, roles: [{name: Webmaster, retired: true}, Web designer]}]
    skills: [Python, {name: Flash, retired: true}]
  - name: Desktop publishing
    retired: true
    skills: [QuarkXPress]
seniorities: [{name: Junior, retired: true}, Senior]
"""


def test_nobody_gets_a_retired_tag_and_nobody_is_asked_about_it() -> None:
    vocabulary = build(RETIRED)
    assert vocabulary.skill("Flash") is None
    assert vocabulary.role_of("Webmaster") is None
    reading = vocabulary.read(
        title="Junior webmaster",
        skills=["Flash", "QuarkXPress"],
        specialties=["Desktop publishing"],
    )
    assert [vocabulary.tags[tag.tag_id].name for tag in reading.tags] == ["QuarkXPress"]
    assert reading.unmatched == ()
    assert [tag.name for tag in vocabulary.nearest("Flash 8")] == []


def test_remembers_only_so_many_words(
    vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmbench.people.vocabulary._MOST", 3)
    for number in range(10):
        assert vocabulary.read(skills=[f"Skill {number}"]).unmatched == (f"Skill {number}",)
    assert vocabulary.read(skills=["Python"]).tags
