"""Looks after facts that were read: ``warmbench insight reread`` and ``decisions``."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from warmbench.cli import start
from warmbench.cli.installation import console


def reread(
    most: Annotated[
        int, typer.Option(min=1, help="How many texts at most; all of them if left out.")
    ] = 10**9,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="How many at a time.")] = 200,
) -> None:
    """Read all texts again that were read by other extractors than those of this version.

    What people decided stays. What nobody decided, and is read no more, gives way. Safe to stop,
    and to repeat.

    Example: `warmbench insight reread`
    """
    start.set_up()
    from warmbench.core import clock
    from warmbench.insight import recording

    done = 0
    while done < most and (ids := recording.waiting(most=min(batch, most - done))):
        for source_id in ids:
            recording.read(source_id, now=clock.now())
        done += len(ids)
        console.print(f"{done:,} texts read.")
    if not done:
        console.print("All texts were read by this version.")


def decisions(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, for programs.")
    ] = False,
) -> None:
    """Print what people decided about facts, each with the words around it and without names.

    Whoever teaches or tries an extractor learns from them where it is wrong.

    Example: `warmbench insight decisions --json > decisions.jsonl`
    """
    start.set_up()
    from warmbench.insight.lessons import lessons

    if as_json:
        for one in lessons():
            typer.echo(json.dumps(asdict(one), ensure_ascii=False))
        return
    counts = Counter((one.kind, one.verdict) for one in lessons())
    if not counts:
        console.print("Nobody has decided about a fact yet.")
    for (kind, verdict), count in sorted(counts.items()):
        console.print(f"{kind:<12} {verdict:<10} {count:>8,}")
