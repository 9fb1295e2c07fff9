"""The addresses of the API, each behind a key, and of its documentation, for users."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import Swagger

from warmbench.accounts.policies import Policy, policy
from warmbench.web.api import (
    candidates,
    decisions,
    enrollments,
    exports,
    follow_ups,
    insights,
    pools,
    roles,
    shortlists,
    signals,
)
from warmbench.web.api.description import Api
from warmbench.web.api.keys import tell_room
from warmbench.web.api.problems import answer_with_problems, problem

api = Api(
    version="1",
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": False}),
    docs_decorator=policy(Policy.SIGNED_IN),
)
api.add_router("/candidates", candidates.router)
api.add_router("/pools", pools.router)
api.add_router("/enrollments", enrollments.router)
api.add_router("/roles", roles.router)
api.add_router("/shortlists", shortlists.router)
api.add_router("/signals", signals.router)
api.add_router("/follow-ups", follow_ups.router)
api.add_router("/insights", insights.router)
api.add_router("/decisions", decisions.router)
api.add_router("/exports", exports.router)
answer_with_problems(api)


def _declared() -> tuple[list[URLPattern], str, str]:
    """The patterns of the API, each with its policy, as ``tests/web/test_every_url.py`` asks."""
    patterns, app, namespace = cast("tuple[list[URLPattern], str, str]", api.urls)
    # Django-ninja gives a path once for each of its operations; the first answers to all.
    once = {str(pattern.pattern): pattern for pattern in reversed(patterns)}
    for pattern in once.values():
        view: Any = _answered(pattern.callback)
        pattern.callback = view
        # By itself it answers nothing but that there is no such page.
        is_root = pattern.name == "api-root"
        if not hasattr(view, "declared_policy"):
            view.declared_policy = Policy.PUBLIC if is_root else Policy.KEY
    return list(once.values()), app, namespace


def _answered(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        tell_room(request, response)
        return response

    return run


@policy(Policy.PUBLIC)
def nothing_here(_: HttpRequest) -> HttpResponse:
    """Say in the API's own words that there is no such address: a program reads no pages."""
    return problem(404, "There is no such address in the API.")


urlpatterns = [
    path("api/v1/", _declared()),
    re_path("^api/v1/", csrf_exempt(nothing_here), name="api-nothing"),
]
