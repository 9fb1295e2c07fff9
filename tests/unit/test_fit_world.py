"""The worlds against which shortlists are measured are the same each time, and say the truth."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import fit_lives, fit_truth, fit_world
from bench.fit_world import Case, Person
from warmbench.shortlists import requirements

ROOT = Path(__file__).parents[2]
SEED, ROLES = 7, 4


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return fit_world.world(SEED, ROLES, empty=0.25)


def people(cases: list[Case]) -> list[Person]:
    return [one for case in cases for one in case.candidates]


def digest(cases: list[Case]) -> str:
    kept = [
        [case.role_text, case.spec_json, case.is_emptied]
        + [[p.texts, p.facts, p.record, p.fits, p.misses] for p in case.candidates]
        for case in cases
    ]
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def test_the_same_seed_makes_the_same_world_in_another_process() -> None:
    program = (
        "from tests.unit.test_fit_world import digest; from bench import fit_world; "
        "print(digest(fit_world.world(3, 1)))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "5", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest(fit_world.world(3, 1))


def test_another_seed_makes_another_world(cases: list[Case]) -> None:
    assert digest(fit_world.world(SEED + 1, 1)) != digest(cases[:1])


def test_every_field_of_work_has_its_turn() -> None:
    assert len(fit_lives.families()) >= 14


def test_who_fits_truly_has_every_must(cases: list[Case]) -> None:
    for case in cases:
        musts = [one for one in case.role.asked if one.tier == "must"]
        for person in case.fitting:
            life = person.life
            for must in musts:
                assert fit_truth.meets(life, must), (case.key, person.key, must)
                if must.aspect == "skill" and must.name not in life.certificates:
                    skill = life.skills[must.name]
                    assert skill.strength >= fit_lives.WORKING
                    assert skill.years >= must.years * 0.88


def test_nothing_stands_between_a_role_and_who_fits_it(cases: list[Case]) -> None:
    for case in cases:
        for person in case.fitting:
            assert not fit_truth.conflicts(person.life, case.role)
            assert person.life.now.employer != case.role.company


def test_who_does_not_fit_misses_something(cases: list[Case]) -> None:
    assert all(bool(one.misses) != one.fits for one in people(cases))
    assert all((one.grade >= 0.7) == one.fits for one in people(cases))


def test_a_pool_in_which_nobody_fits_has_only_lost_those_who_did() -> None:
    full = fit_world.world(SEED, 1, empty=0)[0]
    gone = fit_world.emptied(full)
    assert full.fitting
    assert not gone.fitting
    assert [one for one in full.candidates if not one.fits] == gone.candidates


def test_pools_are_of_the_size_of_real_ones(cases: list[Case]) -> None:
    assert sum(case.is_emptied for case in cases) == 1
    for case in cases:
        assert 30 <= len(case.candidates) <= 400
        assert len(case.fitting) <= 8
        assert not (case.is_emptied and case.fitting)


def test_a_good_part_of_the_truth_is_written_nowhere(cases: list[Case]) -> None:
    assert 0.2 <= fit_world.figures(cases)["truth unseen"] <= 0.4


def test_what_is_found_stands_in_the_text(cases: list[Case]) -> None:
    for person in people(cases):
        for fact in person.facts:
            if fact["document"] is not None:
                text = person.texts[fact["document"]]
                assert text[fact["start"] : fact["end"]] == fact["quote"]
            assert fact["polarity"] in {"had", "wants", "refuses", "plans", "lacks"}


def test_a_profile_can_be_read_and_quotes_its_description(cases: list[Case]) -> None:
    for case in cases:
        spec = requirements.from_json(case.spec_json)
        assert requirements.to_json(spec) == case.spec_json
        for one in spec.requirements:
            assert one.quote
            assert one.quote in case.role_text


def test_nobody_in_it_is_a_real_person(cases: list[Case]) -> None:
    names = fit_lives.words()["people"]
    for person in people(cases):
        for text in person.texts.values():
            for address in re.findall(r"\S+@\S+", text):
                name, _, domain = address.partition("@")
                given, _, family = name.partition(".")
                assert domain == "example.com"
                assert given.title() in names["given"]
                assert family in {one.lower() for one in names["family"]}
            assert not re.search(r"https?://|\+\d{6,}", text)


def test_every_employer_is_invented(cases: list[Case]) -> None:
    first = set(fit_lives.words()["employers"]["beginnings"])
    for person in people(cases):
        assert {job.employer.split()[0] for job in person.life.jobs} <= first


def test_a_world_can_be_written_to_files(tmp_path: Path, cases: list[Case]) -> None:
    fit_world.write(cases[:1], tmp_path)
    folder = tmp_path / cases[0].key
    truth = json.loads((folder / "truth.json").read_text())
    assert set(truth["candidates"]) == {p.stem for p in (folder / "candidates").iterdir()}
    assert (folder / "role.txt").read_text() == cases[0].role_text
