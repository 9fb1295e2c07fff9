"""Tokens of a connection are renewed by one at a time, and what was given is never lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections, transaction

from tests import make
from warmbench.integrations.ats.errors import UnreachableError
from warmbench.integrations.ats.opening import StoredTokens
from warmbench.integrations.models import AtsConnection


def connected() -> AtsConnection:
    return make.ats_connection(tokens=json.dumps({"refresh": "r0"}))


@pytest.mark.django_db
def test_within_another_transaction_nothing_is_asked() -> None:
    """Rolled back, the old refresh token would be stored again, which works no more."""
    asked: list[dict[str, str]] = []

    def ask(stored: dict[str, str]) -> dict[str, str]:
        asked.append(stored)
        return {"refresh": "r1"}

    kept = StoredTokens(connected().pk)
    with transaction.atomic(), pytest.raises(RuntimeError):
        kept.renew(ask)
    assert (asked, kept.current()) == ([], {"refresh": "r0"})
    assert kept.renew(ask) == kept.current() == {"refresh": "r1"}


@pytest.mark.django_db
def test_an_answer_that_did_not_come_leaves_what_was_stored() -> None:
    kept = StoredTokens(connected().pk)

    def ask(_: dict[str, str]) -> dict[str, str]:
        raise UnreachableError("It broke.")

    with pytest.raises(UnreachableError):
        kept.renew(ask)
    assert kept.current() == {"refresh": "r0"}


@pytest.mark.django_db(transaction=True)
def test_the_second_process_sees_what_the_first_was_given() -> None:
    kept = StoredTokens(connected().pk)
    is_asking, may_answer = Event(), Event()
    seen: list[str] = []

    def ask(stored: dict[str, str]) -> dict[str, str]:
        seen.append(stored["refresh"])
        if len(seen) == 1:
            is_asking.set()
            assert may_answer.wait(10)
        return {"refresh": f"r{len(seen)}"}

    def renew() -> dict[str, str]:
        try:
            return kept.renew(ask)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as processes:
        first = processes.submit(renew)
        assert is_asking.wait(10)
        second = processes.submit(renew)
        may_answer.set()
        assert (first.result(10), second.result(10)) == ({"refresh": "r1"}, {"refresh": "r2"})
    assert seen == ["r0", "r1"]
    assert kept.current() == {"refresh": "r2"}
