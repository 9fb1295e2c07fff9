"""Whatever is typed into our pages, they answer, and show it as what it is: text."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.unit.strings import NASTY
from warmbench.accounts.models import Role, User
from warmbench.nurture.models import Step
from warmbench.people import unmatched
from warmbench.people.models import Tag, UnmatchedSkill

pytestmark = pytest.mark.django_db

WORDS = [*NASTY[:14], "a\0b", "\u202egnp.exe", "😀" * 50, "x" * 50_000, "9" * 400, "-1", "٣"]


@pytest.fixture
def admin() -> User:
    make.organisation()
    return make.user("Ada Min", Role.ADMIN)


@pytest.fixture
def client(admin: User, settings: Settings) -> Client:
    settings.DEMO = True
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def asked(admin: User) -> list[tuple[str, tuple[str, ...]]]:
    """Addresses, and what can be typed into them."""
    version = make.sequence(Step.Kind.CONTENT)
    sequence = f"/sequences/{version.sequence_id}"
    ana = make.candidate(make.tag("Cloud", Tag.Kind.SPECIALTY), owner=admin)
    unmatched.record([ana.pk], ["helm charts"], source="a file", now=make.NOW)
    skill = UnmatchedSkill.objects.get()
    tag = Tag.objects.get()
    return [
        ("/mail/", ("q", "page")),
        ("/tags/", ("q",)),
        (f"/tags/unmatched/{skill.pk}/", ("q",)),
        ("/tags/unmatched/", ("page",)),
        (f"/tags/{tag.pk}/merge/", ("into",)),
        ("/pools/new/", ("name", "entry_rule")),
        ("/pools/missing-tags/", ("page", "kind")),
        (f"{sequence}/", ("version",)),
        (f"{sequence}/people/", ("waiting", "step", "page")),
        (f"{sequence}/preview/", ("q", "step", "candidate", "as")),
        (f"{sequence}/preview/mail/", ("step", "candidate")),
        ("/stops/", ("page",)),
    ]


@pytest.fixture
def said(admin: User) -> list[tuple[str, tuple[str, ...]]]:
    """Addresses, and what can be said to them."""
    tag, sender = make.tag("Cloud", Tag.Kind.SPECIALTY), make.sender(admin)
    unmatched.record([make.candidate().pk], ["helm charts"], source="a file", now=make.NOW)
    skill = UnmatchedSkill.objects.get()
    return [
        ("/stops/engage/", ("what", "reason")),
        (f"/senders/{sender.pk}/pause/", ("reason",)),
        ("/senders/new/", ("from_name", "from_address", "host", "port", "dkim_selector")),
        ("/pools/check/", ("entry_rule", "exit_rule")),
        ("/pools/new/", ("name", "entry_rule", "reentry_days", "owner", "sequences")),
        ("/pools/missing-tags/accept/", ("tag", "next")),
        ("/tags/add/", ("kind", "name", "aliases", "parent")),
        (f"/tags/{tag.pk}/spelling/", ("name",)),
        (f"/tags/{tag.pk}/move/", ("parent",)),
        (f"/tags/{tag.pk}/merge/", ("into",)),
        (f"/tags/unmatched/{skill.pk}/decide/", ("means", "name")),
        ("/tags/unmatched/ignore/", ("id",)),
        ("/team/new/", ("name", "email", "role", "team", "booking_url", "time_zone")),
        (f"/team/{admin.pk}/deactivate/", ("to",)),
        ("/profile/", ("name", "time_zone")),
        ("/team/organisation/", ("name", "postal_address", "default_country")),
    ]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: ascii(word[:20]))
def test_every_page_answers_to_every_word(
    client: Client, asked: list[tuple[str, tuple[str, ...]]], word: str
) -> None:
    for address, names in asked:
        answer = client.get(address, dict.fromkeys(names, word))
        assert answer.status_code in {200, 404, 422}, address
        assert b"<script>alert" not in answer.content, address


@pytest.mark.parametrize("word", WORDS, ids=lambda word: ascii(word[:20]))
def test_every_form_answers_to_every_word(
    client: Client, said: list[tuple[str, tuple[str, ...]]], word: str
) -> None:
    for address, names in said:
        answer = client.post(address, dict.fromkeys(names, word))
        assert answer.status_code in {200, 302, 404, 422}, address
        assert b"<script>alert" not in answer.content, address
        assert not answer.headers.get("Location", "/").startswith(("//", "http")), address


def test_a_file_of_hostile_words_is_shown_as_text(client: Client) -> None:
    rows = "\n".join(f'"{word.replace(chr(34), chr(34) * 2)}",a@example.org' for word in WORDS[:14])
    file = SimpleUploadedFile("<b>.csv", f"Name,E-mail\n{rows}\n".encode())
    page = client.post("/imports/new/", {"file": file, "source": WORDS[7]}, follow=True)
    assert page.status_code == 200
    assert b"<script>alert" not in page.content
