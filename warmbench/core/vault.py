"""Keeps secrets that people enter (passwords of mail servers, API keys) unreadable at rest.

The keys live outside the database, so that a dump of it gives nothing away.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField


class UnsealError(ValueError):
    """A secret was sealed with a key that is not in ``settings.VAULT_KEYS``."""


class Secret(str):
    """A text that hides itself from repr: log lines, tracebacks and debuggers show dots."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'•••'"


def seal(text: str) -> str:
    """``text`` encrypted with the first key."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> Secret:
    """What was sealed, with any of the keys. Raises UnsealError if none of them fits."""
    try:
        return Secret(_fernet().decrypt(sealed.encode()).decode())
    except InvalidToken as error:
        raise UnsealError("No vault key opens this secret. Is an old key missing?") from error


class SealedTextField(Text):
    """Text that is encrypted in its column. Blank stays blank; it cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        """What is stored."""
        text = super().get_prep_value(value)
        return seal(text) if text else text

    def from_db_value(
        self, value: str | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> str | None:
        """What the model holds: a text that does not show itself in a repr."""
        return unseal(value) if value else value

    def value_to_string(self, _obj: models.Model) -> str:
        """Nothing: what Django's dumpdata writes lies about in files."""
        return ""


@transaction.atomic
def reseal() -> int:
    """Put every stored secret under the first key, so that older ones can be thrown away.

    Returns how many there were. Raises UnsealError, and has changed nothing then, if no key
    opens one of them.
    """
    done = 0
    for model in apps.get_models():
        for column in model._meta.concrete_fields:  # noqa: SLF001 - Django's own name
            if not isinstance(column, SealedTextField):
                continue
            rows: models.QuerySet[models.Model] = models.QuerySet(model).exclude(
                **{column.name: ""}
            )
            locked = rows.select_for_update(no_key=True)
            # Reading opens what is sealed, with any key; writing seals it, with the first.
            for pk, secret in list(locked.values_list("pk", column.name)):
                done += rows.filter(pk=pk).update(**{column.name: secret})
    return done


def _fernet() -> MultiFernet:
    return _fernet_of(tuple(settings.VAULT_KEYS))


@lru_cache(maxsize=8)
def _fernet_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
