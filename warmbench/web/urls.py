"""The addresses of all pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("warmbench.web.first_run")),
    path("", include("warmbench.web.sign_in")),
    path("", include("warmbench.web.senders")),
    path("", include("warmbench.web.stops")),
    path("", include("warmbench.web.public")),
]
