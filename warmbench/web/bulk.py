"""Changes many candidates at once from their list: a tag on or off, another recruiter."""

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from warmbench.accounts.models import User
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.people import bulk_pauses, bulk_tagging, handing_over, search
from warmbench.people.models import Tag
from warmbench.people.tag_edits import TreeError
from warmbench.people.tagging import TagGoneError
from warmbench.signals import bulk_reminders
from warmbench.web import access, queue
from warmbench.web.access import user_of
from warmbench.web.bulk_changes import how_many
from warmbench.web.candidate_filter import COUNTED, Filter
from warmbench.web.candidates import answer
from warmbench.web.toasts import back, is_htmx, lead, toast, undone

DOINGS = ("tag", "untag", "give", "sequence", "pause", "resume", "remind")


class BulkForm(forms.Form):
    """Whom to change, and how."""

    do = forms.ChoiceField(choices=[(what, what) for what in DOINGS])
    #: The query of the list, to come back to it and for ``everybody`` on it.
    list = forms.CharField(required=False, max_length=2000)
    everybody = forms.BooleanField(required=False)
    id = forms.TypedMultipleChoiceField(required=False, coerce=int)
    tag = forms.CharField(required=False, max_length=120)
    to = forms.ChoiceField(required=False)
    #: The last day of a pause; blank: until somebody resumes them.
    until = forms.DateField(required=False)
    #: On which day to be reminded, and of what.
    on = forms.DateField(required=False)
    note = forms.CharField(required=False, max_length=300)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ids = [pk for pk in data.getlist("id") if pk.isdecimal() and len(pk) < 19]
        self.fields["id"].choices = [(pk, pk) for pk in ids]  # type: ignore[attr-defined]
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("nobody", "Nobody"),
            *((str(one.pk), one.name) for one in queue.recruiters()),
        ]

    def clean(self) -> dict[str, object]:
        """What is to be done says with what."""
        fields: dict[str, object] = self.cleaned_data
        if not fields.get("id") and not fields.get("everybody"):
            raise forms.ValidationError("Select somebody first.")
        if fields.get("do") in {"tag", "untag"}:
            fields["tag"] = self._tag(str(fields.get("tag", "")))
        elif fields.get("do") == "give" and not fields.get("to"):
            raise forms.ValidationError("Choose a recruiter.")
        elif fields.get("do") == "remind" and not fields.get("on"):
            raise forms.ValidationError("Say on which day you want to be reminded.")
        return fields

    def _tag(self, name: str) -> Tag:
        if not name.strip():
            raise forms.ValidationError("Name a tag.")
        tag = search.tag_called(name)
        if tag is None:
            raise forms.ValidationError(f"There is no tag called “{name}”.")
        return tag


@require_POST
@policy(Policy.RECRUITER)
def change(request: HttpRequest) -> HttpResponse:
    """Change those of the people whom the user may change."""
    user, now = user_of(request), clock.now()
    form = BulkForm(request.POST)
    asked = QueryDict(request.POST.get("list", "").lstrip("?"))
    chosen = Filter.of(asked, user=user, now=now)
    if not form.is_valid():
        said = str(next(iter(form.errors.values()))[0])
        return _back(request, chosen, asked, said, is_error=True)
    fields = form.cleaned_data
    if fields["do"] == "sequence":
        return _to_sequences(request, fields)
    pks = fields["id"]
    if fields["everybody"]:
        pks = chosen.found[:COUNTED]
    mine = access.candidates_to_change(user, pks)
    try:
        said, undo = _change(user, mine, fields)
    except (TreeError, TagGoneError) as error:
        return _back(request, chosen, asked, str(error), is_error=True)
    if left := len(set(pks)) - len(mine):
        said += f" {left:,} belong to colleagues and stay as they are."
    return _back(request, chosen, asked, said, undo=undo)


