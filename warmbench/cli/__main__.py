"""Lets ``python -m warmbench.cli`` be the command."""

from warmbench.cli import main

main()
