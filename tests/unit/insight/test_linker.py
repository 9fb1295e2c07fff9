"""Sentences are linked to the skills of any tree, named or in other words."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from warmbench.insight import encoder, skill_trees, wordpieces
from warmbench.insight.letters import Letters
from warmbench.insight.linker import Linker, Node, segments
from warmbench.insight.skill_trees import SkillTreeError

TREE = [
    Node("1", "manage payroll", ("pay wages", "wage accounting")),
    Node("2", "recruit employees", ("hire staff",)),
    Node("3", "Python (computer programming)", ("Python 3",)),
    Node("4", "drive vehicles", ("driving",)),
    Node("5", "Amazon Web Services", ("AWS",)),
    Node("6", "Go", ("Golang",)),
    Node("7", "lay bricks", ()),
]


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker(TREE)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I pay everyone's wages at the end of the month", "1"),
        ("hired forty people last year", "2"),
        ("Python, five years", "3"),
        ("at the wheel of a lorry all week", "4"),
        ("everything runs on AWS", "5"),
        ("mostly Go, some SQL", "6"),
        ("golang", "6"),
        ("built garden walls of brick", "7"),
    ],
)
def test_the_skill_that_is_meant_stands_first(linker: Linker, text: str, first: str) -> None:
    assert linker.link(text)[0].id == first


def test_several_skills_of_one_sentence_are_found(linker: Linker) -> None:
    found = linker.link("Python, AWS and payroll", top=3)
    assert {link.id for link in found} == {"1", "3", "5"}


def test_an_ordinary_word_is_no_name(linker: Linker) -> None:
    named = linker.link("let's go home", least=0)
    assert all(link.score < 0.5 for link in named)


@pytest.mark.parametrize("text", ["", "   ", "See you on Tuesday at the café"])
def test_what_speaks_of_nothing_is_linked_to_nothing(linker: Linker, text: str) -> None:
    assert [link.label for link in linker.link(text) if link.score > 0.15] == []


def test_what_is_less_sure_than_asked_is_left_out(linker: Linker) -> None:
    assert linker.link("Python and bricks", least=1) == []
    assert len(linker.link("Python and bricks", least=0, top=4)) == 4


def test_scores_lie_between_nothing_and_one_and_fall(linker: Linker) -> None:
    scores = [link.score for link in linker.link("drives to customers with Python", least=0)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_empty_tree_links_nothing() -> None:
    assert Linker([Node("1", "x")]).link("") == []


def test_a_text_of_400_000_letters_is_cut(linker: Linker) -> None:
    assert len(segments("a, " * 133_000)) <= 24
    assert linker.link("(" * 400_000) is not None


def test_parts_are_between_commas_and_small_words() -> None:
    assert segments("Python, SQL and team work") == [
        "Python, SQL and team work",
        "Python",
        "SQL",
        "team work",
    ]


def test_vectors_of_labels_are_kept_and_read_again(tmp_path: Path) -> None:
    first = Linker(TREE, cache=tmp_path).link("wages")
    [kept] = tmp_path.iterdir()
    assert Linker(TREE, cache=tmp_path).link("wages")[0].id == first[0].id
    kept.write_bytes(b"broken")
    assert Linker(TREE, cache=tmp_path).link("wages")[0].id == first[0].id


def test_a_folder_that_cannot_be_written_to_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert Linker(TREE, cache=tmp_path / "file").link("wages")[0].id == "1"


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours() -> None:
    both = encoder.vectors(["cut the monthly close", "a dog", "accounting"])
    assert np.allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    assert np.allclose(both[1], encoder.vectors(["a dog"])[0], atol=1e-2)
    assert both[0] @ both[2] > both[0] @ both[1]


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 2), ("hello", 3), ("Straße", 4), ("日本", 4), ("x" * 200, 3), ("a " * 900, 128)],
)
def test_texts_become_word_pieces(text: str, count: int) -> None:
    found = wordpieces.pieces(text)
    assert (found[0], found[-1]) == (101, 102)
    assert abs(len(found) - count) <= 1


def test_accents_case_and_signs_do_not_matter_to_pieces() -> None:
    assert wordpieces.pieces("CAFÉ\u200d!") == wordpieces.pieces("cafe !")


def test_letters_are_alike_where_words_are() -> None:
    likeness = Letters(["payroll accounting", "bricklaying", ""]).likeness("payroll accountant")
    assert likeness[0] > 0.7
    assert likeness[1] < 0.2
    assert likeness[2] == 0


ESCO = (
    "conceptType,conceptUri,skillType,preferredLabel,altLabels,status\n"
    'Skill,http://x.test/1,skill,manage payroll,"pay wages\nrun payroll",released\n'
    "Skill,http://x.test/2,skill,lay bricks,,released\n"
    "Skill,http://x.test/3,skill,old,,obsolete\n"
)
PAYROLL = Node("http://x.test/1", "manage payroll", ("pay wages", "run payroll"))
BRICKS = Node("http://x.test/2", "lay bricks")


def test_escos_file_is_read_as_it_comes(tmp_path: Path) -> None:
    file = tmp_path / "skills_en.csv"
    file.write_text(ESCO, encoding="utf-8-sig")
    (tmp_path / "skills_de.csv").write_text(ESCO.replace("manage", "verwalte"))
    assert skill_trees.read(file) == [PAYROLL, BRICKS]
    assert skill_trees.read(tmp_path) == [PAYROLL, BRICKS]
    with zipfile.ZipFile(tmp_path / "esco.zip", "w") as archive:
        archive.write(file, "ESCO dataset/skills_en.csv")
        archive.writestr("ESCO dataset/occupations_en.csv", "x")
    assert skill_trees.read(tmp_path / "esco.zip") == [PAYROLL, BRICKS]


def test_any_table_list_or_tag_tree_is_read(tmp_path: Path) -> None:
    table = tmp_path / "tree.csv"
    table.write_text("id;label;alternatives\n7;Excel;spreadsheets|xls\n;Word;\n7;Twice;\n")
    assert skill_trees.read(table) == [
        Node("7", "Excel", ("spreadsheets", "xls")),
        Node("Word", "Word"),
    ]
    listed = tmp_path / "tree.json"
    listed.write_text(
        json.dumps({"skills": [{"id": 7, "label": "Excel", "alternatives": ["xls"]}]})
    )
    assert skill_trees.read(listed) == [Node("7", "Excel", ("xls",))]
    tags = tmp_path / "tags.yaml"
    tags.write_text(
        "categories:\n- name: T\n  specialties:\n  - name: S\n    skills:\n"
        "    - {name: C++, aliases: [cpp]}\n    - {name: Old, retired: true}\n"
    )
    assert skill_trees.read(tags) == [Node("c++", "C++", ("cpp",))]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"x,y\n1,2\n"),
        ("a.csv", b""),
        ("a.csv", b"label\n"),
        ("a.csv", b"label\n" + b'"' + b"x" * (2 << 20)),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.json", b"[1, 2]"),
        ("a.json", b"[" * 100_000),
        ("a.json", b"{}"),
        ("a.yaml", b"- 1"),
        ("a.exe", b"MZ"),
        ("a.zip", b"PK no archive"),
    ],
)
def test_a_file_that_is_no_tree_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SkillTreeError, match=r"\.$|\.\w+"):
        skill_trees.read(file)


def test_what_is_not_there_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SkillTreeError, match="no file"):
        skill_trees.read(tmp_path / "nothing.csv")
    with pytest.raises(SkillTreeError, match=r"skills_….csv"):
        skill_trees.read(tmp_path)
    monkeypatch.setattr(skill_trees, "LARGEST", 100)
    (tmp_path / "skills_en.csv").write_text(ESCO)
    with pytest.raises(SkillTreeError, match="too large"):
        skill_trees.read(tmp_path / "skills_en.csv")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("skills_en.csv", "x" * 10_000)
    monkeypatch.setattr(skill_trees, "LARGEST", 1_000)
    with pytest.raises(SkillTreeError, match="too large"):
        skill_trees.read(tmp_path / "bomb.zip")
