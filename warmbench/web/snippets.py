"""The pages about market notes: what check-ins say of the market, to whom, and how long yet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.languages import FALLBACK, LANGUAGES
from warmbench.nurture import snippets
from warmbench.nurture.models import MarketSnippet
from warmbench.nurture.snippets import SOON, USUAL, Draft, UnfitError
from warmbench.people.models import Tag
from warmbench.web import access
from warmbench.web.access import user_of
from warmbench.web.candidate_forms import DayInput
from warmbench.web.toasts import back
from warmbench.web.typed import number

State = MarketSnippet.State


@dataclass(frozen=True)
class Note:
    """A market note in the list."""

    snippet: MarketSnippet
    #: Days since it was written, and until it expires; negative once it has.
    age: int
    left: int

    @property
    def status(self) -> tuple[str, str]:
        """A word for how it stands, and the colour it has."""
        if self.snippet.state != State.LIVE:
            return str(self.snippet.get_state_display()), self.snippet.state
        if self.left <= 0:
            return "Expired", "refused"
        return ("Expires soon", "later") if self.left <= SOON.days else ("Live", "on")

    @property
    def is_said(self) -> bool:
        """Whether check-ins may say it today."""
        return self.snippet.state == State.LIVE and self.left > 0


@dataclass(frozen=True)
class Shelf:
    """A specialty, a category, or everybody, with the notes on it."""

    name: str
    topic_id: int | None
    is_category: bool
    notes: list[Note]
    #: Where people get their note from who have none of their own here; blank if from nowhere.
    instead: str

    @property
    def has_own(self) -> bool:
        """Whether there is a note of its own that is said today."""
        return any(note.is_said for note in self.notes)


class SnippetForm(forms.Form):
    """A market note."""

    text = forms.CharField(
        label="What check-ins say",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One sentence or two, as you would say it to somebody of the trade.",
        error_messages={"required": "Write a sentence or two."},
    )
    topic = forms.ModelChoiceField(
        label="For", queryset=Tag.objects.none(), required=False, empty_label="Everybody"
    )
    language = forms.ChoiceField(choices=list(LANGUAGES.items()), initial=FALLBACK)
    expires_on = forms.DateField(
        label="Said until",
        widget=DayInput(),
        help_text="The day from which on nobody hears it any more. Within a year.",
    )
    state = forms.ChoiceField(
        choices=[(State.LIVE, "Live: said from now on"), (State.DRAFT, "Draft: not said yet")],
        initial=State.LIVE,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, today: date, snippet: MarketSnippet | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ModelChoiceField)
        wide = Tag.objects.filter(kind__in=[Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY])
        known = snippet.topic_id if snippet else None
        topic.queryset = wide.filter(Q(retired_at=None) | Q(pk=known)).order_by("name")

    def clean_expires_on(self) -> date:
        """A day that lies ahead."""
        day: date = self.cleaned_data["expires_on"]
        if day <= self.today:
            raise forms.ValidationError("Choose a day after today.")
        return day

    def draft(self) -> Draft:
        """What was entered."""
        said = self.cleaned_data
        topic = said["topic"]
        return Draft(
            topic_id=topic.pk if topic else None,
            language=said["language"],
            text=said["text"],
            state=said["state"],
            expires_on=said["expires_on"],
        )


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """Every note by what it is about, and which specialties have none."""
    today = clock.now().date()
    found = MarketSnippet.objects.select_related("topic", "owner").order_by("-written_on", "-pk")
    notes = [
        Note(one, (today - one.written_on).days, (one.expires_on - today).days) for one in found
    ]
    kept = [note for note in notes if note.snippet.state != State.RETIRED]
    shelves = _shelves(kept)
    context = {
        "section": "sequences",
        "shelves": shelves,
        "said": sum(note.is_said for note in kept),
        "soon": sum(note.is_said and note.left <= SOON.days for note in kept),
        "expired": sum(note.snippet.state == State.LIVE and note.left <= 0 for note in kept),
        "without": [one for one in shelves if not one.is_category and not one.has_own],
        "retired": [note for note in notes if note.snippet.state == State.RETIRED],
        "has_any": bool(notes),
    }
    return render(request, "snippets/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def add(request: HttpRequest) -> HttpResponse:
    """Write a note."""
    now = clock.now()
    initial = {"expires_on": now.date() + USUAL, "topic": number(request.GET, "topic")}
    form = SnippetForm(request.POST or None, today=now.date(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            snippets.create(form.draft(), by_id=user_of(request).pk, now=now)
        except UnfitError as error:
            form.add_error("text", str(error))
        else:
            is_live = form.cleaned_data["state"] == State.LIVE
            said = "Kept. Check-ins say it from now on." if is_live else "Kept as a draft."
            return back(request, "snippets", said=said)
    return _editor(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Policy.RECRUITER)
def edit(request: HttpRequest, snippet_id: int) -> HttpResponse:
    """Change a note."""
    found, now = access.snippet_for(snippet_id), clock.now()
    initial = {
        "text": found.text,
        "topic": found.topic_id,
        "language": found.language,
        "expires_on": found.expires_on,
        "state": State.DRAFT if found.state == State.DRAFT else State.LIVE,
    }
    form = SnippetForm(request.POST or None, today=now.date(), snippet=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = snippets.edit(found.pk, form.draft(), by_id=user_of(request).pk, now=now)
        except UnfitError as error:
            form.add_error("text", str(error))
        else:
            said = "Changed. What is queued keeps the old words." if changed else "As it was."
            return back(request, "snippets", said=said)
    return _editor(request, form, found)


@require_POST
@policy(Policy.RECRUITER)
def retire(request: HttpRequest, snippet_id: int) -> HttpResponse:
    """Let no check-in say a note any more, or let them say it again."""
    found, user, now = access.snippet_for(snippet_id), user_of(request), clock.now()
    if "back" in request.POST:
        moved = snippets.restore(found.pk, by_id=user.pk, now=now)
        is_over = found.expires_on <= now.date()
        again = "It has expired: choose a later day, or nobody hears it." if is_over else ""
        said = (again or "It is said again.") if moved else "It was so already."
    else:
        moved = snippets.retire(found.pk, by_id=user.pk, now=now)
        said = "Retired. What is queued keeps its words." if moved else "It was so already."
    return back(request, "snippets", said=said)


def _editor(request: HttpRequest, form: SnippetForm, found: MarketSnippet | None) -> HttpResponse:
    context = {"section": "sequences", "form": form, "snippet": found}
    return render(request, "snippets/edit.html", context, status=422 if form.errors else 200)


def _shelves(notes: list[Note]) -> list[Shelf]:
    by_topic: defaultdict[int | None, list[Note]] = defaultdict(list)
    for note in notes:
        by_topic[note.snippet.topic_id].append(note)
    said = {topic for topic, found in by_topic.items() if any(note.is_said for note in found)}
    tags = Tag.objects.filter(kind__in=[Tag.Kind.CATEGORY, Tag.Kind.SPECIALTY])
    in_use = [tag for tag in tags.order_by("name") if not tag.retired_at or by_topic[tag.pk]]
    everybody = "everybody" if None in said else ""
    shelves = [Shelf("Everybody", None, is_category=True, notes=by_topic[None], instead="")]
    for category in (tag for tag in in_use if tag.kind == Tag.Kind.CATEGORY):
        shelves.append(_shelf(category, by_topic, everybody))
        above = category.name if category.pk in said else everybody
        below = [tag for tag in in_use if tag.parent_id == category.pk]
        shelves += [_shelf(tag, by_topic, above) for tag in below]
    return shelves


def _shelf(tag: Tag, by_topic: dict[int | None, list[Note]], instead: str) -> Shelf:
    is_category = tag.kind == Tag.Kind.CATEGORY
    return Shelf(tag.name, tag.pk, is_category, by_topic[tag.pk], instead)


urlpatterns = [
    path("sequences/market/", show_all, name="snippets"),
    path("sequences/market/new/", add, name="snippet-new"),
    path("sequences/market/<int:snippet_id>/", edit, name="snippet"),
    path("sequences/market/<int:snippet_id>/retire/", retire, name="snippet-retire"),
]
