"""The form in which candidates say how things stand, what they want, and when we may write."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmbench.nurture.readers import CHOSEN_BY_READERS
from warmbench.people import pay
from warmbench.people.models import Candidate, Tag
from warmbench.signals import preferences
from warmbench.signals.preferences import Answers, Known, Pay, Topics, Wishes
from warmbench.signals.wishes import Correspondent
from warmbench.web.public_words import KINDS_OF_PIECE, PERIODS, REMOTE

#: Leaves a pause as it is.
_KEEP = "keep"
_UNTIL = "until"
_LONGEST_PAUSE = timedelta(days=2 * 366)
_BETWEEN_SKILLS = re.compile(r"[,;\n]+")
_LONGEST_SKILL = 120


class PreferencesForm(forms.Form):
    """What a candidate may tell us on one visit. All but the first answer may be left out."""

    status = forms.ChoiceField(
        label=gettext_lazy("How do things stand?"),
        choices=[
            (Candidate.Status.PASSIVE, gettext_lazy("I am happy where I am")),
            (Candidate.Status.OPEN, gettext_lazy("I would listen to the right offer")),
            (Candidate.Status.SEARCHING, gettext_lazy("I am looking for something new")),
        ],
        widget=forms.RadioSelect,
    )
    amount = forms.CharField(
        label=gettext_lazy("At least"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=[(code, code) for code in pay.CURRENCIES],
        required=False,
    )
    period = forms.ChoiceField(
        label=gettext_lazy("for"),
        choices=[(period, PERIODS[period]) for period in pay.Period],
        required=False,
    )
    places = forms.CharField(
        label=gettext_lazy("Where would you work?"),
        help_text=gettext_lazy("Towns, regions or countries, with commas between them."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    remote = forms.ChoiceField(
        label=gettext_lazy("On site or from elsewhere?"),
        choices=list(REMOTE.items()),
        required=False,
        widget=forms.RadioSelect,
    )
    skills = forms.CharField(
        label=gettext_lazy("What have you learned lately?"),
        help_text=gettext_lazy("Skills, tools, certificates, with commas between them."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What may we send you?"),
        choices=[(kind, KINDS_OF_PIECE[kind]) for kind in CHOSEN_BY_READERS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    specialties = forms.TypedMultipleChoiceField(
        label=gettext_lazy("About which fields?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.TypedChoiceField(
        label=gettext_lazy("How often?"),
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("As it comes: about once a month, more rarely if there is nothing")),
            (1, gettext_lazy("At most once a month")),
            (2, gettext_lazy("At most every two months")),
            (3, gettext_lazy("At most once a quarter")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    pause = forms.ChoiceField(
        label=gettext_lazy("Do you want a pause from us?"), widget=forms.RadioSelect
    )
    until = forms.DateField(
        label=gettext_lazy("Not before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(
        self, data: QueryDict | None, *, about: Correspondent, known: Known, now: datetime
    ) -> None:
        self._today = timezone.localdate(now)
        self._own = known.specialties
        super().__init__(data, initial=_initial(about, known))
        cast(forms.ChoiceField, self.fields["pause"]).choices = [
            *_as_it_is(about.paused_until),
            ("3", _("Nothing in the next 3 months")),
            ("6", _("Nothing in the next 6 months")),
            (_UNTIL, _("Nothing before a day that I choose")),
        ]
        last = self._today + _LONGEST_PAUSE
        self.fields["until"].widget.attrs |= {"min": self._tomorrow, "max": last}
        offered = list(_specialties())
        if offered:
            cast(forms.ChoiceField, self.fields["specialties"]).choices = offered
        else:
            del self.fields["specialties"]

    @property
    def _tomorrow(self) -> date:
        return self._today + timedelta(days=1)

    def clean_amount(self) -> Any:
        """The amount as a number, None where there is none."""
        text = self.cleaned_data["amount"]
        found = pay.amount(text)
        if text and found is None:
            raise forms.ValidationError(_("We cannot read this as an amount. Try “85000”."))
        return found

    def clean(self) -> dict[str, Any]:
        """A day that is to be waited for must be named, and lie ahead."""
        data = super().clean() or self.cleaned_data
        if data.get("pause") == _UNTIL and "until" not in self.errors:
            until = data.get("until")
            if not until or not self._tomorrow <= until <= self._today + _LONGEST_PAUSE:
                self.add_error("until", _("Choose a day within the next two years."))
        return data

    def fields_by_group(self) -> list[tuple[str, list[BoundWidget]]]:
        """The boxes for the fields that we write about, by category."""
        if "specialties" not in self.fields:
            return []
        boxes = {str(box.data["value"]): box for box in self["specialties"]}
        groups = cast(forms.ChoiceField, self.fields["specialties"]).choices
        return [
            (str(group), [boxes[str(pk)] for pk, _name in cast(Any, options)])
            for group, options in cast(Any, groups)
        ]

    def answers(self, *, language: str) -> Answers:
        """What the valid form says."""
        data, pause = self.cleaned_data, self.cleaned_data["pause"]
        return Answers(
            status=Candidate.Status(data["status"]),
            pause_months=int(pause) if pause.isdigit() else None,
            pause_until=data["until"] if pause == _UNTIL else None,
            wishes=Wishes(
                pay=self._pay(),
                places=data["places"],
                remote=data["remote"],
                topics=self._topics(),
                rhythm=data["rhythm"],
            ),
            skills=tuple(_listed(data["skills"])),
            language=language,
        )

    def _pay(self) -> Pay | None:
        data = self.cleaned_data
        if not data["amount"]:
            return None
        currency = data["currency"] or self.initial["currency"]
        return Pay(data["amount"], currency, pay.Period(data["period"] or pay.Period.YEAR))

    def _topics(self) -> Topics | None:
        """Whoever wants all kinds about her own field wants nothing special."""
        kinds = tuple(self.cleaned_data["kinds"])
        chosen = self.cleaned_data.get("specialties", [])
        specialties = () if set(chosen) == set(self._own) else tuple(chosen)
        is_usual = set(kinds) == set(CHOSEN_BY_READERS) and not specialties
        return None if is_usual else Topics(kinds, specialties)


def _initial(about: Correspondent, known: Known) -> dict[str, object]:
    wishes = known.wishes
    topics = wishes.topics
    return {
        # Nothing is chosen for those of whom we know more than they can say here.
        "status": about.status if about.status in preferences.ANSWERS else None,
        "amount": pay.plain(wishes.pay.amount) if wishes.pay else "",
        "currency": wishes.pay.currency if wishes.pay else pay.currency_of(about.country),
        "period": wishes.pay.period if wishes.pay else pay.Period.YEAR,
        "places": wishes.places,
        "remote": wishes.remote,
        "kinds": list(topics.kinds if topics else CHOSEN_BY_READERS),
        "specialties": list((topics and topics.specialties) or known.specialties),
        "rhythm": wishes.rhythm or "",
        "pause": _KEEP,
    }


def _as_it_is(paused_until: datetime | None) -> list[tuple[str, str]]:
    if paused_until is None:
        return [(_KEEP, _("No, write when there is something"))]
    day = formats.date_format(timezone.localtime(paused_until), "DATE_FORMAT")
    return [
        (_KEEP, _("Nothing before %(day)s, as you asked") % {"day": day}),
        ("0", _("No longer: write again from now on")),
    ]


def _specialties() -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """The fields that we write about, by category."""
    fields = Tag.objects.filter(kind=Tag.Kind.SPECIALTY, retired_at=None)
    groups: dict[str, list[tuple[int, str]]] = {}
    for field in fields.select_related("parent").order_by("parent__name", "name"):
        category = field.parent.name if field.parent else ""
        groups.setdefault(category, []).append((field.pk, field.name))
    yield from groups.items()


def _listed(text: str) -> Iterable[str]:
    """Each of the words in a list once."""
    words = (" ".join(part.split())[:_LONGEST_SKILL] for part in _BETWEEN_SKILLS.split(text))
    return list(dict.fromkeys(filter(None, words)))[: preferences.MOST_SKILLS]
