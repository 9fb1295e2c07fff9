"""Names, pronouns, age, pictures and breaks change nobody's place: the texts are read anew with
each of them. ``python -m bench.fairness`` does the same to whole invented worlds."""

import random
from collections.abc import Mapping
from datetime import date

import pytest

from bench import counterfactuals
from bench.counterfactuals import NAMES, PRONOUNS, Texts
from warmbench.insight import reading
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import choosing, impersonal, texts
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, Tier
from warmbench.shortlists.verdict import Judged

DAY = date(2026, 3, 3)
SPEC = Spec(
    title="Platform engineer",
    requirements=(
        Requirement("skill:kubernetes", Aspect.SKILL, Tier.MUST, "Kubernetes"),
        Requirement("skill:terraform", Aspect.SKILL, Tier.SHOULD, "Terraform"),
        Requirement("skill:python", Aspect.SKILL, Tier.NICE, "Python"),
    ),
)
HEAD = """{name}
{mail}@example.com | +44 20 7946 0{n}00
London, United Kingdom

I am a platform engineer who likes clear goals.

Experience
05/2021 - today
Platform Engineer
{firm} Ltd
• Ran {skill} for the whole firm
"""
PEOPLE: dict[str, Texts] = {
    key: {
        "resume": HEAD.format(name=name, mail=name.lower().replace(" ", "."), n=n, firm=firm,
                              skill=skill),
        "note1": f"Has used {skill} every day for years. Good talk.\n",
    }
    for n, (key, name, firm, skill) in enumerate(
        [
            ("a", "Alda Brandovar", "Nordquell", "Kubernetes and Terraform"),
            ("b", "Bero Tollkamp", "Juniper", "Kubernetes"),
            ("c", "Cira Farrowell", "Iverna", "Terraform and Python"),
            ("d", "Dovid Lumbrovic", "Dornfeld", "Python"),
        ]
    )
}  # fmt: skip


def ranked(people: Mapping[str, Texts]) -> list[tuple[str, float]]:
    dossiers = [
        texts.joined(
            [
                texts.of_text(
                    text,
                    kind=SourceKind("note" if name == "note1" else "resume"),
                    key=key,
                    said_on=DAY,
                )
                for name, text in said.items()
            ],
            key=key,
        )
        for key, said in people.items()
    ]
    found: tuple[Judged, ...] = choosing.ranking(SPEC, dossiers, today=DAY, is_quick=True)
    return [(one.key, one.score) for one in found]


@pytest.fixture(scope="module")
def before() -> list[tuple[str, float]]:
    return ranked(PEOPLE)


@pytest.mark.parametrize("origin", NAMES)
def test_another_name_changes_no_place(origin: str, before: list[tuple[str, float]]) -> None:
    given, family = NAMES[origin]
    for n in range(max(len(given), len(family))):
        names = given[n % len(given)], family[n % len(family)]
        changed = {key: counterfactuals.renamed(one, *names) for key, one in PEOPLE.items()}
        assert ranked(changed) == before, names


SAYING_WHO = [
    name
    for name in counterfactuals.changes()
    if name != "name" and not name.startswith("note says")
]


@pytest.mark.parametrize("change", SAYING_WHO)
def test_what_says_who_somebody_is_changes_no_place(
    change: str, before: list[tuple[str, float]]
) -> None:
    for seed in range(3):
        make = counterfactuals.changes()[change]
        changed = {key: make(one, random.Random(seed)) for key, one in PEOPLE.items()}
        assert ranked(changed) == before


def test_pronouns_change_no_place() -> None:
    said = [
        ranked(
            {
                key: counterfactuals.changes()[f"note says “{name}”"](one, random.Random(1))
                for key, one in PEOPLE.items()
            }
        )
        for name in PRONOUNS
    ]
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        ("Fatima Haddad\nLondon", "London"),
        ("Yara Lumbrovic | yara@example.com | Leeds", "Leeds"),
        ("Ximena de la Cruz\nximena.delacruz@example.com\nLondon", "London"),
        ("Curriculum vitae\nDate of birth: 12 March 1968", "Curriculum vitae"),
        ("Senior Data Engineer\nLondon", "Senior Data Engineer\nLondon"),
    ],
)
def test_the_head_of_a_resume_is_read_without_who_it_is_about(head: str, rest: str) -> None:
    read = reading.read(f"{head}\n\nExperience", kind=SourceKind.RESUME, said_on=DAY)
    assert impersonal.text_of(read) == f"{rest}\n\nExperience"


def test_a_note_is_read_as_it_stands() -> None:
    read = reading.read("Fatima Haddad\nGood talk.", kind=SourceKind.NOTE, said_on=DAY)
    assert impersonal.text_of(read) == read.text
