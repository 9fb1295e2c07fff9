"""The API keeps to its own description, whatever is sent to it: schemathesis makes it up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests import make, said
from warmbench.accounts import api_keys
from warmbench.core import clock
from warmbench.insight.kinds import Kind
from warmbench.insight.models import Source
from warmbench.nurture import enrollment
from warmbench.nurture.models import Enrollment, Step
from warmbench.people.models import Tag
from warmbench.web.api import keys
from warmbench.web.api.urls import api

pytestmark = pytest.mark.django_db

#: How much is made up for each operation, by who asks: what a key must not do ends early.
EXAMPLES = {"write": 6, "read": 3, "nobody": 2}
load_all_checks()
#: What a description of shapes cannot know: a tag that nobody has, somebody who is known already.
SAID_NO = ["2xx", "401", "403", "404", "409", "422"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {"positive_data_acceptance": {"expected-statuses": SAID_NO}},
        "generation": {"with-security-parameters": False},
    }
)
schema = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=CONFIG)
schema.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
CHECKED = [CHECKS.get_one(name) for name in CHECKS.get_all_names()]


@dataclass
class World:
    """Keys by what they may, and rows that there are."""

    secrets: dict[str, str]
    rows: dict[str, Any]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(keys, "MOST", 10**6)
    now = clock.now()
    make.organisation()
    alice = make.user()
    skill = make.tag("Go", parent=make.tag("Software engineering", Tag.Kind.SPECIALTY))
    ana = make.candidate(skill, owner=alice)
    sequence = make.sequence(Step.Kind.MESSAGE).sequence
    enrollment.enroll([ana.pk], sequence, now=now)
    knows = said.fact("knows Go", Kind.SKILL, {"name": "Go"})
    rows = {
        "candidate_id": ana.pk,
        "pool_id": make.pool("status = passive").pk,
        "role_id": make.role(skill).pk,
        "sequence_id": sequence.pk,
        "enrollment_id": Enrollment.objects.values_list("pk", flat=True).first() or 1,
        "follow_up_id": make.follow_up(ana).pk,
        "insight_id": said.note(knows, about=ana)[0].pk,
        "source_id": Source.objects.values_list("pk", flat=True).first() or 1,
        "author_email": alice.email,
        "role_ids": [],
        "by_email": alice.email,
        "to_email": alice.email,
        "owner_email": alice.email,
        "candidate_ids": [ana.pk],
    }
    # The connection holds the transaction that is rolled back after the test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    secrets = {
        scope: api_keys.make(scope, scope, by_id=None, now=now)[1] for scope in ("read", "write")
    }
    yield World(secrets, rows)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
@pytest.mark.parametrize("who", EXAMPLES)
def test_every_answer_is_described(operation: Any, who: str, world: World) -> None:
    secret = world.secrets.get(who)
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    @settings(
        max_examples=EXAMPLES[who],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        is_valid = data.draw(st.booleans())
        mode = GenerationMode.POSITIVE if is_valid else GenerationMode.NEGATIVE
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if is_valid and data.draw(st.booleans()):
            _name_what_there_is(case, world.rows)
        case.call_and_validate(headers=headers, checks=CHECKED)

    asked()


def _name_what_there_is(case: Any, rows: dict[str, Any]) -> None:
    """Numbers that are made up name nothing: name what there is, where something is named."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: rows[name] for name in part.keys() & rows.keys()})
