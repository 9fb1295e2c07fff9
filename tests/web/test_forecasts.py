"""The pages of forecasts: asking for one, waiting for it, and reading what it found."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Organisation, Role, User
from warmbench.nurture import drafts
from warmbench.nurture.forecast.results import (
    Cell,
    MissingPiece,
    PutOff,
    Result,
    SenderLoad,
    StepSeen,
)
from warmbench.nurture.models import Forecast, ForecastTouch, Step
from warmbench.people.models import Tag
from warmbench.web import forecast_coverage, forecast_pictures

NOW = make.NOW

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Callable[[User], Client]) -> Client:
    return browse(alice)


def found(**fields: object) -> Result:
    values: dict[str, object] = {
        "people": 10,
        "written_to": 8,
        "messages": 12,
        "counts_everybody": True,
        "ticks": 30,
        "days": {"2026-03-04": {"content": 5, "check_in": 1}, "2026-04-06": {"content": 6}},
        "senders": [SenderLoad(1, "Alice", {"2026-03-04": (6, 6), "2026-04-06": (6, 20)})],
        "refusals": {"no_content": 3},
        "put_off": {"budget": PutOff(4, 3)},
        "silent": {"not_due": 1, "missing: city": 1},
        "shifts": {"holiday": {"2026-04-03": 2}},
        "fallbacks": {"tip": {"own": 4, "general": 2}},
    }
    return Result(**{**values, **fields})  # type: ignore[arg-type]


def done(result: Result | None = None, **fields: object) -> Forecast:
    return Forecast.objects.create(
        scope=Forecast.Scope.EVERYTHING,
        since=NOW,
        days=60,
        state=Forecast.State.DONE,
        asked_at=NOW,
        result=(result or found()).to_json(),
        **fields,
    )


def page(client: Client, forecast: Forecast, part: str = "", **query: str) -> str:
    return client.get(f"/sequences/forecasts/{forecast.pk}/{part}", query).text


class TestAsking:
    def test_it_is_asked_for_and_waits_for_a_worker(self, client: Client, alice: User) -> None:
        asked = {"about": "everything", "days": "90", "replies": "3", "clicks": "0", "alerts": "on"}
        answer = client.post("/sequences/forecasts/ask/", asked, follow=True)
        assert "Waits for a worker" in answer.text
        forecast = Forecast.objects.get()
        assert (forecast.days, forecast.asked_by) == (90, alice)
        assert forecast.assumptions["replies"] == 0.03

    def test_who_is_on_a_sequence_may_be_moved_to_its_draft(
        self, client: Client, alice: User
    ) -> None:
        begun = drafts.create("Calls", by_id=alice.pk, now=NOW)
        asked = {"about": f"draft-{begun.pk}", "days": "30", "replies": "3", "clicks": "0"}
        answer = client.post(
            "/sequences/forecasts/ask/", asked | {"moves_along": "on"}, follow=True
        )
        assert Forecast.objects.get().assumptions["moves_along"]
        assert "3 % are answered" in answer.text

    def test_pools_sequences_and_drafts_are_offered(self, client: Client) -> None:
        version = make.sequence(Step.Kind.MESSAGE)
        pool = make.pool("status = passive", version.sequence)
        told = client.get("/sequences/forecasts/").text
        assert f'value="pool-{pool.pk}"' in told
        assert f'value="sequence-{version.sequence_id}"' in told

    @pytest.mark.parametrize("about", ["pool-999", "sequence-x", "nothing", ""])
    def test_what_does_not_exist_is_not_forecast(self, client: Client, about: str) -> None:
        asked = {"about": about, "days": "90", "replies": "0", "clicks": "0"}
        assert client.post("/sequences/forecasts/ask/", asked).status_code == 422
        assert not Forecast.objects.exists()

    def test_a_viewer_reads_and_does_not_ask(self, browse: Callable[[User], Client]) -> None:
        make.organisation()
        viewer = browse(make.user("Vera Viewer", Role.VIEWER))
        assert viewer.get("/sequences/forecasts/").status_code == 200
        assert viewer.post("/sequences/forecasts/ask/", {}).status_code == 403

    def test_one_that_failed_says_why(self, client: Client) -> None:
        forecast = done()
        Forecast.objects.update(state="failed", error="The draft cannot be published as it is.")
        assert "The draft cannot be published as it is." in page(client, forecast)

    def test_progress_leads_to_what_is_done(self, client: Client) -> None:
        forecast = done()
        answer = client.get(f"/sequences/forecasts/{forecast.pk}/progress/")
        assert answer.headers["HX-Redirect"] == f"/sequences/forecasts/{forecast.pk}/"

    def test_a_forecast_that_nobody_makes_says_so(self, client: Client) -> None:
        forecast = done()
        Forecast.objects.update(state="waiting", asked_at=NOW - timedelta(minutes=1))
        assert "Nothing seems to happen." in page(client, forecast)


class TestReading:
    def test_it_says_how_many_hear_what_and_who_does_not(self, client: Client) -> None:
        told = page(client, done())
        assert "Their next step is due after this time." in told
        assert "We do not know their city, which the message needs." in told
        assert "1 day full" in told
        assert "It is a public holiday where they live." in told

    def test_it_says_what_was_taken_for_granted(self, client: Client) -> None:
        usual, other = done(), done(assumptions={"clicks": 0.1, "alerts": False})
        assert "nobody answers or clicks; people hear of roles" in page(client, usual)
        assert "10 % are clicked in; nobody hears of roles" in page(client, other)
        both = page(client, usual, "compare/", **{"with": str(other.pk)})
        assert "nobody hears of roles" in both

    def test_a_day_leads_to_its_touches(self, client: Client) -> None:
        forecast, ana = done(), make.candidate()
        for at, refusal in ((NOW, ""), (NOW + timedelta(days=1), "")):
            ForecastTouch.objects.create(
                forecast=forecast, candidate=ana, at=at, touch="s/a", occurrence=0,
                purpose="content", channel="email", refusal=refusal,
            )  # fmt: skip
        told = page(client, forecast, "touches/", day="2026-03-03")
        assert "Ana Moreau" in told
        assert "1 touch on this day" in told

    def test_who_hears_nothing_is_listed_by_reason(self, client: Client) -> None:
        forecast, ana = done(), make.candidate()
        ForecastTouch.objects.create(
            forecast=forecast, candidate=ana, at=NOW, touch="", occurrence=0,
            purpose="", channel="", refusal="not_due",
        )  # fmt: skip
        assert "Ana Moreau" in page(client, forecast, "touches/", silent="not_due")
        assert "Ana Moreau" not in page(client, forecast, "touches/", silent="left_pool")

    def test_nothing_ahead_is_a_page_too(self, client: Client) -> None:
        nothing = Result(people=0, written_to=0, messages=0, counts_everybody=True, ticks=0)
        told = page(client, done(nothing))
        assert "Everybody hears something." in told
        assert "No content is due" in page(client, done(nothing), "coverage/")

    def test_it_can_be_deleted_with_all_that_it_says(self, client: Client) -> None:
        forecast = done()
        client.post(f"/sequences/forecasts/{forecast.pk}/delete/")
        assert not Forecast.objects.exists()


def test_a_first_date_is_the_day_where_the_organisation_is(client: Client) -> None:
    Organisation.objects.update(default_time_zone="Australia/Sydney")
    step = StepSeen(1, "s", "Arc", 1, 0, "a", "message", "", "2026-03-09T22:30:00+00:00", 1, 0)
    assert "10 March 2026" in page(client, done(found(steps=[step])))


class TestCoverage:
    def test_the_grid_names_specialties_and_marks_what_is_missing(self, client: Client) -> None:
        nursing = make.tag("Nursing & care", Tag.Kind.SPECIALTY)
        result = found(
            coverage=[
                Cell(nursing.pk, None, "2026-03", own=1, more_general=0, nothing=9, stale=1),
                Cell(nursing.pk, None, "2026-04", own=9, more_general=2, nothing=1, stale=0),
            ],
            missing_pieces=[MissingPiece("tip", nursing.pk, "Nursing & care", 9, 12)],
        )
        told = page(client, done(result), "coverage/")
        assert "Nursing &amp; care" in told
        assert f"?kind=tip&amp;topic={nursing.pk}" in told
        [row] = forecast_coverage.rows(result.coverage, ["2026-03", "2026-04", "2026-05"])
        assert [one.mark if one else None for one in row.squares] == ["worst", "thin", None]


class TestPictures:
    def test_a_calendar_shows_every_day_once(self) -> None:
        first, last = date(2026, 3, 3), date(2026, 5, 2)
        drawn = forecast_pictures.months(found(), first, last)
        days = [day for month in drawn for week in month.weeks for day in week]
        inside = [day.on for day in days if not day.is_outside]
        assert inside == [first + timedelta(days=n) for n in range(61)]
        assert sum(day.messages for day in days) == 12
        assert [month.total for month in drawn] == [6, 6, 0]

    def test_every_bar_ends_within_its_picture(self) -> None:
        for month in forecast_pictures.months(found(), date(2026, 3, 3), date(2026, 5, 2)):
            for part in month.parts:
                assert 0 <= part.start <= part.start + part.length <= 100.01

    def test_a_mailbox_stands_below_its_cap(self) -> None:
        [load] = forecast_pictures.loads(found().senders, date(2026, 3, 3), date(2026, 5, 2))
        assert (load.total, load.busiest, load.full_days) == (12, 6, 1)
        assert all(0 <= top <= 40 for _, top, _ in load.bars)


class TestComparing:
    def test_it_says_what_the_second_has_otherwise(self, client: Client) -> None:
        first, second = done(), done(found(messages=20, silent={"not_due": 4}))
        ana = make.candidate()
        for forecast, days in ((first, 0), (second, 3)):
            ForecastTouch.objects.create(
                forecast=forecast, candidate=ana, at=NOW + timedelta(days=days), touch="s/a",
                occurrence=0, purpose="content", channel="email",
            )  # fmt: skip
        told = page(client, first, "compare/", **{"with": str(second.pk)})
        assert "later by 3 days" in told
        assert "1 → 4" in told
        assert "Ana Moreau" in told

    def test_what_is_not_made_is_not_compared(self, client: Client) -> None:
        first, second = done(), done()
        Forecast.objects.filter(pk=second.pk).update(state="failed")
        there = f"/sequences/forecasts/{first.pk}/compare/"
        assert client.get(there, {"with": second.pk}).status_code == 404
        assert client.get(there).status_code == 404


def test_the_table_has_a_line_for_each_touch(client: Client) -> None:
    forecast, ana = done(), make.candidate()
    ForecastTouch.objects.create(
        forecast=forecast, candidate=ana, at=NOW, touch="s/a", occurrence=0,
        purpose="content", channel="email",
    )  # fmt: skip
    answer = client.get(f"/sequences/forecasts/{forecast.pk}/csv/")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "s/a" in lines[1]
