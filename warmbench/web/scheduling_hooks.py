"""Where a system for booking talks calls us.

Nobody is signed in here: the address is a secret of its own, and where the system signs, the
signature says who calls. What is answered with 200 is kept, also while every worker is down.
"""

import logging
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call
from warmbench.integrations.scheduling import hearing

logger = logging.getLogger(__name__)

#: Many times what any of them sends.
LARGEST = 1 << 20


@csrf_exempt  # There is no session to ride on: the address and the signature say who calls.
@policy(Policy.PUBLIC)
@require_POST
def told(request: HttpRequest, scheduling_key: str) -> HttpResponse:
    """Keep that something happened to a talk. Told again, it changes nothing."""
    now = clock.now()
    account = hearing.account_of(scheduling_key)
    if account is None:
        raise Http404
    if not hearing.may_call(account, now=now):
        answer = _said("This is too often.\n", HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(int(hearing.SPAN.total_seconds()))
        return answer
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _said("This is too large.\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        hearing.hear(account, Call(dict(request.headers), body, now))
    except NotTheirsError as error:
        # The sentence is ours, and holds nothing of what came.
        logger.warning("booking call refused", extra={"account": account.pk, "reason": str(error)})
        return _said("The signature is missing or wrong.\n", HTTPStatus.UNAUTHORIZED)
    return _said("OK\n", HTTPStatus.OK)


def _said(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


urlpatterns = [path("hooks/scheduling/<str:scheduling_key>/", told, name="scheduling-hook")]