@require_POST
@policy(Policy.OWNER)
def undo_tagging(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Take back what a bulk change of tags did."""
    user = user_of(request)
    bulk = access.bulk_tagging_to_undo(user, bulk_id)
    people = bulk_tagging.undo(bulk.pk, by_id=user.pk, now=clock.now())
    return undone(request, "candidates", said=how_many(len(people)))


@require_POST
@policy(Policy.OWNER)
def undo_hand_over(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """Give people back to whoever had them."""
    user = user_of(request)
    given = access.hand_over_to_undo(user, hand_over_id)
    people = handing_over.undo(given.pk, by_id=user.pk, now=clock.now())
    return undone(request, "candidates", said=how_many(len(people)))


def _to_sequences(request: HttpRequest, fields: dict[str, Any]) -> HttpResponse:
    """To the page that says what would become of it, and with whom."""
    asked = {"list": fields["list"], "everybody": "1"} if fields["everybody"] else {}
    whom = asked or {"list": fields["list"], "id": fields["id"]}
    return lead(request, f"{reverse('bulk-sequence')}?{urlencode(whom, doseq=True)}")


def _change(user: User, pks: list[int], fields: dict[str, object]) -> tuple[str, str]:
    """Do it. Returns what to say, and the address that undoes it."""
    now = clock.now()
    if fields["do"] in {"pause", "resume", "remind"}:
        return _hold_or_remind(user, pks, fields)
    if fields["do"] == "give":
        to_id = None if fields["to"] == "nobody" else int(str(fields["to"]))
        given = handing_over.give(pks, to_id=to_id, by_id=user.pk, now=now)
        name = next((one.name for one in queue.recruiters() if one.pk == to_id), "nobody")
        if given is None:
            return f"All of them were with {name} already.", ""
        said = f"{_people(len(given.detail['candidates']))} now with {name}."
        return said, reverse("hand-over-undo", args=[given.pk])
    tag = fields["tag"]
    assert isinstance(tag, Tag), "the form has looked it up"
    if fields["do"] == "tag":
        bulk = bulk_tagging.add(tag.pk, pks, by_id=user.pk, now=now)
        nothing, done = "All of them have", "tagged"
    else:
        bulk = bulk_tagging.remove(tag.pk, pks, by_id=user.pk, now=now)
        nothing, done = "None of them has", "no longer tagged"
    if bulk is None:
        return f"{nothing} the tag {tag.name}.", ""
    said = f"{_people(len(bulk.candidate_ids))} {done} {tag.name}."
    return said, reverse("bulk-undo", args=[bulk.pk])


def _hold_or_remind(user: User, pks: list[int], fields: dict[str, object]) -> tuple[str, str]:
    now = clock.now()
    day = fields["on"] if fields["do"] == "remind" else fields["until"]
    if fields["do"] == "remind":
        assert isinstance(day, date), "the form has asked for it"
        note = str(fields["note"])
        entry = bulk_reminders.remind(pks, on=day, note=note, by_id=user.pk, now=now)
        done, undo = "before you again on {day}", "bulk-reminder-undo"
        if len(pks) > bulk_reminders.MOST:
            done += ", the first of them: more are looked at by nobody"
    elif fields["do"] == "pause":
        until = (
            datetime.combine(day, time.max, timezone.get_current_timezone())
            if isinstance(day, date)
            else None
        )
        entry = bulk_pauses.pause(pks, until=until, by_id=user.pk, now=now)
        done = "paused until {day}" if day else "paused until somebody resumes them"
        undo = "bulk-pause-undo"
    else:
        entry = bulk_pauses.resume(pks, by_id=user.pk, now=now)
        done, undo = "resumed", "bulk-pause-undo"
    if entry is None:
        return "Nothing changed: all of them stood so already, or asked for it themselves.", ""
    people = _people(len(entry.detail["candidates"]))
    said = f"{people} {done.format(day=f'{day:%-d %b %Y}' if day else '')}."
    return said, reverse(undo, args=[entry.pk])


def _back(
    request: HttpRequest,
    chosen: Filter,
    asked: QueryDict,
    said: str,
    *,
    undo: str = "",
    is_error: bool = False,
) -> HttpResponse:
    """The list as it is now, with a word about what happened."""
    if not is_htmx(request):
        here = reverse("candidates") + chosen.address()
        return back(request, here, said=said, undo=undo, is_error=is_error)
    response = answer(request, chosen, asked)
    toast(response, said, undo=undo, is_error=is_error)
    return response


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


urlpatterns = [
    path("candidates/bulk/", change, name="bulk"),
    path("candidates/bulk/<int:bulk_id>/undo/", undo_tagging, name="bulk-undo"),
    path("candidates/handed-over/<int:hand_over_id>/undo/", undo_hand_over, name="hand-over-undo"),
]
