"""The catalogues of what candidates read, and the command that brings them up to date:

    .venv/bin/python -m tests.translations

It looks for the words in the code and in the templates, keeps what is translated, marks what is
missing by leaving it empty, and compiles. No GNU gettext is needed: Babel does it.
``tests/unit/test_translations.py`` fails when a catalogue is not what the code says now.
"""

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "warmbench"
LOCALE = PACKAGE / "locale"
#: English is what stands in the code.
LANGUAGES = ("de", "es", "fr", "nl")

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_KEYWORDS: Mapping[str, None] = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext"))


def words() -> Catalog:
    """Everything that is to be translated, as the code has it now."""
    found = Catalog(fuzzy=False)
    for path, message in sorted(_found(), key=lambda one: one[0]):
        found.add(message, locations=[(path, 0)], flags=_flags(message))
    return found


def catalogue(language: str) -> Catalog:
    """The translations into one language."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def po_file(language: str) -> Path:
    """Where the translations into a language are written."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compiled(catalog: Catalog) -> bytes:
    """A catalogue as Django reads it. The same words are the same bytes on any day."""
    catalog.creation_date = catalog.revision_date = _SOME_DAY
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def updated(language: str, found: Catalog) -> Catalog:
    """The translations into one language, with every word that there is now, and no other."""
    new = Catalog(
        locale=language,
        project="Warmbench",
        fuzzy=False,
        header_comment=f"# What candidates read, in {language}.",
    )
    known = catalogue(language) if po_file(language).exists() else Catalog(locale=language)
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id)
        missing = ("",) * new.num_plurals if isinstance(message.id, tuple) else ""
        new.add(
            message.id,
            old.string if old else missing,
            locations=message.locations,
            flags=message.flags,
        )
    return new


def as_text(catalog: Catalog) -> bytes:
    """A catalogue as a file that people edit: without dates, so that it changes with words."""
    out = io.BytesIO()
    write_po(out, catalog, width=98, include_lineno=False, omit_header=True, sort_output=False)
    head = (
        f"# What candidates read, in {catalog.locale.language}.\n"
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {catalog.locale.language}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def _found() -> Iterator[tuple[str, str | tuple[str, str]]]:
    for source in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        if "migrations" in source.parts:
            continue
        path = str(source.relative_to(CHECKOUT))
        code = source.read_text()
        if source.suffix == ".html":
            from django.utils.translation.template import templatize

            code = templatize(code, origin=path)
        elif "django.utils.translation" not in code:
            continue
        file = io.BytesIO(code.encode())
        for _, name, message, _ in extract_python(file, _KEYWORDS, (), {"encoding": "utf-8"}):
            found: str | Sequence[str] = message
            texts = [found] if isinstance(found, str) else found
            yield path, (texts[0], texts[1]) if name == "ngettext" else texts[0]


def _flags(message: str | tuple[str, str]) -> set[str]:
    text = message if isinstance(message, str) else message[0]
    return {"python-format"} if "%(" in text else set()


def main() -> None:
    """Bring every catalogue up to date, and say what is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    found = words()
    for language in LANGUAGES:
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = updated(language, found)
        path.write_bytes(as_text(catalog))
        # As it reads: a compiled catalogue has a head of its own otherwise.
        path.with_suffix(".mo").write_bytes(compiled(catalogue(language)))
        missing = [message.id for message in catalog if message.id and not is_whole(message)]
        sys.stdout.write(f"{language}: {len(catalog)} texts, {len(missing)} to translate\n")


def is_whole(message: Message) -> bool:
    """Whether a text is translated, in all its numbers."""
    return all(strings(message))


def strings(message: Message) -> list[str]:
    """The translations of a text, one for each of its numbers."""
    string = message.string or ""
    return [string] if isinstance(string, str) else list(string)


def originals(message: Message) -> list[str]:
    """A text as it stands in the code, one for each of its numbers."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


if __name__ == "__main__":
    main()
