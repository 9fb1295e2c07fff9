"""CSV files as users have them, written here by hand, byte by byte."""

import csv
import json
import time
import tracemalloc
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warmbench.people.columns import guess
from warmbench.people.spreadsheet import (
    Layout,
    Mark,
    NotATableError,
    Note,
    Reason,
    Row,
    rows,
    sniff,
)

HEADER = "First Name,Last Name,Email,City"


def write(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "candidates.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def read(path: Path) -> list[Row]:
    return list(rows(path, sniff(path)))


def cells(path: Path) -> list[list[str]]:
    return [row.cells for row in read(path) if row.reason is None]


def reasons(path: Path) -> dict[int, Reason]:
    return {row.line: row.reason for row in read(path) if row.reason}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_reads_any_delimiter_encoding_and_line_ending(
    tmp_path: Path, delimiter: str, encoding: str, newline: str
) -> None:
    lines = [
        ["First Name", "Last Name", "Email", "Notes"],
        ["Zoë", "Müller", "zoe@example.com", 'Said "yes"; or, maybe'],
        ["Ben", "Ångström", "ben@example.com", "two\nlines"],
        ["Ana", "Peña", "ana@example.com", "a\tb|c"],
    ]
    path = tmp_path / "candidates.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(
            file, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL
        )
        writer.writerows(lines)

    layout = sniff(path)

    assert layout.delimiter == delimiter
    assert list(layout.header) == lines[0]
    assert cells(path) == lines[1:]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Łukasz,Wiśniewski,lukasz@example.com,Kraków"),
        ("mac_roman", "Jürgen,Müller,juergen@example.com,Köln"),
        ("cp850", "Jürgen,Müller,juergen@example.com,Köln"),
        ("cp1251", "Анна,Иванова,anna@example.com,Новосибирск"),
    ],
)
def test_knows_the_code_pages_of_its_users(tmp_path: Path, encoding: str, text: str) -> None:
    path = write(tmp_path, "\n".join([HEADER, *[text] * 40]), encoding)

    assert cells(path)[0] == text.split(",")


def test_reads_utf_8_with_a_few_lines_from_windows(tmp_path: Path) -> None:
    good = "Zoë,Müller,zoe@example.com,Köln\n".encode()
    bad = "Jörg,Groß,joerg@example.com,Lüneburg\n".encode("cp1252")
    path = write(tmp_path, HEADER.encode() + b"\n" + good * 9 + bad + good)

    found = read(path)

    assert found[9].cells == ["Jörg", "Groß", "joerg@example.com", "Lüneburg"]
    assert found[9].notes == (Note.OTHER_ENCODING,)
    assert found[10].cells[1] == "Müller"
    assert "UTF-8" in sniff(path).warnings[0]


def test_finds_the_names_below_a_preamble(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Candidate report,,,\nExported on:,31.12.2025,,\n\n" + HEADER + "\n"
        "Ana,Lima,ana@example.com,Lisboa\nBen,Okafor,ben@example.com,Lagos\n",
    )

    layout = sniff(path)

    assert layout.header == ("First Name", "Last Name", "Email", "City")
    assert layout.header_line == 4
    assert [row.line for row in rows(path, layout)] == [5, 6]
    assert "Line 4" in layout.warnings[0]


def test_finds_the_names_below_a_preamble_as_wide_as_the_table(tmp_path: Path) -> None:
    path = write(tmp_path, "Exported,2025-01-01\nName,Email\nAna Lima,ana@example.com\n")

    assert sniff(path).header == ("Name", "Email")


def test_a_file_without_names_begins_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "Ana,Lima,ana@example.com\nBen,Okafor,ben@example.com\n")

    layout = sniff(path)

    assert layout.header == ("Column 1", "Column 2", "Column 3")
    assert layout.header_line == 0
    assert len(read(path)) == 2


def test_excel_names_its_delimiter_in_the_first_line(tmp_path: Path) -> None:
    path = write(tmp_path, "sep=;\nName;Email\nAna, Lima;ana@example.com\n")

    assert sniff(path).header_line == 2
    assert cells(path) == [["Ana, Lima", "ana@example.com"]]

    headless = write(tmp_path, "sep=;\nAna;ana@example.com\nBen;ben@example.com\n")
    assert cells(headless) == [["Ana", "ana@example.com"], ["Ben", "ben@example.com"]]


