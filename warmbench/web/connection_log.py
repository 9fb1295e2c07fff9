"""The pages about what passed between a connected system and us: writes, rejections, conflicts."""

from types import MappingProxyType

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.integrations.ats import conflicts, writes
from warmbench.integrations.models import AtsWrite
from warmbench.people.models import Conflict
from warmbench.web.access import user_of
from warmbench.web.connection_access import conflict_to_settle, connection_for
from warmbench.web.import_form import LABELS
from warmbench.web.toasts import back

_SHOWN = 50
_BADGES = MappingProxyType(
    {
        AtsWrite.State.WAITING: "queued",
        AtsWrite.State.SENDING: "sending",
        AtsWrite.State.DONE: "sent",
        AtsWrite.State.UNCLEAR: "unknown",
        AtsWrite.State.KEPT: "draft",
        AtsWrite.State.DROPPED: "finished",
        AtsWrite.State.STUCK: "failed",
    }
)


@require_GET
@policy(Policy.ADMIN)
def show_writes(request: HttpRequest, connection_id: int) -> HttpResponse:
    """What was written there, or is to be, with proof; the newest first."""
    connection = connection_for(connection_id)
    state = request.GET.get("state", "")
    found = connection.writes.select_related("candidate").order_by("-pk")
    if state in AtsWrite.State.values:
        found = found.filter(state=state)
    else:
        # What turned out to be so there already is most of it, and nothing to see.
        state, found = "", found.exclude(state=AtsWrite.State.DROPPED)
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    context = {
        "connection": connection,
        "page": page,
        "rows": [(one, _BADGES[AtsWrite.State(one.state)]) for one in page],
        "state": state,
        "states": AtsWrite.State.choices,
    }
    return render(request, "connections/writes.html", context)


@require_POST
@policy(Policy.ADMIN)
def again(request: HttpRequest, connection_id: int, write_id: int) -> HttpResponse:
    """Try once more what is stuck."""
    connection = connection_for(connection_id)
    if not connection.writes.filter(pk=write_id).exists():
        raise Http404("There is no such write.")
    is_new = writes.again(write_id, by_id=user_of(request).pk, now=clock.now())
    said = "It is tried again." if is_new else "It is not stuck any more."
    return back(request, _stuck(connection_id), said=said)


@require_POST
@policy(Policy.ADMIN)
def again_all(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Try once more everything that is stuck."""
    connection = connection_for(connection_id)
    count = writes.all_again(connection.pk, by_id=user_of(request).pk, now=clock.now())
    return back(request, _stuck(connection_id), said=f"{count:,} are tried again.")


@require_GET
@policy(Policy.ADMIN)
def rejections(request: HttpRequest, connection_id: int) -> HttpResponse:
    """What could not be taken in, and why."""
    connection = connection_for(connection_id)
    found = connection.rejections.order_by("-at", "-pk")
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    context = {"connection": connection, "page": page}
    return render(request, "connections/rejections.html", context)


@require_GET
@policy(Policy.RECRUITER)
def show_conflicts(request: HttpRequest) -> HttpResponse:
    """The fields that both sides changed, of candidates whom this user may change."""
    open_ones = Conflict.objects.filter(state=Conflict.State.OPEN)
    if not user_of(request).is_admin:
        whose = Q(record__candidate__owner=user_of(request)) | Q(record__candidate__owner=None)
        open_ones = open_ones.filter(whose)
    found = open_ones.select_related("record__candidate").order_by("-at", "-pk")
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    rows = [(one, LABELS.get(one.field, one.field)) for one in page]
    context = {"page": page, "rows": rows, "section": "connections"}
    return render(request, "connections/conflicts.html", context)


@require_POST
@policy(Policy.OWNER)
def settle(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Leave what the system says, or put ours back."""
    conflict_to_settle(user_of(request), conflict_id)
    ours = request.POST.get("keep") == "ours"
    by_id, now = user_of(request).pk, clock.now()
    done = conflicts.put_ours_back if ours else conflicts.leave_theirs
    is_new = done(conflict_id, by_id=by_id, now=now)
    said = "Ours stands again." if ours else "Theirs stays."
    return back(request, "conflicts", said=said if is_new else "Somebody was faster.")


def _stuck(connection_id: int) -> str:
    return f"{reverse('connection-writes', args=[connection_id])}?state=stuck"


urlpatterns = [
    path("connections/<int:connection_id>/writes/", show_writes, name="connection-writes"),
    path(
        "connections/<int:connection_id>/writes/again/", again_all, name="connection-writes-again"
    ),
    path(
        "connections/<int:connection_id>/writes/<int:write_id>/again/",
        again,
        name="connection-write-again",
    ),
    path("connections/<int:connection_id>/rejections/", rejections, name="connection-rejections"),
    path("connections/conflicts/", show_conflicts, name="conflicts"),
    path("connections/conflicts/<int:conflict_id>/", settle, name="conflict-settle"),
]
