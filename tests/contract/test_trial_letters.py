"""A message as a candidate would get it leaves over real SMTP, for the user who asked, and nobody
else."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.test_catcher import catching
from tests.make import NOW
from warmbench.accounts.models import StaffMail, User
from warmbench.integrations.mail.catcher import Caught
from warmbench.integrations.models import CaughtMail
from warmbench.integrations.telling import trial_letters
from warmbench.integrations.telling.trial_letters import NoMailboxError
from warmbench.messaging.models import Message, Sender
from warmbench.messaging.templates import Rendered
from warmbench.nurture import drafts, preview
from warmbench.nurture.outline import Outline, StepOutline

pytestmark = pytest.mark.django_db

PAGE = "https://northwind.example/sequences/1/preview/link/?step=hello"


@pytest.fixture
def alice(settings: Settings, tmp_path: Path) -> User:
    settings.INSTANCE_FOLDER = tmp_path
    make.organisation()
    return make.user()


def letter(alice: User) -> preview.Letter:
    """What Zoe would get: full of her own address, to see where it goes."""
    zoe = make.candidate(owner=alice, email="zoe@example.org")
    type(zoe).objects.update(first_name="Zoë", last_name="zoe@example.org")
    step = StepOutline(
        "hello",
        subject="Hello {{ full_name }}",
        body="Hello {{ full_name }}, [read](https://example.com/read) or"
        " [choose]({{ preference_link }}).",
    )
    sequence = drafts.create("A", by_id=alice.pk, now=NOW, like=Outline("a", "A", steps=(step,)))
    shown = preview.of_step(step, sequence, zoe.pk, at=NOW)
    assert shown is not None
    assert shown.letter is not None
    return shown.letter


def test_it_looks_as_it_would_and_goes_to_whoever_asked_alone(alice: User) -> None:
    make.sender(alice)
    words = preview.for_trial(letter(alice), PAGE)
    kept: list[Caught] = []
    with catching(kept.extend) as channel:
        Sender.objects.update(port=channel._settings.port)
        assert trial_letters.send(alice, words, now=NOW) == ""
    [mail] = kept
    opened = CaughtMail(raw=mail.raw).opened()
    assert mail.rcpt_to == (alice.email,)
    assert opened["To"].addresses[0].addr_spec == alice.email
    assert opened["Subject"] == "[Test] Hello Zoë zoe@example.org"
    html = opened.get_body(["html"])
    assert html is not None
    assert "Hello Zoë zoe@example.org" in html.get_content()
    assert opened.defects == []
    assert StaffMail.objects.get().state == StaffMail.State.SENT
    assert not Message.objects.exists()


def test_every_link_leads_to_the_page_that_says_what_it_would_do(alice: User) -> None:
    make.sender(alice)
    words = preview.for_trial(letter(alice), PAGE)
    addresses = [part for part in words.text.replace("<", " ").split() if "://" in part]
    assert addresses
    assert all("/preview/link/?step=hello&" in address for address in addresses)
    assert "&link=0" in words.text
    assert "&ours=unsubscribe" in words.text
    assert "&amp;ours=preferences" in words.html


def test_without_a_mailbox_nothing_leaves(alice: User) -> None:
    words = Rendered("Hello", "<p>Hello</p>", "Hello")
    with pytest.raises(NoMailboxError, match="No mailbox"):
        trial_letters.send(alice, words, now=NOW)
    assert not StaffMail.objects.exists()


def test_a_server_that_is_not_there_is_told_of(alice: User) -> None:
    make.sender(alice)
    Sender.objects.update(port=9)
    words = Rendered("Hello", "<p>Hello</p>", "Hello")
    assert "did not take it" in trial_letters.send(alice, words, now=NOW)
    assert StaffMail.objects.get().state == StaffMail.State.FAILED
