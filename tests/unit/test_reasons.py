"""Every reason can be told to a person."""

from warmbench.messaging import reasons
from warmbench.messaging.gate import FINAL
from warmbench.messaging.verdict import Reason
from warmbench.people.models import Suppression


def test_every_reason_of_the_gate_has_a_sentence() -> None:
    assert set(Reason) <= set(reasons.MEANINGS)
    assert all(sentence.endswith(".") for sentence in reasons.MEANINGS.values())


def test_every_stop_that_ends_a_sequence_has_a_sentence() -> None:
    # A dead address stops nobody: there may be another one.
    stops = set(Suppression.Reason) - {Suppression.Reason.ADDRESS_DEAD}
    assert stops <= set(reasons.MEANINGS)


def test_only_known_reasons_have_remedies() -> None:
    assert set(reasons.REMEDIES) <= set(reasons.MEANINGS)


def test_nobody_is_told_to_change_what_a_candidate_decided() -> None:
    assert not FINAL & set(reasons.REMEDIES)


def test_a_missing_field_is_named() -> None:
    said = reasons.because("missing: first_name")
    assert said == "We do not know their first name, which the message needs."
    assert reasons.remedy("missing: first_name") == reasons.REMEDIES[Reason.MISSING_FIELD]


def test_a_reason_of_a_newer_version_is_still_readable() -> None:
    assert reasons.because("on_the_moon") == "On the moon"
    assert reasons.remedy("on_the_moon") == ""


def test_what_time_settles_has_no_remedy() -> None:
    assert reasons.remedy(Reason.WINDOW) == ""
