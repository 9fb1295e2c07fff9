"""Writes the fields of forms, and long lists to choose from without a template for each choice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import Select
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Renderer(DjangoTemplates):
    """Django's own, but for lists of choices: the 420 time zones of the world took two templates
    each, which were most of what a page cost."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """The markup of a widget."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = format_html_join("", "{}", ((_group(*one),) for one in widget["optgroups"]))
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], _said(widget["attrs"]), groups
    )


def _group(name: str | None, choices: Iterable[Mapping[str, Any]], _: int) -> SafeString:
    options = format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>',
        ((str(one["value"]), _said(one["attrs"]), one["label"]) for one in choices),
    )
    if not name:
        return options
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, options)


def _said(attrs: Mapping[str, Any]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attrs.items()
            if value is not False
        ),
    )
