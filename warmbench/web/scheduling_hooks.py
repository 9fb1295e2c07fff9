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
from warmbench.web import hook_answers

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
        return hook_answers.too_often(hearing.SPAN)
    body = hook_answers.body_of(request, largest=LARGEST)
    if isinstance(body, HttpResponse):
        return body
    try:
        hearing.hear(account, Call(dict(request.headers), body, now))
    except NotTheirsError as error:
        # The sentence is ours, and holds nothing of what came.
        logger.warning("booking call refused", extra={"account": account.pk, "reason": str(error)})
        return hook_answers.said("The signature is missing or wrong.\n", HTTPStatus.UNAUTHORIZED)
    return hook_answers.said("OK\n", HTTPStatus.OK)


urlpatterns = [path("hooks/scheduling/<str:scheduling_key>/", told, name="scheduling-hook")]
