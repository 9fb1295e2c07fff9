"""Uploaded documents: their words, or one sentence on why there are none."""

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from pypdf import PdfWriter

from warmbench.core import document_text, documents
from warmbench.core.documents import UnreadableError

FONTS = b"/Resources << /Font << /F1 5 0 R >> >>"


def pdf(*lines: str, content: bytes | None = None, filters: str = "") -> bytes:
    """A PDF of one page, written by hand."""
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    stream = content if content is not None else f"BT /F1 12 Tf 50 750 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R %s >>" % FONTS,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(stream), filters.encode(), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + rows)
    out.write(b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("Backend engineer")))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(write: Callable[[Document], object]) -> bytes:
    made = docx.Document()
    write(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def packed(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name.replace("__", "/"), body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Köln & Zürich\n".encode(), "Köln & Zürich\n"),
        ("\ufeffKöln".encode(), "Köln"),
        ("Köln".encode("cp1252"), "Köln"),
        ("\ufeffKöln".encode("utf-16-le"), "Köln"),
        ("\ufeffKöln".encode("utf-16-be"), "Köln"),
    ],
)
def test_plain_text_is_read_whatever_its_encoding(raw: bytes, text: str) -> None:
    assert documents.read("role.txt", raw) == text


def test_a_pdf_is_read_line_by_line() -> None:
    text = documents.read("role.pdf", pdf("Backend engineer", "Python and Go"))

    assert [line.strip() for line in text.splitlines()] == ["Backend engineer", "Python and Go"]


def test_a_pdf_that_anybody_may_open_is_read_though_it_is_encrypted() -> None:
    assert "Backend engineer" in documents.read("role.pdf", locked(""))


def test_word_is_read_with_its_lists_and_tables() -> None:
    def write(made: Document) -> None:
        made.add_heading("Backend engineer", 1)
        made.add_paragraph("Python", style="List Bullet")
        table = made.add_table(rows=1, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Location", "Hamburg"
        merged = made.add_table(rows=1, cols=2)
        merged.cell(0, 0).merge(merged.cell(0, 1)).text = "Once"
        made.add_paragraph("The end")

    text = documents.read("role.docx", word(write))

    assert text.split("\n") == [
        *("Backend engineer", "- Python", "Location", "Hamburg", "Once", "The end")
    ]


def test_what_a_file_is_its_bytes_tell_and_not_its_name() -> None:
    assert "engineer" in documents.read("role.txt", pdf("Backend engineer"))


BOMB = zlib.compress(b"(A) Tj " * (40 << 20), 9)

REFUSED = {
    "empty": (b"", "This file is empty."),
    "huge": (b"x" * (documents.LARGEST + 1), "larger than 10 MB"),
    "locked pdf": (locked("secret"), "locked with a password"),
    "scanned pdf": (pdf(content=b"q 10 0 0 10 0 0 cm Q"), "its pages are pictures"),
    "cut pdf": (pdf("Backend engineer")[:120], "damaged"),
    "no pdf": (b"%PDF-1.7\n" + b"\0garbage" * 500, "damaged"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file of an old Word"),
    "rtf": (b"{\\rtf1 Backend engineer}", "rich text format"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "This is a picture"),
    "workbook": (packed(xl__workbook=b"<x/>"), "This .xlsx file is no Word document"),
    "no word": (packed(word__document=b"<x/>"), "damaged"),
    "cut word": (word(lambda made: made.add_paragraph("Hello"))[:-200], "damaged"),
    "zip bomb": (packed(word__document=b" " * (110 << 20)), "unpacks into more"),
    "binary": (b"\x01\x02\x03\x04" * 99, "This is no text"),
    "numbers": (b"1 2 3\n", "no words in this file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(name: str) -> None:
    raw, sentence = REFUSED[name]

    with pytest.raises(UnreadableError) as refused:
        documents.read("role.xlsx", raw)

    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")
    assert "Traceback" not in str(refused.value)


def test_a_bomb_within_a_pdf_harms_nobody() -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableError, match=r"\.$"):
        documents.read("bomb.pdf", pdf(content=BOMB, filters="/Filter /FlateDecode"))

    assert time.monotonic() - begun < documents.TIME_BOX + 5


def test_whoever_takes_too_long_is_ended() -> None:
    with pytest.raises(UnreadableError, match="takes too long"):
        documents.read("role.pdf", pdf("Backend engineer"), time_box=0.01)


def test_a_word_file_names_no_file_of_ours() -> None:
    """XML may ask for other files to be put in (XXE)."""
    made = word(lambda made: made.add_paragraph("Hello MARK"))
    source = zipfile.ZipFile(io.BytesIO(made))
    entries = {name: source.read(name) for name in source.namelist()}
    body = entries["word/document.xml"].decode().replace("MARK", "&file;")
    head, _, rest = body.partition("?>")
    hostile = f'{head}?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>{rest}'
    entries["word/document.xml"] = hostile.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)

    try:
        text = documents.read("role.docx", out.getvalue())
    except UnreadableError:
        return
    assert "root:" not in text


def test_no_more_is_read_than_is_of_use() -> None:
    made = word(lambda made: [made.add_paragraph("word " * 200) for _ in range(50)])

    assert len(document_text.text_of(made, most=5_000)) == 5_000
    at_once = word(lambda made: made.add_paragraph("word " * 20_000))
    assert len(document_text.text_of(at_once, most=5_000)) == 5_000
