"""The rules by which visits are told to be machines': what each says, what it weighs, and how
weights add up. Pure.

Where each comes from stands in docs/reference/visits.md. A rule's weight is how sure it
makes us by itself, from 0 to 1.
"""

from collections.abc import Collection
from enum import StrEnum

from warmbench.signals.models import Hit

#: From these scores on a visit is no longer taken for a person's, for probably a person's, and
#: for anything but a machine's.
LIKELY_FROM, UNSURE_FROM, MACHINE_FROM = 0.15, 0.45, 0.8


class Rule(StrEnum):
    """Why a visit is not taken for a person's. Stored with the visit and shown by this name."""

    NOT_A_VISIT = "not_a_visit"
    HONEYPOT = "honeypot"
    PROVIDER_SAYS = "provider_says"
    NAMED_ITSELF = "named_itself"
    AHEAD = "ahead"
    PICTURE_PROXY = "picture_proxy"
    TOO_SOON = "too_soon"
    FRESH = "fresh"
    IN_NO_TIME = "in_no_time"
    ALL_AT_ONCE = "all_at_once"
    IN_A_ROW = "in_a_row"
    BESIDE_HONEYPOT = "beside_honeypot"
    EVERY_TIME_ANOTHER = "every_time_another"
    SECOND_SYSTEM = "second_system"
    BESIDE_CLICK = "beside_click"
    MANY_READERS = "many_readers"
    ONE_PROGRAM = "one_program"
    SAME_VISITOR = "same_visitor"
    SEEN_ELSEWHERE = "seen_elsewhere"
    DATA_CENTRE = "data_centre"
    NO_LANGUAGE = "no_language"

    @property
    def label(self) -> str:
        """The rule's name in words."""
        return _ABOUT[self][0]

    @property
    def weight(self) -> float:
        """How sure it makes us that this was a machine, if nothing else is known."""
        return _ABOUT[self][1]

    @property
    def means(self) -> str:
        """The rule in one sentence."""
        return _ABOUT[self][2]


_ABOUT: dict[Rule, tuple[str, float, str]] = {
    Rule.NOT_A_VISIT: ("Not a visit", 0.99, "It asked about the page without opening it."),
    Rule.HONEYPOT: ("Hidden link", 0.99, "It followed the link that no person can see."),
    Rule.PROVIDER_SAYS: ("Mail provider", 0.95, "The mail provider called it a machine."),
    Rule.NAMED_ITSELF: ("Named itself", 0.95, "It called itself a program that no person uses."),
    Rule.AHEAD: ("Loaded ahead", 0.9, "It said that it looked before anybody had asked for it."),
    Rule.PICTURE_PROXY: (
        "Picture proxy",
        0.5,
        "A mail service fetched the picture: whether for a reader cannot be told.",
    ),
    Rule.TOO_SOON: (
        "Too soon",
        0.9,
        (
            "It came less than ten seconds after the mail was handed over, or five if it was a"
            " phone."
        ),
    ),
    Rule.FRESH: (
        "Fresh",
        0.43,
        "It came less than a minute after the mail was handed over, when scanners are at work.",
    ),
    Rule.IN_NO_TIME: (
        "In no time",
        0.9,
        "Three links and more were followed within two seconds.",
    ),
    Rule.ALL_AT_ONCE: (
        "All at once",
        0.75,
        "Three links and more were followed within ten seconds, on no phone.",
    ),
    Rule.IN_A_ROW: (
        "In a row",
        0.44,
        "Both links of the mail were followed within ten seconds, on no phone.",
    ),
    Rule.BESIDE_HONEYPOT: (
        "Beside the hidden link",
        0.9,
        "The link that no person can see was followed within ten seconds of it.",
    ),
    Rule.EVERY_TIME_ANOTHER: (
        "Every time another",
        0.7,
        (
            "Links of the mail were followed within half a minute by three visitors and more, each"
            " of whom came once."
        ),
    ),
    Rule.SECOND_SYSTEM: (
        "Second system",
        0.85,
        (
            "The same link was fetched from another operating system and network within half a"
            " minute, and there is no more against that visit."
        ),
    ),
    Rule.BESIDE_CLICK: (
        "Beside a click",
        0.85,
        (
            "The same link was followed by another program on another network within a second: one"
            " of the two checked where it leads."
        ),
    ),
    Rule.MANY_READERS: (
        "Many readers",
        0.3,
        "Links of five and more people were followed from one network within a minute.",
    ),
    Rule.ONE_PROGRAM: (
        "One program",
        0.4,
        (
            "Links of five and more people were followed by one program on one network within a"
            " minute."
        ),
    ),
    Rule.SAME_VISITOR: (
        "Same visitor",
        0.9,
        (
            "The same program on the same network behaved like a machine in this mail, less than a"
            " quarter of an hour away."
        ),
    ),
    Rule.SEEN_ELSEWHERE: (
        "Seen elsewhere",
        0.85,
        (
            "The same program on the same network behaved like a machine in other mails, less than"
            " a quarter of an hour away."
        ),
    ),
    Rule.DATA_CENTRE: (
        "Data centre",
        0.65,
        "It came from a data centre, where few people sit and many scanners run.",
    ),
    Rule.NO_LANGUAGE: ("No language", 0.65, "It named no language, which every browser does."),
}

#: What no person does even by accident: it makes whoever did it a machine in other mails too.
CERTAIN = frozenset({Rule.NOT_A_VISIT, Rule.HONEYPOT, Rule.PROVIDER_SAYS, Rule.NAMED_ITSELF})


def score(rules: Collection[Rule]) -> float:
    """How sure these rules make us together, from 0, a person, to 1, a machine.

    Each leaves as much doubt as its weight does not take: 1 - (1 - a)(1 - b)… So two rules that
    prove little alone prove more together, in whatever order, and one more rule never less.
    """
    doubt = 1.0
    for rule in sorted(set(rules)):
        doubt *= 1 - rule.weight
    return round(1 - doubt, 4)


def kind_of(total: float) -> Hit.Verdict:
    """What a visit with this score is taken for."""
    if total >= MACHINE_FROM:
        return Hit.Verdict.MACHINE
    if total >= UNSURE_FROM:
        return Hit.Verdict.UNSURE
    return Hit.Verdict.LIKELY if total >= LIKELY_FROM else Hit.Verdict.HUMAN
