"""Workers and the database are killed while they send: nobody is written to twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.chaos import arena


def test_nothing_is_sent_twice_or_lost_whoever_dies() -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("WARMBENCH_INST")
    } | {"DJANGO_SETTINGS_MODULE": "warmbench.settings"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.arena"],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    result = json.loads(run.stdout.splitlines()[-1])

    assert result["kills"] >= arena.KILLS
    assert result["restarts"] == 1
    assert result["duplicates"] == 0
    assert result["broken_promises"] == {}
    # Lost would be: no end, an end that the server does not confirm, or a mail without a record.
    assert sum(result["states"].values()) == arena.MESSAGES
    assert set(result["states"]) <= {"sent", "unknown"}
    assert result["sent_but_not_taken"] == 0
    assert result["taken_without_a_record"] == 0
    assert result["personal"] == arena.PERSONAL
    # Each unknown is explained: its worker died, or the answer to its last dot was lost.
    assert sum(result["unknown_reasons"].values()) == result["states"].get("unknown", 0)
    assert result["unheard_but_not_unknown"] == 0
