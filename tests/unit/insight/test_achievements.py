"""What people achieved."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import achievements


@pytest.mark.parametrize(
    "said",
    [
        "Cut the close from 9 days to 4.",
        "She reduced scrap by 18 %.",
        "Saved the plant £240k a year.",
        "Error rate fell from 3 % to 0.4 %.",
        "Support tickets down 42 per cent.",
        "Halved the energy bill, from 60 to 30 thousand.",
        "Took them from quarterly releases to daily ones.",
        "Handed the tower over seven weeks early.",
        "Closed 1.4 million last year.",
        "Rüstzeiten um 30 Prozent gesenkt.",
        "Hat die Durchlaufzeit von 12 auf 5 Tage verkürzt.",
        "A réduit les retards de 22 %.",
        "A fait passer le délai de 8 à 3 jours.",
        "Redujo las infecciones un 30 %.",
        "Heeft de stilstand met 20 % verlaagd.",
    ],
)
def test_results_are_read(said: str) -> None:
    assert told(achievements.extract, said) == [("had", {})]


@pytest.mark.parametrize(
    "said",
    [
        "Responsible for a budget of 3 million.",
        "Leads a team of 12 in 2 countries.",
        "Wants to cut her commute from 90 to 30 minutes.",
        "Raised her salary from 60 to 70k.",
        "Wants to reduce scrap by 20 %.",
        "If she cut costs by 10 %, they would promote her.",
        "The client cut costs by 20 %.",
        "Her husband grew sales by 40 %.",
        "They cut the team by half.",
        "Notice was reduced from 6 to 3 months.",
        "Worked there from 2015 to 2019.",
        "Hat den Umsatz nicht um 10 % gesteigert.",
        "Did she reduce costs by 20 %?",
    ],
)
def test_duties_wishes_pay_and_deeds_of_others_are_left(said: str) -> None:
    assert told(achievements.extract, said) == []
