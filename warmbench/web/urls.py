"""The addresses of all pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("warmbench.web.first_run")),
    path("", include("warmbench.web.sign_in")),
    path("", include("warmbench.web.today")),
    path("", include("warmbench.web.candidates")),
    path("", include("warmbench.web.bulk")),
    path("", include("warmbench.web.candidate")),
    path("", include("warmbench.web.candidate_change")),
    path("", include("warmbench.web.message")),
    path("", include("warmbench.web.pools")),
    path("", include("warmbench.web.gaps")),
    path("", include("warmbench.web.sequences")),
    path("", include("warmbench.web.previews")),
    path("", include("warmbench.web.library")),
    path("", include("warmbench.web.imports")),
    path("", include("warmbench.web.tags")),
    path("", include("warmbench.web.tag_changes")),
    path("", include("warmbench.web.tag_files")),
    path("", include("warmbench.web.unmatched")),
    path("", include("warmbench.web.senders")),
    path("", include("warmbench.web.sender_checks")),
    path("", include("warmbench.web.inboxes")),
    path("", include("warmbench.web.provider_hooks")),
    path("", include("warmbench.web.stops")),
    path("", include("warmbench.web.law")),
    path("", include("warmbench.web.team")),
    path("", include("warmbench.web.mail")),
    path("", include("warmbench.web.replies")),
    path("", include("warmbench.web.public")),
]
