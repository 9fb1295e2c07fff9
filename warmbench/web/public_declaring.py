"""The candidate's page on which they may declare, for audits alone, what groups they belong to."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy

from warmbench.core.tokens import Purpose
from warmbench.shortlists import declaring
from warmbench.shortlists.declaring import ETHNICITY, SEX
from warmbench.web.public_frame import Visit, visited
from warmbench.web.public_requests import unavailable

_UNSAID = ("", gettext_lazy("I prefer not to say"))


class DeclarationForm(forms.Form):
    """What somebody declares of themselves. Nothing has to be answered."""

    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            _UNSAID,
            ("female", gettext_lazy("Female")),
            ("male", gettext_lazy("Male")),
            ("another", gettext_lazy("Another, or neither")),
        ],
    )
    ethnicity = forms.ChoiceField(
        label=gettext_lazy("Race and ethnicity"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            _UNSAID,
            ("hispanic", gettext_lazy("Hispanic or Latino")),
            ("white", gettext_lazy("White")),
            ("black", gettext_lazy("Black or African American")),
            ("pacific", gettext_lazy("Native Hawaiian or Pacific Islander")),
            ("asian", gettext_lazy("Asian")),
            ("native", gettext_lazy("Native American or Alaska Native")),
            ("several", gettext_lazy("Two or more of these")),
        ],
    )

    def __init__(self, data: QueryDict | None, *, present: dict[str, str]) -> None:
        initial: dict[str, Any] = {SEX: "", ETHNICITY: ""} | present
        super().__init__(data, initial=initial)


@visited(Purpose.MY_DATA, "GET", "HEAD", "POST")
def declare(visit: Visit) -> HttpResponse:
    """Say what it is for; on POST keep what is declared, instead of what was before."""
    if visit.is_over or visit.known is None:
        return unavailable(visit)
    data = visit.request.POST if visit.is_post else None
    form = DeclarationForm(data, present=declaring.declared(visit.candidate_id))
    is_saved = visit.is_post and form.is_valid()
    if is_saved:
        declaring.declare(visit.candidate_id, form.cleaned_data, now=visit.now)
    return visit.page("declare", form=form, is_saved=is_saved)
