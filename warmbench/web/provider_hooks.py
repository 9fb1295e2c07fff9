"""Where mail providers call us: with what became of our mails, and with mails that came in.

Nobody is signed in here. A call that does not know the secret is not even read.
"""

import logging
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.mail import providers
from warmbench.integrations.mail.providers import (
    Call,
    NotRawError,
    NotTheirsError,
    UnreadableError,
)
from warmbench.messaging import provider_events
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.inbound.arrivals import TooLargeError
from warmbench.web import hook_answers

logger = logging.getLogger(__name__)

#: A mail grows by half when it is written as text in text.
_LARGEST = 2 * arrivals.LARGEST
_ASK_FOR_RAW = "Let the route send mails as they came in (raw MIME): docs/howto/receive-mail.md\n"


@csrf_exempt  # There is no session to ride on: the secret and the signature say who calls.
@policy(Policy.PUBLIC)
@require_POST
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """Store what a provider tells of our mails. Answered when it is stored; told again, it
    changes nothing."""
    call = _call(request, provider)
    if isinstance(call, HttpResponse):
        return call
    now = clock.now()
    try:
        provider_events.keep(providers.events(provider, call, now=now), now=now)
    except (NotTheirsError, UnreadableError) as error:
        return _refused(provider, error)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@csrf_exempt
@policy(Policy.PUBLIC)
@require_POST
def mails(request: HttpRequest, provider: str) -> HttpResponse:
    """Store a mail that a provider took in for us. Answered when it is stored."""
    call = _call(request, provider)
    if isinstance(call, HttpResponse):
        return call
    try:
        came = providers.mail(provider, call)
        arrivals.keep(
            came.raw,
            source=provider,
            now=clock.now(),
            envelope_to=came.envelope_to,
            envelope_from=came.envelope_from,
        )
    except (NotTheirsError, UnreadableError) as error:
        return _refused(provider, error)
    except TooLargeError as error:
        return hook_answers.said(f"{error}\n", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _call(request: HttpRequest, provider: str) -> Call | HttpResponse:
    """The call, if it may be one of this provider's."""
    if not providers.is_on(provider):
        raise Http404
    if not providers.knows_the_secret(request.headers.get("Authorization", "")):
        # Some send it only when they are asked.
        answer = hook_answers.said("The secret is missing or wrong.\n", HTTPStatus.UNAUTHORIZED)
        answer.headers["WWW-Authenticate"] = 'Basic realm="Warmbench"'
        return answer
    body = hook_answers.body_of(request, largest=_LARGEST)
    return body if isinstance(body, HttpResponse) else Call(request, body)


def _refused(provider: str, error: NotTheirsError | UnreadableError) -> HttpResponse:
    logger.warning("call refused", exc_info=error, extra={"provider": provider})
    if isinstance(error, NotTheirsError):
        return hook_answers.said(f"{error}\n", HTTPStatus.BAD_REQUEST)
    # It keeps what it has to say, and comes again, until somebody has set this right.
    said = _ASK_FOR_RAW if isinstance(error, NotRawError) else "This cannot be read.\n"
    return hook_answers.said(said, HTTPStatus.SERVICE_UNAVAILABLE)


urlpatterns = [
    path("hooks/mail/<slug:provider>/events/", events, name="provider-events"),
    path("hooks/mail/<slug:provider>/mails/", mails, name="provider-mails"),
]
