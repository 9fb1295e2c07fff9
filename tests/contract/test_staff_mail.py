"""A mail to a user leaves over real SMTP, as mail programs understand it."""

from contextlib import closing
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.contract.test_catcher import catching
from tests.make import NOW
from warmbench.accounts import notifications
from warmbench.accounts.models import Kind, StaffMail
from warmbench.accounts.notifications import WHO
from warmbench.integrations.mail.catcher import Caught
from warmbench.integrations.mail.postman import Postman
from warmbench.integrations.models import CaughtMail
from warmbench.integrations.telling import mailing
from warmbench.messaging.models import Sender


@pytest.mark.django_db
def test_it_leaves_through_the_postman_and_reaches_the_user(
    settings: Settings, tmp_path: Path
) -> None:
    settings.INSTANCE_FOLDER = tmp_path
    make.organisation()
    alice, zoe = make.user(), make.candidate()
    type(zoe).objects.update(first_name="Zoë")
    make.sender(alice)
    notifications.tell(
        [alice.pk], kind=Kind.REPLY, title=f"{WHO} replied", key="test:1", about=zoe.pk, now=NOW
    )
    kept: list[Caught] = []
    with catching(kept.extend) as channel, closing(Postman(lambda: NOW)) as postman:
        Sender.objects.update(port=channel._settings.port)
        assert mailing.deliver_next(postman.channel_for, clock=lambda: NOW)
    [mail] = kept
    opened = CaughtMail(raw=mail.raw).opened()
    assert mail.rcpt_to == (alice.email,)
    assert opened["Subject"] == "Zoë replied"
    body = opened.get_body(["plain"])
    assert body is not None
    assert "Zoë replied" in body.get_content()
    assert opened.defects == []
    assert StaffMail.objects.get().state == StaffMail.State.SENT
