"""Everything that reads facts, each extractor in a module of its own."""

from warmbench.insight.extractors import (
    achievements,
    constraints,
    contact,
    domains,
    employers,
    events,
    motives,
    notice,
    pay,
    places,
    referrals,
    remote,
    scopes,
    seniority,
    skills,
    stances,
    starts,
    stops,
    titles,
    topics,
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
    stances.extract,
    motives.extract,
    constraints.extract,
    topics.extract,
)
