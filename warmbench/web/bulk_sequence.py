"""Puts people from the list of candidates on a sequence: shown first, and undone for minutes."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.models import AuditEntry
from warmbench.nurture import enrollment
from warmbench.nurture.enrollment import UNDO, Verdict
from warmbench.nurture.models import Sequence
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.candidate_filter import COUNTED, Filter
from warmbench.web.toasts import back, undone

#: Why one does not begin, and why several do not, as the rest of a sentence.
_WHY_NOT = {
    Verdict.UNDER_WAY: ("is on it already", "are on it already"),
    Verdict.WAS_HERE: ("was on it before", "were on it before"),
    Verdict.MISSING_TAGS: (
        "lacks a specialty, seniority or place",
        "lack a specialty, seniority or place",
    ),
    Verdict.SPOKEN_FOR: (
        "has applied, been placed or hired, or is not to be written to",
        "have applied, been placed or hired, or are not to be written to",
    ),
    Verdict.NOT_LET_IN: (
        "is not let in by its rule for entering",
        "are not let in by its rule for entering",
    ),
    Verdict.INACTIVE: ("cannot begin: it does not run", "cannot begin: it does not run"),
}


class BulkSequenceForm(forms.Form):
    """Who begins which sequence."""

    #: The query of the list, to come back to it and for ``everybody`` on it.
    list = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    everybody = forms.BooleanField(required=False, widget=forms.HiddenInput)
    id = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.MultipleHiddenInput
    )
    sequence = forms.ModelChoiceField(
        queryset=Sequence.objects.filter(state=Sequence.State.ACTIVE).order_by("name"),
        required=False,
        empty_label="Choose one",
    )
    restart = forms.BooleanField(
        required=False, label="Whoever was on it before begins it anew, from the first step"
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ids = [pk for pk in data.getlist("id") if pk.isdecimal() and len(pk) < 19]
        self.fields["id"].choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    """Who is to begin what."""

    form: BulkSequenceForm
    #: Those whom the user may change.
    people: list[int]
    #: How many belong to colleagues.
    others: int
    #: The list that they are from.
    there: str
    sequence: Sequence | None
    restart: bool


@dataclass(frozen=True)
class Begun:
    """That the user let people begin a sequence minutes ago, and can still take it back."""

    entry_id: int
    sequence: Sequence
    people: int
    at: datetime
    until: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def begin(request: HttpRequest) -> HttpResponse:
    """Show how many would begin a sequence and why the others would not; by POST, let them."""
    user, now = user_of(request), clock.now()
    asked = _asked(request.POST if request.method == "POST" else request.GET, user, now=now)
    only_shown = request.method != "POST" or "show" in request.POST
    if only_shown or asked.sequence is None:
        verdicts = _weighed(asked, now=now)
        context = {
            "section": "candidates",
            "asked": asked,
            "begin": verdicts[Verdict.ENROLLED],
            "were_here": verdicts[Verdict.WAS_HERE] or asked.restart,
            "reasons": [
                (count, _WHY_NOT[why][count > 1]) for why in _WHY_NOT if (count := verdicts[why])
            ],
            "minutes": int(UNDO.total_seconds() // 60),
        }
        return render(request, "candidates/sequence.html", context)
    verdicts = Counter(
        enrollment.enroll(
            asked.people,
            asked.sequence,
            restart=asked.restart,
            is_choosy=True,
            by_id=user.pk,
            now=now,
        ).values()
    )
    begun = verdicts[Verdict.ENROLLED]
    said = f"{_people(begun)} began “{asked.sequence.name}”." if begun else "Nobody began it."
    return back(request, asked.there, said=said, is_error=not begun)


@require_POST
@policy(Policy.OWNER)
def undo(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take people off a sequence whom the user put on it minutes ago."""
    user = user_of(request)
    entry = access.enrollment_to_undo(user, entry_id)
    sequence_id = int(entry.subject.removeprefix("sequence:"))
    gone = enrollment.undo_enrollment(sequence_id, entry.at, by_id=user.pk, now=clock.now())
    stayed = enrollment.begun_together(sequence_id, entry.at).count()
    if not gone and stayed:
        said = "Too late: they stay on it. Take them off one by one, or pause the sequence."
        return undone(request, "candidates", said=said, is_error=True)
    if not gone:
        return undone(request, "candidates", said="It was taken back already.")
    said = f"{_people(gone)} taken off it, as if they had never begun."
    if stayed:
        said += f" {_people(stayed)} had begun by then, and stay."
    return undone(request, "candidates", said=said)


def lately(user: User, *, now: datetime) -> list[Begun]:
    """What this user let several people begin, as long as it can be taken back."""
    trail = AuditEntry.objects.filter(
        actor_id=user.pk, action=enrollment.BEGUN, at__gt=now - UNDO
    ).order_by("-at")
    found = []
    for entry in trail:
        sequence_id = int(entry.subject.removeprefix("sequence:"))
        if people := enrollment.begun_together(sequence_id, entry.at).count():
            sequence = access.sequence_for(sequence_id)
            found.append(Begun(entry.pk, sequence, people, entry.at, entry.at + UNDO))
    return found


def _asked(data: QueryDict, user: User, *, now: datetime) -> Asked:
    form = BulkSequenceForm(data)
    form.is_valid()
    said = form.cleaned_data
    chosen = Filter.of(QueryDict(said.get("list", "").lstrip("?")), user=user, now=now)
    pks: Collection[int] = chosen.found[:COUNTED] if said.get("everybody") else said.get("id", [])
    mine = access.candidates_to_change(user, pks)
    there = reverse("candidates") + chosen.address()
    others = len(set(pks)) - len(mine)
    return Asked(form, mine, others, there, said.get("sequence"), bool(said.get("restart")))


def _weighed(asked: Asked, *, now: datetime) -> Counter[Verdict]:
    if asked.sequence is None:
        return Counter()
    found = enrollment.weigh(
        asked.people, asked.sequence, restart=asked.restart, is_choosy=True, now=now
    )
    return Counter(found.values())


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


urlpatterns = [
    path("candidates/sequence/", begin, name="bulk-sequence"),
    path("candidates/sequence/<int:entry_id>/undo/", undo, name="bulk-sequence-undo"),
]
