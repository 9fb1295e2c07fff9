"""Says what a delivery failure means, by an ordered table of phrases and codes that people edit."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml

#: More of a server's answer decides nothing, and costs time.
MAX_CHARACTERS = 4_000
#: How much may stand where a phrase has “…”.
GAP = 60

_ADDRESS = re.compile(r"<?[^\s<>@,;:()\"']{1,100}@[\w.-]{1,200}>?|<\"[^\"]{1,100}\"@[\w.-]{1,200}>")
_SPACE = re.compile(r"\s+")
_HOST_SAID = re.compile(r"\bhost [\w.-]{1,200}(\[[\w.:]{1,60}\])?(:\d+)? ?said:")
#: Servers repeat their codes on each line of an answer, also in the middle of a sentence.
_CODES = re.compile(r"\b[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3}\b)?")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.\[])([45][0-7]\d)(?=[ \-:;]|$)(?!-\d{3,})")


class Verdict(StrEnum):
    """What a failure means for the address (D14)."""

    ADDRESS_DEAD = "address_dead"
    TRANSIENT = "transient"
    POLICY_OR_REPUTATION = "policy_or_reputation"


@dataclass(frozen=True, slots=True)
class Codes:
    """What a server said in numbers: RFC 3463 and RFC 5321. Blank and 0 if it did not."""

    status: str = ""
    reply: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and the rule of the table that gave it."""

    verdict: Verdict
    rule: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    pieces: tuple[str, ...]
    pattern: re.Pattern[str]

    def fits(self, text: str) -> bool:
        # Looking for the pieces first saves the slow search in nearly all cases.
        if self.pieces[0] not in text:
            return False
        return all(piece in text for piece in self.pieces) and bool(self.pattern.search(text))


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    verdict: Verdict
    says: tuple[_Phrase, ...]
    where: tuple[_Phrase, ...]
    unless: tuple[_Phrase, ...]

    def fits(self, text: str, context: str) -> bool:
        return (
            any(phrase.fits(text) for phrase in self.says)
            and (not self.where or any(phrase.fits(context) for phrase in self.where))
            and not any(phrase.fits(context) for phrase in self.unless)
        )


@dataclass(frozen=True, slots=True)
class _Table:
    rules: tuple[_Rule, ...]
    statuses: dict[str, Verdict]
    lists: dict[str, tuple[_Phrase, ...]]


def judge(texts: tuple[str, ...], codes: Codes) -> Judged:
    """What a failure means whose server said this. The first of ``texts`` is the surest.

    Phrases decide before codes: many servers have one code for everything they refuse.
    """
    table = _table()
    surest, *others = [plain(text) for text in texts]
    context = _SPACE.sub(" ", " ".join(texts)[: 2 * MAX_CHARACTERS].lower())
    context = f"{context} {codes.status} "
    return (
        _by_phrase(table, surest, context)
        or _by_status(table, codes.status)
        or next((found for text in others if (found := _by_phrase(table, text, context))), None)
        or _by_class(codes)
    )


def codes_in(*texts: str) -> Codes:
    """The codes in what a server said, from the first text that has a meaningful one."""
    statuses = [found[1] for text in texts for found in _STATUS.finditer(text[:MAX_CHARACTERS])]
    replies = [int(found[1]) for text in texts for found in _REPLY.finditer(text[:MAX_CHARACTERS])]
    # 5.0.0 says only that it failed.
    telling = [status for status in statuses if not status.endswith(".0.0")]
    return Codes(next(iter([*telling, *statuses]), ""), next(iter(replies), 0))


def holds(name: str, text: str) -> bool:
    """Whether one of the phrases in this list of the table is in the text, in lower case."""
    return any(phrase.fits(text) for phrase in _table().lists[name])


def words(name: str) -> tuple[str, ...]:
    """The entries of this list of the table."""
    return tuple(phrase.pieces[0] for phrase in _table().lists[name])


def plain(text: str) -> str:
    """A server's words as the phrases of the table are compared with them."""
    text = text[:MAX_CHARACTERS].lower().replace("\u2019", "'")
    text = _HOST_SAID.sub(" ", _ADDRESS.sub("@", _SPACE.sub(" ", text)))
    return _SPACE.sub(" ", _CODES.sub(" ", text)).strip()


def _by_phrase(table: _Table, text: str, context: str) -> Judged | None:
    for rule in table.rules:
        if rule.fits(text, context):
            return Judged(rule.verdict, rule.name)
    return None


def _by_status(table: _Table, status: str) -> Judged | None:
    verdict = table.statuses.get(status) or table.statuses.get(f"{status.rpartition('.')[0]}.*")
    return Judged(verdict, f"status {status}") if verdict else None


def _by_class(codes: Codes) -> Judged:
    said = codes.status or (str(codes.reply) if codes.reply else "")
    return Judged(Verdict.TRANSIENT, f"only {said}" if said else "no reason given")


@cache
def _table() -> _Table:
    written = yaml.safe_load(files(__package__).joinpath("bounce_rules.yaml").read_text("utf-8"))
    return _Table(
        tuple(
            _Rule(
                rule["name"],
                Verdict(rule["verdict"]),
                tuple(map(_phrase, rule["says"])),
                tuple(map(_phrase, rule.get("where", ()))),
                tuple(map(_phrase, rule.get("unless", ()))),
            )
            for rule in written["rules"]
        ),
        {status: Verdict(verdict) for status, verdict in written["statuses"].items()},
        {
            name: tuple(map(_phrase, written[name]))
            for name in ("senders", "names", "subjects", "notices", "delays")
        },
    )


def _phrase(written: str) -> _Phrase:
    pieces = tuple(piece.strip() for piece in written.split("…"))
    pattern = f".{{0,{GAP}}}?".join(map(re.escape, pieces))
    # “ip … blocked” is not meant where “recipient mailbox is blocked” is said.
    begin = "(?<![a-z0-9])" if written[0].isalnum() else ""
    return _Phrase(pieces, re.compile(begin + pattern))
