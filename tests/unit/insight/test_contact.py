"""How and when people like to be reached."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.reads import told
from warmbench.insight import hours
from warmbench.insight.extractors import contact
from warmbench.insight.flat import flat
from warmbench.insight.kinds import SourceKind


def channels(text: str, kind: SourceKind = SourceKind.NOTE) -> set[tuple[str, str]]:
    found = told(contact.extract, text, kind)
    return {(sense, value["name"]) for sense, value in found if "name" in value}


def times(text: str, kind: SourceKind = SourceKind.NOTE) -> list[dict[str, Any]]:
    return [value for _, value in told(contact.extract, text, kind) if "name" not in value]


@pytest.mark.parametrize(
    ("said", "wanted", "refused"),
    [
        ("Text me rather, I'm in meetings.", "text", ""),
        ("WhatsApp is best.", "whatsapp", ""),
        ("Best by email.", "email", ""),
        ("pref email", "email", ""),
        ("whatsapp > email", "whatsapp", ""),
        ("prefers to be phoned", "phone", ""),
        ("per SMS erreichbar", "text", ""),
        ("Mándame un whatsapp", "whatsapp", ""),
        ("lieber schreiben als telefonieren", "", "phone"),
        ("Preferred contact: email", "email", ""),
        ("I'd rather you texted me.", "text", ""),
        ("You can reach me on WhatsApp.", "whatsapp", ""),
        ("Could you WhatsApp me instead of calling?", "whatsapp", "phone"),
        ("Not a phone person, text is fine.", "text", "phone"),
        ("No calls at work please.", "", "phone"),
        ("Please don't call him at the office.", "", "phone"),
        ("She hates phone calls.", "", "phone"),
        ("Doesn't check LinkedIn.", "", "linkedin"),
        ("LinkedIn she never reads.", "", "linkedin"),
        ("Bitte nur per Mail.", "email", ""),
        ("Am liebsten per WhatsApp.", "whatsapp", ""),
        ("Lieber eine Mail als ein Anruf.", "email", ""),
        ("Bitte rufen Sie mich nicht im Büro an.", "", "phone"),
        ("Plutôt par mail, s'il vous plaît.", "email", ""),
        ("Préfère être contactée par WhatsApp.", "whatsapp", ""),
        ("Pas d'appels au bureau.", "", "phone"),
        ("Mejor por correo.", "email", ""),
        ("No me llames al trabajo.", "", "phone"),
        ("Graag appen, niet bellen.", "whatsapp", "phone"),
        ("Mail heeft mijn voorkeur.", "email", ""),
        ("Call her after six.", "phone", ""),
    ],
)
def test_a_channel_is_read(said: str, wanted: str, refused: str) -> None:
    meant = {("wants", wanted)} if wanted else set()
    assert channels(said) == meant | ({("refuses", refused)} if refused else set())


@pytest.mark.parametrize(
    "said",
    [
        "Email: ana@example.com",
        "Phone: +49 30 1234567",
        "Please email me the job description.",
        "She sent an email yesterday.",
        "Does email marketing and cold calls.",
        "No answer by phone, left voicemail.",
        "Please never email me again.",
        "No calls or mails before October.",
        "At the moment no calls please.",
        "Stop texting me.",
        "On-call one week in three.",
        "Prefers LinkedIn Learning for training.",
        "No calls, no emails.",
        "We use WhatsApp with clients and email for reports.",
        "Borra mi correo, por favor.",
        "Don't call before 10.",
    ],
)
def test_no_channel_is_made_of_other_words(said: str) -> None:
    assert channels(said) == set()


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Prefers WhatsApp, after 7pm.", {"from": "19:00"}),
        ("Best time is between 12 and 1.", {"from": "12:00", "to": "13:00"}),
        ("Call only Mondays and Tuesdays", {"days": ["mon", "tue"]}),
        ("Reach him weekdays after 5:30pm", {"from": "17:30"}),
        ("Don't call before 10.", {"from": "10:00"}),
        ("Call before 9 or over lunch", {"to": "09:00"}),
        ("can be reached evenings", {"from": "18:00"}),
        ("Abends ab 18 Uhr am besten erreichbar.", {"from": "18:00"}),
        ("Erreichbar ab halb sechs", {"from": "17:30"}),
        ("Erreichbar montags und dienstags ab 17 Uhr", {"from": "17:00", "days": ["mon", "tue"]}),
        ("Joignable le midi, entre 12h et 13h30", {"from": "12:00", "to": "13:30"}),
        ("Llamar después de las siete de la tarde", {"from": "19:00"}),
        (
            "Localizable de 15 a 17 h, de lunes a jueves",
            {"from": "15:00", "to": "17:00", "days": ["mon", "tue", "wed", "thu"]},
        ),
        ("Bereikbaar na 17.00 uur.", {"from": "17:00"}),
        ("Graag bellen na half zes", {"from": "17:30"}),
    ],
)
def test_a_time_is_read(said: str, value: dict[str, Any]) -> None:
    assert times(said) == [value]


@pytest.mark.parametrize(
    "said",
    [
        "Free for interview Thursday between 12 and 2.",
        "Works from 9 to 5 in the office.",
        "Core hours 10 to 4, call centre.",
        "Interview at 14:00 on 3 June.",
        "Call him on 3 June after 5pm.",
        "I'll call you tomorrow after 5.",
        "Happy to talk Tuesday at 4.",
        "Handled 60 calls a day between 9 and 5.",
        "De 9 a 14 no puede hablar",
        "Best not between nine and three, call her.",
        "Spoke at length, best of 5 between 85 and 90.",
        "He called after 6 weeks.",
        "She talks about Tuesday.",
    ],
)
def test_other_hours_are_no_time_to_be_reached(said: str) -> None:
    assert times(said) == []


@pytest.mark.parametrize(
    ("asked", "answer", "value"),
    [
        ("When's good to reach you?", "Evenings, after eight.", {"from": "20:00"}),
        ("What's the best time?", "Lunchtime, 12 to 1.", {"from": "12:00", "to": "13:00"}),
        ("Wann erreiche ich Sie am besten?", "Ab 17 Uhr.", {"from": "17:00"}),
        ("Quand puis-je vous appeler ?", "Après 19 h.", {"from": "19:00"}),
        ("¿Cuándo te llamo?", "Después de las seis.", {"from": "18:00"}),
        ("Wanneer kan ik je bellen?", "Na zessen.", {"from": "18:00"}),
    ],
)
def test_answers_are_read_by_their_questions(asked: str, answer: str, value: Any) -> None:
    assert times(f"Recruiter: {asked}\nAna Ruiz: {answer}", SourceKind.TRANSCRIPT) == [value]


def test_a_resume_tells_no_channel() -> None:
    assert channels("Best by email.", SourceKind.RESUME) == set()


@given(st.integers(13, 22), st.sampled_from([0, 15, 30, 45]))
def test_an_hour_is_read_back(hour: int, minute: int) -> None:
    said = f"{hour:02}:{minute:02}"
    for form in (f"after {said}", f"ab {said} Uhr", f"après {hour}h{minute:02}", f"na {said} uur"):
        [one] = hours.find(flat(form))
        assert (one.first, one.last) == (said, "")


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("between 9 and 11am", "09:00", "11:00"),
        ("between 5 and 7", "17:00", "19:00"),
        ("11-1pm", "11:00", "13:00"),
        ("from 10 to 4", "10:00", "16:00"),
        ("before half past six", "", "18:30"),
        ("after 12", "12:00", ""),
        ("from 12am to 6am", "00:00", "06:00"),
        ("over lunch", "12:00", "14:00"),
    ],
)
def test_halves_of_a_day_are_taken_as_people_mean_them(said: str, first: str, last: str) -> None:
    assert [(one.first, one.last) for one in hours.find(said)] == [(first, last)]


def test_numbers_that_are_no_hours_are_left() -> None:
    assert hours.find("from 85 to 90, after 30, 12-14") == []
    assert hours.weekdays("no day here") is None
    assert hours.weekdays("friday to monday") == (["mon", "fri", "sat", "sun"], 0, 16)


@pytest.mark.parametrize(
    ("said", "sense", "channel"),
    [
        ("Text him.", "wants", "text"),
        ("Best on email, not LinkedIn.", "refuses", "linkedin"),
        ("Bellen kan ze daar niet.", "refuses", "phone"),
        ("I prefer things in writing.", "wants", "email"),
        ("She can't talk in the office.", "refuses", "phone"),
    ],
)
def test_channels_are_read_as_short_notes_tell_them(said: str, sense: str, channel: str) -> None:
    assert (sense, channel) in channels(said)


def test_one_word_of_a_mail_names_the_channel() -> None:
    assert channels("Fine.\n\nMobile.\n", SourceKind.EMAIL) == {("wants", "phone")}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Evenings only.", {"from": "18:00"}),
        ("Mornings best.", {"to": "12:00"}),
        ("Calls 12-1 only.", {"from": "12:00", "to": "13:00"}),
        ("Before 9 pls.", {"to": "09:00"}),
        ("Mobile, noon to one.", {"from": "12:00", "to": "13:00"}),
    ],
)
def test_times_are_read_as_short_notes_tell_them(said: str, value: dict[str, Any]) -> None:
    assert times(said) == [value]
