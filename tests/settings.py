"""The settings of the tests: the real ones, on a data folder of this checkout alone."""

import atexit
import hashlib
import os
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parent.parent

os.environ["WARMBENCH_ENV"] = "test"
os.environ["WARMBENCH_DEMO"] = "0"
os.environ["WARMBENCH_INSTANCE"] = f"test-{hashlib.sha256(os.fsencode(_CHECKOUT)).hexdigest()[:10]}"
# Tests end processes, not the power: what the kernel was given is safe without waiting.
os.environ["WARMBENCH_POSTGRES_OPTIONS"] = "fsync=off full_page_writes=off max_connections=200"

from warmbench.settings import *  # noqa: E402

# For its own way to empty the database: tests/management.
INSTALLED_APPS = [*INSTALLED_APPS, "tests"]

# Argon2 is slow on purpose, and tests sign in a lot.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests open a browser each, and looking through all static files anew for each one takes longer
# than most pages.
WHITENOISE_AUTOREFRESH = True

# Nobody answers here: what a test asks the DNS, it answers itself.
DNS_SERVERS = ["127.0.0.1:9"]

# Thousands of opt-outs a run: each run keeps its own journal, and not for long.
JOURNAL = INSTANCE_FOLDER / f"journal-{os.getpid()}.jsonl"
atexit.register(JOURNAL.unlink, missing_ok=True)
