"""What the look promises: readable colours, drawn icons, nothing a strict policy blocks."""

import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template.loader import render_to_string

WEB = Path(__file__).parents[2] / "warmbench" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CSS = (WEB / "static" / "warmbench.css").read_text()
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (WEB / "static" / "icons.svg").read_text()))

#: Each token's colour on light and on dark ground.
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS
    )
}
GROUNDS = ("paper", "rail", "sheet", "sunk")
TEXTS = ("ink", "ink-2", "ink-3")
MEANINGS = ("ember", "good", "later", "care", "stop")
READABLE = [
    *product(TEXTS, GROUNDS),
    *product(MEANINGS, ("paper", "sheet")),
    *((name, f"{name}-soft") for name in MEANINGS),
    ("paper", "ink"),
    ("paper", "ink-2"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_words_can_be_read_on_every_ground(text: str, ground: str, theme: str) -> None:
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_the_edge_of_a_field_can_be_seen(ground: str, theme: str) -> None:
    assert contrast(TOKENS["field"][theme], TOKENS[ground][theme]) >= 3


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used <= set(re.findall(r"--([\w-]+):", CSS))


def test_the_styles_ask_nobody_else_for_anything() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


def relative(template: Path) -> str:
    return str(template.relative_to(WEB / "templates"))


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
class TestEveryTemplate:
    def test_obeys_the_content_security_policy(self, template: Path) -> None:
        """Styles and scripts live in files. See the rules in docs/design.md."""
        source = re.sub(r"{%.*?%}", "", template.read_text(), flags=re.DOTALL)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)", source)
        assert not re.search(r"hx-vals=['\"]js:|javascript:", source)

    def test_loads_nothing_from_elsewhere(self, template: Path) -> None:
        assert not re.search(r"<(script|link|img|iframe)[^>]*https?://", template.read_text())

    def test_uses_icons_that_are_drawn(self, template: Path) -> None:
        source = template.read_text()
        named = re.findall(r'icon\.html" with name="([\w-]+)"', source)
        named += re.findall(r'\sicon="([\w-]+)"', source)
        assert set(named) <= ICONS


def test_warmth_is_said_in_words_too() -> None:
    html = render_to_string("components/warmth.html", {"score": 72, "wordless": True})
    assert "72" in html
    assert "of 100, " in html
    assert "warm" in html


def test_stopped_sending_is_said_on_top_of_every_page() -> None:
    stopped = SimpleNamespace(by="Alice", since=None, reason="A wrong figure.")
    html = render_to_string("base.html", {"stopped": stopped})
    assert "All sending is stopped." in html
    assert "A wrong figure." in html


def test_the_sample_says_that_it_is_one() -> None:
    assert "Nothing leaves this machine." in render_to_string("base.html", {"demo": True})
    assert "Nothing leaves this machine." not in render_to_string("base.html", {})


class _Form(forms.Form):
    address = forms.EmailField(label="E-mail", help_text="Where messages go.")


def test_an_error_belongs_to_its_field_for_those_who_cannot_see_it() -> None:
    html = render_to_string("components/form.html", {"form": _Form({"address": "nobody"})})
    ids = set(re.findall(r'\sid="([\w-]+)"', html))
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert set(described[1].split()) <= ids
    assert 'aria-invalid="true"' in html
