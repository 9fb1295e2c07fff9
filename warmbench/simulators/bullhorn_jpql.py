"""Reads the part of JPQL that Bullhorn's query takes, and errs as Bullhorn errs."""

import operator
import re
from collections.abc import Callable
from typing import Any

from warmbench.simulators.bullhorn_lucene import Get, KindOf, Test

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) | (?P<comma>,) |
        (?P<compare><=|>=|<>|!=|=|<|>) |
        (?P<quoted>'(?:[^']|'')*') |
        (?P<number>-?\d+(?:\.\d+)?) |
        (?P<word>[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE,
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class JpqlError(ValueError):
    """The condition cannot be read, or compares a field with something of another type."""


def reading(where: str, kind_of: KindOf) -> Test:
    """A test of records; raises JpqlError."""
    return _Reader(_tokens(where), kind_of).everything()


def _tokens(where: str) -> list[tuple[str, str]]:
    found, position = [], 0
    where = where.strip()
    while position < len(where):
        match = _TOKEN.match(where, position)
        if match is None or match.lastgroup is None:
            raise JpqlError(f"Cannot parse '{where}' at {position}")
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], kind_of: KindOf) -> None:
        self.tokens, self.kind_of, self.position = tokens, kind_of, 0

    def everything(self) -> Test:
        test = self._either()
        if self.position < len(self.tokens):
            raise JpqlError(f"Unexpected '{self.tokens[self.position][1]}'")
        return test

    def _is_next(self, word: str) -> bool:
        """Whether this word comes now; it is then taken."""
        if self.position < len(self.tokens) and self.tokens[self.position][1].upper() == word:
            self.position += 1
            return True
        return False

    def _take(self, *wanted: str) -> tuple[str, str]:
        if self.position >= len(self.tokens) or self.tokens[self.position][0] not in wanted:
            raise JpqlError(f"Expected {' or '.join(wanted)}")
        self.position += 1
        return self.tokens[self.position - 1]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._is_next("OR"):
            tests.append(self._both())
        return lambda get: any(test(get) for test in tests)

    def _both(self) -> Test:
        tests = [self._clause()]
        while self._is_next("AND"):
            tests.append(self._clause())
        return lambda get: all(test(get) for test in tests)

    def _clause(self) -> Test:
        if self._is_next("NOT"):
            inner = self._clause()
            return lambda get: not inner(get)
        if self._is_next("("):
            test = self._either()
            self._take("close")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        name = self._take("word")[1]
        kind = self.kind_of(name)
        if kind is None:
            raise JpqlError(f"Could not resolve property: {name}")
        if self._is_next("IS"):
            negated = self._is_next("NOT")
            self._take("word")
            return lambda get: (get(name) is None) is not negated
        negated = self._is_next("NOT")
        if self._is_next("IN"):
            return self._membership(name, kind, negated=negated)
        if self._is_next("LIKE"):
            return _like(name, str(self._literal("String")), negated=negated)
        compare, wanted = self._take("compare")[1], self._literal(kind)
        return _compared(name, compare, wanted)

    def _membership(self, name: str, kind: str, *, negated: bool) -> Test:
        self._take("open")
        wanted = {self._literal(kind)}
        while self._is_next(","):
            wanted.add(self._literal(kind))
        self._take("close")
        return lambda get: (get(name) in wanted) is not negated

    def _literal(self, kind: str) -> Any:
        """One value; a date is a bare number of milliseconds, and in quotes it is refused."""
        what, text = self._take("number", "quoted", "word")
        if what == "quoted":
            if kind != "String":
                raise JpqlError(f"Parameter value {text} did not match expected type {kind}")
            return text[1:-1].replace("''", "'")
        if what == "word":
            if text.lower() not in {"true", "false"}:
                raise JpqlError(f"Unexpected '{text}'")
            return text.lower() == "true"
        if kind == "String":
            return text
        return float(text) if "." in text else int(text)


def _compared(name: str, compare: str, wanted: Any) -> Test:
    holds = _COMPARISONS[compare]

    def test(get: Get) -> bool:
        value = get(name)
        return value is not None and holds(value, wanted)

    return test


def _like(name: str, pattern: str, *, negated: bool) -> Test:
    words = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in pattern)
    likeness = re.compile(words, re.IGNORECASE | re.DOTALL)

    def test(get: Get) -> bool:
        value = get(name)
        return value is not None and bool(likeness.fullmatch(str(value))) is not negated

    return test
