"""Every page, and every mail's footer, in the language of whoever reads it."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import make
from tests.make import NOW
from tests.web.public.forms import filled
from tests.web.public.pages import LATER, page_of
from warmbench.core import languages
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters
from warmbench.messaging.models import Message
from warmbench.people import consent, facts, inquiry
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import Candidate, CandidateFact, Suppression
from warmbench.web import public_words

TITLES = {
    "en": "Your preferences",
    "de": "Ihre Wünsche",
    "fr": "Vos préférences",
    "es": "Sus preferencias",
    "nl": "Uw voorkeuren",
}


def spoken_by(response: object) -> str:
    content = getattr(response, "content", b"").decode()
    (language,) = [code for code, title in TITLES.items() if f"<h1>{title}</h1>" in content]
    assert f'<html lang="{language}">' in content
    return language


def path_of(mail: Message, more: str = "") -> str:
    return page_of(mail, Purpose.PREFERENCE, more)


def tells(candidate: Candidate, language: str | None) -> None:
    word = Word("candidate", "a test")
    facts.say(candidate.pk, [Saying(Kind.LANGUAGE, language)], word, now=NOW)


class TestAPageIs:
    def test_in_the_language_chosen_on_it(self, ana: Candidate, mail: Message) -> None:
        tells(ana, "nl")
        client = Client(headers={"Accept-Language": "fr"})
        for code in TITLES:
            assert spoken_by(client.get(path_of(mail, f"?lang={code}"))) == code

    def test_else_in_the_language_she_told_us(self, ana: Candidate, mail: Message) -> None:
        tells(ana, "nl")
        assert spoken_by(Client(headers={"Accept-Language": "fr"}).get(path_of(mail))) == "nl"
        tells(ana, None)
        assert spoken_by(Client(headers={"Accept-Language": "fr"}).get(path_of(mail))) == "fr"

    def test_else_in_that_of_the_browser_and_then_of_the_country(self, mail: Message) -> None:
        assert (
            spoken_by(Client(headers={"Accept-Language": "pl, es;q=0.5"}).get(path_of(mail)))
            == "es"
        )
        assert spoken_by(Client(headers={"Accept-Language": "pl"}).get(path_of(mail))) == "de"
        Candidate.objects.update(country="US")
        assert spoken_by(Client().get(path_of(mail))) == "en"

    @pytest.mark.parametrize("odd", ["xx", "de-DE", "", "../../etc", "<b>", "de\0"])
    def test_never_in_one_that_is_none(self, mail: Message, reader: Client, odd: str) -> None:
        response = reader.get(path_of(mail), {"lang": odd})
        assert spoken_by(response) == "en"
        assert b"<b>" not in response.content


def test_a_choice_holds_on_the_next_page_and_once_something_is_saved_for_good(
    ana: Candidate, mail: Message, reader: Client
) -> None:
    page = reader.get(path_of(mail, "?lang=fr"))
    assert page.content.count(b"lang=fr") >= 2
    assert not CandidateFact.objects.exists()

    reader.post(path_of(mail, "?lang=fr"), filled(page))

    assert facts.current(ana.pk)["language", ""].value == "fr"
    assert spoken_by(reader.get(path_of(mail))) == "fr"


def test_dates_amounts_and_errors_are_in_her_language_too(mail: Message, reader: Client) -> None:
    path = path_of(mail, "?lang=de")
    form = filled(reader.get(path), pause="until", until="2026-06-14", amount="98000")
    assert "Wir schreiben nicht vor dem 14. Juni 2026." in reader.post(path, form).content.decode()
    held = reader.get(page_of(mail, Purpose.MY_DATA, "?lang=de")).content.decode()
    assert "mindestens 98.000\u00a0€ im Jahr" in held
    assert "3. März 2026" in held
    assert "Deutschland" in held
    missing = reader.post(path, {"pause": "keep"}).content.decode()
    assert "Dieses Feld ist zwingend erforderlich." in missing


PAGES: list[tuple[Purpose, str]] = [
    (Purpose.PREFERENCE, ""),
    (Purpose.NOT_FOR_ME, ""),
    (Purpose.UNSUBSCRIBE, ""),
    *(
        (Purpose.MY_DATA, more)
        for more in ("", "/correct", "/dispute", "/copy", "/object", "/erase")
    ),
]


@pytest.mark.parametrize("language", [code for code in languages.LANGUAGES if code != "en"])
@pytest.mark.parametrize(("purpose", "more"), PAGES)
def test_no_page_has_english_left_on_it(
    mail: Message, reader: Client, purpose: Purpose, more: str, language: str
) -> None:
    page = reader.get(page_of(mail, purpose, f"{more}?lang={language}")).content.decode()
    english = (" the ", " you ", " your ", " what ", "Skip to content", " optional")
    assert not [word for word in english if word in page.lower()]


def test_what_we_wrote_down_by_ourselves_is_told_in_her_language(
    ana: Candidate, mail: Message, reader: Client
) -> None:
    alice = ana.owner
    assert alice is not None
    consent.suppress(
        ana.pk,
        reason=Suppression.Reason.MANUAL,
        evidence="Ihr Chef ist Kunde",
        by_id=alice.pk,
        now=NOW,
    )
    inquiry.note(ana.pk, evidence="Wrote to us: Interested", inbound_id=1, at=NOW, now=LATER)
    for act in ("/object", "/erase"):
        reader.post(page_of(mail, Purpose.MY_DATA, act), {"words": ""})
    reader.post(page_of(mail, Purpose.UNSUBSCRIBE))

    held = reader.get(page_of(mail, Purpose.MY_DATA, "?lang=de")).content.decode()

    for said in ("Ihrer Daten widersprochen", "Sie haben sich abgemeldet", "Ihr Chef ist Kunde"):
        assert said in held
    for english in ("nsubscribe", "bjected", "Wrote to us", "Their own word"):
        assert english not in held


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Unsubscribe: http"),
        ("de", "Abmelden: http"),
        ("fr", "Se désabonner\u00a0: http"),
        ("es", "Darse de baja: http"),
        ("nl", "Afmelden: http"),
    ],
)
def test_the_lines_under_a_mail_are_in_her_language(
    ana: Candidate, mail: Message, language: str, said: str
) -> None:
    context = {"first_name": "Ana", "language": language, "specialty": "Cloud & DevOps"}
    assert mail.template is not None
    words = letters.words(
        letters.compiled(mail.template_id or 0),
        context,
        organisation=make.organisation(),
        candidate_id=ana.pk,
        message_id=mail.pk,
    )
    assert said in words.text
    assert "Cloud &amp; DevOps" in words.html
    assert words.html.count("href=") == 3 + 3


@pytest.mark.parametrize("language", list(languages.LANGUAGES))
def test_every_kind_of_fact_can_be_said_in_every_language(language: str) -> None:
    values: dict[str, object] = {
        Kind.PAY: {"amount": "42.50", "currency": "GBP", "period": "hour"},
        Kind.PLACES: [{"words": "Lyon"}, {"words": "Basel"}, {"words": "Bern"}],
        Kind.REMOTE: "any",
        Kind.SKILLS: {"words": ["Java", "Rust"]},
        Kind.TOPICS: {"kinds": ["trends", "salary", "tip"], "specialties": []},
        Kind.RHYTHM: {"months": 3},
        Kind.LANGUAGE: "fr",
        Kind.CORRECTED: {"first_name": "Ana", "last_name": "Moreau"},
        Kind.NOT_FOR_ME: {"about": "level", "is": "too_senior", "words": "Director"},
    }
    assert set(values) == set(Kind)
    with languages.spoken(language):
        said = {kind: public_words.fact(kind, value, language) for kind, value in values.items()}
    assert all(said.values())
    assert said[Kind.PLACES].startswith("Lyon, Basel")
    assert said[Kind.TOPICS].count(";") == 2
    with languages.spoken(language):
        nothing = public_words.fact(Kind.TOPICS, {"kinds": [], "specialties": []}, language)
    assert nothing, "also that somebody wants to read nothing is said"


@pytest.mark.django_db
def test_staff_pages_stay_as_they_are(browse: Callable[..., Client]) -> None:
    make.organisation()
    client = browse(make.user())
    page = client.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert "<h1>Today" in page or "Today" in page
