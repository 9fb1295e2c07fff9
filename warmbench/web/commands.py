"""What can be done from the search box besides finding: pages to go to, and things to begin."""

import re
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from warmbench.accounts.models import User

_OF_A_PERSON = re.compile(r"^/candidates/(\d+)/")


@dataclass(frozen=True)
class Command:
    """One thing to do: a page to open, or a button of every page."""

    label: str
    icon: str
    address: str = ""
    #: For what happens without a page: which part of ``warmbench.js`` does it.
    does: str = ""
    key: str = ""


_PAGES = (
    ("Today", "today", "today"),
    ("Candidates", "candidates", "candidates"),
    ("Replies", "reply", "replies"),
    ("What the team knows: search conversations", "search", "knowledge"),
    ("Facts to check", "check", "facts"),
    ("What changed about people", "candidates", "changes"),
    ("Who became apt for what", "candidates", "changes-apt"),
    ("Roles", "roles", "roles"),
    ("How right shortlists were", "shortlist", "shortlist-measures"),
    ("Role profiles", "role-profile", "role-profiles"),
    ("Pools", "pools", "pools"),
    ("Sequences", "sequences", "sequences"),
    ("Content library", "note", "library"),
    ("Market notes", "note", "snippets"),
    ("Forecasts", "calendar", "forecasts"),
    ("Import", "import", "imports"),
    ("Tags", "tag", "tags"),
    ("Skills that no tag knows", "tag", "unmatched-skills"),
    ("Warmth: what signals are worth", "ember", "warmth"),
    ("Senders", "senders", "senders"),
    ("Stops", "stops", "stops"),
    ("Employers off limits", "stops", "off-limits"),
    ("Connections: ATS, scheduling", "link", "connections"),
    ("Language model", "link", "language-model"),
    ("Visits: people and machines", "info", "visits"),
    ("Law", "info", "law"),
    ("Team", "settings", "team"),
    ("The team's work", "candidates", "work"),
    ("Notifications", "bell", "notifications"),
    ("Your profile and password", "candidate", "profile"),
)
_ACTIONS = (
    ("Import candidates", "import", "import-new"),
    ("New role", "plus", "role-new"),
    ("New role profile", "plus", "role-profile-new"),
    ("New pool", "plus", "pool-new"),
    ("New sequence", "plus", "sequence-new"),
    ("New content piece", "plus", "piece-new"),
    ("Pause sending", "stops", "stops"),
    ("Be away", "calendar", "away"),
)
_WITH_A_PERSON = (
    ("Write to them", "mail", "candidate-write"),
    ("Note what you heard", "note", "candidate-note"),
    ("Check the facts about them", "check", "candidate-check"),
    ("Reserve them", "clock", "candidate-reserve"),
    ("Record a conversation", "note", "candidate-conversation"),
    ("Change the status", "candidate", "candidate-status"),
    ("Pause messages to them", "snooze", "candidate-pause"),
    ("Hand them over", "hand-over", "candidate-owner"),
    ("Correct the facts", "edit", "candidate-facts"),
)


def everywhere(user: User, *, at: str = "") -> list[Command]:
    """What this user can do from the page ``at``, what concerns the person on it first."""
    person = _OF_A_PERSON.match(at)
    own = _leading(_WITH_A_PERSON, int(person[1])) if person and user.is_recruiter else []
    actions = _leading(_ACTIONS) if user.is_recruiter else []
    return [
        *own,
        *actions,
        Command("Light or dark", "moon", does="data-theme-toggle", key="t"),
        Command("What are the keys?", "keyboard", does="data-dialog=shortcuts", key="?"),
    ]


def pages() -> list[Command]:
    """The pages of the navigation, and those behind them."""
    return _leading(_PAGES)


def _leading(known: tuple[tuple[str, str, str], ...], *args: int) -> list[Command]:
    found = []
    for label, icon, name in known:
        try:
            found.append(Command(label, icon, reverse(name, args=args)))
        except NoReverseMatch:
            continue
    return found
