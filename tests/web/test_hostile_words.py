"""Whatever is typed into our pages, they answer, and show it as what it is: text."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.unit.strings import NASTY
from warmbench.accounts.models import Role, User
from warmbench.nurture import drafts
from warmbench.nurture.forecast.results import Result
from warmbench.nurture.models import Forecast, Step
from warmbench.nurture.outline import Outline, StepOutline
from warmbench.people import unmatched
from warmbench.people.models import Candidate, Tag, UnmatchedSkill

pytestmark = pytest.mark.django_db

WORDS = [*NASTY[:14], "a\0b", "\u202egnp.exe", "😀" * 50, "x" * 50_000, "9" * 400, "-1", "٣"]
WORDS += ["9999-12-31", "0001-01-01"]


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
        *_of_sequences(sequence, ana),
        *_of_content(),
        *_of_forecasts(),
    ]


_Asked = list[tuple[str, tuple[str, ...]]]


def _of_sequences(sequence: str, ana: Candidate) -> _Asked:
    return [
        (f"{sequence}/edit/", ("step",)),
        (f"{sequence}/preview/", ("on", "draft")),
        (f"{sequence}/preview/link/", ("ours", "link", "step")),
        (f"{sequence}/ready/", ("now",)),
        (f"{sequence}/ready/people/", ("step", "what", "page")),
        (f"{sequence}/versions/move/", ("version",)),
        ("/sequences/rule/", ("rule",)),
        (f"/candidates/{ana.pk}/on-a-day/", ("on", "what")),
        ("/sequences/market/new/", ("topic",)),
    ]


def _of_content() -> _Asked:
    piece = f"/sequences/content/{make.piece(None).pk}"
    return [
        ("/sequences/content/", ("q", "state", "kind", "language", "topic", "owner", "only")),
        ("/sequences/content/", ("page",)),
        ("/sequences/content/new/", ("kind", "topic", "seniority")),
        ("/sequences/content/words/", ("words", "look")),
        (f"{piece}/", ("w", "look", "checking")),
        (f"{piece}/mail/", ("w", "look")),
        (f"{piece}/why/", ("person",)),
        (f"{piece}/why/", ("candidate",)),
        (f"{piece}/checks/", ("checking",)),
    ]


def _of_forecasts() -> _Asked:
    nothing = Result(people=0, written_to=0, messages=0, counts_everybody=True, ticks=0)
    made = Forecast.objects.create(
        scope="everything",
        since=make.NOW,
        days=30,
        asked_at=make.NOW,
        state="done",
        result=nothing.to_json(),
    )
    forecast = f"/sequences/forecasts/{made.pk}"
    return [
        ("/sequences/forecasts/", ("about",)),
        (f"{forecast}/touches/", ("day", "page")),
        (f"{forecast}/touches/", ("silent", "page")),
        (f"{forecast}/compare/", ("with",)),
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
        *_to_sequences(admin),
        *_to_content(),
    ]


def _to_sequences(admin: User) -> _Asked:
    step = StepOutline("welcome", subject="Hello", body="Hello.")
    like = Outline("arc", "The arc", steps=(step,))
    draft = drafts.create("The arc", by_id=admin.pk, now=make.NOW, like=like)
    arc = f"/sequences/{draft.pk}"
    return [
        ("/sequences/new/", ("name", "begin")),
        ("/sequences/new/file/", ("text",)),
        ("/sequences/forecasts/ask/", ("about", "days", "replies", "clicks")),
        *[(f"{arc}/edit/steps/", (name,)) for name in ("add", "drop", "up", "copy", "delete")],
        (f"{arc}/edit/step/?key=welcome", ("key", "channel", "subject", "body", "as_of")),
        (f"{arc}/edit/wait/?key=welcome", ("wait_days",)),
        (f"{arc}/edit/settings/", ("name", "entry_rule", "cadence_rule", "cadence_pace", "as_of")),
        (f"{arc}/edit/undo/", ("revision",)),
        (f"{arc}/file/", ("text",)),
        (f"{arc}/review/give/", ("note",)),
        (f"{arc}/activate/", ("revision", "people")),
        (f"{arc}/versions/moved/", ("version",)),
        (f"{arc}/pace/", ("pace",)),
        (f"{arc}/preview/test/", ("step", "candidate", "on", "draft")),
        ("/sequences/market/new/", ("text", "topic", "language", "expires_on", "state")),
    ]


def _to_content() -> _Asked:
    piece = f"/sequences/content/{make.piece(None).pk}"
    written = ("title", "kind", "topic", "place", "expires_on", "wording", "subject-A", "body-A")
    return [
        ("/sequences/content/new/", written),
        ("/sequences/content/look/", ("wording", "subject-A", "body-A", "person", "look", "shown")),
        (f"{piece}/edit/", (*written, "revision", "add", "drop")),
        (f"{piece}/move/", ("to", "revision")),
        (f"{piece}/checks/overrule/", ("check", "why")),
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
