"""What a user agent and the headers beside it say about a visitor, in a word or two.

Only these words are kept, with a hash: the agent itself would be one more way to know a person.
"""

from collections.abc import Mapping
from typing import Any

#: What programs call themselves that no person looks through. Not to be believed alone: scanners
#: of mail call themselves Chrome.
_MACHINES = (
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "facebookexternalhit",
    "whatsapp/",
    "linkexpanding",
    "headless",
    "python",
    "curl/",
    "wget",
    "go-http-client",
    "java/",
    "apache-httpclient",
    "libwww-perl",
    "scanner",
    "barracuda",
    "proofpoint",
    "mimecast",
)
#: Who fetches a picture in place of a reader, and when the reader looks.
_PROXIES = ("googleimageproxy", "yahoomailproxy")
#: In this order: an iPhone says "like Mac OS X", and Android says Linux.
_SYSTEMS = (
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("android", "android"),
    ("windows", "windows"),
    ("macintosh", "mac"),
    ("mac os x", "mac"),
    ("cros", "other"),
    ("bsd", "other"),
    ("linux", "linux"),
    ("x11", "linux"),
)
#: Gmail looks at pictures beforehand under the name of a browser of 2015 (Bird's notes on Gmail
#: prefetching, 2025), Apple's mail privacy under hardly any name.
_PREFETCHERS = ("edge/12.246 mozilla/5.0",)
_NAMELESS = "mozilla/5.0"
#: How browsers say that nobody asked for this yet: W3C Fetch metadata, and what came before it.
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def system_of(agent: str) -> str:
    """The operating system that a user agent names: windows, mac, ios, android, linux or other.

    ``bot`` for a program that says it is one, ``proxy`` for one that fetches pictures when a reader
    looks, blank for an agent that names no system.
    """
    # A make of phones, of all names.
    agent = agent.lower().replace("cubot", "")
    if any(word in agent for word in _PROXIES):
        return "proxy"
    if any(word in agent for word in _MACHINES):
        return "bot"
    return next((system for word, system in _SYSTEMS if word in agent), "")


def flags_of(agent: str, environ: Mapping[str, Any]) -> list[str]:
    """What marks a request as one that nobody made: ``prefetch``, or nothing.

    ``environ`` holds its headers as a web server hands them over (PEP 3333).
    """
    asked = " ".join(environ.get(name, "") for name in _PURPOSES).lower()
    name = agent.strip().lower()
    is_ahead = (
        "prefetch" in asked
        or "preview" in asked
        or name == _NAMELESS
        or name.endswith(_PREFETCHERS)
    )
    return ["prefetch"] if is_ahead else []
