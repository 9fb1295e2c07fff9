"""The documentation says what the code does."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests import pages
from warmbench.nurture import rules
from warmbench.people.columns import Field

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])


def test_every_setting_is_documented() -> None:
    tree = ast.parse((CHECKOUT / "warmbench" / "settings.py").read_text())
    read = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("env")
        and isinstance(node.args[0], ast.Constant)
    }
    page = (CHECKOUT / "docs" / "reference" / "settings.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == read


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]*)(?:#([\w-]*))?\)", page.read_text())
    local = [(path, place) for path, place in links if not re.match(r"\w+:", path)]
    assert not [path for path, _ in local if not (page.parent / path).exists()]
    assert not [
        place
        for path, place in local
        if place and place not in _places(page.parent / path if path else page)
    ]


def _places(page: Path) -> set[str]:
    """What the headings of a page are called in an address."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    plain = [re.sub(r"[^\w\s-]", "", heading).lower() for heading in headings]
    return {"-".join(heading.split(" ")) for heading in plain}


@pytest.mark.parametrize("page", pages.pages(), ids=lambda page: page.name)
def test_what_the_code_dictates_is_up_to_date(page: Path) -> None:
    """Run ``.venv/bin/python -m tests.pages``: it writes these parts anew."""
    assert page.read_text() == pages.filled(page.read_text())


def test_every_part_stands_in_one_page() -> None:
    written = [name for page in pages.pages() for name in pages.parts_in(page.read_text())]
    assert sorted(written) == sorted(pages.PARTS)


def test_every_reaction_is_shown() -> None:
    """One that stands elsewhere than in workflows would be missing from the page."""
    from warmbench.core import events

    known = {name for names in events.reactions().values() for name in names}
    page = (CHECKOUT / "docs" / "reference" / "workflows.md").read_text()
    assert known <= set(re.findall(r"`(\w+)`", page))


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    page = (CHECKOUT / "docs" / "reference" / "glossary.md").read_text()
    places = re.findall(r"^\| \*\*.+?\*\* \|.*\| `([\w.]+)` \|$", page, re.MULTILINE)
    assert len(places) > 30
    assert [place for place in places if not _is_there(place)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_code_that_a_page_names_is_there(page: Path) -> None:
    """Names like `messaging.outbox.queue` are looked up, so that they go with the code."""
    shapes = rf"`((?:{'|'.join(pages.layers())})\.[\w.]+)(?:\(\))?`"
    named = re.findall(shapes, pages.by_hand(page.read_text()))
    names = [name for name in named if not re.search(r"\.(py|md|sql|html|css|lark|csv)$", name)]
    assert [name for name in names if not _is_there(name)] == []


def test_every_fact_stands_at_its_stage_of_the_line() -> None:
    page = (CHECKOUT / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| [\w ,]+ \| .+ \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)
    shown = {(fact, package) for package, facts in rows for fact in re.findall(r"`(\w+)`", facts)}
    published = {(name, kind.__module__.split(".")[1]) for name, kind in pages.facts().items()}
    assert shown == published


def test_the_arrows_of_a_message_are_those_that_the_database_allows() -> None:
    allowed = (CHECKOUT / "warmbench/messaging/migrations/0002_invariants.py").read_text()
    page = (CHECKOUT / "docs" / "architecture.md").read_text()
    section = page.split("## The states of a message")[1].split("\n## ")[0]
    shown = set(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", section, re.MULTILINE))
    begins = {("queued", "refused")}  # Also what a message may begin as, in the same file.
    assert shown == set(re.findall(r"\('(\w+)', '(\w+)'\)", allowed)) | begins


def test_every_field_of_an_import_is_documented() -> None:
    page = (CHECKOUT / "docs" / "howto" / "import-csv.md").read_text()
    rows = re.findall(r"^\| ((?:`\w+` ?)+) \|", page, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(Field)


def test_every_rule_in_the_documentation_can_be_understood() -> None:
    pages_ = [page.read_text() for page in PAGES]
    shown = [rule for page in pages_ for rule in re.findall(r"```rule\n(.*?)```", page, re.DOTALL)]
    assert len(shown) >= 5
    assert all(rules.describe(rules.parse(rule)) for rule in shown)


def test_decisions_are_numbered_and_listed() -> None:
    folder = CHECKOUT / "docs" / "decisions"
    records = sorted(page.name for page in folder.glob("0*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    listed = re.findall(r"\((0.*?\.md)\)", (folder / "README.md").read_text())
    assert listed == records


def test_the_readme_can_be_read_in_a_minute() -> None:
    assert (CHECKOUT / "README.md").read_text().count("\n") <= 80


def _is_there(dotted: str) -> bool:
    """Whether a name below ``warmbench`` leads to a module, or to something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(["warmbench", *parts[:length]]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def test_nothing_works_on_a_database_while_it_is_restored() -> None:
    """A worker would run the jobs that waited in the dump, and send what waited."""
    page = (CHECKOUT / "docs" / "howto" / "upgrade-postgresql.md").read_text()
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    assert commands.index("touch $DATA/STOP") < commands.index("pg_restore")
    assert not re.search(r"warmbench (worker|run)\b", commands)
