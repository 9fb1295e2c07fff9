"""Keeps content pieces: what they say, whom they are for, and whether they may be sent."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.models import AuditEntry
from warmbench.messaging import templates, wording
from warmbench.messaging.templates import TemplateError
from warmbench.nurture import checks
from warmbench.nurture.models import ContentPiece, ContentVariant

State = ContentPiece.State
#: More wordings than anybody compares.
MAX_WORDINGS = 6
#: What a piece must be taken off the shelf for: other people would be given words that nobody
#: looked over for them.
AIM = frozenset({"kind", "topic_id", "seniority_id", "place_id", "language"})

#: What wordings go by.
LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say what a piece says, as its author wrote it."""

    label: str
    subject: str
    body: str
    is_retired: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything that a person may say about a piece."""

    title: str
    kind: str
    wordings: tuple[Wording, ...]
    topic_id: int | None = None
    seniority_id: int | None = None
    place_id: int | None = None
    language: str = "en"
    owner_id: int | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a wording from being sent: one sentence for its author, and where it is."""

    label: str
    #: ``subject``, ``body``, or the template as a whole.
    part: str
    #: From 1; 0 for the whole part.
    line: int
    sentence: str


class StalePieceError(ValueError):
    """Somebody else changed the piece since it was read."""


class PieceError(ValueError):
    """The piece cannot become so. The message is for the person who tried."""


class NotReadyError(PieceError):
    """The piece may not go live yet. ``reasons`` says why, one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


_COLUMNS = tuple(field.name for field in fields(Terms) if field.name != "wordings")


def terms_of(piece: ContentPiece) -> Terms:
    """What is said about a piece now."""
    wordings = tuple(
        Wording(one.label, one.subject, one.body, one.is_retired)
        for one in piece.variants.order_by("label")
    )
    return Terms(**{name: getattr(piece, name) for name in _COLUMNS}, wordings=wordings)


@transaction.atomic
def create(terms: Terms, *, by_id: int | None, now: datetime) -> ContentPiece:
    """A new piece, as a draft: nobody is given it before it goes live."""
    piece = ContentPiece.objects.create(
        **_columns(terms), key=_free_key(terms.title), reviewed_on=now.date()
    )
    ContentVariant.objects.bulk_create(_row(piece, one) for one in terms.wordings)
    audit.record(by_id, "piece.created", _subject(piece.pk), now=now)
    return piece


@transaction.atomic
def duplicate(piece_id: int, *, by_id: int | None, now: datetime) -> ContentPiece:
    """Another draft like a piece, for whoever makes it to look after. Its retired wordings stay
    behind."""
    terms = terms_of(ContentPiece.objects.get(pk=piece_id))
    used = [one for one in terms.wordings if not one.is_retired]
    wordings = tuple(replace(one, label=label) for label, one in zip(LABELS, used, strict=False))
    title = f"Copy of {terms.title}"[:200]
    like = replace(terms, title=title, wordings=wordings, owner_id=by_id, expires_on=None)
    return create(like, by_id=by_id, now=now)


@transaction.atomic
def save(
    piece_id: int, terms: Terms, *, revision: int, by_id: int | None, now: datetime
) -> list[str]:
    """Say something else about a piece. Returns what is different; nothing may be.

    New words do not go out before the piece goes live again. A live piece for other people, or
    of another kind, becomes a draft. Raises StalePieceError if the piece is no longer as it was
    at ``revision``, and PieceError if a live piece would be left without words.
    """
    piece = _locked(piece_id)
    if piece.revision != revision:
        raise StalePieceError
    wanted = _columns(terms)
    changed = [name for name, value in wanted.items() if getattr(piece, name) != value]
    was_in_use = piece.state == State.LIVE
    if was_in_use and AIM.intersection(changed):
        wanted["state"] = State.DRAFT
    if _keep_wordings(piece, terms.wordings):
        changed.append("wordings")
    if not changed:
        return []
    if was_in_use and "state" not in wanted and not _sendable(piece).exists():
        raise PieceError(
            "All wordings that are sent would be retired. Let it go live with another one"
            " first, or retire the whole piece."
        )
    ContentPiece.objects.filter(pk=piece_id).update(**wanted, revision=revision + 1)
    detail: dict[str, object] = {"fields": sorted(changed)}
    audit.record(by_id, "piece.edited", _subject(piece_id), now=now, detail=detail)
    return changed


def problems(wordings: Iterable[Wording]) -> list[Problem]:
    """What keeps these wordings from being sent."""
    found = []
    for one in wordings:
        try:
            if not one.is_retired:
                templates.compile(subject=one.subject, body=one.body, look="article")
        except TemplateError as error:
            found.append(Problem(one.label, error.part, error.line, str(error)))
    return found


def not_ready(piece: ContentPiece, *, today: date) -> list[str]:
    """Why a piece may not go live, one sentence each; empty if it may."""
    terms = terms_of(piece)
    used = [one for one in terms.wordings if not one.is_retired]
    reasons = [f"Wording {one.label}: {one.sentence}" for one in problems(used)]
    if not used:
        reasons.append("It has no wording that is not retired.")
    if piece.expires_on is not None and piece.expires_on <= today:
        reasons.append("It has expired: give it a later day, or none.")
    return reasons


@transaction.atomic
def ask_for_review(piece_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Put a draft before the others. Returns False if it was none."""
    return _move(piece_id, (State.DRAFT,), State.REVIEW, by_id=by_id, now=now)


