#!/usr/bin/env python
"""Django's own commands, on our settings and our database."""

import os
import sys

from django.core.management import execute_from_command_line

from warmbench.core import postgres

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    try:
        postgres.ensure_running()
    except postgres.PostgresError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
