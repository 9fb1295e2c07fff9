"""The map of all addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("warmbench.web.urls")),
]
