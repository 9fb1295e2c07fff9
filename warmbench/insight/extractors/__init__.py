"""Everything that reads facts, each extractor in a module of its own."""

from warmbench.insight.extractors import (
    contact,
    events,
    notice,
    pay,
    places,
    remote,
    scopes,
    starts,
    stops,
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
)
