"""Lets templates write numbers and spans of time as people read them."""

from datetime import datetime

from django import template
from django.utils import timezone

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """The number with commas: 1,204."""
    return f"{number:,}"


@register.filter
def calendar(at: datetime) -> str:
    """The day as one would say it in a list: 3 Mar, with its year unless that is this one."""
    here = timezone.localtime(at)
    year = "" if here.year == timezone.localdate().year else f" {here.year}"
    return f"{here.day} {here:%b}{year}"
