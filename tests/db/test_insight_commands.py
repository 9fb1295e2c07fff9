"""The commands around facts, as a person at a terminal has them."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from tests import make, said
from tests.make import NOW
from tests.said import fact
from warmbench.cli import app
from warmbench.core import clock
from warmbench.insight import deciding, extraction, recording
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Source
from warmbench.people.models import Candidate

Command = Callable[..., Result]
PAY = {"what": "target", "low": 90000, "currency": "EUR"}


@pytest.fixture
def warmbench(transactional_db: None) -> Command:
    make.organisation()

    def run(*arguments: str) -> Result:
        with clock.pinned(NOW):
            return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})

    return run


def test_texts_are_read_again_by_new_extractors_and_only_then(warmbench: Command) -> None:
    ana = make.candidate()
    said.note(fact("wants 90k", Kind.PAY, PAY, Polarity.WANTS), about=ana)
    Source.objects.update(read_by="0")

    assert "1 texts read" in warmbench("insight", "reread", "--batch", "1").output
    assert Source.objects.get().read_by == extraction.VERSION
    assert "by this version" in warmbench("insight", "reread").output


def test_decisions_are_printed_without_names(warmbench: Command) -> None:
    alice, ana = make.user("Alice Meyer"), make.candidate()
    Candidate.objects.filter(pk=ana.pk).update(first_name="Ana", last_name="Silva")
    text = "Alice met ANA Silva (ana@example.com): wants 90k, knows Go."
    pay = fact("wants 90k", Kind.PAY, PAY, Polarity.WANTS)
    source = said.keep(text, ana)
    skill = fact("knows Go", Kind.SKILL, {"name": "Go"})
    recording.read(source.pk, now=NOW, extract=said.reader(pay, skill))
    one, two = source.insights.order_by("start")
    deciding.correct(one.pk, PAY | {"low": 95000}, by_id=alice.pk, now=NOW)
    deciding.reject([two.pk], by_id=alice.pk, now=NOW)

    printed = warmbench("insight", "decisions", "--json").output
    for gone in ("Alice", "ANA", "Silva", "ana@example.com"):
        assert gone not in printed
    first, second = map(json.loads, printed.splitlines())
    assert (first["verdict"], first["correction"]["low"]) == ("corrected", 95000)
    assert (second["verdict"], second["quote"], second["after"]) == ("rejected", "knows Go", ".")
    assert "corrected" in warmbench("insight", "decisions").output


def test_without_a_decision_it_says_so(warmbench: Command) -> None:
    assert "Nobody has decided" in warmbench("insight", "decisions").output
