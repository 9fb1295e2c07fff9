"""Whatever a page lets count beside it, a worker can count."""

import re
import subprocess
import sys
from pathlib import Path

import warmbench

_KNOWN = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
import django
django.setup()
from procrastinate.contrib.django import app
app.perform_import_paths()
from warmbench.core import tallies
print(len(tallies._questions))
"""


def test_a_worker_knows_every_question_that_a_page_may_ask() -> None:
    package = Path(warmbench.__file__).parent
    texts = [file.read_text(encoding="utf-8") for file in package.rglob("*.py")]
    asked = sum(len(re.findall(r"^@tallies\.question\(", text, re.MULTILINE)) for text in texts)
    known = subprocess.run(
        [sys.executable, "-c", _KNOWN], check=True, capture_output=True, text=True
    )
    assert int(known.stdout.split()[-1]) == asked > 0
