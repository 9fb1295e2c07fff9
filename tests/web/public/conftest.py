"""A candidate with a mail of ours, and the browser in which she follows its links."""

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests import make
from tests.web.public.pages import LATER
from warmbench.accounts.models import User
from warmbench.messaging.models import Message, Sender
from warmbench.people.models import Candidate


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def box(alice: User) -> Sender:
    return make.sender(alice)


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@example.com")


@pytest.fixture
def mail(ana: Candidate, box: Sender) -> Message:
    return make.sent(ana, box, address="ana@example.com")


@pytest.fixture
def reader() -> Client:
    """A candidate's browser. It has an old cookie of ours, and none of ours is ever checked."""
    headers = {"User-Agent": "Firefox", "Accept-Language": "en"}
    client = Client(enforce_csrf_checks=True, headers=headers)
    client.cookies[settings.SESSION_COOKIE_NAME] = "0123456789abcdef0123456789abcdef"
    return client
