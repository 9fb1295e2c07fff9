"""Addresses that only the demo has."""

from django.urls import path

from warmbench.sample import views

urlpatterns = [path("skip-ahead/", views.skip_ahead, name="skip-ahead")]
