"""Reads the words of a mail system: whether they tell of a failure, and of whose."""

import re
from dataclasses import dataclass

from warmbench.messaging.inbound import parts, verdicts
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.parts import Headers

#: A mail system says what happened at the beginning.
MAX_CHARACTERS = 30_000
MAX_RECIPIENTS = 50

_ADDRESS = r"(?:\"[^\"\n]{1,100}\"|[^\s<>()\[\],;:\"'@]{1,100})@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
_FIELD = r"[A-Za-z][\w-]{1,60}:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*"
#: The beginning of the mail that came back, written into the text.
_COPY = re.compile(rf"^(?:{_FIELD}){{3,}}", re.MULTILINE)
_COPY_HAS = re.compile(
    r"^(received|return-path|message-id|mime-version)\s*:", re.IGNORECASE | re.MULTILINE
)
#: Where the words end and the copy begins, if the copy has no headers.
_RULE = re.compile(
    r"^[ \t]{0,20}(?:-{2,80}|={2,80}|_{2,80}|\*{2,80})?[ \t]{0,20}"
    r"(?:below this line is a copy|this is a copy of|enclosed is a copy|below is a copy"
    r"|original message|returned message|unsent message|message headers? follow"
    r"|the original message|undelivered message)[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
#: Where an address stands alone, or begins what is said about it.
_AT_LINE_START = re.compile(
    rf"^[ \t>*\-]{{0,40}}(?:[45]\d\d[ -])?[<\"']?({_ADDRESS})[>\"']?"
    r"(?=[ \t]*(?:$|[:;(\[<]|\.\.\.)| on \d)",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER_COMMAND = re.compile(rf"RCPT[ \t]+TO:[ \t]*<?({_ADDRESS})", re.IGNORECASE)
_AFTER_COLON = re.compile(rf"^[^@:\n]{{1,80}}:[ \t]*[<\"']?(?:SMTP=)?({_ADDRESS})", re.MULTILINE)
_ANYWHERE = re.compile(rf"(?:SMTP=)?({_ADDRESS})")
_ORIGINAL = re.compile(
    rf"\((?:expanded|generated|redirected) from:?\s+<?({_ADDRESS})", re.IGNORECASE
)
_ANSWER = re.compile(r"\s*(re|aw|sv|antw|rv|odp|vs)\s*(\[\d+\])?\s*:", re.IGNORECASE)
#: Addresses of people who help, not of people who were written to.
_HELP = re.compile(
    r"(postmaster|mailer-daemon|support|abuse|help|admin|noreply|no-reply)\b", re.IGNORECASE
)
#: What looks like an address and is the id of a mail, or names what sent it.
_OTHER_THINGS = re.compile(
    r"\b(message-id|envelope-id|from|sender|return-path|reply-to)\b[^@]*$", re.IGNORECASE
)
#: Microsoft's systems begin with the head of the mail that failed, which may name a whole list.
_HEAD = re.compile(r"[^\n]*\n[ \t]*(cc|subject|sent)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail system says in words, apart from the mail that it sends back."""

    text: str
    #: What follows the words if it is a mail: the copy of the one that failed.
    copy: str
    returned: Headers
    is_from_a_server: bool
    says_it_failed: bool
    says_it_is_late: bool


def of(mail: Mail, *, to_envelope: bool) -> Notice:
    """The words of a mail, read as those of a mail system.

    ``to_envelope`` says that it was sent to an envelope sender, as only systems do.
    """
    text, copy = _cut(mail.text[:MAX_CHARACTERS])
    words, subject = text.lower(), mail.subject.lower()
    in_subject, in_words = verdicts.holds("subjects", subject), verdicts.holds("notices", words)
    # Automatic answers, too, go to envelope senders and come from none.
    to_envelope = to_envelope or mail.return_path == ""
    is_from_a_server = _is_from_a_server(mail) or (to_envelope and in_subject and in_words)
    has_code = is_from_a_server and bool(verdicts.codes_in(text).status)
    return Notice(
        text,
        copy,
        mail.returned or parts.read_fields(copy.encode())[0],
        is_from_a_server=is_from_a_server,
        says_it_failed=in_subject or in_words or has_code,
        says_it_is_late=verdicts.holds("delays", words) or verdicts.holds("delays", subject),
    )


def recipients(notice: Notice, *, but: frozenset[str]) -> list[tuple[str, str]]:
    """Whom the words name as not reached, each with what is said about them.

    ``but`` are addresses, in lower case, that are ours or the system's own.
    """
    for pattern, passed in (
        (_AT_LINE_START, but),
        (_AFTER_COMMAND, but),
        (_AFTER_COLON, but),
        (_ORIGINAL, but),
        (_ANYWHERE, but),
        # Whoever writes to themselves may fail as well.
        (_AT_LINE_START, frozenset[str]()),
    ):
        found: dict[str, re.Match[str]] = {}
        for match in pattern.finditer(notice.text):
            key = match[1].rstrip(".").lower()
            if key in passed or key in found:
                continue
            if pattern is _AT_LINE_START or not _is_beside_the_point(notice.text, match):
                found[key] = match
            if len(found) == MAX_RECIPIENTS:
                break
        if found:
            return _with_passages(notice.text, list(found.values()))
    return []


def copy_in(text: str) -> Headers:
    """The headers of the mail that is written into a text; none if there is no such mail."""
    return parts.read_fields(_cut(text[:MAX_CHARACTERS])[1].encode())[0]


def passage(text: str, address: str) -> str:
    """What a text says from the line on that names this address; blank if none does."""
    at = text.lower().find(address.lower())
    return text[text.rfind("\n", 0, at) + 1 :] if at >= 0 and address else ""


def original(text: str) -> str:
    """The address that a failed one stands in for, where the words tell."""
    found = _ORIGINAL.search(text[:2_000])
    return found[1] if found else ""


def _cut(text: str) -> tuple[str, str]:
    """The words, and the copy that begins after them."""
    end = len(text)
    copy = ""
    for block in _COPY.finditer(text):
        if _COPY_HAS.search(block[0]):
            end, copy = block.start(), text[block.start() :]
            break
    rule = _RULE.search(text, 1)
    if rule and 0 < rule.start() < end and text[: rule.start()].strip():
        end = rule.start()
    return text[:end], copy


def _is_from_a_server(mail: Mail) -> bool:
    if "x-failed-recipients" in mail.headers:
        return True
    if _is_an_answer(mail):
        return False
    local = mail.sender.rpartition("@")[0].lower()
    raw = mail.headers.get("from").strip().lower()
    return (
        (mail.return_path or "").lower().startswith("mailer-daemon")
        or raw in {"", "<>"}
        or raw.startswith("mailer-daemon")
        or any(local == sign or local.startswith(f"{sign}-") for sign in verdicts.words("senders"))
        or verdicts.holds("names", mail.headers.text("from").lower())
    )


def _is_an_answer(mail: Mail) -> bool:
    """Whether somebody pressed “reply”: also postmasters are people now and then."""
    return (
        bool(mail.in_reply_to and mail.return_path)
        and mail.headers.get("auto-submitted").lower() in {"", "no"}
        and bool(_ANSWER.match(mail.subject))
    )


def _is_beside_the_point(text: str, match: re.Match[str]) -> bool:
    before = text[text.rfind("\n", 0, match.start(1)) + 1 : match.start(1)]
    if before.strip().lower() in {"to:", "cc:"} and _HEAD.match(text, match.end()):
        return True
    return bool(_HELP.match(match[1]) or _OTHER_THINGS.search(before[-80:]))


def _with_passages(text: str, found: list[re.Match[str]]) -> list[tuple[str, str]]:
    if len(found) == 1:
        # All that is said is said of one: the reason may stand before the address.
        return [(found[0][1].rstrip("."), text)]
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [
        (match[1].rstrip("."), text[match.start() : end])
        for match, end in zip(found, ends, strict=True)
    ]
