"""How asking or telling an ATS goes wrong, told apart by what is to be done about it."""

from datetime import datetime


class AtsError(Exception):
    """The ATS could not be asked or told. The message is one sentence for a person, without
    anything secret or personal."""


class AuthError(AtsError):
    """The keys are wrong, revoked, or lack a permission: a person has to do something."""


class ForbiddenError(AuthError):
    """The keys are right, and lack a permission."""


class ThrottledError(AtsError):
    """It asks to be left alone until a moment."""

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class UnreachableError(AtsError):
    """No usable answer: broken connection, 5xx, cut or unreadable JSON, too slow. Try again."""


class RefusedError(AtsError):
    """It understood, and does not do it: trying again the same way is of no use."""

    def __init__(self, sentence: str, *, status: int = 0, said: str = "") -> None:
        """``said``: the vendor's own words, for a client to tell refusals apart by; they may
        hold personal data, and are neither shown nor logged."""
        super().__init__(sentence)
        self.status, self.said = status, said


class NoPlaceError(RefusedError):
    """This account has no place for what was to be written: we keep it."""


class GoneError(AtsError):
    """There is no such record there any more."""


class CursorError(AtsError):
    """It does not know the cursor any more: begin the window anew."""


class UnclearError(AtsError):
    """The connection broke after a write was handed over: it may have happened."""


class NotTheirsError(AtsError):
    """A webhook call whose signature, secret or age is not right: it is not looked at."""


class WidenedError(AtsError):
    """Asked for what changed, it told of nearly everything: a filter was not heeded."""
