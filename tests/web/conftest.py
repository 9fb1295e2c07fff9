"""Signs users in, at the moment at which every test happens."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import User
from warmbench.core import clock


@pytest.fixture
def at_noon(db: None) -> Iterator[None]:
    """Pages that are asked for inside the test are asked for at ``make.NOW``."""
    with clock.pinned(make.NOW):
        yield


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
