"""Reads the part of Lucene that Bullhorn's search takes, and errs as Bullhorn errs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

#: Reads one field of one record.
Get = Callable[[str], Any]
#: Says whether a record is found.
Test = Callable[[Get], bool]
#: The type of a field, or None for one that the index does not have.
KindOf = Callable[[str], str | None]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) |
        (?P<range>[\[{]\s*(?P<low>"[^"]*"|[^\s\]}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s\]}]+)\s*[\]}]) |
        (?P<quoted>"(?:[^"\\]|\\.)*") |
        (?P<and>AND\b|&&) | (?P<or>OR\b|\|\|) |
        (?P<not>NOT\b|!|-(?=[\w(])) | (?P<plus>\+(?=[\w(])) |
        (?P<field>(?:\*|[A-Za-z_][\w.]*)\s*:) |
        (?P<bare>(?:[^\s()"\[\]{}\\]|\\.)+)
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_VALUES = ("bare", "quoted", "range", "open")


class LuceneError(ValueError):
    """The query cannot be read at all."""


class _WidenedError(Exception):
    """A word stands where a field should: Bullhorn then finds every record."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    low: str = ""
    high: str = ""


def reading(query: str, kind_of: KindOf, *, zone: timedelta) -> Test:
    """A test of records, where dates are read ``zone`` away from UTC; raises LuceneError."""
    try:
        return _Reader(_tokens(query), kind_of, zone).everything()
    except _WidenedError:
        return _always


def _tokens(query: str) -> list[_Token]:
    found, position = [], 0
    query = query.strip()
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise LuceneError(f"Cannot parse '{query}' at {position}")
        kind = match.lastgroup or ""
        kind = "range" if kind in {"low", "high"} else kind
        found.append(
            _Token(kind, match[kind], (match["low"] or "").strip('"'), match["high"] or "")
        )
        position = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[_Token], kind_of: KindOf, zone: timedelta) -> None:
        self.tokens, self.kind_of, self.zone = tokens, kind_of, zone
        self.position = 0

    def everything(self) -> Test:
        if not self.tokens:
            raise _WidenedError
        test = self._either()
        if self.position < len(self.tokens):
            raise LuceneError("Unbalanced brackets")
        return test

    def _peek(self) -> str:
        if self.position < len(self.tokens):
            return self.tokens[self.position].kind
        return ""

    def _take(self) -> _Token:
        self.position += 1
        return self.tokens[self.position - 1]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek() not in {"", "close"}:
            if self._peek() == "or":
                self._take()
            tests.append(self._both())
        return _any_of(tests)

    def _both(self) -> Test:
        tests = [self._clause()]
        while self._peek() == "and":
            self._take()
            tests.append(self._clause())
        return _all_of(tests)

    def _clause(self) -> Test:
        match self._peek():
            case "not":
                self._take()
                return _none_of(self._clause())
            case "plus":
                self._take()
                return self._clause()
            case "open":
                self._take()
                test = self._either()
                self._close()
                return test
            case "field":
                return self._field()
            case "bare" | "quoted" | "range":
                raise _WidenedError
            case _:
                raise LuceneError("A clause is missing")

    def _close(self) -> None:
        if self._peek() != "close":
            raise LuceneError("Unbalanced brackets")
        self._take()

    def _field(self) -> Test:
        name = self._take().text[:-1].strip()
        if self._peek() not in _VALUES:
            raise LuceneError(f"No value for {name}")
        kind = "" if name == "*" else self.kind_of(name)
        token = self._take()
        test = self._group(name, kind) if token.kind == "open" else self._value(name, kind, token)
        if token.kind == "bare" and self._peek() in {"bare", "quoted"}:
            while self._peek() in {"bare", "quoted"}:
                self._take()
            return _never
        return test

    def _group(self, name: str, kind: str | None) -> Test:
        tests, words = [], []
        while self._peek() in {"bare", "quoted", "range", "or", "and"}:
            token = self._take()
            if token.kind in {"or", "and"}:
                words.append(token.kind)
            else:
                tests.append(self._value(name, kind, token))
        self._close()
        if not tests:
            raise LuceneError(f"No value for {name}")
        return _all_of(tests) if "and" in words else _any_of(tests)

    def _value(self, name: str, kind: str | None, token: _Token) -> Test:
        if kind is None:
            return _never
        if token.kind == "range":
            return _between(name, kind, token, self.zone)
        if token.text == "*":
            return _always if name == "*" else _present(name)
        return _equal(name, kind, token)


def _always(_get: Get) -> bool:
    return True


def _never(_get: Get) -> bool:
    return False


def _any_of(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda get: any(test(get) for test in tests)


def _all_of(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda get: all(test(get) for test in tests)


def _none_of(test: Test) -> Test:
    return lambda get: not test(get)


def _present(name: str) -> Test:
    return lambda get: get(name) not in {None, ""}


def _equal(name: str, kind: str, token: _Token) -> Test:
    text = re.sub(r"\\(.)", r"\1", token.text.strip('"') if token.kind == "quoted" else token.text)
    if kind == "Boolean":
        wanted = text.lower() in {"1", "true"}
        return lambda get: bool(get(name)) is wanted
    if kind in {"Integer", "Timestamp", "Double"}:
        return lambda get: _found(get(name), lambda value: str(value) == text)
    if token.kind == "bare" and ("*" in text or "?" in text):
        pattern = text.lower()
        return lambda get: _found(
            get(name), lambda value: any(fnmatchcase(word, pattern) for word in _words(value))
        )
    words = _words(text)
    return lambda get: _found(get(name), lambda value: _has(_words(value), words))


def _found(value: Any, test: Callable[[Any], bool]) -> bool:
    if isinstance(value, list):
        return any(test(each) for each in value)
    return value is not None and test(value)


def _words(value: Any) -> list[str]:
    return _WORD.findall(str(value).lower())


def _has(words: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return bool(wanted) and any(
        words[at : at + size] == wanted for at in range(len(words) - size + 1)
    )


def _between(name: str, kind: str, token: _Token, zone: timedelta) -> Test:
    low, high = token.low, token.high.strip('"')
    if kind == "Timestamp":
        bottom, top = _moment(low, zone, open_end=0.0), _moment(high, zone, open_end=float("inf"))
    elif kind in {"Integer", "Double"}:
        bottom, top = _number(low, float("-inf")), _number(high, float("inf"))
    else:
        return lambda get: _found(
            get(name),
            lambda value: (
                (low == "*" or str(value).lower() >= low.lower())
                and (high == "*" or str(value).lower() <= high.lower())
            ),
        )
    with_low, with_high = token.text.startswith("["), token.text.endswith("]")

    def test(get: Get) -> bool:
        value = get(name)
        if value is None:
            return False
        above = value >= bottom if with_low else value > bottom
        return bool(above and (value <= top if with_high else value < top))

    return test


def _number(text: str, open_end: float) -> float:
    try:
        return open_end if text == "*" else float(text)
    except ValueError as error:
        raise LuceneError(f"Not a number: {text}") from error


def _moment(text: str, zone: timedelta, *, open_end: float) -> float:
    """Epoch milliseconds. The index keeps dates as words of 14 digits and compares words:

    milliseconds inside the brackets begin with a 1 and so lie before every date.
    """
    if text == "*":
        return open_end
    if not text.isdigit():
        return float("inf")
    try:
        local = datetime.strptime(_padded(text), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return float("-inf") if text < "1970" else float("inf")
    return (local - zone).timestamp() * 1000


def _padded(text: str) -> str:
    """The first date that is not before this beginning of one."""
    return text[:14] + "19700101000000"[len(text) :]
