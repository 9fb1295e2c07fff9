"""Writes what a webhook is told, in the two shapes of JSON that chat programs read."""

import json
from dataclasses import dataclass

from warmbench.accounts.models import Webhook

_OPEN = "Open in Warmbench"
#: A space without width.
_NOTHING = "\u200b"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: one sentence, perhaps the evidence for it, and where to look."""

    title: str
    body: str
    url: str


def content(style: str, words: Words) -> bytes:
    """The body of a call. No words in it call somebody, or hide where a link leads."""
    told = _card(words) if style == Webhook.Style.CARD else {"text": _text(words)}
    return json.dumps(told, ensure_ascii=False).encode()


def _text(words: Words) -> str:
    lines = [_escaped(line) for line in (words.title, words.body) if line]
    return "\n".join([*lines, words.url])


def _escaped(text: str) -> str:
    # What Slack's documentation asks for: with these three nothing becomes <!channel> or a link.
    slack = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Mattermost reads @all and [words](address) instead; what is between is not seen.
    return slack.replace("@", f"@{_NOTHING}").replace("](", f"]{_NOTHING}(")


def _card(words: Words) -> dict[str, object]:
    lines = [_line(words.title, weight="Bolder")]
    if words.body:
        lines.append(_line(words.body))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": lines,
        "actions": [{"type": "Action.OpenUrl", "title": _OPEN, "url": words.url}],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _line(text: str, **look: str) -> dict[str, object]:
    # A TextBlock would read Markdown in people's words; a TextRun shows them as they are.
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **look}]}
