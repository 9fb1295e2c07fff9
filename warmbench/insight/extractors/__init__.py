"""Everything that reads facts, each extractor in a module of its own."""

from warmbench.insight.extractors import pay, places, stops
from warmbench.insight.found import Extractor

#: In this order; what one finds hides nothing from the others.
ALL: tuple[Extractor, ...] = (pay.extract, places.extract, stops.extract)
