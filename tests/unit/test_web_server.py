"""How the web server is started."""

import logging.config

import pytest

from warmbench.cli import web


def test_its_warnings_are_ours_but_for_the_one_about_threads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    granian = web._logging()
    assert "()" in granian["formatters"]["json"]
    only = {"version": 1, "disable_existing_loggers": False, "filters": granian["filters"]}
    logging.config.dictConfig(
        only | {"loggers": {"_granian": granian["loggers"]["_granian"] | {"propagate": True}}}
    )
    logger = logging.getLogger("_granian")

    logger.warning("Configuration allows spawning up to %s Python threads, which …", 16)
    logger.warning("Killing worker-1")

    assert [record.getMessage() for record in caplog.records] == ["Killing worker-1"]
    logger.filters.clear()
