"""What is read of a text as a whole, by all extractors together."""

from datetime import date

from warmbench.insight import extraction, reading
from warmbench.insight.kinds import SourceKind

DAY = date(2026, 3, 5)
RESUME = "Yara Haddad\nData Engineer\n\nSkills\nPython, YARA\n"


def read(text: str, *people: str) -> set[tuple[str, str]]:
    of = reading.read(text, kind=SourceKind.RESUME, said_on=DAY, people=people, recruiters=())
    return {(one.kind, str(one.value.get("name"))) for one in extraction.extract(of)}


def test_nothing_is_read_in_the_name_of_whom_a_text_is_about() -> None:
    head = RESUME.split("\n\n", maxsplit=1)[0]
    assert not {name for _, name in read(head, "Yara Haddad")} & {"YARA", "Haddad", "Yara Haddad"}


def test_all_else_is_read() -> None:
    assert {("skill", "Python"), ("title", "Data Engineer")} <= read(RESUME, "Yara Haddad")
