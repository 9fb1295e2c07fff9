"""The page on which a candidate says what does not fit about something we sent."""

from django import forms
from django.forms import BoundField
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy

from warmbench.core.tokens import Purpose
from warmbench.signals import feedback
from warmbench.signals.feedback import About, NotForMe
from warmbench.web.public_frame import Visit, expired, visited
from warmbench.web.public_words import ABOUT

_WORDS = {
    About.PLACE: gettext_lazy("Where would it fit?"),
    About.PAY: gettext_lazy("What would it have to pay?"),
    About.SKILL: gettext_lazy("Which skill is it?"),
}


class NotForMeForm(forms.Form):
    """What does not fit, and, if she likes, what would."""

    about = forms.MultipleChoiceField(
        label=gettext_lazy("What does not fit?"),
        choices=list(ABOUT.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=[
            ("", gettext_lazy("not mine")),
            ("too_junior", gettext_lazy("below mine")),
            ("too_senior", gettext_lazy("above mine")),
        ],
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, known: dict[str, NotForMe]) -> None:
        initial = {"about": list(known)} | {
            f"words_{about}": said.words for about, said in known.items()
        }
        if About.LEVEL in known:
            initial["level"] = known[About.LEVEL].which_way
        super().__init__(data, initial=initial)
        for about, label in _WORDS.items():
            self.fields[f"words_{about}"] = forms.CharField(
                label=label, required=False, max_length=feedback.MOST_WORDS
            )

    def words(self) -> list[tuple[str, BoundField]]:
        """The fields for words, by what they are about."""
        return [(str(about), self[f"words_{about}"]) for about in _WORDS]

    def said(self) -> list[NotForMe]:
        """What the valid form says."""
        data = self.cleaned_data
        return [
            NotForMe(
                About(about),
                data["level"] if about == About.LEVEL else "",
                data.get(f"words_{about}", ""),
            )
            for about in data["about"]
        ]


@visited(Purpose.NOT_FOR_ME, "GET", "HEAD", "POST")
def not_for_me(visit: Visit) -> HttpResponse:
    """Ask what does not fit; keep the answer on POST, at once."""
    if visit.known is None or visit.known.has_stopped:
        return visit.page("stopped", my_data=visit.key_to(Purpose.MY_DATA))
    if visit.is_over:
        return expired(visit)
    known = feedback.known(visit.candidate_id, visit.message_id)
    form = NotForMeForm(visit.request.POST if visit.is_post else None, known=known)
    is_saved = visit.is_post and form.is_valid()
    if is_saved:
        said = form.said()
        feedback.take_down(visit.candidate_id, said, message_id=visit.message_id, now=visit.now)
        known = feedback.known(visit.candidate_id, visit.message_id)
        form = NotForMeForm(None, known=known)
    return visit.page(
        "not_for_me",
        form=form,
        words=form.words(),
        is_saved=is_saved,
        said=known,
        preferences=visit.key_to(Purpose.PREFERENCE),
    )
