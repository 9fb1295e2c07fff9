"""Holds the patterns by which moments are found, put together from lists of words."""

import re
from functools import cache

from warmbench.insight.durations import one_of
from warmbench.insight.tables import table


@cache
def parts() -> dict[str, str]:
    """Which part a word names: “mid” → middle."""
    named = table("moment_words")["parts"]
    return {word: name for name, words in named.items() for word in words}


@cache
def ordinals() -> dict[str, int]:
    """The numbers of quarters and halves: “second”, “zweiten” → 2."""
    named = table("moment_words")["ordinals"]
    return {word: int(number) for number, words in named.items() for word in words}


@cache
def spoken() -> dict[str, int]:
    """The days of a month in words: “fourteenth” → 14."""
    named = table("moment_words")["days"]
    return {word: int(number) for number, words in named.items() for word in words}


@cache
def month_names() -> dict[str, int]:
    """The months, short and long, in five languages."""
    named = table("moment_words")["month_names"]
    return {word: int(number) for number, words in named.items() for word in words}


@cache
def season_months() -> dict[str, int]:
    """The months in which seasons begin."""
    seasons = table("moment_words")["seasons"]
    return {word: int(month) for month, words in seasons.items() for word in words}


@cache
def relation() -> re.Pattern[str]:
    """The words before a moment, each kind a group."""
    words = table("moment_words")
    named = "|".join(f"(?P<{one}>{one_of(words['relations'][one])})" for one in words["relations"])
    fillers = one_of(words["fillers"])
    return re.compile(
        rf"(?:^|(?<=[\s(/:;,-])|(?<=n't))(?:{named})(?:[ ,:]+(?:{fillers})){{0,3}}[ ,:(]*$"
    )


