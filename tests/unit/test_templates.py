"""What an author may write, and what comes of it for one person after another."""

import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.strings import INJECTIONS, NASTY
from warmbench.messaging import fields, filling, needs, placeholders, templates
from warmbench.messaging.placeholders import BlankError
from warmbench.messaging.templates import (
    Compiled,
    Footer,
    Look,
    Rendered,
    TemplateError,
    UnrenderableError,
    Urls,
)

FOOTER = Footer("Alice Meyer", "Northwind Talent", "You asked us to write.", "1 Quay, Lyon")
ANA = {"first_name": "Ana", "recruiter_name": "Alice Meyer", "last_topic": "the Lyon role"}


def compiled(body: str, *, subject: str = "Hello", look: Look = "letter") -> Compiled:
    return templates.compile(subject=subject, body=body, look=look)


def urls(template: Compiled) -> Urls:
    clicks = [f"https://w.example/c/{at}" for at in range(len(template.links))]
    page = "https://w.example"
    return Urls(f"{page}/u/tok", f"{page}/p/tok", f"{page}/me/tok", f"{page}/n/tok", clicks)


def render(template: Compiled, context: dict[str, str]) -> Rendered:
    return templates.render(template, context, FOOTER, urls(template))


class Page(HTMLParser):
    """What a reader sees of an HTML mail, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.hrefs: list[str] = []
        self.elements: list[str] = []
        self._silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        self._silent += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += data


@pytest.mark.parametrize("look", ["letter", "article"])
def test_a_mail_says_the_same_in_html_and_in_text(look: Look) -> None:
    template = compiled(
        "Hi {{ first_name }},\n\n## News\n\n- one\n- **two**\n\nSee [this](https://example.com/a).",
        subject="{{ first_name }}, hello",
        look=look,
    )
    rendered = render(template, ANA)

    assert rendered.subject == "Ana, hello"
    assert rendered.text.startswith(
        "Hi Ana,\n\nNews\n\n- one\n- two\n\nSee this <https://w.example/c/0>.\n\n---\n"
    )
    for words in ("Hi Ana,", "News", "one", "two", "See this."):
        assert words in Page(rendered.html).words


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Hi\n\n{{ frist_name }}", "Body, line 3: there is no field “frist_name”; did you mean"),
        ("{{ first_name", "Body, line 1: {{ is never closed."),
        ("a\n{% if city", "Body, line 2: {% is never closed."),
        ("{" * 20_000, "{{ is never closed."),
        ("{% if city %}x", "endif"),
        ("{% for x in city %}x{% endfor %}", "{% for x in city %} cannot be used; there are if"),
        ("{% assign x = city %}", "cannot be used"),
        ("{% include 'x' %}", "cannot be used"),
        ("{% render 'x' %}", "cannot be used"),
        ("{% raw %}{{ x }}{% endraw %}", "{% raw %} cannot be used"),
        ("{% comment %}x{% endcomment %}", "cannot be used"),
        ("{% liquid echo 'x' %}", "cannot be used"),
        ("{% %}", "cannot be used"),
        ("{% if city %}a{% else if country %}b{% endif %}", "should be {% elsif … %}"),
        ("{% endif %}", "not right"),
        ("{{ 7*7 }}", "not right"),
        ("{{ first_name | safe }}", "there is no filter “safe”"),
        ("{{ first_name | date: '%Y' }}", "there is no filter “date”"),
        ("{{ 'text' }}", "only a field"),
        ("{{ first_name.size }}", "there is no field “first_name.size”"),
        ("{{ first_name[0] }}", "there is no field"),
        ("{{ _who }}", "there is no field “_who”"),
        ("{% if city == blank %}a{% endif %}", "a condition compares a field with a text"),
        ("{% if city == '' %}a{% endif %}", "to ask whether city is there, write {% if city %}"),
        ("{% if city > 'a' %}a{% endif %}", "a condition asks"),
        ("{{ first_name | truncate }}{{ first_name | truncate: 1.5 }}", "takes a text, a number"),
        ("{{ city | remove: 'Lyon' }}", "with sample values it has a gap"),
        ("a\n\n<b>bold</b>", "Body, line 3: HTML such as <b> is not used here"),
        ("<div style='display:none'>", "HTML such as <div"),
        ("<!-- hidden -->", "HTML such as <!--"),
        ("![x](https://example.com/a.png)", "pictures are not sent"),
        ("[x](javascript:alert)", "must begin with https://"),
        ("[x](/here)", "must begin with https://"),
        ("[x](https://user:pass@example.com)", "must begin with https://"),
        ("[x](mailto:a@example.com?subject=x)", "must begin with https://"),
        ("[x]({{ city }})", "{{ city }} cannot be a link; the link fields are role_1_link"),
        ("[x]({{ booking_link | upcase }})", "cannot be a link"),
        ("[x]({{ booking_link | default: 'nope' }})", "the default link “nope” must begin"),
        ("[x](https://{{ city }}.example.com/)", "after https://host/"),
        ("[x](https://example.com{{ city }})", "after https://host/"),
        ("[x](mailto:{{ city }})", "after https://host/"),
        ("**{% if city %}bold** text{% endif %}", "must begin and end in the same paragraph"),
        ("- {% if city %}a\n- b{% endif %}", "must begin and end in the same paragraph"),
        ("[a]: https://example.com/{{ city }}", "drops or repeats"),
        ('[a](https://example.com "{{ city }}")', "drops or repeats"),
        ("   \n ", "Body: there is nothing in it."),
        ("x" * 20_001, "longer than 20,000 characters"),
        ("| a |\n|---|\n" + "| x |\n" * 3_000, "too long"),
    ],
)
def test_an_author_is_told_in_one_sentence_what_to_change(body: str, complaint: str) -> None:
    with pytest.raises(TemplateError) as raised:
        compiled(body)
    sentence = str(raised.value)
    assert complaint in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("subject", "complaint"),
    [
        ("Re: our talk", "begins like an answer"),
        ("  fwd: x", "begins like an answer"),
        ("AW: x", "begins like an answer"),
        ("RE[2]: x", "begins like an answer"),
        ("=?utf-8?q?Re=3A?= x", "begins like an answer"),
        ("", "nothing in it"),
        ("x" * 201, "longer than 200"),
        ("{{ nope }}", "Subject, line 1: there is no field"),
        *((injection, "line break") for injection in INJECTIONS),
    ],
)
def test_a_subject_is_one_honest_line(subject: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(complaint)):
        compiled("Hello", subject=subject)


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_candidate_is_called_comes_out_literally(name: str) -> None:
    template = compiled(
        "Hi {{ first_name }}, *{{ first_name }}*!\n\n[x](https://example.com/?n={{ first_name }})",
        subject="For {{ first_name }}",
        look="article",
    )
    plain = render(template, ANA)
    if len(name) > 5_000:
        template = compiled("Hi {{ first_name }}", subject="For {{ first_name }}")
        plain = render(template, ANA)
    rendered = render(template, {"first_name": name})

    assert f"Hi {name}" in rendered.text
    assert f"Hi {name}" in Page(rendered.html).words
    assert " ".join(filter(None, f"For {name}".split(" "))) == rendered.subject
    # Nothing that a name says becomes an element or a link.
    assert Page(rendered.html).elements == Page(plain.html).elements
    assert Page(rendered.html).hrefs == Page(plain.html).hrefs


@given(st.text(min_size=1).filter(fields.is_given))
def test_any_text_comes_out_literally(name: str) -> None:
    template = compiled("Hi {{ first_name }}.", subject="x")
    rendered = render(template, {"first_name": name})
    assert rendered.text.startswith(f"Hi {name}.\n")
    # An HTML parser reads any line end as a line feed.
    assert f"Hi {name}.".replace("\r\n", "\n").replace("\r", "\n") in Page(
        rendered.html
    ).words.replace("\r\n", "\n").replace("\r", "\n")


def test_text_that_looks_like_a_placeholder_to_liquid_only_stays_text() -> None:
    template = compiled("Use &lbrace;&lbrace; city &rbrace;&rbrace; and \\{\\{ city \\}\\}.")
    assert "Use {{ city }} and {{ city }}." in render(template, {"city": "Lyon"}).text
    assert "Use {{ city }} and {{ city }}." in Page(render(template, {"city": "Lyon"}).html).words


def test_literals_in_filters_are_text_too() -> None:
    template = compiled("{{ first_name | append: '<img src=x>' }}")
    assert "img" not in Page(render(template, ANA).html).elements


def test_a_missing_field_parks_the_touch_and_never_leaves_a_gap() -> None:
    template = compiled(
        "Hi {{ first_name }}, {{ city | default: 'your city' }}.\n\n"
        "{% if employer %}At {{ employer }}.{% endif %}{{ last_topic | upcase }}",
        subject="{{ seniority }}",
    )
    assert template.required == ("first_name", "last_topic", "seniority")
    assert templates.missing(template, ANA) == ["seniority"]
    assert templates.missing(template, {"first_name": " ", "seniority": "Manager"}) == [
        "first_name",
        "last_topic",
    ]
    with pytest.raises(UnrenderableError):
        render(template, {"first_name": "Ana"})


@pytest.mark.parametrize(
    ("body", "required"),
    [
        ("{{ city }}", ["city"]),
        ("{{ city | default: 'x' }}", []),
        ("{{ city | default: '' }}", ["city"]),
        ("{{ city | default }}", ["city"]),
        ("{{ city | default: country }}", ["country"]),
        ("{{ city | upcase | default: 'x' }}", ["city"]),
        ("{{ city | default: 'x' | append: country }}", ["country"]),
        ("{% if city %}{{ city }}{% endif %}", []),
        ("{% if city and country %}{{ city }}{{ country }}{% endif %}", []),
        ("{% if city or country %}{{ city }}{% endif %}", ["city"]),
        ("{% if city %}a{% else %}{{ city }}{% endif %}", ["city"]),
        ("{% unless city %}a{% else %}{{ city }}{% endunless %}", []),
        ("{% unless city %}a{% elsif country %}{{ city }}{{ country }}{% endunless %}", []),
        ("{% if city == 'Lyon' %}{{ city }}{% elsif city %}{{ city }}{% endif %}", []),
        ("{% if city != 'Lyon' %}{{ city }}{% else %}{{ city }}{% endif %}", ["city"]),
        ("{% if city contains 'Ly' %}{{ city }}{% endif %}", []),
        ("{% if city %}{% if country %}{{ city }}{{ country }}{% endif %}{% endif %}", []),
        ("[x]({{ booking_link }})", ["booking_link"]),
        ("{% if booking_link %}[x]({{ booking_link }}){% endif %}", []),
        ("[x]({{ booking_link | default: 'https://cal.example/x' }})", []),
        ("[x]({{ preference_link }}) {{ unsubscribe_link }}", []),
    ],
)
def test_required_is_what_stands_without_a_fallback(body: str, required: list[str]) -> None:
    assert list(compiled(f"Hello. {body}").required) == required


def test_a_condition_on_its_own_lines_leaves_nothing_behind() -> None:
    template = compiled("One.\n{% if city %}\nIn {{ city }}.\n{% else %}\nNo.\n{% endif %}\nTwo.")
    assert render(template, {"city": "Lyon"}).text.startswith("One.\n\nIn Lyon.\n\nTwo.")
    assert render(template, {}).text.startswith("One.\n\nNo.\n\nTwo.")
    assert "<p></p>" not in re.sub(r' style="[^"]*"|\s', "", render(template, {}).html)


def test_links_are_counted_and_lead_through_us() -> None:
    template = compiled(
        "[a](https://example.com/a?x=1&y=2) <https://example.com/b> [c]({{ booking_link }})"
        " [d](https://example.com/?c={{ city }}&d={{ employer | default: 'são' }})"
        " [m](mailto:alice@example.com) [t](tel:+442079460018) [p]({{ preference_link }})"
        " [u]({{ unsubscribe_link }})"
    )
    context = {"booking_link": "https://cal.example/a", "city": "São & Co/../x"}

    assert [templates.target(template, at, context) for at in range(5)] == [
        "https://example.com/a?x=1&y=2",
        "https://example.com/b",
        "https://cal.example/a",
        "https://example.com/?c=S%C3%A3o%20%26%20Co%2F..%2Fx&d=s%C3%A3o",
        None,
    ]
    page = Page(render(template, context).html)
    assert page.hrefs == [
        *(f"https://w.example/c/{at}" for at in range(4)),
        "mailto:alice@example.com",
        "tel:+442079460018",
        "https://w.example/p/tok",
        "https://w.example/u/tok",
        "https://w.example/u/tok",
        "https://w.example/p/tok",
        "https://w.example/me/tok",
    ]
    for href in page.hrefs:
        assert href.removeprefix("mailto:") in render(template, context).text


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "https://user@evil.example/",
        "https://a.example/\r\nSet-Cookie: x",
        "//evil.example",
        "ftp://a.example/",
        "https://",
        "https://a.example:0/",
        "https://[",
        "https://a.example/<x>",
        "data:text/html,x",
    ],
)
def test_a_link_field_leads_to_a_web_address_or_counts_as_missing(link: str) -> None:
    template = compiled("{% if booking_link %}[b]({{ booking_link }}){% endif %} Bye.")
    context = {"booking_link": link}
    assert templates.target(template, 0, context) is None
    assert Page(render(template, context).html).words.strip().startswith("Bye.")
    required = compiled("[b]({{ booking_link }})")
    assert templates.missing(required, context) == ["booking_link"]


def test_a_context_cannot_speak_for_the_system() -> None:
    template = compiled("[u]({{ unsubscribe_link }})")
    evil = "https://evil.example/"
    names = ("unsubscribe_link", "preference_link", "_my_data", "_link_0", "_who", "nope")
    assert "evil" not in render(template, dict.fromkeys(names, evil)).html


class TestFooter:
    @pytest.mark.parametrize("look", ["letter", "article"])
    def test_says_who_why_where_and_how_to_leave(self, look: Look) -> None:
        rendered = render(compiled("Hello.", look=look), {})
        for words in (rendered.text, Page(rendered.html).words):
            after = words.partition("Hello.")[2]
            for said in ("Alice Meyer, Northwind Talent", "You asked us to write.", "1 Quay, Lyon"):
                assert said in after
            assert "Unsubscribe" in after
        assert Page(rendered.html).hrefs == [
            f"https://w.example/{page}/tok" for page in ("u", "p", "me")
        ]

    @pytest.mark.parametrize("gap", ["who", "organisation", "reason", "postal_address"])
    def test_without_one_of_its_words_nothing_goes_out(self, gap: str) -> None:
        template = compiled("Hello.")
        footer = replace(FOOTER, **{gap: " "})
        with pytest.raises(UnrenderableError):
            templates.render(template, {}, footer, urls(template))

    @pytest.mark.parametrize("look", ["letter", "article"])
    def test_can_be_read(self, look: Look) -> None:
        html = render(compiled("Hello.", look=look), {}).html
        [style] = re.findall(r'<p class="about" style="([^"]*)"', html)
        size = re.search(r"(\d+)px", style.partition("font")[2])
        colour = re.search(r"color: (#\w{6})", style)
        assert size
        assert int(size[1]) >= 12
        assert colour
        assert contrast(colour[1], "#ffffff") >= 4.5
        assert "display" not in style
        assert "opacity" not in style

    @pytest.mark.parametrize("look", ["letter", "article"])
    @given(body=st.text(alphabet="<>/!-=\"' divstylepx;:{}display:none&#\n`*_[]()|~>"))
    def test_stands_whole_whatever_the_author_writes(self, look: Look, body: str) -> None:
        try:
            template = compiled(f"Hello. {body}", look=look)
        except TemplateError:
            return
        html = render(template, {}).html
        author = html.partition("Hello.")[2].partition('<p class="about"')[0]
        assert "class=" not in re.sub(r">[^<]*<", "><", author)
        assert html.count('<p class="about"') == 1
        assert (
            Page(html)
            .words.partition("Hello.")[2]
            .strip()
            .endswith("Unsubscribe · Choose what you hear about · See what we hold about you")
        )

    def test_layouts_load_nothing(self) -> None:
        for layout in (*templates._LAYOUTS.glob("*.html"),):
            text = layout.read_text()
            assert "<link" not in text
            assert "@import" not in text
            assert "url(" not in text


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted([luminance(first), luminance(second)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_compiled_template_survives_the_database() -> None:
    template = compiled("Hi {{ first_name }}, [x](https://example.com/)")
    again = Compiled.from_json(json.loads(json.dumps(template.to_json())))
    assert again == template
    assert again.to_json() == template.to_json()
    assert render(again, ANA) == render(template, ANA)


def test_the_digest_knows_every_change() -> None:
    one = compiled("Hello")
    others = [
        compiled("Hello "),
        compiled("Hello", subject="Other"),
        compiled("Hello", look="article"),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 4
    assert compiled("Hello").digest == one.digest


def test_a_mail_that_would_be_cut_off_does_not_go_out() -> None:
    template = compiled("Hi {{ first_name }}")
    with pytest.raises(UnrenderableError, match="too long"):
        render(template, {"first_name": "x" * 100_001})


def test_every_link_needs_its_click_link() -> None:
    template = compiled("[x](https://example.com/)")
    with pytest.raises(ValueError, match="one click link"):
        templates.render(template, {}, FOOTER, Urls(*["https://a.example/"] * 4))


NAMES = ["city", "country", "employer"]
literals = st.sampled_from(["Lyon", "<b>", "a'b".replace("'", ""), "  ", ""])
outputs = st.one_of(
    st.sampled_from([f"{{{{ {name} }}}}" for name in NAMES]),
    st.builds("{{{{ {} | default: '{}' }}}}".format, st.sampled_from(NAMES), literals),
    st.builds("{{{{ {} | default: {} }}}}".format, *[st.sampled_from(NAMES)] * 2),
    st.builds(
        "{{{{ {} | {} }}}}".format,
        st.sampled_from(NAMES),
        st.sampled_from(["upcase", "default: 'x' | upcase", "append: '<i>'", "truncate: 4"]),
    ),
)
conditions = st.recursive(
    st.one_of(
        st.sampled_from(NAMES),
        st.builds("{} == 'Lyon'".format, st.sampled_from(NAMES)),
        st.builds("{} != 'Lyon'".format, st.sampled_from(NAMES)),
        st.builds("{} contains 'y'".format, st.sampled_from(NAMES)),
    ),
    lambda inner: st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
    max_leaves=3,
)
bodies = st.recursive(
    st.one_of(outputs, st.sampled_from([" ", "text", "\n", "&", "{ x }"])),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.builds("{{% if {} %}}{}{{% endif %}}".format, conditions, inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, conditions, inner, inner),
        st.builds("{{% unless {} %}}{}{{% endunless %}}".format, conditions, inner),
        st.builds(
            "{{% if {} %}}{}{{% elsif {} %}}{}{{% endif %}}".format,
            *(conditions, inner, conditions, inner),
        ),
    ),
    max_leaves=8,
)
contexts = st.fixed_dictionaries(
    {name: st.sampled_from([None, "Lyon", "Paris", "<b>&'\"", "{{ city }}"]) for name in NAMES}
)


@given(bodies, contexts)
def test_the_fast_way_says_exactly_what_liquid_says(
    body: str, context: dict[str, str | None]
) -> None:
    for liquid in (placeholders.TEXT, placeholders.HTML, placeholders.URL):
        template = placeholders.parse(placeholders.split(body), liquid)
        try:
            expected: str | None = filling.fill(template, context)
        except BlankError:
            expected = None
        try:
            said: str | None = filling.filler(template)(context)
        except BlankError:
            said = None
        assert said == expected


@given(bodies, contexts)
def test_nobody_with_all_required_fields_gets_a_gap(
    body: str, context: dict[str, str | None]
) -> None:
    template = placeholders.check(body)
    if all(context[name] for name in needs.required(template)):
        filling.fill(template, context)


@given(st.text(alphabet="{}%- |'\"abcity\n"))
def test_every_text_is_a_template_or_is_refused(body: str) -> None:
    try:
        template = compiled(f"Hello {body}")
    except TemplateError:
        return
    assert "Hello" in render(template, dict.fromkeys(fields.FIELDS, "x")).text


def test_samples_can_be_shown() -> None:
    for field in fields.FIELDS.values():
        assert field.sample.isprintable()
        assert unicodedata.is_normalized("NFC", field.sample)
        assert field.kind is fields.Kind.TEXT or fields.is_web_address(field.sample)
