"""The pages that connect an ATS: choose it, enter keys, say what words mean, look, start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from markdown_it import MarkdownIt

from warmbench.accounts.policies import Policy, policy
from warmbench.core import clock
from warmbench.core.unique import TakenError
from warmbench.integrations.ats import connections, oauth, opening, vendors
from warmbench.integrations.ats.errors import AtsError
from warmbench.integrations.ats.protocol import Vendor
from warmbench.integrations.models import AtsConnection
from warmbench.people.import_drafts import Draft
from warmbench.people.models import Tag
from warmbench.web.access import user_of
from warmbench.web.connection_access import connection_for
from warmbench.web.connection_form import ConnectionForm, MappingForm
from warmbench.web.connections import abilities
from warmbench.web.toasts import back

State = AtsConnection.State


@require_GET
@policy(Policy.ADMIN)
def choose(request: HttpRequest) -> HttpResponse:
    """The vendors, and what each can do."""
    offered = [(one, abilities(one)) for one in vendors.all_of_them().values()]
    sample = settings.SAMPLE_ATS and vendors.of(settings.SAMPLE_ATS["vendor"]).label
    return render(request, "connections/new.html", {"vendors": offered, "sample": sample})


@sensitive_post_parameters()
@policy(Policy.ADMIN)
def keys_new(request: HttpRequest, vendor_key: str) -> HttpResponse:
    """Take the keys of a new connection, and try them."""
    vendor = _vendor(vendor_key)
    form = ConnectionForm(request.POST or None, vendor)
    if not form.is_valid():
        return _keys_page(request, form, vendor)
    try:
        connection = connections.make(
            vendor.key,
            form.cleaned_data["name"],
            form.credentials(),
            form.addresses(),
            by_id=user_of(request).pk,
            now=clock.now(),
        )
    except TakenError as error:
        form.add_error("name", str(error))
        return _keys_page(request, form, vendor)
    return _tried(request, form, connection)


@sensitive_post_parameters()
@policy(Policy.ADMIN)
def keys(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Take other keys, and try them."""
    connection = connection_for(connection_id)
    vendor = vendors.of(connection.vendor)
    form = ConnectionForm(request.POST or None, vendor, known=connection.addresses)
    if not form.is_valid():
        return _keys_page(request, form, vendor, connection)
    by_id, now = user_of(request).pk, clock.now()
    said = form.credentials(), form.addresses()
    connections.change_keys(connection.pk, *said, by_id=by_id, now=now)
    return _tried(request, form, connection)


@require_POST
@policy(Policy.ADMIN)
def sample(request: HttpRequest) -> HttpResponse:
    """Connect the simulated ATS that the demo runs beside it."""
    offered = settings.SAMPLE_ATS
    if not offered:
        raise Http404("There is no sample ATS here.")
    try:
        made = connections.make(
            offered["vendor"],
            "Sample ATS recruiting",
            offered["credentials"],
            offered["addresses"],
            by_id=user_of(request).pk,
            now=clock.now(),
        )
        connections.test(made.pk, clock=clock.now)
    except TakenError:
        return back(request, "connections", said="The sample ATS is connected already.")
    except AtsError as error:
        return back(request, "connections", said=str(error), is_error=True)
    return redirect("connection-mapping", made.pk)


