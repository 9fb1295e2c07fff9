"""Everything that reads facts, each extractor in a module of its own."""

from warmbench.insight.found import Extractor

#: In this order; what one finds hides nothing from the others.
ALL: tuple[Extractor, ...] = ()
