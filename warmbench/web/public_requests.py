"""What a candidate may do about their data: correct, dispute, take away, object, have it erased.

Each is a page that says what will happen, and one POST that does it. Doing it again changes
nothing.
"""

from dataclasses import asdict
from datetime import timedelta

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmbench.core import languages, limits
from warmbench.core.tokens import Purpose
from warmbench.people import corrections
from warmbench.people.corrections import Told
from warmbench.people.editing import NotAnAddressError
from warmbench.signals import own_rights
from warmbench.web.public_frame import Visit, expired, too_often, visited

#: What somebody may write to us here; more fits into a mail.
_MOST_WORDS = 2000
#: A copy takes a second to put together, and is the same a minute later.
_COPIES = 10
_HOUR = timedelta(hours=1)


class CorrectionForm(forms.Form):
    """How the record should read."""

    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, max_length=120)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False, max_length=120)
    phone = forms.CharField(
        label=gettext_lazy("Another phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    city = forms.CharField(label=gettext_lazy("Town"), required=False, max_length=120)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What else is wrong?"),
        help_text=gettext_lazy("Your job, your e-mail address, a skill: a person puts it right."),
        required=False,
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: QueryDict | None, *, present: Told, language: str) -> None:
        super().__init__(data, initial=asdict(present))
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", _("not known")), *languages.country_names(language)]

    def told(self) -> Told:
        """What the valid form says."""
        return Told(**self.cleaned_data)


class WordsForm(forms.Form):
    """What somebody wants to say."""

    words = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=_MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: QueryDict | None, *, is_required: bool) -> None:
        super().__init__(data)
        self.fields["words"].required = is_required


def unavailable(visit: Visit) -> HttpResponse:
    """What is there instead of a page whose link has ended, or whose candidate is gone."""
    return visit.page("gone") if visit.known is None else expired(visit)


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def correct(visit: Visit) -> HttpResponse:
    """Put name, place and number right at once; pass on to a person what else is wrong."""
    present = corrections.present(visit.candidate_id)
    if visit.is_over or present is None:
        return unavailable(visit)
    data = visit.request.POST if visit.is_post else None
    form = CorrectionForm(data, present=present, language=visit.language)
    outcome = None
    if visit.is_post and form.is_valid():
        try:
            outcome = corrections.correct(
                visit.candidate_id, form.told(), message_id=visit.message_id, now=visit.now
            )
        except NotAnAddressError:
            form.add_error("phone", _("This is no phone number that we can read."))
    return visit.page("correct", form=form, outcome=outcome)


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def dispute(visit: Visit) -> HttpResponse:
    """Let a person look at something that the candidate contests."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    form = WordsForm(visit.request.POST if visit.is_post else None, is_required=True)
    is_asked = visit.is_post and form.is_valid()
    if is_asked:
        own_rights.dispute(visit.candidate_id, words=form.cleaned_data["words"], now=visit.now)
    return visit.page("dispute", form=form, is_asked=is_asked)


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def copy(visit: Visit) -> HttpResponse:
    """Say what the copy contains; give it on POST, so that no scanner takes it along."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    if not visit.is_post:
        return visit.page("copy")
    asked = f"copy:{visit.candidate_id}"
    if not limits.allows(asked, most=_COPIES, span=_HOUR, now=visit.now):
        return too_often(visit.request)
    taken = own_rights.take_copy(visit.candidate_id, now=visit.now)
    if taken is None:
        return unavailable(visit)
    day = f"{visit.now:%Y-%m-%d}"
    return HttpResponse(
        taken.as_zip(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="my-data-{day}.zip"'},
    )


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def object_to(visit: Visit) -> HttpResponse:
    """Say what objecting means; on POST, stop all messages and all profiling at once."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    form = WordsForm(visit.request.POST if visit.is_post else None, is_required=False)
    is_done = visit.is_post and form.is_valid()
    if is_done:
        own_rights.object_to(
            visit.candidate_id,
            message_id=visit.message_id,
            words=form.cleaned_data["words"],
            now=visit.now,
        )
    return visit.page("object", form=form, is_done=is_done)


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def erase(visit: Visit) -> HttpResponse:
    """Say what erasing means; on POST, ask for it, and stop all messages at once."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    form = WordsForm(visit.request.POST if visit.is_post else None, is_required=False)
    is_done = visit.is_post and form.is_valid()
    if is_done:
        own_rights.ask_for_erasure(
            visit.candidate_id,
            message_id=visit.message_id,
            words=form.cleaned_data["words"],
            now=visit.now,
        )
    return visit.page("erase", form=form, is_done=is_done)
