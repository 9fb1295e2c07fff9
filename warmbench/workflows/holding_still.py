"""Somebody must not, or need not, hear from us."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.nurture import taking_out
from warmbench.people.candidates import CandidateStatusChanged
from warmbench.people.consent import CandidateSuppressed
from warmbench.signals import follow_ups, reasons


@on(CandidateSuppressed)
def take_suppressed_candidates_out_of_sequences(event: CandidateSuppressed) -> None:
    taking_out.take_out(event.candidate_ids, now=clock.now())


@on(CandidateStatusChanged)
def take_candidates_who_are_spoken_for_out_of_sequences(event: CandidateStatusChanged) -> None:
    taking_out.take_out(event.candidate_ids, now=clock.now())


@on(CandidateSuppressed)
def call_off_approaches_to_suppressed_candidates(event: CandidateSuppressed) -> None:
    note = "They are not to be written to any more."
    follow_ups.call_off(event.candidate_ids, reasons.APPROACHES, note=note, now=clock.now())
