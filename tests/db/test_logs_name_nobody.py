"""What the application really logs, with people planted everywhere, names nobody."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.core import events, logs, tokens
from warmbench.people.models import Candidate, Channel, ContactPoint

NAMES = ["Zoltan Quimby", "Ottoline Farquhar", "Ximena Bartholdy"]
ADDRESSES = ["zoltan.quimby@example.com", "ottoline@example.org", "x.bartholdy@example.net"]
PHONES = ["+491701234567", "+15550109999", "+442079460958"]

logger = logging.getLogger("warmbench.test")


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def text(written: pytest.LogCaptureFixture) -> str:
    formatter = logs.JsonLines()
    return "\n".join(formatter.format(record) for record in written.records)


def test_database_errors_name_nobody(db: None, written: pytest.LogCaptureFixture) -> None:
    for name, address, phone in zip(NAMES, ADDRESSES, PHONES, strict=True):
        candidate = make.candidate(email=address)
        Candidate.objects.filter(pk=candidate.pk).update(last_name=name)
        for breaking in (
            lambda a=address, n=name: User.objects.create_user(
                a, date_joined=make.NOW, name=n, role="unknown"
            ),
            lambda c=candidate, p=phone: ContactPoint.objects.bulk_create(
                ContactPoint(candidate=c, channel=Channel.SMS, address=p, added_at=make.NOW)
                for _ in range(2)
            ),
            lambda c=candidate, n=name: Candidate.objects.filter(pk=c.pk).update(
                first_name=n, added_at=None
            ),
        ):
            try:
                with transaction.atomic():
                    breaking()
            except IntegrityError:
                logger.exception("failed", extra={"candidate_id": candidate.pk})

    said = text(written)
    assert said.count("DETAIL: [row]") >= 9
    assert not [planted for planted in NAMES + ADDRESSES + PHONES if planted in said]


def test_requests_name_nobody(db: None, written: pytest.LogCaptureFixture) -> None:
    make.user()
    token = tokens.sign(tokens.Purpose.UNSUBSCRIBE, 1)
    client = Client()
    for address in (
        f"/nowhere/{token}/",
        f"/nowhere/{ADDRESSES[0]}?q={NAMES[0]}",
        f"/password/?next={PHONES[0]}",
    ):
        client.get(address)
    client.post("/sign-in/", {"login": ADDRESSES[0], "password": "hunter2-is-my-password"})

    said = text(written)
    assert "sign-in failed" in said
    assert not [
        planted for planted in [token, "hunter2", *NAMES, *ADDRESSES, *PHONES] if planted in said
    ]


def test_an_unknown_reaction_names_nobody(written: pytest.LogCaptureFixture) -> None:
    with pytest.raises(events.UnknownReactionError):
        events.react.func(kind="Unheard", reaction="x", fields={"name": NAMES[0]})
    assert "unknown reaction" in text(written)
    assert NAMES[0] not in text(written)
