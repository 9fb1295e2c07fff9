"""Lets templates write numbers as people read them."""

import phonenumbers
from django import template

register = template.Library()


@register.filter
def thousands(number: int | None) -> str:
    """The number with commas: 1,204; three dots while it is being counted."""
    return "…" if number is None else f"{number:,}"


@register.filter
def dialled(number: str) -> str:
    """A phone number in groups, as one reads it to dial."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
