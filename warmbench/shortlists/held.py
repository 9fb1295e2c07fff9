"""Declares what the tables of shortlists hold about candidates."""

from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging

holdings.declare(
    Holding(
        label="shortlists.ShortlistEntry",
        title="Shortlists that you were on, or nearly",
        why="For which kind of role, what spoke for you and against you, with the words that show"
        " it, and how sure that was. A person decided; you may dispute it.",
        silent=frozenset({"score"}),
        # Whoever answers holds an entry, and writes its record then.
        is_locked_first=True,
    ),
    Holding(
        label="shortlists.Answer",
        title="What was answered about you",
        why="What a hiring manager said of you on a shortlist.",
        silent=frozenset({"link", "by"}),
    ),
    Holding(
        label="shortlists.Outcome",
        title="What became of it",
        why="Whether you were interviewed, got an offer or were hired.",
        silent=frozenset({"by"}),
    ),
    Holding(
        label="shortlists.Look",
        title="When somebody looked at what was said of you",
        why="So that decisions about you can be checked: nobody may decide unseen.",
        silent=frozenset({"link", "by"}),
    ),
    Holding(
        label="shortlists.Snapshot",
        title="What was last known of your work",
        why="To notice when it changes.",
        merging=Merging(stays_behind=True),
    ),
    Holding(
        label="shortlists.Change",
        title="What changed about your work",
        why="With the words that show it, so that you hear of roles that fit you now.",
        silent=frozenset({"key", "materiality", "insight_id"}),
    ),
    Holding(
        label="shortlists.ChangeNotice",
        title="For which kinds of roles that mattered",
        why="Which recruiter was told of it, and when.",
        silent=frozenset({"weight"}),
    ),
    Holding(
        label="shortlists.Aptness",
        title="Kinds of roles that you fit",
        why="How likely it is that a manager would want to meet you. A person decides.",
        silent=frozenset({"score"}),
    ),
    Holding(
        label="shortlists.Declaration",
        title="What you declared for audits",
        why="Only counted, to see whether our shortlists are fair. No ranking ever sees it.",
        is_theirs_alone=True,
    ),
    Holding(
        label="shortlists.RankingRecord",
        title="Records of rankings",
        why="The law asks us to keep for some years how somebody was ranked, and by what.",
        silent=frozenset({"score"}),
        # The record outlives the person, without any link to them.
        forget=(
            """
            UPDATE ranking_record SET candidate_id = NULL
             WHERE candidate_id = ANY(%(ids)s::bigint[])
            """,
        ),
    ),
    Holding(
        label="shortlists.UseNotice",
        title="That you were told of rankings",
        why="Where the law asks for it, nobody is ranked before they were told.",
        # The first time counts.
        merging=Merging(rank="-extract(epoch FROM {t}.told_at)"),
    ),
    Holding(
        label="shortlists.PendingNotice",
        title="A letter on its way that tells you of rankings",
        why="Once it has gone, it counts as said.",
        silent=frozenset({"message_id"}),
    ),
    Holding(
        label="shortlists.RankingRefusal",
        title="That you want no ranking made of you",
        why="So that you stand on no shortlist.",
    ),
)
holdings.declare_empty(
    {
        "shortlists.RoleProfile": "Kinds of roles.",
        "shortlists.ProfileVersion": "What kinds of roles ask for.",
        "shortlists.WeightProposal": "Weights of requirements, without people.",
        "shortlists.Shortlist": "Lists; who is on them are rows of their own.",
        "shortlists.ChangeBudget": "How many changes users want to see.",
        "shortlists.ShareLink": "Links for hiring managers.",
    }
)