def test_a_person_may_overrule_every_guess(tmp_path: Path) -> None:
    path = write(tmp_path, b"x;y\nName;Caf\xe9\nAna;Z\xfcrich\n")

    layout = sniff(path, encoding="latin-1", delimiter=";", header_line=2)

    assert layout.header == ("Name", "Café")
    assert [row.cells for row in rows(path, layout)] == [["Ana", "Zürich"]]
    assert sniff(path, header_line=0).header == ("Column 1", "Column 2")


def test_rows_that_end_early_are_filled_up(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "\nAna,Lima\nBen,Okafor,ben@example.com,Lagos\n")

    first = read(path)[0]

    assert first.cells == ["Ana", "Lima", "", ""]
    assert first.notes == (Note.PADDED,)


def test_an_address_in_the_wrong_column_shows_that_a_row_has_moved(tmp_path: Path) -> None:
    path = write(
        tmp_path, HEADER + "\nBen,Okafor,ben@example.com,Lagos\nAna,ana@example.com,Lima\n"
    )

    assert reasons(path) == {3: Reason.SHIFTED}


def test_too_many_cells_are_refused_unless_they_are_empty(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEADER + "\nBen,Okafor,ben@example.com,Lagos,,,\nAna,Lima,ana@example.com,Porto, Portugal\n"
        "Chen,Wei,chen@example.com,Xiamen\n",
    )

    assert cells(path)[0] == ["Ben", "Okafor", "ben@example.com", "Lagos"]
    assert reasons(path) == {3: Reason.TOO_MANY_CELLS}


def test_footers_blank_lines_and_repeated_names_are_no_candidates(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEADER + "\n\nBen,Okafor,ben@example.com,Lagos\n,,,\n   \n" + HEADER + "\n"
        "Ana,Lima,ana@example.com,Porto\nTotal,2,,\n(2 rows)\nPage 1 of 1,,,\n-----\nwell\n",
    )

    assert len(cells(path)) == 2
    assert list(reasons(path).values()) == [
        Reason.REPEATED_HEADER,
        Reason.FOOTER,
        Reason.FOOTER,
        Reason.FOOTER,
        Reason.FOOTER,
        Reason.NOT_A_ROW,
    ]
    assert Reason.FOOTER.is_harmless
    assert not Reason.NOT_A_ROW.is_harmless


def test_a_person_whose_name_looks_like_a_footer_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "\nSum,,sum@example.com,\nCount,Basie,,Red Bank\n")

    assert [row[0] for row in cells(path)] == ["Sum", "Count"]


def test_a_stray_quote_costs_only_its_own_line(tmp_path: Path) -> None:
    people = [f"Ana{i},Lima,ana{i}@example.com,Porto" for i in range(3000)]
    people[10] = 'Ben,"Okafor,ben@example.com,Lagos'
    people[2000] = 'Chen,"Wei,chen@example.com,"Xiamen'
    people[-1] = 'Dana,"Roy,dana@example.com,Pune'
    path = write(tmp_path, "\n".join([HEADER, *people]))

    assert reasons(path) == {
        12: Reason.UNCLOSED_QUOTE,
        2002: Reason.SHIFTED,
        3001: Reason.SHIFTED,
    }
    assert len(cells(path)) == 2997


def test_careless_quotes_are_read_where_the_cells_come_out_right(tmp_path: Path) -> None:
    path = write(tmp_path, 'Name,Notes\nAna Lima,"Called her.\nSaid "yes" to it"\nBen Oz,fine\n')

    first, second = read(path)

    assert first.reason is None
    assert first.notes == (Note.ODD_QUOTES,)
    assert second.cells == ["Ben Oz", "fine"]


def test_quotes_may_be_escaped_by_a_backslash(tmp_path: Path) -> None:
    path = write(tmp_path, 'Name,Notes\n"Ana Lima","the \\"best\\", they say"\n"Ben","ok"\n')

    assert cells(path)[0] == ["Ana Lima", 'the "best", they say']


def test_quotes_may_be_single(tmp_path: Path) -> None:
    path = write(tmp_path, "'Name','City'\n'Lima, Ana','Porto'\n'Okafor, Ben','Lagos'\n")

    assert cells(path)[0] == ["Lima, Ana", "Porto"]


def test_nuls_are_taken_out(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "\nA\0na,Lima,ana@example.com,Porto\n")

    assert read(path)[0].cells[0] == "Ana"
    assert read(path)[0].notes == (Note.NUL_REMOVED,)


