"""The same thing in other words, as one program or person writes it and another does not."""

import random

_CITIES = {"Cologne": "Köln", "Munich": "München", "London": "London, UK", "Berlin": "Berlin (DE)",
           "Boston": "Boston, MA", "Zurich": "Zürich", "Austin": "Austin, TX"}  # fmt: skip
_SHORT = (("Senior ", "Sr. "), ("Senior ", "Snr "), ("Engineer", "Eng."), ("Manager", "Mgr"),
          ("Junior ", "Jr. "), ("Director of ", "Director, "), ("Head of ", "Head, "))  # fmt: skip


def varied(dice: random.Random, field: str, value: str) -> str:
    """A title, an employer or a city, written otherwise."""
    if field == "title":
        return _title(dice, value)
    if field == "employer":
        return _employer(dice, value)
    return dice.choice((_CITIES.get(value, value), value.upper(), f" {value} "))


def _title(dice: random.Random, value: str) -> str:
    ways = [value.upper(), value.lower(), f"{value} (m/w/d)", f"  {value}", f"{value}."]
    ways += [value.replace(long, short) for long, short in _SHORT if long in value] * 2
    return dice.choice(ways)


def _employer(dice: random.Random, value: str) -> str:
    name, _, form = value.rpartition(" ")
    full = {"Ltd": "Limited", "Inc.": "Incorporated", "GmbH": "GmbH & Co. KG", "B.V.": "BV"}
    return dice.choice(
        (name, name, f"{name} {full.get(form, form)}", value.upper(), f"{name}, {form}")
    )


def mistyped(dice: random.Random, value: str) -> str:
    """The same with a letter missing or doubled."""
    at = dice.randint(2, len(value) - 2)
    return value[:at] + dice.choice(("", value[at] * 2)) + value[at + 1 :]
