"""Checks whether the words on shortlists stand where they are said to: in texts, or on record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warmbench.insight.models import Insight, Source, SourcePerson
from warmbench.people.models import Candidate, CandidateTag
from warmbench.shortlists import frozen
from warmbench.shortlists.models import Change, ShortlistEntry
from warmbench.shortlists.verdict import Listed, Quote, Reason

#: What of a record may be another by now, and is noticed when it is.
_OF_RECORD = (Change.Kind.EMPLOYER, Change.Kind.PROMOTION, Change.Kind.LEADERSHIP)


@dataclass(frozen=True, slots=True)
class Broken:
    """A reason whose words stand nowhere."""

    shortlist_id: int
    entry_id: int
    #: Of the requirement.
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many reasons have words, and words that stand in their sources."""

    valid: int = 0
    #: Their source was deleted since, or the record is another one: nobody can check them.
    gone: int = 0
    broken: tuple[Broken, ...] = ()

    @property
    def of(self) -> int:
        """The reasons that could be checked."""
        return self.valid + len(self.broken)


@dataclass(slots=True)
class _Held:
    """What there is to check words of somebody against."""

    quotes: dict[int, tuple[str, str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    changed: list[datetime] = field(default_factory=list)


def check(entries: Sequence[ShortlistEntry]) -> Checked:
    """Read the sources of every reason on these entries. A reason without words is broken, too."""
    reasons = [(entry, one) for entry in entries for one in _reasons(entry)]
    held = _held(entries)
    valid, gone, broken = 0, 0, []
    for entry, reason in reasons:
        theirs, since = held[entry.candidate_id], entry.shortlist.made_at
        found = [_stands(one, theirs, since) for one in reason.quotes] or [False]
        if False in found:
            text = next((one.text for one in reason.quotes), "")
            broken.append(Broken(entry.shortlist_id, entry.pk, reason.key, text))
        elif None in found:
            gone += 1
        else:
            valid += 1
    return Checked(valid, gone, tuple(broken))


def _reasons(entry: ShortlistEntry) -> tuple[Reason, ...]:
    heard = frozen.heard(entry.told)
    return heard.reasons if isinstance(heard, Listed) else ()


def _stands(quote: Quote, held: _Held, since: datetime) -> bool | None:
    """Whether these words stand somewhere; None where their source is not there any more."""
    if quote.insight_id is not None:
        if quote.insight_id not in held.quotes:
            return None
        said, text = held.quotes[quote.insight_id]
        return bool(quote.text) and quote.text == said and said in text
    if quote.text in held.words:
        return True
    plain = _plain(quote.text)
    if plain and any(plain in text for text in held.texts):
        return True
    return None if any(at >= since for at in held.changed) else False


def _held(entries: Sequence[ShortlistEntry]) -> Mapping[int, _Held]:
    """By candidate."""
    ids = {one.candidate_id for one in entries}
    of: defaultdict[int, _Held] = defaultdict(_Held)
    facts = Insight.objects.filter(candidate__in=ids).select_related("source")
    for fact in facts.only("candidate_id", "quote", "source__text"):
        of[fact.candidate_id].quotes[fact.pk] = fact.quote, fact.source.text
    for one in Candidate.objects.filter(pk__in=ids).only("job_title", "employer"):
        of[one.pk].words |= {one.job_title, one.employer} - {""}
    for tag in CandidateTag.objects.filter(candidate__in=ids).select_related("tag"):
        of[tag.candidate_id].words.add(tag.tag.name)
    for row in _texts(ids):
        of[row.candidate_id].texts.append(_plain(row.source.text))
    for change in Change.objects.filter(candidate__in=ids, kind__in=_OF_RECORD):
        of[change.candidate_id].changed.append(change.at)
    return of


def _texts(ids: Iterable[int]) -> Iterable[SourcePerson]:
    rows = SourcePerson.objects.filter(candidate__in=list(ids))
    return rows.filter(source__state=Source.State.READ).select_related("source")


def _plain(text: str) -> str:
    """Words with one space between them: sentences run over the ends of lines."""
    return " ".join(text.split())
