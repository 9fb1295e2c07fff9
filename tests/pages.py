"""The parts of the documentation that the code dictates, and the command that writes them:

    .venv/bin/python -m tests.pages

Each part stands between two comments in its page; everything around it is written by hand.
``tests/unit/test_docs.py`` fails when a part is not what the code says now.
"""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warmbench.core.events import Event

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "warmbench"
DOCS = CHECKOUT / "docs"

_PART = re.compile(r"(<!-- from the code: ([\w.-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
#: Modules that every package has and that say nothing about it.
_PLUMBING = {"__init__.py", "__main__.py", "apps.py"}

Row = Iterable[str]


def filled(text: str) -> str:
    """A page with each of its parts as the code has it."""
    return _PART.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]()}\n{m[4]}", text)


def by_hand(text: str) -> str:
    """A page without the parts that the code dictates."""
    return _PART.sub("", text)


def parts_in(text: str) -> list[str]:
    """The names of the parts of a page."""
    return [match[2] for match in _PART.finditer(text)]


def sentence(docstring: str | None) -> str:
    """The first sentence of a docstring, on one line."""
    paragraph = " ".join((docstring or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.?!]) (?=[A-Z])", paragraph, maxsplit=1)[0].replace("``", "`")


def table(headings: Row, rows: Iterable[Row]) -> str:
    """A table in Markdown."""
    head = list(headings)
    lines = [head, ["---"] * len(head), *(_escaped(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _escaped(row: Row) -> list[str]:
    return [cell.replace("|", r"\|") for cell in row]


def layers() -> list[str]:
    """The packages and modules of the line, lowest first, as import-linter has them."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    contract = project["tool"]["importlinter"]["contracts"][0]
    return list(reversed(contract["layers"]))


def modules() -> str:
    """Every module with the sentence that it opens with, package by package."""
    written = []
    for layer in ["settings", *layers()]:
        if layer in {"apps", "urls"}:
            continue
        folder = PACKAGE / layer
        if not folder.is_dir():
            written.append(f"**`{layer}.py`** {_opening(PACKAGE / f'{layer}.py')}\n")
            continue
        rows = [
            (f"`{module.relative_to(folder)}`", _opening(module))
            for module in sorted(folder.rglob("*.py"))
            if "migrations" not in module.parts and module.name not in _PLUMBING
        ]
        opening = _opening(folder / "__init__.py")
        written.append(f"### {layer}\n\n{opening}\n\n{table(('module', 'what it is for'), rows)}")
    return "\n".join(written)


def _opening(module: Path) -> str:
    return sentence(ast.get_docstring(ast.parse(module.read_text())))


def reactions() -> str:
    """Each fact with the reactions to it, in the order of the chapters of workflows."""
    from warmbench import workflows
    from warmbench.core import events

    known = {name for names in events.reactions().values() for name in names}
    rows = [
        (f"`{_fact_of(node)}`", f"`{node.name}`")
        for chapter in workflows.CHAPTERS
        for node in ast.parse((PACKAGE / "workflows" / f"{chapter}.py").read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name in known
    ]
    return table(("after", "it is seen to"), rows)


def _fact_of(function: ast.FunctionDef) -> str:
    (decorator,) = function.decorator_list
    return ast.unparse(decorator).removeprefix("on(").removesuffix(")")


def timetable() -> str:
    """What the calendar asks for."""
    from procrastinate.contrib.django import app

    ours = {
        found.task.name: found
        for found in app.periodic_registry.periodic_tasks.values()
        if found.task.name.split(".")[0] in layers()
    }
    rows = [
        (f"`{found.cron}`", f"`{name}`", sentence(found.task.func.__doc__))
        for name, found in sorted(ours.items())
    ]
    return table(("when (UTC)", "job", "what for"), rows)


def tasks() -> str:
    """The jobs that somebody or something asks for."""
    from procrastinate.contrib.django import app

    periodic = {found.task.name for found in app.periodic_registry.periodic_tasks.values()}
    rows = [
        (f"`{name}`", sentence(task.func.__doc__))
        for name, task in sorted(app.tasks.items())
        if name.split(".")[0] in layers() and name not in periodic and hasattr(task, "func")
    ]
    return table(("job", "what for"), rows)


def loops() -> str:
    """The loops of a worker."""
    from warmbench.cli import worker

    rows = [(f"`{name}`", sentence(loop.__doc__)) for name, loop in worker.LOOPS.items()]
    return table(("loop", "what it does"), rows)


def facts() -> dict[str, type["Event"]]:
    """Every fact that the product can publish, by name."""
    from warmbench.core.events import Event

    for module in sorted(PACKAGE.rglob("*.py")):
        if re.search(r"^class \w+\(Event\)", module.read_text(), re.MULTILINE):
            import_module(".".join(module.relative_to(CHECKOUT).with_suffix("").parts))
    kinds = Event.kinds.items()
    return {name: kind for name, kind in kinds if kind.__module__.startswith("warmbench.")}


def events() -> str:
    """Every fact that is published, by whom, with what, and how many react to it."""
    from warmbench.core.events import reactions

    reacting = reactions()
    rows = [
        (
            f"`{name}`",
            sentence(kind.__doc__),
            ", ".join(f"`{field.name}`" for field in fields(kind)),
            f"`{kind.__module__.removeprefix('warmbench.')}`",
            str(len(reacting.get(name, ()))),
        )
        for name, kind in sorted(facts().items())
    ]
    return table(("fact", "what is true", "fields", "published by", "reactions"), rows)


def reasons() -> str:
    """Each reason of the last gate, what it means and what follows from it."""
    from warmbench.messaging.gate import FINAL
    from warmbench.messaging.reasons import MEANINGS, REMEDIES
    from warmbench.messaging.verdict import Reason

    rows = [
        (
            f"`{reason}`",
            MEANINGS[reason],
            "yes" if reason in FINAL else "",
            REMEDIES.get(reason, ""),
        )
        for reason in Reason
    ]
    return table(("reason", "meaning", "ends the sequence", "what a person can do"), rows)


def law() -> str:
    """The rules of law that hold now or will, by what they are about."""
    from warmbench.people import law_rules, law_words

    book = law_rules.book()
    parts = [f"Version {book.version}, gone through on {book.reviewed:%-d %B %Y}.\n"]
    for kind, title in law_words.TITLES.items():
        rows = [
            (
                line.where,
                line.channel,
                line.asks,
                line.since,
                line.source if line.is_sure else f"{line.source}; *to be confirmed*",
                f"`{line.name}`",
            )
            for line in law_words.lines(kind, on=book.reviewed)
        ]
        headings = ("where", "channel", "what", "since", "source", "rule")
        parts.append(f"### {title}\n\n{table(headings, rows)}")
    return "\n".join(parts)


def rules() -> str:
    """The rules that tell machines from people."""
    from warmbench.signals.judge_rules import Rule

    return table(("rule", "meaning"), ((f"`{rule}`", rule.means) for rule in Rule))


def outcomes() -> str:
    """What may come of a follow-up, what each outcome does, and where it cannot come."""
    from warmbench.signals import outcomes as catalogue
    from warmbench.signals.models import FollowUp

    def rows() -> Iterable[Row]:
        for means in catalogue.OUTCOMES.values():
            never = [one for one in FollowUp.Reason if means not in catalogue.of(one)]
            yield means.label, means.consequence, ", ".join(str(one.label) for one in never)

    return table(("outcome", "what it does", "not for"), rows())


def choices(dotted: str) -> Callable[[], str]:
    """The values of one set of choices, with the words that pages use for them."""

    def written() -> str:
        owner, *names = dotted.split(":")
        found: Any = import_module(f"warmbench.{owner}")
        for name in names[0].split("."):
            found = getattr(found, name)
        rows = (
            (f"`{value}`" if value else "(blank)", str(label)) for value, label in found.choices
        )
        return table(("value", "on pages"), rows)

    return written


#: Sets of choices that the glossary shows: the name of the part → where it is.
CHOICES = {
    "candidate-status": "people.models:Candidate.Status",
    "candidate-stage": "people.models:Candidate.Stage",
    "consent-basis": "people.models:Consent.Basis",
    "consent-purpose": "people.models:Purpose",
    "consent-how": "people.models:Consent.How",
    "notice-kind": "people.models:Notice.Kind",
    "suppression-reason": "people.models:Suppression.Reason",
    "fact-kind": "people.models:CandidateFact.Kind",
    "pause-reason": "people.candidates:PauseReason",
    "tag-kind": "people.models:Tag.Kind",
    "message-state": "messaging.models:Message.State",
    "message-purpose": "messaging.models:Message.Purpose",
    "attempt-outcome": "messaging.models:Attempt.Outcome",
    "decision-verdict": "messaging.models:Decision.Verdict",
    "switch-scope": "messaging.models:Switch.Scope",
    "sequence-state": "nurture.models:Sequence.State",
    "step-kind": "nurture.models:Step.Kind",
    "content-kind": "nurture.models:ContentPiece.Kind",
    "enrollment-state": "nurture.models:Enrollment.State",
    "pool-on-leave": "nurture.models:Pool.OnLeave",
    "signal-kind": "signals.models:Signal.Kind",
    "signal-grade": "signals.models:Signal.Grade",
    "hit-verdict": "signals.models:Hit.Verdict",
    "follow-up-reason": "signals.models:FollowUp.Reason",
    "follow-up-outcome": "signals.models:FollowUp.Outcome",
    "role-state": "sourcing.models:Role.State",
    "campaign-state": "sourcing.models:AlertCampaign.State",
    "alert-level": "sourcing.models:Alert.Level",
    "alert-state": "sourcing.models:Alert.State",
    "escalation-kind": "sourcing.models:Escalation.Kind",
    "escalation-state": "sourcing.models:Escalation.State",
    "role": "accounts.models:Role",
    "notification-kind": "accounts.models:Kind",
    "notification-way": "accounts.models:Way",
    "notification-detail": "accounts.models:Detail",
}

PARTS: dict[str, Callable[[], str]] = {
    "modules": modules,
    "reactions": reactions,
    "timetable": timetable,
    "tasks": tasks,
    "loops": loops,
    "events": events,
    "reasons": reasons,
    "law": law,
    "rules": rules,
    "outcomes": outcomes,
} | {name: choices(dotted) for name, dotted in CHOICES.items()}


def pages() -> list[Path]:
    """The pages that have such parts."""
    return [page for page in sorted(DOCS.rglob("*.md")) if _PART.search(page.read_text())]


def main() -> None:
    """Write every part anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    for page in pages():
        before = page.read_text()
        after = filled(before)
        if before != after:
            page.write_text(after)
            sys.stdout.write(f"{page.relative_to(CHECKOUT)} is written anew.\n")


if __name__ == "__main__":
    main()
