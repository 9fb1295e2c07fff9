"""The page that says for whom there will be something to read, month by month, and for whom not."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from warmbench.accounts.policies import Policy, policy
from warmbench.nurture.forecast.results import Cell, Result
from warmbench.nurture.models import ContentPiece, Forecast
from warmbench.people.models import Tag
from warmbench.web import access, forecasts

#: From this share of touches on that find nothing, a cell is marked.
_THIN = 0.1


@dataclass(frozen=True)
class Square:
    """One cell of the grid: touches with something to read in that month."""

    own: int
    more_general: int
    nothing: int
    stale: int

    @property
    def touches(self) -> int:
        """All that were due."""
        return self.own + self.more_general + self.nothing

    @property
    def mark(self) -> str:
        """How it is marked: worst, thin or not at all."""
        if not self.touches or not self.nothing:
            return ""
        return "worst" if self.nothing >= self.touches * 5 * _THIN else "thin"


@dataclass(frozen=True)
class Row:
    """One seniority of one specialty over the months; None where nothing is due."""

    specialty: str
    #: Blank on the rows after the first of a specialty.
    is_first: bool
    seniority: str
    squares: list[Square | None]


@require_GET
@policy(Policy.SIGNED_IN)
def show(request: HttpRequest, forecast_id: int) -> HttpResponse:
    """Specialty, seniority and month: own piece, a more general one, or nothing."""
    forecast = access.forecast_for(forecast_id)
    is_done = forecast.state == Forecast.State.DONE
    result = Result.from_json(forecast.result) if is_done else None
    months = sorted({cell.month for cell in result.coverage}) if result else []
    context = {
        "section": "sequences",
        "forecast": forecast,
        "about": forecasts.about(forecast),
        "months": [date.fromisoformat(f"{month}-01") for month in months],
        "rows": rows(result.coverage, months) if result else [],
        "missing": [(str(ContentPiece.Kind(one.kind).label), one) for one in result.missing_pieces]
        if result
        else [],
    }
    return render(request, "forecasts/coverage.html", context)


def rows(cells: list[Cell], months: list[str]) -> list[Row]:
    """The grid, by the names of specialties and seniorities."""
    about = {pk for cell in cells for pk in (cell.specialty_id, cell.seniority_id) if pk}
    names = dict(Tag.objects.filter(pk__in=about).values_list("pk", "name"))
    grid: defaultdict[tuple[str, str], dict[str, Square]] = defaultdict(dict)
    for cell in cells:
        who = (
            names.get(cell.specialty_id or 0, "No specialty"),
            names.get(cell.seniority_id or 0, "No seniority"),
        )
        square = Square(cell.own, cell.more_general, cell.nothing, cell.stale)
        grid[who][cell.month] = square
    found, before = [], ""
    for specialty, seniority in sorted(grid):
        squares = [grid[specialty, seniority].get(month) for month in months]
        found.append(Row(specialty, specialty != before, seniority, squares))
        before = specialty
    return found


urlpatterns = [
    path("sequences/forecasts/<int:forecast_id>/coverage/", show, name="forecast-coverage"),
]
