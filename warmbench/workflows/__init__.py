"""What happens when.

Every automatic reaction in Warmbench is a function in this package: read its chapters in the order
in which they stand here, from top to bottom, and you know the product. Reactions are jobs. They
may run late or twice, so each one asks for a state of the world ("there is an open follow-up"),
never for a change to it. What the law requires is not here: it happens in the transaction that
records its cause.
"""

from importlib import import_module

#: In the order in which they are read.
CHAPTERS = (
    "beginning",
    "coming_back",
    "telling",
    "holding_still",
    "alerting",
    "insights",
    "always_on",
    "shortlists",
    "following",
    "telling_others",
    "programs",
)

for _chapter in CHAPTERS:
    import_module(f"{__name__}.{_chapter}")
