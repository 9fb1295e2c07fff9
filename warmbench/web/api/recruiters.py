"""Finds the recruiters whom programs name by the addresses with which they sign in."""

from warmbench.accounts.models import User
from warmbench.web import queue
from warmbench.web.api.problems import InvalidError


def recruiter_called(email: str, *, field: str) -> User:
    """The recruiter who signs in with this address. Raises InvalidError, which names the field
    that it stood in."""
    for one in queue.recruiters():
        if one.email.lower() == email.strip().lower():
            return one
    raise InvalidError({field: "No recruiter signs in with this address."})
