"""How asking a language model goes wrong, told apart by what is to be done about it."""

from datetime import datetime


class ModelError(Exception):
    """It could not be asked, or its answer is of no use. The message is one sentence for a
    person, without anything secret or personal."""

    #: Whether nobody will ask money for the question.
    is_free = False


class SetupError(ModelError):
    """The key, the address or the model is wrong: a person has to do something."""

    is_free = True


class ThrottledError(ModelError):
    """It asks to be left alone until a moment."""

    is_free = True

    def __init__(self, sentence: str, *, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class UnreachableError(ModelError):
    """No answer: broken connection, 5xx, too slow. Try again later."""


class RefusedError(ModelError):
    """It understood, and does not do it: asking the same again is of no use."""

    is_free = True


class UnusableError(ModelError):
    """It answered, and not what was asked for: cut off, no JSON, another form. It is paid for all
    the same."""

    def __init__(
        self, sentence: str, tokens_in: int | None = None, tokens_out: int | None = None
    ) -> None:
        super().__init__(sentence)
        self.tokens_in, self.tokens_out = tokens_in, tokens_out


class OverBudgetError(ModelError):
    """What may be spent in this month is spent."""
