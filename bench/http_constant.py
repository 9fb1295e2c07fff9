"""The server that Warmbench comes with, answering every request with one constant redirect.

    python -m bench.http_constant 8123 2 4      # port, processes, threads in each

What no page of ours can be faster than: `bench.hits` measures it in the same run.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

_HEADERS = [("Location", "https://example.com/read"), ("Content-Length", "0")]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """The answer, whatever ``environ`` asks."""
    del environ
    start_response("302 Found", _HEADERS)
    return [b""]


def main() -> None:
    port, workers, threads = map(int, sys.argv[1:])
    Granian(
        "bench.http_constant:application",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
