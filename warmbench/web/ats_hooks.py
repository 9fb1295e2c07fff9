"""Where an ATS calls us, with what has changed there.

Nobody is signed in here: the address is a secret of its own, and the signature says who calls.
What is answered with 200 is kept, also while every worker is down.
"""

import logging
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.ats import hearing
from warmbench.integrations.ats.errors import AtsError, NotTheirsError
from warmbench.integrations.ats.protocol import Call
from warmbench.web import hook_answers

logger = logging.getLogger(__name__)

#: Many times what any of them sends.
LARGEST = 5 << 20


@csrf_exempt  # There is no session to ride on: the address and the signature say who calls.
@policy(Policy.PUBLIC)
@require_POST
def told(request: HttpRequest, hook_key: str) -> HttpResponse:
    """Keep what an ATS tells. Told again, it changes nothing."""
    now = clock.now()
    connection = hearing.connection_of(hook_key)
    if connection is None:
        raise Http404
    if not hearing.may_call(connection, now=now):
        return hook_answers.too_often(hearing.SPAN)
    body = hook_answers.body_of(request, largest=LARGEST)
    if isinstance(body, HttpResponse):
        return body
    try:
        hearing.hear(connection, Call(dict(request.headers), body, now), clock=clock.now)
    except NotTheirsError as error:
        # The sentence is ours, and holds nothing of what came.
        logger.warning(
            "ats call refused", extra={"connection": connection.pk, "reason": str(error)}
        )
        answer = hook_answers.said(
            "The signature or the secret is missing or wrong.\n", HTTPStatus.UNAUTHORIZED
        )
        # Some send their password only when they are asked.
        answer.headers["WWW-Authenticate"] = 'Basic realm="Warmbench"'
        return answer
    except AtsError as error:
        logger.warning(
            "ats call unreadable", extra={"connection": connection.pk, "reason": str(error)}
        )
        return hook_answers.said("This cannot be read.\n", HTTPStatus.BAD_REQUEST)
    return hook_answers.said("OK\n", HTTPStatus.OK)


urlpatterns = [path("hooks/ats/<str:hook_key>/", told, name="ats-hook")]