@cache
def hint() -> re.Pattern[str]:
    """What every moment holds: a quick look before the long one."""
    words = table("moment_words")
    named = [
        *month_names(), *season_months(), *words["quarters"], *words["half_years"],
        *words["months"], *words["years"], *words["weeks"], *words["halves"], *words["rentree"],
        *(word for group in ("ends", "begins", "holidays", "units") for one in words[group].values()
          for word in one), *words["after_summer"],
    ]  # fmt: skip
    return re.compile(rf"\d|(?<![a-z])(?:{one_of(named)})")


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The patterns by their names; what their groups hold, ``moments`` knows."""
    written = {**_of_months(), **_of_stretches(), **_of_seasons(), **_of_lengths()}
    return {name: re.compile(pattern) for name, pattern in written.items()}


#: “de 2027”, “in 2027”.
_IN_YEAR = r"(?:,?\s(?:of\s|de\s|del\s)?(?P<year>20\d\d))?"


def _part() -> str:
    """“End of the”, “mid”, “Anfang”."""
    of = one_of(table("moment_words")["of"])
    return rf"(?<![\w-])(?P<part>{one_of(parts())})(?:[\s-]|(?<=-))(?:(?:{of})\s?){{0,3}}"


def _of_months() -> dict[str, str]:
    words = table("moment_words")
    month, day = one_of(month_names()), one_of(spoken())
    # In English alone the day stands behind the month: “once” there is no Spanish eleven.
    english = one_of(word for word in spoken() if re.search(r"(?:th|first|second|third)$", word))
    sure, short = one_of(words["sure_short_months"]), one_of(words["short_months"])
    return {
        "spoken": (
            rf"(?<!\w)(?:(?P<day>{day})\s(?:of\s|de\s|du\s|van\s)?(?P<month>{month})"
            rf"|(?P<month2>{month})\s(?:the\s)?(?P<day2>{english}))(?!\w){_IN_YEAR}"
        ),
        "short_month": (
            rf"(?<!\w)(?:(?P<month>{sure})"
            rf"|(?:{one_of(words['before_short_months'])})(?:\s|:\s?)(?P<month2>{short})"
            rf"|(?:{one_of(words['before_clear_months'])})\s?(?<=[\s-])"
            rf"(?P<month4>{one_of(words['clear_months'])})(?! (?:of|on|through|up)\b)"
            r"|(?P<month3>may)(?= (?:at the (?:earliest|latest)|earliest|onwards|or june|2\d{3})))"
            r"\.?(?![\w'-]|\s?\d)"
        ),
        "day_behind": (
            r"(?: payroll| run)?,? ?\(?(?:on |am |le |el |op |den |the |de )+(?P<day>3[01]|[12]?\d)"
            r"(?:st|nd|rd|th|er|e|\.)?(?![\w%:]|\.\d| ?(?:weeks?|days?|months?|people|uhr|h\b))\)?"
        ),
        "part_of_month": rf"{_part()}(?P<month>{month})(?!\w){_IN_YEAR}",
    }


def _of_stretches() -> dict[str, str]:
    words = table("moment_words")
    named = {
        name: one_of(words[name])
        for name in (
            "next",
            "this",
            "next_behind",
            "halves",
            "quarters",
            "months",
            "weeks",
            "years",
        )
    }
    year = (
        r"(?:,?\s(?:of|de|del|van|in|du|en)?\s?(?P<year>20\d\d)"
        r"|\s?(?:/|')\s?(?P<year2>[2-4]\d))?(?![\w/])"
    )
    return {
        "stretch": (
            rf"(?:{_part()})?(?:(?:(?P<next>{named['next']})|(?P<this>{named['this']}))\s)?"
            rf"(?<![\w])(?:(?P<ordinal>{one_of(ordinals())})\s)?"
            rf"(?:(?P<is_half>h(?P<digit2>[12])(?!\w)|(?:{named['halves']})(?!\w))"
            rf"|(?P<is_quarter>[qt](?P<digit>[1-4])(?!\w)|(?:{named['quarters']})(?!\w))"
            rf"|(?P<is_month>(?:{named['months']})(?!\w))"
            rf"|(?P<is_week>(?:{named['weeks']})(?!\w))"
            rf"|(?P<is_year>(?:{named['years']})(?!\w)))"
            rf"(?:\s(?P<behind>{named['next_behind']})(?!\w))?{year}"
        ),
        "next": rf"(?<!\w)(?:{named['next']}|{named['next_behind']})(?!\w)",
        "ends": _by_name(words["ends"]),
        "begins": _by_name(words["begins"]),
    }


def _of_seasons() -> dict[str, str]:
    words = table("moment_words")
    doubtful = one_of(words["doubtful_seasons"])
    sure = one_of(set(season_months()) - set(words["doubtful_seasons"]))
    in_season, next_behind = one_of(words["in_season"]), one_of(words["next_behind"])
    rentree = one_of(words["rentree"])
    summer = one_of([*words["after_summer"], *words["summers"]])
    feasts = "|".join(f"(?P<{name}>{one_of(each)})" for name, each in words["holidays"].items())
    return {
        "season": (
            rf"(?:{_part()})?(?<!\w)(?:(?P<sure>{sure})"
            rf"|(?:(?:{in_season})(?:\s|(?<=')))(?P<doubtful>{doubtful})"
            rf"|(?:(?<=late )|(?<=early )|(?<=mid-))(?P<doubtful3>{doubtful})"
            rf"|(?P<doubtful2>{doubtful})(?=\s20\d\d(?!\d)))"
            rf"(?!\w)(?!-\w)(?:\s(?:{next_behind})(?!\w))?{_IN_YEAR}"
        ),
        "after_summer": (
            r"(?<!\w)(?:(?:after|nach|apres|despues del?|tras|na)"
            r"(?:\s(?:the|den|der|dem|les|la|las|el|de|het|mes|my|meinem|mijn))?\s"
            rf"(?:l')?(?:{summer})|(?:apres la |a la |la |back to |wieder zur )(?:{rentree}))(?!\w)"
        ),
        "feast": rf"(?<!\w)(?:{feasts})(?!\w)",
    }


def _of_lengths() -> dict[str, str]:
    words = table("moment_words")
    return {
        "week": (
            rf"(?<!\w)(?:{one_of(words['week_numbers'])})\.?\s?"
            r"(?P<number>[1-9]|[1-4]\d|5[0-3])(?:\s?/?\s?(?P<year>20\d\d))?(?![\w%])"
        ),
        "before_length": rf"(?:^|(?<=[\s(:,]))(?:{one_of(words['before_lengths'])})\s$",
        "behind_length": rf"'?\s(?:{one_of(words['behind_lengths'])})(?!\w)",
    }


def _by_name(named: dict[str, list[str]]) -> str:
    inner = "|".join(f"(?P<{name}>{one_of(words)})" for name, words in named.items())
    return rf"(?<![\w-])(?:{inner})(?!\w)"
