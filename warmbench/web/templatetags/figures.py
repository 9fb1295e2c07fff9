"""Lets templates write numbers as people read them."""

from functools import cache

import phonenumbers
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The same as ``components/icon.html``, for rows of which there are many."""
    picture = (
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    )
    return format_html(picture, static("icons.svg"), name)


@register.filter
def thousands(number: int | None) -> str:
    """The number with commas: 1,204; three dots while it is being counted."""
    return "…" if number is None else f"{number:,}"


@register.filter
def share(part: float) -> str:
    """A part of 1 in whole per cent: 83 %."""
    return f"{part:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


@register.filter
def dialled(number: str) -> str:
    """A phone number in groups, as one reads it to dial."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