def test_fifty_columns_with_two_of_one_name(tmp_path: Path) -> None:
    names = ["Email", "Email", *[f"Field {i}" for i in range(48)]]
    values = ["ana@example.com", "a.lima@example.org", *map(str, range(48))]
    path = write(tmp_path, "\n".join([",".join(names), ",".join(values)]))

    layout = sniff(path)

    assert len(layout.header) == 50
    assert cells(path) == [values]
    assert any("Email" in warning for warning in layout.warnings)


def test_columns_without_a_name_get_a_number(tmp_path: Path) -> None:
    path = write(tmp_path, "Name,,Email\nAna,x,ana@example.com,extra\nBen,y,ben@example.com,more\n")

    assert sniff(path).header == ("Name", "Column 2", "Email", "Column 4")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n \n",
        b"PK\x03\x04xl/workbook.xml",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
        b"%PDF-1.7",
        b"\x1f\x8b\x08",
        b"<!DOCTYPE html><table><tr><td>Name</td></tr></table>",
        bytes(range(256)) * 4 + b"\0" * 2000,
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotATableError, match=r"\.$"):
        sniff(write(tmp_path, content))


def test_cells_may_be_long_but_not_endless(tmp_path: Path) -> None:
    resume = "x" * 300_000
    path = write(
        tmp_path, f"{HEADER}\nAna,Lima,ana@example.com,{resume}\nBen,O,ben@example.com,L\n"
    )
    assert cells(path)[0][3] == resume

    endless = write(
        tmp_path, f"{HEADER}\nAna,L,a@example.com,{'x' * 5_000_000}\nBen,O,b@example.com,L\n"
    )
    assert Reason.CELL_TOO_LONG in reasons(endless).values()
    assert cells(endless)[-1][0] == "Ben"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_reading_goes_on_from_any_row(tmp_path: Path, encoding: str) -> None:
    people = [f'Zoë{i},"Mül\nler",zoe{i}@example.com,Köln' for i in range(50)]
    people[20] = 'Ben,"Okafor,ben@example.com,Lagos'
    path = write(tmp_path, "\r\n".join([HEADER, *people]), encoding)
    layout = sniff(path)
    everything = list(rows(path, layout))

    for at, row in enumerate(everything):
        assert list(rows(path, layout, after=row.after)) == everything[at + 1 :]
    assert everything[-1].after.offset == path.stat().st_size


def test_a_layout_survives_a_json_column(tmp_path: Path) -> None:
    layout = sniff(write(tmp_path, HEADER + "\nAna,Lima,ana@example.com,Porto\n"))

    assert Layout.from_json(layout.as_json()) == layout
    assert layout.start == Mark(1, len(HEADER) + 1)
    assert layout.estimated_rows == 1


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = tmp_path / "candidates.csv"
    with path.open("w") as file:
        file.write(HEADER + "\n")
        for block in range(100):
            file.writelines(f"Ana,Lima,a{block}.{i}@example.com,Porto\n" for i in range(300))
    layout = sniff(path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in rows(path, layout)) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
NAMES = ["Name", "Email", "City", "Notes"]


@given(
    table=st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    # With a shorter line ending Python's own writer leaves a lone carriage return unquoted.
    style=st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n")]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_csv_writer_wrote_is_read_back(
    tmp_path: Path, table: list[list[str]], delimiter: str, style: tuple[Literal[0, 1], str]
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=style[0], lineterminator=style[1])
        writer.writerows([NAMES, *table])
    layout = sniff(path, encoding="utf-8", delimiter=delimiter, header_line=1)
    expected = [row for row in table if any(cell.strip() for cell in row)]

    found = [row for row in rows(path, layout) if row.reason is None]

    # Names and totals that stand once more among the rows are left out, and nothing else.
    left_out = [row for row in rows(path, layout) if row.reason]
    assert all(row.reason and row.reason.is_harmless for row in left_out)
    assert [row.cells for row in rows(path, layout)] == expected
    assert len(found) + len(left_out) == len(expected)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_file_breaks_the_reader(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    try:
        layout = sniff(path)
    except NotATableError:
        return
    width = len(layout.header)
    for row in rows(path, layout):
        assert row.reason or len(row.cells) == width
        assert row.after.offset <= len(content)


def test_a_hostile_file_is_read_at_once(tmp_path: Path) -> None:
    long = "x" * 900_000
    path = write(tmp_path, f"Name,Notes,City\n{long}\n{long},a\n{' ' * 900_000},{long},b\n" * 2)
    began = time.process_time()
    layout = sniff(path)
    guess(layout.header, layout.sample)
    assert sum(1 for _ in rows(path, layout)) > 0
    assert time.process_time() - began < 30
    assert len(json.dumps(layout.as_json())) < 1_000_000
