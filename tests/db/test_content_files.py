"""Content pieces come from files, and may come again."""

from pathlib import Path

import pytest

from tests import make
from tests.make import NOW
from warmbench.nurture import content, content_files
from warmbench.nurture.content_files import ContentFileError
from warmbench.nurture.models import ContentPiece
from warmbench.people import tag_tree
from warmbench.people.models import Tag

PIECE = """---
title: T
kind: trends
specialty: Cloud & DevOps
subject: S
reviewed: 2026-11-04
language: en
---

Hello
"""


@pytest.fixture
def devops(db: None) -> Tag:
    return make.tag("Cloud & DevOps", Tag.Kind.SPECIALTY)


def test_a_piece_finds_its_topic_and_comes_live(devops: Tag, tmp_path: Path) -> None:
    (tmp_path / "piece.md").write_text(PIECE)
    assert content_files.load(tmp_path, now=NOW) == 1
    assert content_files.load(tmp_path, now=NOW) == 1
    piece = ContentPiece.objects.get()
    assert (piece.topic, piece.state) == (devops, ContentPiece.State.LIVE)
    variant = piece.variants.get()
    assert (variant.label, variant.subject, variant.body) == ("A", "S", "Hello")
    assert variant.template


def test_a_retired_piece_stays_retired(devops: Tag, tmp_path: Path) -> None:
    (tmp_path / "piece.md").write_text(PIECE)
    content_files.load(tmp_path, now=NOW)
    ContentPiece.objects.update(state=ContentPiece.State.RETIRED)
    content_files.load(tmp_path, now=NOW)
    assert ContentPiece.objects.get().state == ContentPiece.State.RETIRED


def test_a_piece_says_for_which_role_and_place_it_is_and_until_when(
    devops: Tag, tmp_path: Path
) -> None:
    sre = make.tag("Site reliability engineer", Tag.Kind.ROLE)
    lyon = make.tag("Lyon", Tag.Kind.GEOGRAPHY)
    said = "role: Site reliability engineer\nplace: Lyon\nexpires: 2027-01-31"
    (tmp_path / "piece.md").write_text(PIECE.replace("specialty: Cloud & DevOps", said))
    content_files.load(tmp_path, now=NOW)
    piece = ContentPiece.objects.get()
    assert (piece.topic, piece.place, str(piece.expires_on)) == (sre, lyon, "2027-01-31")


def test_another_wording_stands_in_a_file_beside_it(devops: Tag, tmp_path: Path) -> None:
    (tmp_path / "piece.md").write_text(PIECE)
    (tmp_path / "piece.B.md").write_text("---\nsubject: Other\n---\nHi\n")
    assert content_files.load(tmp_path, now=NOW) == 1
    [piece] = content.shelf(today=NOW.date()).pieces["en", "trends", devops.pk]
    assert len(piece.variants) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("piece.md", "Hello", "no head"),
        ("piece.md", "---\n: : :\n---\nHello", "not YAML"),
        ("piece.md", "---\ntitle: T\n---\nHello", "lacks kind"),
        ("piece.md", "---\n---\nHello", "nothing in it"),
        ("piece.md", PIECE.replace("Cloud & DevOps", "Alchemy"), "no specialty Alchemy"),
        ("piece.md", PIECE.replace("trends", "rumours"), "no kind rumours"),
        ("piece.md", PIECE.replace("language: en", "language: eo"), "no language eo"),
        ("piece.md", PIECE.replace("title: T", f"title: {'T' * 201}"), "its title is too long"),
        ("A piece.md", PIECE, "name the file with small letters"),
        ("piece.md", PIECE.replace("2026-11-04", "soon"), "reviewed is a day"),
        ("piece.B.md", "---\ntitle: T\n---\nHello", "piece.B: its head lacks subject"),
        ("piece.B.md", "---\nsubject: T\n---\nHello", "there is no piece.md"),
    ],
)
def test_a_piece_that_cannot_be_used_says_why(
    devops: Tag, tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ContentFileError, match=said):
        content_files.load(tmp_path, now=NOW)
    assert not ContentPiece.objects.exists()


def test_what_comes_with_us_can_be_sent(db: None) -> None:
    tag_tree.load_default(now=NOW)
    count = content_files.load(content_files.SHIPPED, now=NOW)
    shelf = content.shelf(today=NOW.date())
    assert sum(map(len, shelf.pieces.values())) == count > 40