@policy(Policy.ADMIN)
def mapping(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Say what its words mean, and what holds for everybody who comes from there."""
    connection = connection_for(connection_id)
    found = opening.found_of(connection)
    if found is None:
        return redirect("connection-keys", connection.pk)
    before = opening.reading_of(connection)
    owner = connection.options.get("owner_id")
    form = MappingForm(
        request.POST or None,
        found,
        able=vendors.of(connection.vendor).capabilities,
        reading=before,
        initial=connection.options | {"owner": owner},
    )
    if form.is_valid():
        said = form.reading(before), form.options()
        connections.set_mapping(connection.pk, *said, by_id=user_of(request).pk, now=clock.now())
        if connection.state == State.DRAFT:
            return redirect("connection-preview", connection.pk)
        there = reverse("connection", args=[connection.pk])
        return back(request, there, said="Kept. Everything is read once more with it.")
    context = {"connection": connection, "found": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "connections/mapping.html", context, status=status)


@require_GET
@policy(Policy.ADMIN)
def preview(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Twenty people as they would arrive."""
    connection = connection_for(connection_id)
    has_ground = bool(connection.options.get("basis"))
    context: dict[str, Any] = {"connection": connection, "has_ground": has_ground, "rows": []}
    try:
        context["rows"] = _arriving(connections.preview(connection.pk, clock=clock.now))
    except AtsError as error:
        context["mistake"] = str(error)
    return render(request, "connections/preview.html", context)


@require_POST
@policy(Policy.ADMIN)
def start(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Begin the first load, and rely on it from now on."""
    connection = connection_for(connection_id)
    connections.start(connection.pk, by_id=user_of(request).pk, now=clock.now())
    there = reverse("connection", args=[connection.pk])
    return back(request, there, said="It is read now. Nobody is written to before it is through.")


@require_GET
@policy(Policy.ADMIN)
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where a vendor sends back who has let us in."""
    user_id, state = user_of(request).pk, request.GET.get("state", "")
    if "error" in request.GET:
        said = "You were not let in over there, or did not agree. Nothing has changed."
        return back(request, "connections", said=said, is_error=True)
    try:
        connection = connection_for(oauth.connection_of(state, user_id=user_id))
        code = request.GET.get("code", "")
        oauth.finish(connection, code, state, user_id=user_id, clock=clock.now)
        connections.test(connection.pk, clock=clock.now)
    except AtsError as error:
        return back(request, "connections", said=str(error), is_error=True)
    return redirect("connection-mapping", connection.pk)


def _arriving(rows: Sequence[connections.Row]) -> list[dict[str, Any]]:
    drafts = [row.arrival.draft or Draft() for row in rows]
    tag_ids = {found.tag_id for draft in drafts for found in draft.tags}
    names = dict(Tag.objects.filter(pk__in=tag_ids).values_list("pk", "name"))
    return [
        {
            "person": row.person,
            "draft": draft,
            "known": row.known,
            "reason": row.arrival.reason,
            "name": f"{draft.first_name} {draft.last_name}".strip() or "Without a name",
            "place": ", ".join(filter(None, (draft.place.city, draft.place.country_code))),
            "addresses": [*draft.emails, *draft.phones],
            "tags": [names[found.tag_id] for found in draft.tags if found.tag_id in names],
            "opted_out": draft.opted_out or bool(row.person.opted_out),
        }
        for row, draft in zip(rows, drafts, strict=True)
    ]


def _tried(request: HttpRequest, form: ConnectionForm, connection: AtsConnection) -> HttpResponse:
    vendor = vendors.of(connection.vendor)
    if vendor.oauth and request.POST.get("how") == "oauth":
        return _to_sign_in(request, form, connection)
    try:
        connections.test(connection.pk, clock=clock.now)
    except AtsError as error:
        # The keys are kept: whoever mends a permission over there need not paste them again.
        return _keys_page(request, form, vendor, connection, mistake=str(error))
    if connection.state == State.DRAFT:
        return redirect("connection-mapping", connection.pk)
    there = reverse("connection", args=[connection.pk])
    return back(request, there, said="The new keys work.")


def _to_sign_in(
    request: HttpRequest, form: ConnectionForm, connection: AtsConnection
) -> HttpResponse:
    there = f"{settings.PUBLIC_URL}{reverse('connection-signed-in')}"
    connection.refresh_from_db()
    try:
        url = oauth.begin(connection, there, user_id=user_of(request).pk, clock=clock.now)
    except AtsError as error:
        vendor = vendors.of(connection.vendor)
        return _keys_page(request, form, vendor, connection, mistake=str(error))
    return redirect(url)


def _vendor(key: str) -> Vendor:
    try:
        return vendors.of(key)
    except KeyError as error:
        raise Http404("There is no such ATS.") from error


def _keys_page(
    request: HttpRequest,
    form: ConnectionForm,
    vendor: Vendor,
    connection: AtsConnection | None = None,
    *,
    mistake: str = "",
) -> HttpResponse:
    if mistake and connection is not None:
        form = ConnectionForm(None, vendor, known=connection.addresses)
    context = {
        "form": form,
        "vendor": vendor,
        "connection": connection,
        "mistake": mistake,
        "how": _rendered(vendor.how),
        "action": reverse("connection-keys", args=[connection.pk]) if connection else "",
    }
    status = 422 if mistake or form.is_bound else 200
    return render(request, "connections/keys.html", context, status=status)


def _rendered(words: str) -> SafeString:
    # Our own words about a vendor, and nobody else's.
    return mark_safe(str(MarkdownIt().render(words)))  # noqa: S308


urlpatterns = [
    path("connections/new/", choose, name="connection-new"),
    path("connections/new/<slug:vendor_key>/", keys_new, name="connection-keys-new"),
    path("connections/sample/", sample, name="connection-sample"),
    path("connections/signed-in/", signed_in, name="connection-signed-in"),
    path("connections/<int:connection_id>/keys/", keys, name="connection-keys"),
    path("connections/<int:connection_id>/mapping/", mapping, name="connection-mapping"),
    path("connections/<int:connection_id>/preview/", preview, name="connection-preview"),
    path("connections/<int:connection_id>/start/", start, name="connection-start"),
]
