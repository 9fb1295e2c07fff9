"""Finds in a mail the lines that its writer newly wrote, and who that was."""

import re
from collections.abc import Sequence

from warmbench.insight.kinds import Speaker
from warmbench.insight.reading import names, words
from warmbench.insight.reading.blocks import Line
from warmbench.messaging.inbound import quotes

#: “From: Ana Ruiz <ana@example.org>”, at the top of a pasted mail, in five languages.
_FIELD = re.compile(
    r"\*{0,2}(?P<name>[A-Za-z\u00c0-\u00ff-]{1,14})\*{0,2}[ \t\u00a0]?:(?:[ \t*]|$)"
)
_FROM = frozenset({"from", "von", "de", "van", "expediteur", "remitente", "afzender", "absender"})
_FIELDS = _FROM | frozenset(
    [
        *(
            "to",
            "an",
            "a",
            "para",
            "aan",
            "cc",
            "kopie",
            "copie",
            "cci",
            "bcc",
            "date",
            "datum",
            "fecha",
        ),
        *(
            "sent",
            "gesendet",
            "envoye",
            "enviado",
            "enviado el",
            "verzonden",
            "subject",
            "betreff",
            "objet",
        ),
        *("asunto", "onderwerp", "reply-to", "received", "message-id", "importance", "attachments"),
        *("destinataire", "destinatario"),
    ]
)
_MOST_FIELDS = 12


def own_lines(text: str, lines: Sequence[Line]) -> tuple[list[Line], str]:
    """The lines that are new in a mail, and the name beside “From:” in its head, or "".

    Lines that were left out (quotes, signatures, footers) stand as blank ones.
    """
    sender, begin = _head(text, lines)
    raw = text.split("\n")
    kept = quotes.new_lines(raw[begin:])
    return [
        line if number - begin in kept else Line(line.start, line.start)
        for number, line in enumerate(lines)
    ], sender


def head_of(text: str, lines: Sequence[Line]) -> bool:
    """Whether a text begins with the head of a mail."""
    sender, after = _head(text, lines)
    filled = sum(line.start < line.end for line in lines[:after])
    return bool(sender) and filled >= 2


def _head(text: str, lines: Sequence[Line]) -> tuple[str, int]:
    """The sender's name in the head of a pasted mail, and the number of the line after the head."""
    sender, after = "", 0
    for number, line in enumerate(lines[: 2 * _MOST_FIELDS]):
        if line.start == line.end:
            if after:
                break
            continue
        match = _FIELD.match(text, line.start, min(line.end, line.start + 40))
        name = words.plain(match["name"]) if match else ""
        if name not in _FIELDS or match is None:
            break
        after = number + 1
        if name in _FROM and not sender:
            sender = text[match.end() : line.end].strip(" *")
    return sender, after


def writer(sender: str, people: Sequence[str], recruiters: Sequence[str]) -> tuple[Speaker, int]:
    """Whose words a mail has, by the name beside “From:”, and the number of the candidate.

    A mail without a head is the candidate's: replies are filed by their thread.
    """
    name = sender.partition("<")[0].strip(" \"'") or sender.strip("<> ").partition("@")[0]
    name = re.sub(r"@\S*|[._\d]+", " ", name).strip()
    if not name:
        return Speaker.CANDIDATE, 0
    theirs, ours = names.one_of(name, people), names.one_of(name, recruiters)
    if theirs is not None and ours is None:
        return Speaker.CANDIDATE, theirs
    if ours is not None:
        return (Speaker.OTHER if theirs is not None else Speaker.RECRUITER), 0
    is_a_whole_name = len(names.tokens(name)) >= 2 and "<" in sender
    return (Speaker.OTHER if people and is_a_whole_name else Speaker.CANDIDATE), 0
