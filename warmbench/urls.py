"""The map of all addresses."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [path("", include("warmbench.web.urls"))]
if settings.DEMO:
    urlpatterns.append(path("", include("warmbench.sample.urls")))
