"""What the pages of a sequence work on: its draft, or its newest version while there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from warmbench.nurture import drafts, versions
from warmbench.nurture import outline as outlines
from warmbench.nurture.drafts import StaleDraftError
from warmbench.nurture.drafts import save as keep
from warmbench.nurture.models import Sequence, SequenceDraft, SequenceVersion
from warmbench.nurture.outline import Outline, Problem

#: More people than this do not save one draft in one moment.
_TRIES = 10


@dataclass(frozen=True)
class Working:
    """A sequence as its next version would be."""

    sequence: Sequence
    outline: Outline
    #: None while nobody has begun to change it.
    draft: SequenceDraft | None
    #: The newest that is out; None for a sequence that never ran.
    newest: SequenceVersion | None
    #: Keys of steps that were published once: they name what people had.
    published: frozenset[str]

    @property
    def problems(self) -> list[Problem]:
        """What forbids to publish it."""
        return outlines.problems(self.outline)


def of(sequence: Sequence) -> Working:
    """What is being worked on. Looking begins no draft."""
    draft = (
        SequenceDraft.objects.select_related("changed_by", "review_asked_by")
        .filter(pk=sequence.pk)
        .first()
    )
    newest = sequence.versions.order_by("-number").first()
    if draft is not None:
        shown = outlines.from_json(draft.outline)
    elif newest is not None:
        shown = versions.outline_of(newest)
    else:
        shown = Outline(sequence.key, sequence.name)
    keys = sequence.versions.values_list("steps__key", flat=True).distinct()
    return Working(sequence, shown, draft, newest, frozenset(filter(None, keys)))


def change(
    sequence: Sequence,
    edit: Callable[[Outline], Outline],
    *,
    by_id: int,
    now: datetime,
) -> Outline:
    """Let ``edit`` change the draft, which begins with the first change. Returns what it is now.

    Others may save between the reading and the writing: then ``edit`` is asked anew, about
    theirs, and may raise if it does not go together with that.
    """
    for _ in range(_TRIES):
        draft = drafts.open(sequence.pk, by_id=by_id, now=now)
        before = outlines.from_json(draft.outline)
        after = edit(before)
        try:
            keep(sequence.pk, after, revision=draft.revision, by_id=by_id, now=now)
        except StaleDraftError:
            continue
        return after
    raise StaleDraftError("Others keep changing this draft.")
