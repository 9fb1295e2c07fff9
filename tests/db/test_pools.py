"""Pools: who belongs to which, live and recounted, and what that does to sequences."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make, oracle
from tests.make import NOW
from tests.oracle import Person
from warmbench.accounts.models import User
from warmbench.core import sql
from warmbench.messaging.models import Message
from warmbench.nurture import pools, rules
from warmbench.nurture.models import Pool, PoolMember
from warmbench.nurture.rule_parts import Rule
from warmbench.people.models import (
    Candidate,
    CandidateTag,
    Channel,
    Consent,
    ContactPoint,
    Suppression,
    Tag,
    TagAlias,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class World:
    """The tags and recruiters that the oracle knows, and its people as rows."""

    def __init__(self) -> None:
        self.tags: dict[str, Tag] = {}
        for name, (kind, parent) in oracle.TREE.items():
            self.tags[name] = make.tag(name, Tag.Kind(kind), self.tags.get(parent))
        for alias, name in oracle.ALIASES.items():
            tag = self.tags[name]
            TagAlias.objects.create(tag=tag, kind=tag.kind, text=alias, key=alias.lower())
        self.owners = {
            email: User.objects.create_user(email, date_joined=NOW, name=email)
            for email in oracle.OWNERS
        }
        self.sender = make.sender()

    def store(self, person: Person) -> int:
        made = Candidate.objects.create(**self._columns(person), changed_at=NOW)
        self._around(made.pk, person)
        return made.pk

    def edit(self, candidate_id: int, person: Person) -> None:
        """Make the rows say what is true of the person now. What is append-only grows."""
        Candidate.objects.filter(pk=candidate_id).update(**self._columns(person))
        for kind in (CandidateTag, ContactPoint, Message):
            kind.objects.filter(candidate_id=candidate_id).delete()
        self._around(candidate_id, person)

    def _columns(self, person: Person) -> dict[str, object]:
        return {
            "status": person.status,
            "stage_reached": person.stage,
            "country": person.country,
            "owner": self.owners.get(person.owner),
            "source": person.source,
            "city": person.city,
            "last_conversation_on": person.talked_on,
            "added_at": person.added_at,
            "status_since": person.status_since,
        }

    def _around(self, pk: int, person: Person) -> None:
        for name in person.tags:
            CandidateTag.objects.create(
                candidate_id=pk, tag=self.tags[name], source="test", added_at=NOW
            )
        for channel, there in ((Channel.EMAIL, person.email), (Channel.SMS, person.phone)):
            if there:
                ContactPoint.objects.create(
                    candidate_id=pk, channel=channel, address=f"{channel}-{pk}", added_at=NOW
                )
        basis = {"expired": "consent", "": "withdrawn"}.get(person.consent, person.consent)
        Consent.objects.create(
            candidate_id=pk,
            channel=Channel.EMAIL,
            basis=basis,
            at=NOW,
            expires_at=NOW if person.consent == "expired" else None,
        )
        stops = Suppression.objects.filter(candidate_id=pk, releases=None, released_by=None)
        if person.suppressed and not stops.exists():
            Suppression.objects.create(candidate_id=pk, reason="manual", at=NOW)
        if not person.suppressed and (stop := stops.first()):
            Suppression.objects.create(candidate_id=pk, reason="manual", at=NOW, releases=stop)
        if person.mailed_at:
            message = make.message(Candidate.objects.get(pk=pk), self.sender)
            sql.run("SET LOCAL session_replication_role = replica")
            Message.objects.filter(pk=message.pk).update(state="sent", handed_at=person.mailed_at)
            sql.run("SET LOCAL session_replication_role = DEFAULT")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rolled_back() -> Iterator[None]:
    yield


def matched(rule: Rule, *, now: datetime = NOW) -> list[int]:
    return pools.preview(rule, now=now, limit=1000).sample


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(oracle.rules, min_size=1, max_size=8), st.lists(oracle.people, max_size=6))
def test_the_database_decides_a_rule_as_a_person_would(
    world: World, asked: list[Rule], people: list[Person]
) -> None:
    with transaction.atomic():
        ids = {world.store(person): person for person in people}
        for rule in asked:
            expected = {pk for pk, person in ids.items() if oracle.holds(rule, person, now=NOW)}
            assert set(matched(rule)) == expected
        transaction.set_rollback(True)
