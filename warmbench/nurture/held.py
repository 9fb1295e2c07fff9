"""Declares what the tables of nurture hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging

#: Who is on one sequence in both records goes on once, where they are further. What the other way
#: has in the queue goes no more.
ONE_WAY = Merging(
    first=(
        (
            "messaging.Message",
            """
            t.candidate_id IN (%(kept)s, %(gone)s) AND t.state = 'queued' AND EXISTS (
                SELECT FROM enrollment mine
                  JOIN enrollment other ON other.sequence_id = mine.sequence_id
                 WHERE mine.candidate_id = t.candidate_id
                   AND mine.sequence_id = t.sequence_id
                   AND mine.state IN ('active', 'held')
                   AND other.candidate_id IN (%(kept)s, %(gone)s)
                   AND other.candidate_id <> mine.candidate_id
                   AND other.state IN ('active', 'held')
                   AND (other.round, other.cycle, other.position, other.candidate_id = %(kept)s)
                       > (mine.round, mine.cycle, mine.position, mine.candidate_id = %(kept)s)
            )
            """,
            "state = 'cancelled', reason = 'merged', not_before = NULL, state_at = %(now)s",
        ),
    ),
    rank="({t}.round, {t}.cycle, {t}.position)",
    leaving="state = 'exited', exit_reason = 'merged', ended_at = %(now)s",
)

holdings.declare(
    Holding(
        label="nurture.PoolMember",
        title="Pools",
        why="Groups of people who hear from us in the same way, and when you were in which.",
        merging=Merging(rank="-extract(epoch FROM {t}.joined_at)"),
    ),
    Holding(
        label="nurture.Enrollment",
        title="Sequences",
        why="Which messages are planned for you, and where you stand.",
        silent=frozenset({"version"}),
        is_locked_first=True,
        merging=ONE_WAY,
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
