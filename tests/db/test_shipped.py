"""What a new team gets, and what an older one keeps."""

import pytest

from tests.make import NOW
from warmbench.accounts.first_run import InstallationCreated
from warmbench.nurture import outline, sequence_files, shipped, versions
from warmbench.nurture.models import Sequence, SequenceDraft, SequenceVersion
from warmbench.people import tag_tree
from warmbench.workflows import beginning

State = Sequence.State


@pytest.fixture
def tree(db: None) -> None:
    tag_tree.load_default(now=NOW)


def test_a_new_team_gets_what_ships(tree: None) -> None:
    given = shipped.give_sequences(now=NOW)
    assert {key: sequence.state for key, sequence in given.items()} == {
        "alert_click": State.ACTIVE,
        "check_in_90": State.ACTIVE,
        "high_interest": State.ACTIVE,
        "preferences": State.ACTIVE,
        "profile_refresh": State.DRAFT,
        "stay_in_touch": State.ACTIVE,
    }
    draft = SequenceDraft.objects.get()
    assert draft.sequence == given["profile_refresh"]
    assert outline.problems(outline.from_json(draft.outline)) == []


def test_what_ships_comes_back_from_the_database_as_it_is(tree: None) -> None:
    shipped.give_sequences(now=NOW)
    for path in shipped.FOLDER.glob("*.yaml"):
        written = sequence_files.read(path.read_text(), path.name)
        assert versions.outline_of(SequenceVersion.objects.get(sequence__key=path.stem)) == written


def test_what_a_team_made_of_it_stays(tree: None) -> None:
    arc = shipped.give_sequences(now=NOW)["stay_in_touch"]
    edited = outline.changed(versions.outline_of(arc.versions.get()), "tip", wait_days=60)
    versions.apply(edited, by_id=None, now=NOW)
    Sequence.objects.filter(pk=arc.pk).update(state=State.PAUSED)
    again = shipped.give_sequences(now=NOW)["stay_in_touch"]
    assert (again.state, again.versions.count()) == (State.PAUSED, 2)
    assert SequenceDraft.objects.count() == 1


def test_a_new_installation_has_them(db: None) -> None:
    beginning.give_a_new_team_its_tag_tree_and_its_sequences(
        InstallationCreated(administrator_id=1)
    )
    assert set(Sequence.objects.values_list("key", flat=True)) >= {"stay_in_touch", "alert_click"}
