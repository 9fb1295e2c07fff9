"""The demo's mail catcher: only there in the demo, and its mails can do nothing by themselves."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import letters
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db

MAIL = """\
From: Alice Meyer <alice@northwind.example>\r
To: Ana Moreau <{to}>\r
Subject: {subject}\r
List-Unsubscribe: <{way_out}>, <mailto:alice+x@northwind.example>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=x\r
\r
--x\r
Content-Type: text/plain; charset={charset}\r
\r
Hello in plain words\r
--x\r
Content-Type: text/html; charset=utf-8\r
\r
<html><head><title>a</title></head><body><script>alert(1)</script>\
<a href="{way_out}">Unsubscribe</a></body></html>\r
--x--\r
"""


@pytest.fixture(autouse=True)
def _in_the_demo(settings: Settings) -> None:
    settings.DEMO = True


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(make.user())
    return client


@pytest.fixture
def ana() -> Candidate:
    return make.candidate(email="ana@example.org")


def caught(
    ana: Candidate, subject: str = "Hello", *, to: str = "ana@example.org", charset: str = "utf-8"
) -> CaughtMail:
    way_out = letters.unsubscribe_url(ana.pk, 0)
    raw = MAIL.format(to=to, subject=subject, way_out=way_out, charset=charset)
    return CaughtMail.objects.create(
        received_at=make.NOW,
        mail_from="alice+yyaj7@northwind.example",
        rcpt_to=to,
        subject=subject,
        raw=raw.encode(),
    )


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_outside_the_demo_there_is_no_catcher(
    client: Client, ana: Candidate, settings: Settings
) -> None:
    mail = caught(ana)
    settings.DEMO = False
    for path in ("/mail/", f"/mail/{mail.pk}/", f"/mail/{mail.pk}/body/"):
        assert client.get(path).status_code == 404


def test_mails_are_listed_with_their_candidates(client: Client, ana: Candidate) -> None:
    caught(ana)
    caught(ana, "To somebody else", to="stranger@example.net")
    page = shown(client, "/mail/")
    assert f"/candidates/{ana.pk}/" in page
    assert "stranger@example.net" in page
    assert "alice@northwind.example" in page
    assert "yyaj7" not in page


def test_mails_are_found_by_address_and_subject(client: Client, ana: Candidate) -> None:
    caught(ana, "About salaries")
    caught(ana, "About nothing", to="stranger@example.net")
    for typed in ("salar", "ANA@"):
        found = client.get("/mail/", {"q": typed}, headers={"HX-Request": "true"})
        assert "About salaries" in found.content.decode()
        assert "About nothing" not in found.content.decode()
    assert "No such mail" in shown(client, "/mail/?q=zzz")


def test_a_mail_is_read_in_three_ways(client: Client, ana: Candidate) -> None:
    mail = caught(ana)
    assert f"/mail/{mail.pk}/body/" in shown(client, f"/mail/{mail.pk}/")
    assert "Hello in plain words" in shown(client, f"/mail/{mail.pk}/?as=text")
    raw = shown(client, f"/mail/{mail.pk}/?as=raw")
    assert "&lt;script&gt;" in raw
    assert "<script>alert" not in raw


def test_the_frame_may_open_links_and_do_nothing_else(client: Client, ana: Candidate) -> None:
    answer = client.get(f"/mail/{caught(ana).pk}/body/")
    rules = answer.headers["Content-Security-Policy"]
    assert rules.startswith("sandbox allow-popups")
    assert "allow-scripts" not in rules
    assert "allow-same-origin" not in rules
    assert "default-src 'none'" in rules
    assert '<base target="_blank">' in answer.content.decode()


def test_links_lead_to_where_the_demo_is_now(
    client: Client, ana: Candidate, settings: Settings
) -> None:
    mail = caught(ana)
    settings.PUBLIC_URL = "http://127.0.0.1:9999"
    html = client.get(f"/mail/{mail.pk}/body/").content.decode()
    assert 'href="http://127.0.0.1:9999/u/' in html


def test_the_one_click_of_mail_programs_works_from_here(client: Client, ana: Candidate) -> None:
    page = shown(client, f"/mail/{caught(ana).pk}/")
    [action] = {part for part in page.split('"') if part.startswith("/u/")}
    client.post(action, {"List-Unsubscribe": "One-Click"})
    assert ana.suppressions.exists()


def test_a_mail_in_an_unknown_charset_is_shown_as_it_came(client: Client, ana: Candidate) -> None:
    mail = caught(ana, charset="klingon")
    assert "This mail has no plain text." in shown(client, f"/mail/{mail.pk}/?as=text")
    assert "Hello in plain words" in shown(client, f"/mail/{mail.pk}/?as=raw")


def test_an_empty_catcher_says_what_to_do(client: Client) -> None:
    assert "Nothing sent yet" in shown(client, "/mail/")
    assert client.get("/mail/1/").status_code == 404
