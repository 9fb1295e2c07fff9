"""Everything that reads facts, each extractor in a module of its own."""

from warmbench.insight.extractors import (
    achievements,
    contact,
    domains,
    employers,
    events,
    notice,
    pay,
    places,
    referrals,
    remote,
    scopes,
    seniority,
    skills,
    starts,
    stops,
    titles,
)
from warmbench.insight.found import Extractor

#: In this order; what one finds hides nothing from the others.
ALL: tuple[Extractor, ...] = (
    pay.extract,
    places.extract,
    remote.extract,
    scopes.extract,
    stops.extract,
    notice.extract,
    starts.extract,
    events.extract,
    contact.extract,
    skills.extract,
    domains.extract,
    titles.extract,
    seniority.extract,
    employers.extract,
    achievements.extract,
    referrals.extract,
)
