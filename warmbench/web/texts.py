"""The addresses that a provider of texts calls: what became of ours, and what came in."""

from collections.abc import Callable
from functools import wraps
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock, tokens
from warmbench.core.tokens import Purpose
from warmbench.integrations.sms import callbacks
from warmbench.integrations.sms.callbacks import Form
from warmbench.messaging.models import Message, Sender
from warmbench.signals import texts

#: Many times what a provider sends.
LARGEST = 64 << 10
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>{}</Message></Response>'

View = Callable[..., HttpResponse]


def _called(view: View) -> View:
    """A view that only the provider calls, without a session: it is known by its signature."""

    @csrf_exempt
    @require_POST
    @policy(Policy.PUBLIC)
    @wraps(view)
    def answered(request: HttpRequest, **asked: str) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            return HttpResponse("Too large.\n", status=413, content_type="text/plain")
        return view(request, **asked)

    return answered


@_called
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Write down what became of a text of ours."""
    now = clock.now()
    ids = tokens.read(Purpose.TEXT_STATUS, token, now=now)
    message = Message.objects.select_related("sender").filter(pk=ids[0]).first() if ids else None
    form = _form(request)
    if message is None or message.sender is None or not message.sender.is_text:
        return _refused()
    if not _is_genuine(request, [message.sender], form):
        return _refused()
    callbacks.record_status(message, form, now=now)
    return HttpResponse(status=204)


@_called
def incoming(request: HttpRequest) -> HttpResponse:
    """Keep a text that came in, act on it, and answer what has to be answered."""
    # Read first: it is gone once the form has been.
    raw = request.body
    form = _form(request)
    senders = callbacks.addressed(form)
    if not senders or not _is_genuine(request, senders, form):
        return _refused()
    text = callbacks.text(form, raw)
    if text is None:
        return HttpResponse("This is no text.\n", status=400, content_type="text/plain")
    answer = texts.take(text, senders[0], now=clock.now())
    said = _ANSWER.format(escape(answer)) if answer else _EMPTY
    return HttpResponse(said, content_type="text/xml; charset=utf-8")


def _form(request: HttpRequest) -> Form:
    return dict(request.POST.lists())


def _is_genuine(request: HttpRequest, senders: list[Sender], form: Form) -> bool:
    signed = request.headers.get("X-Twilio-Signature", "")
    # Not the address that this process was reached at: a proxy may have another one.
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    return callbacks.is_genuine(senders, url, form, signed)


def _refused() -> HttpResponse:
    return HttpResponse("No.\n", status=401, content_type="text/plain")
