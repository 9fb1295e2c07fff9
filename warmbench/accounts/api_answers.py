"""Keeps what programs were answered, so that asking again does nothing a second time.

As draft-ietf-httpapi-idempotency-key-header has it: whoever got no answer asks again under the
same key, and is given the answer that was lost.
"""

from datetime import datetime, timedelta

from warmbench.accounts.models import ApiAnswer

#: For so long an answer is repeated.
KEPT = timedelta(hours=24)


class OtherRequestError(ValueError):
    """The same key came with another request. The sentence is for whoever wrote the program."""


def claim(api_key_id: int, name: str, asked: str, *, now: datetime) -> ApiAnswer:
    """The place of an answer, in the caller's transaction: with a status, if it was given before.

    Of two who ask at once, the second waits here until the first has committed, and finds its
    answer then; or does the work itself if that came to nothing. Raises OtherRequestError.
    """
    mine = ApiAnswer.objects.filter(api_key=api_key_id, name=name)
    mine.filter(at__lte=now - KEPT).delete()
    answer, _ = ApiAnswer.objects.get_or_create(
        api_key_id=api_key_id, name=name, defaults={"asked": asked, "at": now}
    )
    if answer.asked != asked:
        raise OtherRequestError("This idempotency key was used for another request.")
    return answer


def keep(answer: ApiAnswer, *, status: int, body: str, candidate_id: int | None) -> None:
    """Keep what was answered, in the transaction that did what was asked."""
    answer.status, answer.body, answer.candidate_id = status, body, candidate_id
    answer.save(update_fields=["status", "body", "candidate_id"])


def forget(*, now: datetime) -> int:
    """Delete what is not repeated any more. Returns how many answers."""
    return ApiAnswer.objects.filter(at__lte=now - KEPT).delete()[0]
