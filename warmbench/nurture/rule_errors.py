"""Says what is wrong with a rule: where, at which words, and what to do about it."""

import re
from collections.abc import Iterable

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from rapidfuzz import fuzz, process

from warmbench.nurture.rule_parts import Name

#: From here on, two words are taken for one with a slip of the pen (rapidfuzz, 0-100).
ALIKE = 70
_QUOTES = "\"'“”"


class RuleError(ValueError):
    """A rule that cannot be understood: where, at which words, and what to do about it."""

    def __init__(self, message: str, *, line: int, column: int, text: str) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.text = text

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.message}"


def nearest(word: str, known: Iterable[str]) -> str:
    """“ Did you mean …?”, or nothing when nothing is near."""
    folded = {name: name.casefold() for name in known}
    found = process.extractOne(word.casefold(), folded, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return f" Did you mean “{found[2]}”?" if found else ""


def mistake(name: Name, message: str) -> RuleError:
    """The error that points at a name."""
    return RuleError(message, line=name.line, column=name.column, text=name.text)


def at(text: str, position: int, pointed: str, message: str) -> RuleError:
    """The error that points at a place in the text."""
    before = text[:position]
    line = before.count("\n") + 1
    return RuleError(message, line=line, column=position - before.rfind("\n"), text=pointed)


def explained(text: str, error: UnexpectedInput) -> RuleError:
    """What the grammar's complaint means for whoever wrote the rule."""
    if not text.strip():
        return at(text, 0, "", "The rule is empty: write for example “status = passive”.")
    if isinstance(error, UnexpectedToken):
        expected, pointed = set(error.expected), str(error.token)
        if error.token.type == "$END":
            return at(text, len(text.rstrip()), "", _unfinished(expected))
    else:
        # No word of the language begins like this.
        expected = set(error.allowed) if isinstance(error, UnexpectedCharacters) else set()
        rest = text.split("\n")[error.line - 1][error.column - 1 :]
        pointed = re.split(r"[\s(),]", rest, maxsplit=1)[0]
    message = _misplaced(pointed[0], pointed, expected)
    return RuleError(message, line=error.line, column=error.column, text=pointed)


def _unfinished(expected: set[str]) -> str:
    if "WORD" in expected and "_AND" not in expected:
        return "The rule ends where a value should stand."
    if "RPAR" in expected:
        return "A parenthesis is opened and never closed."
    return "The rule ends where another fact should follow."


def _misplaced(character: str, pointed: str, expected: set[str]) -> str:
    wants_value = "WORD" in expected and "_AND" not in expected
    if character in _QUOTES:
        return (
            "This quotation mark is never closed."
            if "STRING" in expected
            else "Quotation marks belong around a whole value, and “and” or “or” between two facts."
        )
    if character == ")" and "$END" in expected:
        said = "This parenthesis was never opened."
    elif character == ")":
        said = "Something is missing before this parenthesis."
    elif expected == {"LPAR"}:
        said = "Put the values in parentheses, for example: in (DE, AT)."
    elif wants_value:
        said = f"A value should stand here, not “{pointed}”."
    elif "_AND" in expected:
        said = (
            f"“{pointed}” is not expected here: put “and” or “or” between two facts, and quotation"
            " marks around a name that contains such signs."
        )
    else:
        said = f"A fact should stand here, not “{pointed}”: for example “status = passive”."
    return said
