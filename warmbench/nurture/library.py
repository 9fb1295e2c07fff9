"""Loads sequences from the files they are written in."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from warmbench.messaging import wording
from warmbench.messaging.templates import Look
from warmbench.nurture.models import Sequence, SequenceVersion, Step
from warmbench.people.models import Channel

#: What comes with Warmbench.
DATA = Path(__file__).parent / "data"


class LibraryError(ValueError):
    """A file that cannot be used: one sentence for its author."""


@dataclass(frozen=True, slots=True)
class _StepText:
    """One step as its file has it."""

    key: str
    kind: str
    wait_days: int
    content_kind: str = ""
    channel: str = Channel.EMAIL
    subject: str = ""
    body: str = ""


@transaction.atomic
def load_sequences(path: Path, *, now: datetime) -> list[Sequence]:
    """Store the sequences of a YAML file, active, by their keys.

    Loading the same file again changes nothing. Steps that were edited make a new version;
    who is enrolled stays on the version they began with.
    """
    written = _read_yaml(path.name, path.read_text(encoding="utf-8"))
    try:
        return [_load_sequence(one, now=now) for one in written["sequences"]]
    except (KeyError, TypeError) as error:
        raise LibraryError(f"{path.name}: a part is missing or unknown ({error}).") from error


def _load_sequence(written: dict[str, Any], *, now: datetime) -> Sequence:
    steps = [_StepText(**step) for step in written["steps"]]
    keys = [step.key for step in steps]
    repeat_from = written.get("repeat_from")
    if repeat_from is not None and repeat_from not in keys:
        raise LibraryError(f"Sequence {written['key']}: there is no step {repeat_from}.")
    sequence, _ = Sequence.objects.update_or_create(
        key=written["key"],
        defaults={"name": written["name"], "description": written["description"].strip()},
        create_defaults={
            "name": written["name"],
            "description": written["description"].strip(),
            "state": Sequence.State.ACTIVE,
        },
    )
    position = keys.index(repeat_from) if repeat_from is not None else None
    drafts = [_step(step, at, now=now) for at, step in enumerate(steps)]
    latest = sequence.versions.order_by("-number").first()
    if latest is None or not _is_same(latest, drafts, position):
        number = latest.number + 1 if latest else 1
        version = sequence.versions.create(number=number, repeat_from=position, created_at=now)
        for draft in drafts:
            draft.version = version
        Step.objects.bulk_create(drafts)
    return sequence


def _step(text: _StepText, position: int, *, now: datetime) -> Step:
    if text.channel not in Channel:
        raise LibraryError(f"Step {text.key}: there is no channel {text.channel}.")
    is_content, is_text = text.kind == Step.Kind.CONTENT, text.channel == Channel.SMS
    if is_text and (is_content or text.subject):
        what = "content" if is_content else "a subject"
        raise LibraryError(f"Step {text.key}: a text message cannot have {what}.")
    look: Look = "text" if is_text else "letter"
    template = (
        None
        if is_content
        else wording.keep(subject=text.subject, body=text.body, look=look, now=now)
    )
    return Step(
        channel=text.channel,
        position=position,
        key=text.key,
        kind=text.kind,
        wait_days=text.wait_days,
        content_kind=text.content_kind,
        template=template,
    )


def _is_same(version: SequenceVersion, drafts: list[Step], repeat_from: int | None) -> bool:
    def essence(step: Step) -> tuple[object, ...]:
        return (
            *(step.key, step.kind, step.channel, step.wait_days),
            *(step.content_kind, step.template_id),
        )

    stored = [essence(step) for step in version.steps.order_by("position")]
    return stored == [essence(step) for step in drafts] and version.repeat_from == repeat_from


def _read_yaml(name: str, text: str) -> dict[str, Any]:
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LibraryError(f"{name} is not YAML: {error}") from error
    if not isinstance(written, dict):
        raise LibraryError(f"{name}: there is nothing in it that could be used.")
    return written
