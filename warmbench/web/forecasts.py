"""The pages of forecasts: what would be sent to whom in the coming months, and what would not."""

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts import users
from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.messaging import reasons
from warmbench.nurture.forecast import asking
from warmbench.nurture.forecast.asking import AskError, Question
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.forecast.results import LEVELS, SHIFTS, Result, because
from warmbench.nurture.models import ContentPiece, Forecast, Pool, Sequence, SequenceDraft
from warmbench.nurture.outline_parts import StepOutline
from warmbench.web import access, forecast_pictures, sequence_plan
from warmbench.web.access import user_of
from warmbench.web.toasts import back
from warmbench.web.typed import number

#: So many are listed; older ones are reached by their address.
_SHOWN = 30
_SPANS = [(30, "30 days"), (90, "90 days"), (180, "Half a year"), (365, "A year")]
#: A forecast that nobody begins for so long has no worker.
_SLOW = timedelta(seconds=20)
_EVERYTHING = "everything"


class AskForm(forms.Form):
    """What to look ahead at."""

    about = forms.ChoiceField(label="About")
    days = forms.TypedChoiceField(label="How far", choices=_SPANS, coerce=int, initial=180)
    replies = forms.IntegerField(
        label="Of a hundred messages, so many are answered",
        help_text="Whoever answers hears no more by itself, as live.",
        min_value=0,
        max_value=100,
        initial=0,
    )
    clicks = forms.IntegerField(
        label="Of a hundred messages, so many are clicked in",
        help_text="What branches ask about.",
        min_value=0,
        max_value=100,
        initial=0,
    )
    alerts = forms.BooleanField(
        label="Tell people of roles too, where alerts run", required=False, initial=True
    )
    moves_along = forms.BooleanField(
        label="Move who is on the sequence to its draft",
        help_text="For drafts alone. Otherwise they stay on their version.",
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["about"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = _subjects()

    def question(self) -> Question:
        """What was asked, once the form is valid."""
        said = self.cleaned_data
        what, _, key = said["about"].partition("-")
        assumptions = Assumptions(
            replies=said["replies"] / 100,
            clicks=said["clicks"] / 100,
            alerts=said["alerts"],
            moves_along=said["moves_along"] and what == "draft",
        )
        if what == "pool":
            return Question(
                scope=Forecast.Scope.POOL,
                pool_id=int(key),
                days=said["days"],
                assumptions=assumptions,
            )
        if what == _EVERYTHING:
            return Question(
                scope=Forecast.Scope.EVERYTHING, days=said["days"], assumptions=assumptions
            )
        draft = SequenceDraft.objects.filter(sequence=int(key)).first() if what == "draft" else None
        return Question(
            scope=Forecast.Scope.SEQUENCE,
            sequence_id=int(key),
            outline=draft.outline if draft else None,
            days=said["days"],
            assumptions=assumptions,
        )


@require_GET
@policy(Policy.SIGNED_IN)
def show_all(request: HttpRequest) -> HttpResponse:
    """The forecasts that were made, and the form for a new one."""
    about = request.GET.get("about", _EVERYTHING)
    return _listed(request, AskForm(initial={"about": about}))


@require_POST
@policy(Policy.RECRUITER)
def ask(request: HttpRequest) -> HttpResponse:
    """Have a forecast made."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _listed(request, form)
    try:
        forecast = asking.ask(form.question(), by_id=user_of(request).pk, now=clock.now())
    except AskError as error:
        form.add_error(None, str(error))
        return _listed(request, form)
    return redirect("forecast", forecast.pk)


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """One forecast, or how far it has come."""
    forecast = access.forecast_for(forecast_id)
    context = {"section": "sequences", "forecast": forecast, "about": about(forecast)}
    context["assumed"] = assumed(forecast)
    if forecast.state != Forecast.State.DONE:
        return render(request, "forecasts/waiting.html", context | _progress(request, forecast))
    result = Result.from_json(forecast.result)
    first, last = span(forecast)
    context |= {
        "result": result,
        "first": first,
        "last": last,
        "months": forecast_pictures.months(result, first, last),
        "purposes": forecast_pictures.purposes(result),
        "loads": forecast_pictures.loads(result.senders, first, last),
        "busiest": (date.fromisoformat(result.busiest[0]), result.busiest[1])
        if result.messages
        else None,
        "silent": _causes(result.silent),
        "refused": _causes(result.refusals),
        "put_off": [
            (because(reason), one.touches, one.people)
            for reason, one in sorted(result.put_off.items(), key=lambda item: -item[1].touches)
        ],
        "steps": _steps(result),
        "shifts": [
            (SHIFTS.get(why, why), sum(days.values()), sorted(days.items()))
            for why, days in result.shifts.items()
        ],
        "fallbacks": _fallbacks(result),
        "missing": result.missing_pieces[:3],
        "others": _others(forecast),
    }
    return render(request, "forecasts/forecast.html", context)


@require_GET
@policy(Policy.SIGNED_IN)
def progress(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """How far a forecast has come; asks again by itself, and leads to it when it is done."""
    forecast = access.forecast_for(forecast_id)
    if forecast.state in {Forecast.State.DONE, Forecast.State.FAILED}:
        there = reverse("forecast", args=[forecast.pk])
        return HttpResponse(status=204, headers={"HX-Redirect": there})
    return render(request, "forecasts/progress.html", _progress(request, forecast))


@require_POST
@policy(Policy.RECRUITER)
def forget(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """Delete a forecast, with what it says about people."""
    access.forecast_for(forecast_id).delete()
    return back(request, reverse("forecasts"), said="The forecast is deleted.")


def about(forecast: Forecast) -> str:
    """What a forecast is about, in words."""
    if forecast.pool is not None:
        return forecast.pool.name
    if forecast.sequence is not None:
        draft = ", as drafted" if forecast.outline is not None else ""
        return f"{forecast.sequence.name}{draft}"
    return "Everything"


def assumed(forecast: Forecast) -> str:
    """What a forecast takes for granted about people, in words."""
    said = Assumptions.from_json(forecast.assumptions)
    shares = ((said.replies, "are answered"), (said.clicks, "are clicked in"))
    parts = [f"{share * 100:.3g} % {what}" for share, what in shares if share]
    parts = parts or ["nobody answers or clicks"]
    parts.append("people hear of roles" if said.alerts else "nobody hears of roles")
    if said.moves_along:
        parts.append("who is on the sequence moves to the draft")
    return "; ".join(parts)


def span(forecast: Forecast) -> tuple[date, date]:
    """Its first and its last day, where the organisation is."""
    here, ends = users.zone_here(), forecast.since + timedelta(days=forecast.days)
    return forecast.since.astimezone(here).date(), ends.astimezone(here).date()


def _listed(request: HttpRequest, form: AskForm) -> HttpResponse:
    found = Forecast.objects.select_related("pool", "sequence", "asked_by").order_by("-pk")
    rows = [(one, about(one)) for one in found.defer("result")[:_SHOWN]]
    context = {"section": "sequences", "form": form, "rows": rows}
    status = 422 if form.is_bound else 200
    return render(request, "forecasts/list.html", context, status=status)


def _subjects() -> list[tuple[str, object]]:
    """What a forecast may be about."""
    pools = Pool.objects.filter(archived_at=None).order_by("name")
    sequences = Sequence.objects.exclude(state=Sequence.State.ARCHIVED).order_by("name")
    drafts = SequenceDraft.objects.select_related("sequence").order_by("sequence__name")
    groups: list[tuple[str, object]] = [(_EVERYTHING, "Everything")]
    for label, options in (
        ("A pool", [(f"pool-{one.pk}", one.name) for one in pools]),
        (
            "A sequence",
            [
                (f"sequence-{one.pk}", one.name)
                for one in sequences
                if one.state != Sequence.State.DRAFT
            ],
        ),
        ("A draft", [(f"draft-{one.pk}", f"{one.sequence.name}, as drafted") for one in drafts]),
    ):
        if options:
            groups.append((label, options))
    return groups


def _progress(request: HttpRequest, forecast: Forecast) -> dict[str, object]:
    passed = (forecast.reached - forecast.since).days if forecast.reached else 0
    waits = forecast.state == Forecast.State.WAITING
    return {
        "forecast": forecast,
        "value": None if waits else passed,
        "label": "Waits for a worker" if waits else "Living through the coming months",
        "detail": "" if waits else f"{passed} of {forecast.days} days",
        "is_slow": waits and clock.now() - forecast.asked_at > _SLOW,
        "n": number(request.GET, "n") + 1,
    }


def _causes(counts: dict[str, int]) -> list[tuple[str, str, int, str]]:
    """(reason, sentence, how many, what to do about it), the most frequent first."""
    return [
        (reason, because(reason), count, reasons.remedy(reason))
        for reason, count in sorted(counts.items(), key=lambda one: -one[1])
    ]


def _steps(result: Result) -> list[tuple[str, list[object]]]:
    """The steps that reach people, by sequence."""
    found: dict[str, list[object]] = {}
    here = users.zone_here()
    for one in result.steps:
        outlined = StepOutline(one.key, kind=one.kind, content_kind=one.content_kind)
        named = (sequence_plan.title(outlined), one.first_day(here), one)
        found.setdefault(f"{one.sequence}, version {one.version}", []).append(named)
    return list(found.items())


def _fallbacks(result: Result) -> list[tuple[str, list[int]]]:
    """Per kind of content, how many messages come from which shelf."""
    return [
        (str(ContentPiece.Kind(kind).label), [levels.get(level, 0) for level in LEVELS])
        for kind, levels in result.fallbacks.items()
    ]


def _others(forecast: Forecast) -> list[tuple[Forecast, str]]:
    """Forecasts that this one may be compared with."""
    done = Forecast.objects.filter(state=Forecast.State.DONE).exclude(pk=forecast.pk)
    found = done.select_related("pool", "sequence").defer("result").order_by("-pk")
    return [(one, about(one)) for one in found[:_SHOWN]]


urlpatterns = [
    path("sequences/forecasts/", show_all, name="forecasts"),
    path("sequences/forecasts/ask/", ask, name="forecast-ask"),
    path("sequences/forecasts/<int:forecast_id>/", show, name="forecast"),
    path("sequences/forecasts/<int:forecast_id>/progress/", progress, name="forecast-progress"),
    path("sequences/forecasts/<int:forecast_id>/delete/", forget, name="forecast-delete"),
]
