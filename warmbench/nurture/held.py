"""Declares what the tables of nurture hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding

holdings.declare(
    Holding(
        label="nurture.PoolMember",
        title="Pools",
        why="Groups of people who hear from us in the same way, and when you were in which.",
    ),
    Holding(
        label="nurture.Enrollment",
        title="Sequences",
        why="Which messages are planned for you, and where you stand.",
        silent=frozenset({"version"}),
        is_locked_first=True,
    ),
    Holding(
        label="nurture.ContentUse",
        title="What you were sent to read",
        why="So that you are not sent it twice.",
        silent=frozenset({"message"}),
    ),
    Holding(
        label="nurture.Personalisation",
        title="Letters before they go",
        why="What your recruiter was asked to look at before it was sent to you.",
        silent=frozenset({"step"}),
    ),
    Holding(
        label="nurture.ForecastTouch",
        title="Forecasts",
        why="Which messages a look ahead expected to be sent to you.",
        silent=frozenset({"forecast"}),
    ),
)
holdings.declare_empty(
    {
        "nurture.Sequence": "Plans of messages.",
        "nurture.SequenceVersion": "Plans of messages.",
        "nurture.Step": "Plans of messages.",
        "nurture.SequenceDraft": "Plans of messages.",
        "nurture.ContentPiece": "Things to read.",
        "nurture.ContentVariant": "Things to read.",
        "nurture.ContentCheck": "What was found in things to read.",
        "nurture.MarketSnippet": "Sentences on the market.",
        "nurture.Forecast": "Counts of messages.",
        "nurture.Pool": "Rules about many people.",
    }
)
