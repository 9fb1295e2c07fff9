"""Declares what the tables of sourcing hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging

holdings.declare(
    Holding(
        label="sourcing.Alert",
        title="Roles that we told you of, or meant to",
        why="Which roles seemed to fit you, by which of your skills, and what came of it.",
        silent=frozenset({"message", "policy"}),
        merging=Merging(
            rank="""
                array_position(ARRAY['withdrawn', 'refused', 'waiting', 'merged', 'written'],
                               {t}.state::text)
            """,
        ),
    ),
    Holding(
        label="sourcing.Application",
        title="Where you applied",
        why="Which of our roles you are or were in the process for: while you are, nothing else is"
        " sent to you.",
    ),
    Holding(
        label="sourcing.Escalation",
        title="What follows if you do not answer about a role",
        why="A text message, or a call by your recruiter, and when.",
        silent=frozenset({"message"}),
    ),
)
holdings.declare_empty(
    {
        "sourcing.Role": "Positions of clients.",
        "sourcing.RoleSkill": "Skills that positions ask for.",
        "sourcing.TagCount": "How many people carry a tag.",
        "sourcing.AlertCampaign": "Plans about many people.",
    }
)
