"""What is kept of a user agent: a word and a mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.signals import agents


@pytest.mark.parametrize(
    ("agent", "system"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36", "windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1", "ios"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "mac"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/142.0.0.0 Mobile", "android"),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT_P30) Chrome/142.0.0.0 Mobile", "android"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0", "linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/142.0.0.0", "other"),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", "bot"),
        ("Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)", "proxy"),
        ("Mozilla/5.0", ""),
        ("", ""),
    ],
)
def test_the_system_is_named_in_a_word(agent: str, system: str) -> None:
    assert agents.system_of(agent) == system


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("Firefox", {"HTTP_X_MOZ": "prefetch"}),
        ("Chrome", {"HTTP_SEC_PURPOSE": "prefetch;prerender"}),
        ("Safari", {"HTTP_X_PURPOSE": "preview"}),
        ("Mozilla/5.0", {}),
        ("… Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0", {}),
    ],
)
def test_what_nobody_asked_for_yet_is_marked(agent: str, headers: dict[str, str]) -> None:
    assert agents.flags_of(agent, headers) == ["prefetch"]


@given(st.text())
def test_any_agent_has_a_word_that_fits_its_column(agent: str) -> None:
    assert len(agents.system_of(agent)) <= 10
    assert not agents.flags_of(f"{agent} Chrome/142", {"HTTP_SEC_PURPOSE": ""})
