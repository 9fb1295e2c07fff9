"""What pages show of one fact: its words, whose they are, how old, and what can be done with it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from warmbench.accounts.models import User
from warmbench.insight import ageing
from warmbench.insight.ageing import Age
from warmbench.insight.models import Insight
from warmbench.web import insight_access, insight_words

State = Insight.State
_LIVE = (State.PROPOSED, State.CONFIRMED)
#: Longer quotes are cut: their place in the text is one click away.
_LONGEST = 280


@dataclass(frozen=True)
class Row:
    """One fact as the templates in ``insights/`` read it."""

    fact: Insight
    says: str
    quote: str
    by: str
    said_ago: str
    age: Age
    #: The page of its text, at its words.
    address: str
    may_change: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody should look at it."""
        return self.fact.state == State.PROPOSED

    @property
    def is_decided(self) -> bool:
        """Whether a person's decision can be taken back."""
        return self.fact.decided_at is not None

    @property
    def is_confirmed(self) -> bool:
        """Whether it holds on a person's word."""
        return self.fact.state == State.CONFIRMED

    @property
    def is_over(self) -> bool:
        """Whether another one holds in its place, or it was found to be none."""
        return self.fact.state not in _LIVE

    @property
    def is_old(self) -> bool:
        """Whether it cannot be relied on as it was."""
        return self.age != Age.FRESH

    @property
    def can_be_corrected(self) -> bool:
        """Whether it says more than its quote."""
        return self.fact.kind != "achievement"


def row(one: Insight, *, today: date, may_change: bool) -> Row:
    """What is shown of a fact. Its source has to be fetched with it."""
    quote = one.quote.strip()
    quote = quote if len(quote) <= _LONGEST else f"{quote[: _LONGEST - 1]}…"
    return Row(
        fact=one,
        says=insight_words.sentence(one.kind, one.value, one.polarity, quote),
        quote=quote,
        by=insight_words.by_whom(one.speaker, one.source.kind),
        said_ago=insight_words.ago(one.said_on, today=today),
        age=ageing.age(one.kind, one.said_on, today=today, until=one.valid_until),
        address=f"{reverse('source', args=[one.source_id])}#fact-{one.pk}-words",
        may_change=may_change,
    )


def rows(facts: Collection[Insight], *, user: User, today: date) -> list[Row]:
    """What is shown of facts, in their order, and which of them ``user`` may decide about."""
    may = insight_access.changeable(user, facts)
    return [row(one, today=today, may_change=one.candidate_id in may) for one in facts]


def fetch(pks: Iterable[int]) -> list[Insight]:
    """These facts, in this order, with whom they are about and where they stand."""
    asked = Insight.objects.select_related("candidate__owner", "source__author", "decided_by")
    wanted = list(pks)
    found = asked.defer("source__text").in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def of_source(source_id: int) -> Sequence[Insight]:
    """The facts that stand in a text, in its order, without those that are read no more."""
    asked = Insight.objects.select_related("candidate__owner", "source__author", "decided_by")
    found = asked.filter(source=source_id).defer("source__text").order_by("start", "pk")
    corrected = set(found.exclude(corrects=None).values_list("corrects_id", flat=True))
    return [
        one
        for one in found
        if one.pk not in corrected
        and not (one.state == State.SUPERSEDED and one.superseded_by_id is None)
    ]
