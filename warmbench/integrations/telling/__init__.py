"""Brings what users are told to their mailboxes and chat channels, and to nobody else."""
