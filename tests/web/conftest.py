"""Signs users in, at the moment at which every test happens."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from tests import locks, make
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


#: Asked with what somebody faster does and what somebody slower is told.
TooLate = Callable[[Callable[[], object], Callable[[], str]], str]


@pytest.fixture
def too_late(transactional_db: None) -> TooLate:
    """What somebody is told whose request comes to the point where it has to wait for somebody
    else, who was faster by a moment: ``too_late(faster, slower)``."""

    def race(faster: Callable[[], object], slower: Callable[[], str]) -> str:
        def in_a_thread() -> str:
            try:
                return slower()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread:
            with transaction.atomic():
                faster()
                told = thread.submit(in_a_thread)
                locks.until_waiting()
            return told.result()

    return race
