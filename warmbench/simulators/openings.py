"""Invents the roles of a simulated agency, with the descriptions that recruiters paste."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from warmbench.simulators.records import Role, RoleState

_PLACES = ("Berlin|Berlin|DE", "London||GB", "Paris|Île-de-France|FR", "Denver|CO|US",
           "Austin|TX|US", "Utrecht|Utrecht|NL", "Valencia|Comunidad Valenciana|ES",
           "Wien|Wien|AT", "Edinburgh|Scotland|GB")  # fmt: skip
_STATES: tuple[RoleState, ...] = ("open", "draft", "on_hold", "filled", "closed")
_CURRENCIES = {"GB": "GBP", "US": "USD"}


def role(
    number: int,
    source: random.Random,
    fields: Sequence[tuple[str, str, list[str], list[str]]],
    parts: dict[str, Any],
    *,
    now: datetime,
) -> Role:
    """One opening. About half are open; some are drafts, on hold, filled or closed."""
    category, specialty, titles, skills = source.choice(fields)
    city, region, country = source.choice(_PLACES).split("|")
    wanted = source.sample(skills, 6)
    created = now - timedelta(minutes=source.randrange(3 * 1440, 700 * 1440))
    state = source.choices(_STATES, (50, 6, 8, 16, 20))[0]
    is_over = state in {"filled", "closed"}
    closed = created + (now - created) * source.uniform(0.3, 0.9) if is_over else None
    pay = source.randrange(35, 140) * 1000
    title = source.choice(titles)
    employer = f"{source.choice(parts['employers']['first'])} " + source.choice(
        parts["employers"]["second"][category]
    )
    return Role(
        number=number,
        title=title,
        state=state,
        description=_description(title, city, wanted, source.choice(parts["benefits"])),
        city=city,
        region=region,
        country=country,
        department=specialty,
        employment=source.choice(("Full-time", "Full-time", "Contract", "Part-time")),
        workplace=source.choice(("onsite", "hybrid", "remote", "unspecified")),
        salary_min=pay if number % 3 else None,
        salary_max=pay + 15_000 if number % 3 else None,
        currency=_CURRENCIES.get(country, "EUR") if number % 3 else "",
        skills=wanted,
        headcount=source.choice((1, 1, 1, 2, 3)),
        client=employer,
        owner=source.randint(1, len(parts["recruiters"]) - 1),
        is_confidential=number % 17 == 0,
        created_at=created,
        updated_at=closed or created + (now - created) * source.random() * 0.9,
        opened_at=None if state == "draft" else created,
        closed_at=closed,
    )


def _description(title: str, city: str, skills: list[str], benefit: str) -> str:
    musts = "".join(f"<li>{escape(skill)}</li>" for skill in skills[:4])
    nice = ", ".join(escape(skill) for skill in skills[4:])
    return (
        f"<p>We look for a <strong>{escape(title)}</strong> in {escape(city)}.</p>"
        f"<p>You bring:</p><ul>{musts}</ul>"
        f"<p>Nice to have: {nice}.</p><p>We offer {escape(benefit)}.</p>"
    )