@transaction.atomic
def take_back(piece_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Make a draft of a piece that is in review, or retired. Returns False if it is neither."""
    return _move(piece_id, (State.REVIEW, State.RETIRED), State.DRAFT, by_id=by_id, now=now)


@transaction.atomic
def retire(piece_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Give it to nobody any more. What was sent stays to be seen. Returns False if it was
    retired before."""
    others = tuple(state for state in State if state != State.RETIRED)
    return _move(piece_id, others, State.RETIRED, by_id=by_id, now=now)


@transaction.atomic
def go_live(
    piece_id: int, *, by_id: int | None, now: datetime, revision: int | None = None
) -> None:
    """Send its words, as they are now, from now on, and note that they were looked over today.

    Raises NotReadyError: its words have to be right, and to have passed their checks; and
    StalePieceError if whoever lets it go saw another ``revision``.
    """
    piece = _locked(piece_id)
    if revision not in {None, piece.revision}:
        raise StalePieceError
    if reasons := not_ready(piece, today=now.date()) or checks.missing(piece):
        raise NotReadyError(reasons)
    for variant in piece.variants.filter(is_retired=False):
        # Other words are another template: what was sent stays to be seen as it was.
        variant.template = wording.keep(
            subject=variant.subject, body=variant.body, look="article", now=now
        )
        variant.save(update_fields=["template"])
    _set(piece, state=State.LIVE, reviewed_on=now.date())
    audit.record(by_id, "piece.live", _subject(piece_id), now=now, detail={"was": piece.state})


@transaction.atomic
def confirm(piece_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Note that a live piece was looked over today and is still right. Returns False if it is
    not live."""
    piece = _locked(piece_id)
    if piece.state != State.LIVE:
        return False
    _set(piece, reviewed_on=now.date())
    audit.record(by_id, "piece.reviewed", _subject(piece_id), now=now)
    return True


def is_unsent(variant: ContentVariant) -> bool:
    """Whether its words are others than those that are sent."""
    sent = variant.template
    return sent is None or (sent.subject, sent.body) != (variant.subject, variant.body)


def history(piece_id: int) -> QuerySet[AuditEntry]:
    """What people did about a piece, newest first."""
    return AuditEntry.objects.filter(subject=_subject(piece_id)).order_by("-at", "-pk")


def changed_by(piece_id: int) -> str:
    """The name of who changed a piece last, as one says it in a sentence."""
    entry = history(piece_id).exclude(actor_id=None).first()
    user = User.objects.filter(pk=entry.actor_id or 0).first() if entry else None
    return user.name if user else "somebody else"


def next_label(labels: Iterable[str]) -> str:
    """What one more wording is called."""
    taken = set(labels)
    return next(label for label in LABELS if label not in taken)


def _move(
    piece_id: int, before: tuple[State, ...], after: State, *, by_id: int | None, now: datetime
) -> bool:
    piece = _locked(piece_id)
    if piece.state not in before:
        return False
    _set(piece, state=after)
    detail: dict[str, object] = {"was": piece.state, "is": after.value}
    audit.record(by_id, "piece.state", _subject(piece_id), now=now, detail=detail)
    return True


def _set(piece: ContentPiece, **columns: object) -> None:
    ContentPiece.objects.filter(pk=piece.pk).update(**columns, revision=piece.revision + 1)


def _locked(piece_id: int) -> ContentPiece:
    return ContentPiece.objects.select_for_update(no_key=True).get(pk=piece_id)


def _sendable(piece: ContentPiece) -> QuerySet[ContentVariant]:
    return piece.variants.filter(is_retired=False).exclude(template=None)


def _columns(terms: Terms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in _COLUMNS}


def _row(piece: ContentPiece, one: Wording) -> ContentVariant:
    said = {field.name: getattr(one, field.name) for field in fields(Wording)}
    return ContentVariant(piece=piece, **said)


def _keep_wordings(piece: ContentPiece, wordings: Iterable[Wording]) -> bool:
    """Store these words, and forget others that were never sent. Returns whether anything is
    different."""
    wanted = {one.label: one for one in wordings}
    is_different = False
    for known in piece.variants.select_for_update(no_key=True):
        one = wanted.pop(known.label, None)
        if one is None and known.template_id is None:
            known.delete()
        elif one is None or one == Wording(
            known.label, known.subject, known.body, known.is_retired
        ):
            continue
        else:
            known.subject, known.body, known.is_retired = one.subject, one.body, one.is_retired
            known.save(update_fields=["subject", "body", "is_retired"])
        is_different = True
    ContentVariant.objects.bulk_create(_row(piece, one) for one in wanted.values())
    return is_different or bool(wanted)


def _free_key(title: str) -> str:
    """A name for its file that no other piece has."""
    stem = slugify(title)[:50].strip("-") or "piece"
    taken = set(ContentPiece.objects.filter(key__startswith=stem).values_list("key", flat=True))
    names = (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _subject(piece_id: int) -> str:
    return f"piece:{piece_id}"
