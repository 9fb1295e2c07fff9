"""Fills in a form as a browser has it, so that a test changes only what it is about."""

from html.parser import HTMLParser

from django.http.response import HttpResponseBase


class _Fields(HTMLParser):
    """The fields of the first form with a field in it that has a name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._area = self._select = ""
        self._is_first_option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name, value = has.get("name") or "", has.get("value") or ""
        match tag:
            case "input" if name and has.get("type") in {"radio", "checkbox"}:
                if "checked" in has:
                    self.found.setdefault(name, []).append(value if "value" in has else "on")
            case "input" if name:
                self.found[name] = [value]
            case "textarea":
                self._area = name
                self.found[name] = [""]
            case "select":
                self._select, self._is_first_option = name, True
            case "option" if self._select and (self._is_first_option or "selected" in has):
                self.found[self._select], self._is_first_option = [value], False

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # The first line break after the tag is not part of the text (HTML §13.1.2.5).
            self.found[self._area][0] += data
            self.found[self._area][0] = self.found[self._area][0].removeprefix("\n")


def filled(response: HttpResponseBase, **changes: str | list[str]) -> dict[str, str | list[str]]:
    """What a browser sends when these fields of the page's form are changed and it is saved."""
    fields = _Fields()
    fields.feed(bytes(getattr(response, "content", b"")).decode())
    return {**fields.found, **changes}
